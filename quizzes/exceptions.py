"""Errors around attempts; `str(error)` is the message for the user."""

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from quizzes.base.formats import format_moment


class QuizError(Exception):
    sentence = ""

    def __str__(self):
        return str(self.sentence)


class EmptyQuiz(QuizError):
    sentence = _("This quiz has no questions yet. Please come back another day or tell your facilitator.")


class MayNotStart(QuizError):
    """The rules of the quiz and the allowances of the learner let no attempt start now."""


class NotAtThisMoment(MayNotStart):
    def __init__(self, moment, *, now):
        super().__init__(moment)
        self.moment, self.now = moment, now

    def __str__(self):
        return str(self.sentence) % {"moment": format_moment(self.moment, now=self.now)}


class NotOpenYet(NotAtThisMoment):
    sentence = _("This quiz opens %(moment)s.")


class QuizClosed(NotAtThisMoment):
    sentence = _("This quiz closed %(moment)s. If you need more time, ask your facilitator.")


class MustWait(NotAtThisMoment):
    sentence = _("You can take it again %(moment)s.")


class NoAttemptsLeft(MayNotStart):
    def __init__(self, allowed):
        super().__init__(allowed)
        self.allowed = allowed

    def __str__(self):
        return ngettext(
            "This quiz can be taken once, and you took it. If you need to take it again, ask your facilitator.",
            "This quiz can be taken %(count)d times, and you have used them all. "
            "If you need to take it again, ask your facilitator.",
            self.allowed,
        ) % {"count": self.allowed}


class OpenOnOtherMedium(MayNotStart):
    """An attempt is open on paper, and one on screen was requested, or the other way round."""

    def __init__(self, attempt):
        super().__init__(attempt.pk)
        self.attempt = attempt

    def __str__(self):
        if self.attempt.medium == "paper":
            return gettext(
                "You are taking it on paper. Hand your sheet to your facilitator; the result appears here once it is "
                "entered."
            )
        return gettext("There is an attempt under way on screen. It has to be sent first.")


class AlreadySubmitted(QuizError):
    sentence = _("These answers were already sent, so they can no longer change. Here they are, with the result.")


class UnknownQuestion(QuizError):
    sentence = _("That question is not part of this attempt. Nothing was changed; please go on from this page.")


class UnreadableResponse(QuizError):
    """The response is impossible for the question: tampered with, or of another question."""

    sentence = _("We could not read this answer, so nothing was changed. Please choose your answer again and save it.")


class ResponseTooLong(UnreadableResponse):
    def __init__(self, length, most):
        super().__init__(length, most)
        self.length, self.most = length, most

    def __str__(self):
        return gettext(
            "Your answer is %(length)s characters long and at most %(most)s can be saved, so nothing was changed. "
            "Please shorten it and save it again."
        ) % {
            "length": number_format(self.length, force_grouping=True),
            "most": number_format(self.most, force_grouping=True),
        }


class FeedbackAlreadyShown(QuizError):
    sentence = _("You have already seen what is right in this question, so your answer can no longer change.")


class NotAllSaved(UnreadableResponse):
    """`errors` is {question key: QuizError}."""

    def __init__(self, errors):
        super().__init__(errors)
        self.errors = errors

    def __str__(self):
        return str(next(iter(self.errors.values())))


class LateAnswerHeld(AlreadySubmitted):
    sentence = _("Your answer arrived late, so it was set aside: your facilitator will decide whether it counts.")


class LateAnswersFull(QuizError):
    sentence = _("This answer is too long, or too many arrived, so it was not saved. Please tell your facilitator.")


class NotMarkable(QuizError):
    sentence = _("This answer is not waiting for a mark: it was left open, not sent yet, or is marked by the quiz.")


class ReasonRequired(QuizError):
    sentence = _("Write why the mark changes: the reason stays in its history.")


class PointsOutOfRange(QuizError):
    sentence = _("The points go from 0 to the most that the question gives.")


class MarkConflict(QuizError):
    """Another trainer marked the answer meanwhile: `mark` gives `points` of `marks`."""

    def __init__(self, mark, points, marks):
        super().__init__(mark.pk)
        self.mark, self.points, self.marks = mark, points, marks

    def __str__(self):
        return gettext(
            "%(person)s has already given %(points)s of %(marks)s points. Your mark was not saved: look at theirs, and"
            " save again only if it has to change."
        ) % {"person": self.mark.marked_by, "points": self.points, "marks": self.marks}


class MarkingIncomplete(QuizError):
    sentence = _("Some answers of this attempt are not marked yet. Mark them first, then release the grade.")


class NotReleasable(QuizError):
    sentence = _("This attempt has no grade to release.")


class AlreadyDecided(QuizError):
    def __init__(self, late_answer):
        super().__init__(late_answer.pk)
        self.late_answer = late_answer

    def __str__(self):
        return gettext("%(person)s has already decided about this answer: %(decision)s.") % {
            "person": self.late_answer.resolved_by,
            "decision": self.late_answer.get_resolution_display(),
        }


class CannotCount(QuizError):
    sentence = _("This answer fits no question of the attempt, so it can only be left out.")


class SignInRequired(Exception):
    """`pending_answer` is the posted answer, signed, to save after the sign-in."""

    def __init__(self, pending_answer):
        super().__init__("sign in to go on")
        self.pending_answer = pending_answer
