"""Check the text of the course: `python -m tools.check --help`. Reads `content/` and no database."""

import argparse
import sys
from pathlib import Path

from django.conf import settings

from modules.content.declarations.reading import ContentError

from . import questions, readability, scenes
from .guessing import check as guessing
from .measures import Failed
from .translation import check as translation

CHECKS = {
    "readability": readability,
    "scenes": scenes,
    "questions": questions,
    "guessing": guessing,
    "translation": translation,
}


def main(arguments=None):
    """Run one check; exit with 1 and its sentence where it fails."""
    parser = argparse.ArgumentParser(prog="python -m tools.check", description=__doc__)
    commands = parser.add_subparsers(dest="check", required=True)
    for name, check in CHECKS.items():
        command = commands.add_parser(name, help=check.run.__doc__, description=check.run.__doc__)
        command.add_argument("--directory", type=Path, default=settings.BASE_DIR / "content", help="default: content/")
        command.add_argument("--language", default="es", help="default: es")
        command.add_argument("--module", help="only this module, such as m3")
        if hasattr(check, "add_arguments"):
            check.add_arguments(command)
    options = vars(parser.parse_args(arguments))
    try:
        CHECKS[options.pop("check")].run(**options)
    except (Failed, ContentError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
