"""Entry point of the sandboxed process: request on stdin, answer on stdout."""

import contextlib
import sys

# Imported while files can still be opened: names in ZIP files use cp437.
from encodings import cp437, cp1252, latin_1, utf_8_sig, utf_16, utf_16_be, utf_16_le, utf_32  # noqa: F401
from importlib import import_module
from pathlib import Path

from . import child
from .child import Limits, apply_limits, forbid_opening


def main():
    request = child.unpack(sys.stdin.buffer.read())
    limits = Limits(*request["limits"])
    apply_limits(limits)
    empty = answer = child.pack({})
    with contextlib.suppress(MemoryError):
        answer = child.pack(_answer(request))
    sys.stdout.buffer.write(answer if len(answer) <= limits.answer else empty)


def _answer(request):
    _set_up_django(request)
    function, refusal = _import(request["function"]), _import(request["refusal"])
    content, options = request.pop("content"), request["options"]
    if pillow := sys.modules.get("PIL.Image"):
        # Pillow loads its formats lazily, from files.
        pillow.init()
    forbid_opening()
    try:
        return {"returned": function(content, **options)}
    except MemoryError:
        raise
    except refusal as refused:
        return {"refused": " ".join(getattr(refused, "messages", None) or [str(refused)])}
    except Exception as error:
        # Not the message, which may quote the file.
        return {"failed": f"{type(error).__name__} at {_location(error)}"}


def _set_up_django(request):
    import django  # noqa: PLC0415 - under the limits
    from django.conf import settings  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    settings.configure(USE_I18N=True, USE_TZ=True, **request["settings"])
    django.setup(set_prefix=False)
    for code in [*(code for code, _name in request["settings"]["LANGUAGES"]), request["language"]]:
        if code:
            translation.activate(code)
            translation.gettext("")
    if not request["language"]:
        translation.deactivate_all()


def _import(name):
    module, _, path = name.partition(":")
    found = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def _location(error):
    frame = error.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    return f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"


if __name__ == "__main__":
    main()
