"""Form of a quiz."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from quizzes.attempts.drawing import fitting_units, gather_units
from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.bank.topic_tree import offer_topics, offer_topics_in_rows
from quizzes.base.job_roles import Audience, Pool
from quizzes.kinds import SCORED
from quizzes.models import FeedbackTime, Question
from quizzes.models.pools import ANY_AUDIENCE, ASKABLE, get_draw_units, largest_sum

LONGEST_GRACE = 600


class QuizForm(IdentifiedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "topic" in self.fields:
            offer_topics(self.fields["topic"], locale=self.instance.locale_id)
        if "draws" in self.formsets:
            offer_topics_in_rows(self.formsets["draws"], locale=self.instance.locale_id)

    def clean(self):
        cleaned = super().clean()
        if "entries" in self.formsets:
            self._refuse_new_reflections()
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
                _("An exam shows nothing before it is released. Choose “When the answers are sent”, or no exam."),
            )

    def _refuse_new_reflections(self):
        for form in self.kept_forms("entries"):
            question = form.cleaned_data.get("question")
            is_new = form.instance.pk is None or "question" in form.changed_data
            if question and question.kind not in SCORED and is_new:
                form.add_error(
                    "question", _("A quiz counts, and a reflection does not: put it into a lesson, as a block.")
                )

    def _check_questions(self, cleaned):
        entries = [q for form in self.kept_forms("entries") if (q := form.cleaned_data.get("question"))]
        draws = [form for form in self.kept_forms("draws") if form.cleaned_data.get("count")]
        from_own = [form for form in draws if not form.cleaned_data.get("topic")]
        if from_own and not any(question.kind in SCORED for question in entries):
            sentence = _("Without a topic it draws from the quiz’s own questions: add some, or choose a topic.")
            from_own[0].add_error("topic", sentence)
            return
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
        reflections = [question.identifier for question in entries if question.kind not in SCORED]
        if reflections and (from_own or any(form.cleaned_data.get("pool") for form in draws)):
            sentence = _(
                "A quiz that draws by job asks no reflection: take %(them)s out; a lesson has a block for that."
            )
            self.add_error(None, ValidationError(sentence, params={"them": ", ".join(reflections)}))
        if from_own:
            if cleaned.get("questions_drawn"):
                sentence = _(
                    "Draws without a topic say how many of the quiz’s own questions are asked: leave it empty."
                )
                self.add_error("questions_drawn", sentence)
            self._check_draws(draws, set(), None, {question.pk for question in entries})
        else:
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

    def _check_draws(self, forms, own, asked, entered=()):
        draws, said = [form.instance for form in forms], {}
        for draw in draws:
            draw.quiz_id = self.instance.pk
        pools = get_draw_units(self.instance.locale_id, draws, own={self.instance.pk: set(entered)})
        has_pools = any(draw.pool for draw in draws)
        for audience in ["", *Audience.values] if has_pools else [ANY_AUDIENCE]:
            fit = [fitting_units(units, draw.pool, audience) for draw, units in zip(draws, pools, strict=True)]
            for form, refusal in find_refusals(forms, fit, own, asked):
                said.setdefault(form, {})[audience] = refusal
        for form, draw, units in zip(forms, draws, pools, strict=True):
            if form in said:
                form.add_error("count", tell_refusals(draw, said[form]))
            elif draw.pool == Pool.CORE:
                acts = {facts.act for unit in units for facts in unit if facts.is_core_act}
                if len(acts) > draw.count:
                    sentence = _(
                        "The questions for everyone ask for %(count)d acts of everyone: draw at least as many, "
                        "one of each."
                    )
                    form.add_error("count", ValidationError(sentence, params={"count": len(acts)}))

    def _check_bands(self):
        seen = set()
        for form in self.kept_forms("bands"):
            grade = form.cleaned_data.get("from_percent")
            if grade in seen:
                form.add_error("from_percent", _("Another message begins at this grade. Choose another, or join them."))
            seen.add(grade)


def find_refusals(forms, pools, own, asked):
    """Yield (form, why) of draws that could lack questions, whatever the draws before them take."""
    taken = []
    for form, units in zip(forms, pools, strict=True):
        pool = [tuple(facts.pk for facts in unit) for unit in units]
        mine = [unit for unit in pool if not own.isdisjoint(unit)]
        asked_here = count_in(mine) if asked is None else min(asked, count_in(mine))
        drawn = sum(min(count, count_in(set(other).intersection(pool))) for count, other in taken)
        left, count = max(0, count_in(pool) - asked_here - drawn), form.cleaned_data.get("count") or 0
        taken.append((count, pool))
        if count > left:
            yield form, too_few(count, count_in(pool), left)
            continue
        free, gone = (set(pool).difference(mine), drawn) if asked is None else (pool, asked_here + drawn)
        if refusal := between_cases(count, [len(unit) for unit in free], gone=gone):
            yield form, refusal


def tell_refusals(draw, refusals):
    """Return one ValidationError for a draw; `refusals` are {audience: why}."""
    jobs = [audience for audience in refusals if audience]
    if draw.pool != Pool.OWN or len(jobs) == len(Audience.values):
        return refusals[jobs[0]] if jobs else next(iter(refusals.values()))
    if not jobs:
        return ValidationError(
            _(
                "Whoever has no job on the site is asked questions for everyone instead, and of these too few are "
                "left: draw less, or publish more of them."
            )
        )
    sentence = _("Too few published questions fit for: %(jobs)s. %(count)d can’t be drawn.")
    jobs = "; ".join(str(Audience(job).label) for job in jobs)
    return ValidationError(sentence, params={"jobs": jobs, "count": draw.count})


def too_few(count, published, left):
    if left == published:
        sentence = ngettext_lazy(
            "%(published)d published question fits; %(count)d can’t be drawn.",
            "%(published)d published questions fit; %(count)d can’t be drawn.",
            published,
        )
    else:
        sentence = ngettext_lazy(
            "%(published)d published question fits, and beside what the quiz asks already %(left)d may be left; "
            "%(count)d can’t be drawn.",
            "%(published)d published questions fit, and beside what the quiz asks already %(left)d may be left; "
            "%(count)d can’t be drawn.",
            published,
        )
    return ValidationError(sentence, params={"count": count, "published": published, "left": left})


def own_units(entries):
    """Return [(keys, number of scored questions)] of the quiz's own entries with their cases, drafts included."""
    in_cases = Question.objects.filter(ASKABLE, case__in={question.case_id for question in entries} - {None})
    questions = {question.pk: question for question in [*entries, *in_cases]}
    return [
        ({question.pk for question in unit}, sum(question.kind in SCORED for question in unit))
        for unit in gather_units(questions.values())
    ]


def count_in(units):
    return sum(map(len, units))


def between_cases(count, sizes, *, gone=0):
    """Return why `count` questions cannot be drawn from whole cases, or nothing; `gone` are drawn before."""
    largest = max(sizes, default=0)
    singles = max(0, sizes.count(1) - gone)
    if largest < 2 or singles >= largest - 1 or (not gone and largest_sum(sizes, count) == count):
        return None
    if gone:
        sentence = _("Cases are drawn whole: beside them too few single questions may be left to make up %(count)d.")
        return ValidationError(sentence, params={"count": count})
    below = largest_sum(sizes, count)
    above = next((more for more in range(count, sum(sizes) + 1) if largest_sum(sizes, more) == more), below)
    sentence = _("Cases are drawn whole, so %(count)d can’t be made up. Near it: %(below)d and %(above)d.")
    return ValidationError(sentence, params={"count": count, "below": below, "above": above})
