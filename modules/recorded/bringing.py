"""Files of sound and film as somebody brings them: how large they may be, and looked at in a process of its own."""

from django.utils.translation import gettext as _

from quizzes.base.sandbox.child import MEGABYTE, Limits
from quizzes.base.sandbox.parent import run_sandboxed

from .refusals import UnusableRecording

# A minute of speech takes 200 to 400 KB, one of film 3 to 5 MB: what telephones with little credit bear.
MOST_BYTES_OF_SOUND = 3 * MEGABYTE
MOST_BYTES_OF_FILM = 30 * MEGABYTE


def look_confined(look, content, *, most):
    """Return what `look` (of `modules.recorded.looking`) finds in bytes; raises UnusableRecording for what is none.

    Whoever reads them from a stream reads one byte more than `most`, so that more than that is seen.
    """
    if len(content) > most:
        raise UnusableRecording(
            _("The file is larger than %(most)s. Make it shorter, or save it with less quality.")
            % {"most": f"{most // MEGABYTE} MB" if most >= MEGABYTE else f"{most // 1024} KB"}
        )
    # It is answered as large as it came.
    return run_sandboxed(look, content, refusal=UnusableRecording, limits=Limits(answer=most + MEGABYTE))
