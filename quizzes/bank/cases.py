"""Rules of cases."""

from django.db.models import Q
from django.utils.translation import gettext as _

from quizzes.base.markup import MAX_CASE_QUESTIONS, MIN_CASE_QUESTIONS
from quizzes.models import Question
from quizzes.models.pools import CASE_ORDER


def questions_of(case):
    """Return the questions of a case in its order, drafts included."""
    if case.pk is None:
        return []
    questions = Question.objects.filter(case=case.pk, locale=case.locale_id).order_by(*CASE_ORDER)
    return list(questions.select_related("case", "act").prefetch_related("choices", "sources"))


def questions_with(case):
    """Return the questions that belong to a case, in the published version or a draft, in one query."""
    if case.pk is None:
        return []
    drafted = Q(has_unpublished_changes=True, latest_revision__content__case=case.pk)
    return list(Question.objects.filter(Q(case=case.pk) | drafted, locale=case.locale_id).order_by(*CASE_ORDER))


def find_mistakes(case, count):
    """Yield sentences on what prevents publishing of a case with `count` questions."""
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
    """Return why a question cannot be added to a case, or nothing."""
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
    places = [other.case_place for other in questions_with(case) if other.pk != besides.pk]
    return max((place for place in places if place is not None), default=0) + 1
