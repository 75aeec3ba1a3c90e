"""What can go wrong around an attempt. Each says in a sentence, to the person, what happened and what to do."""

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class QuizError(Exception):
    """Something a person can be told; `str(error)` is the sentence."""

    sentence = ""

    def __str__(self):
        return str(self.sentence)


class EmptyQuiz(QuizError):
    """The quiz has no published question that counts, so there is nothing to attempt."""

    sentence = _("This quiz has no questions yet. Please come back another day or tell your facilitator.")


class AlreadySubmitted(QuizError):
    """An answer arrived for an attempt that was already handed in."""

    sentence = _("This attempt was already sent, so its answers can no longer change. Here is its review.")


class NotOnPaper(QuizError):
    """The question is not one of the attempt's."""

    sentence = _("That question is not part of this attempt. Nothing was changed; please go on from this page.")


class UnreadableResponse(QuizError):
    """What arrived can't be an answer to the question: a page that was tampered with, or one of another question."""

    sentence = _("We could not read this answer, so nothing was changed. Please choose your answer again and save it.")


class TooLong(UnreadableResponse):
    """More was written than is kept. Nothing is cut off behind anybody's back."""

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


class SignInRequired(Exception):
    """An answer arrived from nobody: the session ended. `carried` holds it, signed, for after the sign-in."""

    def __init__(self, carried):
        super().__init__("sign in to go on")
        self.carried = carried
