"""The rules of a quiz as a paper holds them, so that a later change of the quiz changes nothing of an attempt."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.dateparse import parse_datetime

from quizzes.models import CountingAttempt, FeedbackTime, Layout, Medium
from quizzes.signals import audience_asked, pass_rule_asked


class Rules(NamedTuple):
    """What holds for an attempt. Minutes and seconds are whole numbers; None where there is no limit.

    Papers from before a rule existed lack it: then its default holds, which is how they were taken.
    """

    time_limit: int | None = None
    grace_seconds: int = 0
    closes_at: datetime | None = None
    feedback_time: str = FeedbackTime.END
    counting_attempt: str = CountingAttempt.BEST
    attempts_allowed: int | None = None
    wait_minutes: int = 0
    layout: str = Layout.ONE
    is_exam: bool = False
    asks_certainty: bool = False
    passed_text: str = ""
    not_passed_text: str = ""
    # Pairs of (per cent, text), from the lowest upwards.
    bands: tuple = ()

    @property
    def checks_each(self):
        """Whether people read what is right after each question; of an exam, never before somebody releases it."""
        return self.feedback_time == FeedbackTime.NOW and not self.is_exam

    @property
    def grace(self):
        return timedelta(seconds=self.grace_seconds)

    def band(self, grade):
        """Return the text of the band that a grade (per cent, unrounded) falls into, or nothing."""
        return next((text for from_percent, text in reversed(self.bands) if grade >= from_percent), "")


class PassRule(NamedTuple):
    """When a quiz is passed: from which grade (per cent), and which of the attempts counts."""

    pass_mark: int
    counting_attempt: str


def may_be_kept(attempt):
    """Whether a device may keep the questions of an attempt under way, to be answered without a line.

    Not where the clock runs, where it is an exam, and where each question is checked before the next: what is right
    never lies on a device.
    """
    rules = rules_of(attempt.paper)
    is_under_way = not attempt.is_final and attempt.medium == Medium.SCREEN
    return is_under_way and not (rules.time_limit or rules.is_exam or rules.checks_each)


def own_rule(quiz):
    """Return the PassRule that a quiz says of itself."""
    return PassRule(quiz.pass_mark, quiz.counting_attempt)


def pass_rule_for(learner, quiz):
    """Return the PassRule of an attempt that this person begins now: the quiz's, or that of the course they began."""
    asked = pass_rule_asked.send(None, learner=learner, quiz_key=quiz.translation_key)
    return next((PassRule(*answer) for _receiver, answer in asked if answer), own_rule(quiz))


def audience_of(learner):
    """Return the code of the learner's job, as somebody above says, or nothing: quizzes know no person's role."""
    asked = audience_asked.send(None, learner=learner)
    return next((answer for _receiver, answer in asked if answer), "")


def freeze_rules(quiz, counting_attempt):
    """Return the rules of a quiz as JSON, with which attempt counts for whoever takes it."""
    return {
        "time_limit": quiz.time_limit,
        "grace_seconds": quiz.grace_seconds,
        "closes_at": quiz.closes_at.isoformat() if quiz.closes_at else None,
        "feedback_time": quiz.feedback_time,
        "counting_attempt": counting_attempt,
        "attempts_allowed": quiz.attempts_allowed,
        "wait_minutes": quiz.wait_minutes,
        "layout": quiz.layout,
        "is_exam": quiz.is_exam,
        "asks_certainty": quiz.asks_certainty,
        "passed_text": quiz.passed_text,
        "not_passed_text": quiz.not_passed_text,
        "bands": sorted([band.from_percent, band.text] for band in quiz.bands.all()),
    }


def rules_of(paper):
    """Return the Rules of a paper."""
    frozen = paper.get("rules", {})
    known = {name: value for name, value in frozen.items() if name in Rules._fields}
    if known.get("closes_at"):
        known["closes_at"] = parse_datetime(known["closes_at"])
    known["bands"] = tuple((from_percent, text) for from_percent, text in known.get("bands", ()))
    return Rules(**known)
