"""Limits of sound and video uploads, and their inspection in a sandbox process."""

from django.utils.translation import gettext as _

from quizzes.base.sandbox.child import MEGABYTE, Limits
from quizzes.base.sandbox.parent import run_sandboxed

from .refusals import UnusableRecording

# A minute of speech has 200 to 400 KB, one of film 3 to 5 MB: acceptable on prepaid phones.
MOST_BYTES_OF_SOUND = 3 * MEGABYTE
MOST_BYTES_OF_FILM = 30 * MEGABYTE


def look_confined(look, content, *, most):
    """Return what `look` finds; raises UnusableRecording. Callers read at most `most` + 1 bytes."""
    if len(content) > most:
        raise UnusableRecording(
            _("The file is larger than %(most)s. Make it shorter, or save it with less quality.")
            % {"most": f"{most // MEGABYTE} MB" if most >= MEGABYTE else f"{most // 1024} KB"}
        )
    # The sandbox returns as many bytes as it gets.
    return run_sandboxed(look, content, refusal=UnusableRecording, limits=Limits(answer=most + MEGABYTE))
