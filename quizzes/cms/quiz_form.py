"""The form of a quiz: what it refuses, and in which words. A draft may be unfinished."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from quizzes.attempts.cases import gather_units
from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.bank.topic_tree import offer_topics, offer_topics_in_rows
from quizzes.kinds import SCORED
from quizzes.models import FeedbackTime, Question
from quizzes.models.pools import ASKABLE, pools_of
from quizzes.models.units import largest_sum

# A slow line needs a minute or two; whoever needs more time gets it as extra minutes.
LONGEST_GRACE = 600


class QuizForm(IdentifiedForm):
    """A quiz: to be published it asks something that counts, in its language, and its rules fit together."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "topic" in self.fields:
            offer_topics(self.fields["topic"], locale=self.instance.locale_id)
        if "draws" in self.formsets:
            offer_topics_in_rows(self.formsets["draws"], locale=self.instance.locale_id)

    def clean(self):
        cleaned = super().clean()
        if self.is_deferred_validation:
            return cleaned
        self._check_times(cleaned)
        self._check_feedback(cleaned)
        if {"entries", "draws", "bands"} <= self.formsets.keys():
            self._check_questions(cleaned)
            self._check_bands()
        return cleaned

    def _check_times(self, cleaned):
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("A quiz closes after it opens. Choose a later moment, or leave it empty."))
        grace, limit = cleaned.get("grace_seconds"), cleaned.get("time_limit")
        longest = min(LONGEST_GRACE, limit * 60) if limit else LONGEST_GRACE
        if grace is not None and grace > longest:
            self.add_error(
                "grace_seconds",
                ValidationError(
                    _(
                        "The grace is for slow lines: at most %(seconds)d seconds here. To give more time, "
                        "lengthen the time limit."
                    ),
                    params={"seconds": longest},
                ),
            )

    def _check_feedback(self, cleaned):
        when = cleaned.get("feedback_time")
        if when == FeedbackTime.NOW and cleaned.get("is_exam"):
            self.add_error(
                "feedback_time",
                _("An exam shows nothing before it is released. Choose «When the answers are sent», or no exam."),
            )
        if when == FeedbackTime.CLOSING and "closes_at" in cleaned and not cleaned["closes_at"]:
            self.add_error("closes_at", _("People read the feedback when the quiz has closed: say when it closes."))

    def _check_questions(self, cleaned):
        entries = [form.cleaned_data.get("question") for form in self.kept_forms("entries")]
        entries = [question for question in entries if question]
        draws = [form for form in self.kept_forms("draws") if form.cleaned_data.get("topic")]
        if not draws and not any(question.kind in SCORED for question in entries):
            self.add_error(None, _("Add at least one question that counts; reflections do not."))
        if strangers := [q.identifier for q in entries if q.locale_id != self.instance.locale_id]:
            self.add_error(
                None,
                ValidationError(
                    _("These questions are in another language: %(identifiers)s."),
                    params={"identifiers": ", ".join(strangers)},
                ),
            )
        self._check_numbers(cleaned.get("questions_drawn"), own_units(entries), draws)

    def _check_numbers(self, asked, units, draws):
        sizes = [size for _keys, size in units]
        if asked and asked > sum(sizes):
            self.add_error(
                "questions_drawn",
                ValidationError(
                    ngettext_lazy(
                        "The quiz has %(count)d question of its own: ask at most as many, or leave it empty.",
                        "The quiz has %(count)d questions of its own: ask at most as many, or leave it empty.",
                        sum(sizes),
                    ),
                    params={"count": sum(sizes)},
                ),
            )
        elif asked and (refusal := between_cases(asked, sizes)):
            self.add_error("questions_drawn", refusal)
        self._check_draws(draws, set().union(*(keys for keys, _size in units)), asked)

    def _check_draws(self, forms, own, asked):
        """Refuse a draw that chance could leave without enough questions, whatever the others have taken before it.

        `own` are the keys of the quiz's own questions, with what their cases bring.
        """
        taken = []
        for form, pool in zip(forms, pools_of(self.instance.locale_id, [f.instance for f in forms]), strict=True):
            mine = [unit for unit in pool if not own.isdisjoint(unit)]
            asked_here = count_in(mine) if asked is None else min(asked, count_in(mine))
            drawn = sum(min(count, count_in(set(other).intersection(pool))) for count, other in taken)
            left, count = max(0, count_in(pool) - asked_here - drawn), form.cleaned_data.get("count") or 0
            taken.append((count, pool))
            if count > left:
                form.add_error("count", too_few(count, count_in(pool), left))
                continue
            # What is asked in any case is out of it; of the rest, chance may take what it will.
            free, gone = (set(pool).difference(mine), drawn) if asked is None else (pool, asked_here + drawn)
            if refusal := between_cases(count, [len(unit) for unit in free], gone=gone):
                form.add_error("count", refusal)

    def _check_bands(self):
        seen = set()
        for form in self.kept_forms("bands"):
            grade = form.cleaned_data.get("from_percent")
            if grade in seen:
                form.add_error("from_percent", _("Another message begins at this grade. Choose another, or join them."))
            seen.add(grade)


def too_few(count, published, left):
    """Return why a draw can't give so many: how many published questions fit, and how many of them are still free."""
    if left == published:
        sentence = ngettext_lazy(
            "%(published)d published question fits; %(count)d can't be drawn.",
            "%(published)d published questions fit; %(count)d can't be drawn.",
            published,
        )
    else:
        sentence = ngettext_lazy(
            "%(published)d published question fits, and beside what the quiz asks already %(left)d may be left; "
            "%(count)d can't be drawn.",
            "%(published)d published questions fit, and beside what the quiz asks already %(left)d may be left; "
            "%(count)d can't be drawn.",
            published,
        )
    return ValidationError(sentence, params={"count": count, "published": published, "left": left})


def own_units(entries):
    """Return [(keys, how many count)] of what a quiz asks of its own, the questions of its entries: each with its case.

    Drafts are in it: they will be asked.
    """
    in_cases = Question.objects.filter(ASKABLE, case__in={question.case_id for question in entries} - {None})
    questions = {question.pk: question for question in [*entries, *in_cases]}
    return [
        ({question.pk for question in unit}, sum(question.kind in SCORED for question in unit))
        for unit in gather_units(questions.values())
    ]


def count_in(units):
    return sum(map(len, units))


def between_cases(count, sizes, *, gone=0):
    """Return why so many questions can't be drawn out of units of these sizes, since cases come whole; or nothing.

    Chance may have taken `gone` questions before: then enough single ones have to be left to fill up with.
    """
    largest = max(sizes, default=0)
    singles = max(0, sizes.count(1) - gone)
    if largest < 2 or singles >= largest - 1 or (not gone and largest_sum(sizes, count) == count):
        return None
    if gone:
        sentence = _("Cases are drawn whole: beside them too few single questions may be left to make up %(count)d.")
        return ValidationError(sentence, params={"count": count})
    below = largest_sum(sizes, count)
    above = next((more for more in range(count, sum(sizes) + 1) if largest_sum(sizes, more) == more), below)
    sentence = _("Cases are drawn whole, so %(count)d can't be made up. Near it: %(below)d and %(above)d.")
    return ValidationError(sentence, params={"count": count, "below": below, "above": above})
