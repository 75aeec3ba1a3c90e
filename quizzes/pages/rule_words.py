"""The rules of a quiz in plain words, as the person who is about to take it needs them."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.attempts.availability import attempts_allowed, attempts_left, closing_for
from quizzes.models import CountingAttempt, FeedbackTime
from quizzes.wording.audiences import Pool
from quizzes.wording.moments import tell_minutes, tell_moment
from quizzes.wording.percentages import write_percentage


class RuleWords(NamedTuple):
    """A rule: its name, what holds for the person, and what follows from it."""

    name: str
    words: str
    note: str = ""


def tell_rules(quiz, entitlement, *, question_count, now):
    """Return the RuleWords of a quiz for a person with this Entitlement; what does not apply is left out."""
    closes_at = closing_for(quiz, entitlement)
    counts = {
        CountingAttempt.BEST: _("The best result"),
        CountingAttempt.FIRST: _("The first result"),
        CountingAttempt.LAST: _("The last result"),
    }
    told = [
        RuleWords(_("Questions"), tell_questions(quiz, question_count)),
        RuleWords(_("To pass"), write_percentage(quiz.pass_mark)),
        getattr(quiz, "has_indispensable", False) and tell_indispensable(),
        tell_time_limit(quiz, entitlement),
        tell_attempts(quiz, entitlement),
        quiz.wait_minutes and RuleWords(_("Wait before taking it again"), tell_minutes(quiz.wait_minutes)),
        attempts_allowed(quiz, entitlement) != 1
        and RuleWords(_("If you take it more than once, what counts is"), counts[quiz.counting_attempt]),
        quiz.opens_at
        and RuleWords(_("Opens") if now < quiz.opens_at else _("Opened"), tell_moment(quiz.opens_at, now=now)),
        closes_at and tell_closing(entitlement, closes_at, now=now),
        tell_feedback(quiz, closes_at),
        quiz.asks_certainty
        and RuleWords(_("How sure you are"), _("Asked with each question"), _("It does not change your result.")),
    ]
    return [rule for rule in told if rule]


def tell_questions(quiz, count):
    """Return how many questions are asked, and whether chance chooses them."""
    draws = list(quiz.draws.all())
    if quiz.questions_drawn is None and not draws:
        return str(count)
    if own := sum(draw.count for draw in draws if draw.pool == Pool.OWN):
        sentence = _("%(count)d drawn by chance: %(core)d for everyone and %(own)d for your own job")
        return sentence % {"count": count, "core": count - own, "own": own}
    return ngettext("%(count)d question drawn by chance", "%(count)d questions drawn by chance", count) % {
        "count": count
    }


def tell_indispensable():
    """Say what becomes of somebody who has the points and misses something indispensable."""
    return RuleWords(
        _("Indispensable"),
        _("Some questions have to be right"),
        _("Whoever has the points and misses one reads its lesson and answers another one, without a limit of time."),
    )


def tell_time_limit(quiz, entitlement):
    if not quiz.time_limit:
        return None
    extra = entitlement.extra_minutes
    words = tell_minutes(quiz.time_limit + extra)
    if extra:
        words += " " + _("(%(minutes)s more for you)") % {"minutes": tell_minutes(extra)}
    return RuleWords(_("Time limit"), words, _("When the time is over, what you have answered is sent."))


def tell_attempts(quiz, entitlement):
    allowed = attempts_allowed(quiz, entitlement)
    if allowed is None:
        return RuleWords(_("How often you can take it"), _("Unlimited"))
    left = attempts_left(quiz, entitlement)
    words = ngettext("%(allowed)d; you have %(left)d left", "%(allowed)d; you have %(left)d left", left)
    note = entitlement.extra_attempts and ngettext(
        "%(count)d of them was added for you by your facilitator.",
        "%(count)d of them were added for you by your facilitator.",
        entitlement.extra_attempts,
    ) % {"count": entitlement.extra_attempts}
    return RuleWords(_("How often you can take it"), words % {"allowed": allowed, "left": left}, note or "")


def tell_closing(entitlement, closes_at, *, now):
    name = _("Closes") if now < closes_at else _("Closed")
    note = _("This date is for you; your facilitator set it.") if entitlement.closes_at else ""
    return RuleWords(name, tell_moment(closes_at, now=now), note)


def tell_feedback(quiz, closes_at):
    """Say when the person reads the grade and what was right."""
    if quiz.is_exam:
        return RuleWords(
            _("Result"),
            _("When a person has reviewed the exam"),
            _("Until then it says “Waiting to be marked”."),
        )
    if quiz.feedback_time == FeedbackTime.CLOSING and closes_at:
        return RuleWords(_("Right answers"), _("When the quiz has closed"), _("You read your result at once."))
    # Where there is no second time nothing is kept back for it.
    if quiz.feedback_time == FeedbackTime.PASSED and quiz.attempts_allowed != 1:
        words = _("When you pass, or after the second time")
        return RuleWords(
            _("Right answers"), words, _("Until then you read how each question went and where it is taught.")
        )
    at_once = quiz.feedback_time == FeedbackTime.NOW
    return RuleWords(_("Right answers"), str((FeedbackTime.NOW if at_once else FeedbackTime.END).label))
