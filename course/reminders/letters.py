"""Text of the reminder, the same for everybody, without group or results."""

import email.policy
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import uri_to_iri
from django.utils.translation import gettext as _

from quizzes.base.languages import language_name

# Placeholder of personal addresses in a preview.
_NOT_YET = "…"
# RFC 5322, without the end of the line.
_LONGEST_LINE = 998


class Letter(EmailMessage):
    """A message with unfolded headers: Python's folding breaks long addresses."""

    def message(self, *, policy=email.policy.default):
        message = super().message(policy=policy)
        message.policy = policy.clone(max_line_length=_LONGEST_LINE)
        return message


def letter_to(reminder, *, language):
    """Return the message of a reminder: plain text."""
    stop = stop_address(str(reminder.token))
    with translation.override(language):
        return Letter(
            subject=subject(),
            body=text(by=reminder.requested_by, stop=stop, of_case=reminder.week is not None),
            from_email=sender(),
            # Without the name: it could inject headers.
            to=[reminder.learner.email],
            headers={
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )


def subject():
    return _("Reminder about your course")


def sender():
    return formataddr((settings.SITE_NAME, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def text(*, by, stop, of_case=False):
    """Return the text; `by` is the trainer or None, `stop` the address that ends reminders."""
    return "\n\n".join(
        [
            _("Hello:"),
            _("You have a review of two minutes. Nobody learns what you choose in it.")
            if of_case
            else _("Your course is open. Ten minutes are enough to go on, and what you do is kept."),
            _("Enter here:") + f"\n{settings.SITE_URL}/",
            _("You sign in with your user code and your PIN.") + " " + _whom_to_ask(by),
            _("This reminder comes once a week at most. To get no more of them, open this address:") + f"\n{stop}",
            _("Nobody reads answers to this message."),
        ]
    )


def _whom_to_ask(by):
    if by is None:
        return _("If you lack them, or would like help, ask whoever runs your group.")
    # On one line: a name cannot add lines.
    return _("If you lack them, or would like help, ask %(trainer)s.") % {"trainer": " ".join(str(by).split())}


def previews(languages, *, by):
    """Return [(subject, text, sender, language, its name)], without personal addresses."""
    return [
        (*_preview(language, by=by), sender(), language, language_name(language)) for language in sorted(set(languages))
    ]


def _preview(language, *, by):
    with translation.override(language):
        return subject(), text(by=by, stop=uri_to_iri(stop_address(_NOT_YET)))


def stop_address(token):
    return settings.SITE_URL + reverse("stop_reminders", args=[token])
