"""The rules of a case: what it tells, and how many questions share it."""

from django.db.models import Q
from django.utils.translation import gettext as _

from quizzes.base.markup import MAX_CASE_QUESTIONS, MIN_CASE_QUESTIONS
from quizzes.models import Question
from quizzes.models.pools import CASE_ORDER


def questions_of(case):
    """Return the questions of a case in its order, drafts included, with all that a paper needs of them."""
    if case.pk is None:
        return []
    questions = Question.objects.filter(case=case.pk, locale=case.locale_id).order_by(*CASE_ORDER)
    return list(questions.select_related("case", "act").prefetch_related("choices", "sources"))


def questions_with(case):
    """Return the questions that belong to a case, published or in a draft of theirs, in its order; in one query."""
    if case.pk is None:
        return []
    return list(Question.objects.filter(_belongs_to(case), locale=case.locale_id).order_by(*CASE_ORDER))


def _belongs_to(case):
    drafted = Q(has_unpublished_changes=True, latest_revision__content__case=case.pk)
    return Q(case=case.pk) | drafted


def find_mistakes(case, count):
    """Yield a sentence for each thing that keeps a case, which `count` questions share, from being published."""
    if not (case.text.strip() or case.dialogue.strip() or case.image_id):
        yield _("Write the case: a text, a dialogue or an image.")
    if case.image_id and not case.image_text.strip():
        yield _("Write what the image shows: whoever can’t see it has to answer too.")
    if count < MIN_CASE_QUESTIONS:
        sentence = _(
            "A case is shared by two to six questions, and this one has %(count)d. Choose it in more questions."
        )
        yield sentence % {"count": count}
    if count > MAX_CASE_QUESTIONS:
        sentence = _("A case is shared by two to six questions, and this one has %(count)d. Take some out of it.")
        yield sentence % {"count": count}


def find_no_room(case, question):
    """Return why a question can't be in a case, or nothing: it has six others, or is in another language."""
    if case is None:
        return ""
    if case.locale_id != question.locale_id:
        return _("The case is in another language than the question.")
    others = [other for other in questions_with(case) if other.pk != question.pk]
    if len(others) >= MAX_CASE_QUESTIONS:
        return _("The case “%(case)s” has six questions already. Choose another, or take one out of it first.") % {
            "case": case
        }
    return ""


def last_place(case, *, besides):
    """Return the place at the end of a case, for a question that has none."""
    places = [other.case_place for other in questions_with(case) if other.pk != besides.pk]
    return max((place for place in places if place is not None), default=0) + 1
