"""The process that reads a file: takes the limits on, then reads what is asked of standard input, and answers.

It imports what the asked function needs and no more, so that it is ready in a fraction of a second; then it opens
nothing any more, and only then looks at the file.
"""

import contextlib
import sys
from encodings import cp437, cp1252, latin_1, utf_8_sig, utf_16, utf_16_be, utf_16_le, utf_32  # noqa: F401
from importlib import import_module
from pathlib import Path

from . import child
from .child import Limits, open_nothing_more, take_on

# Found while files can still be opened: names in ZIP files have the first.


def main():
    question = child.unpack(sys.stdin.buffer.read())
    limits = Limits(*question["limits"])
    take_on(limits)
    nothing = answer = child.pack({})
    # Without memory nothing can be said here: whoever asked says it.
    with contextlib.suppress(MemoryError):
        answer = child.pack(_answer(question))
    sys.stdout.buffer.write(answer if len(answer) <= limits.answer else nothing)


def _answer(question):
    _prepare(question)
    function, refusal = _find(question["function"]), _find(question["refusal"])
    content, options = question.pop("content"), question["options"]
    _load_what_waits()
    open_nothing_more()
    try:
        return {"returned": function(content, **options)}
    except MemoryError:
        raise
    except refusal as refused:
        return {"refused": " ".join(getattr(refused, "messages", None) or [str(refused)])}
    except Exception as error:
        # Only where it failed: what the error says may repeat what stands in the file.
        return {"failed": f"{type(error).__name__} at {_place_of(error)}"}


def _prepare(question):
    """Make Django ready to say sentences in the languages of the site, without apps, models or a database."""
    import django  # noqa: PLC0415 - under the limits
    from django.conf import settings  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    settings.configure(USE_I18N=True, USE_TZ=True, **question["settings"])
    django.setup(set_prefix=False)
    for code in [*(code for code, _name in question["settings"]["LANGUAGES"]), question["language"]]:
        if code:
            translation.activate(code)
            translation.gettext("")
    if not question["language"]:
        translation.deactivate_all()


def _find(name):
    module, _, path = name.partition(":")
    found = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def _load_what_waits():
    """Have Pillow, if it is here, load the formats that it loads only when a picture comes."""
    if pillow := sys.modules.get("PIL.Image"):
        pillow.init()


def _place_of(error):
    frame = error.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    return f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"


if __name__ == "__main__":
    main()
