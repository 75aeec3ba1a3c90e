"""What the commands that measure the files of `content/` are told: where the files are, and in which language."""

from pathlib import Path

from django.conf import settings

from modules.text.readability import MEASURED_LANGUAGES


def add_what_is_measured(parser):
    """Add `--directory` and `--language`."""
    parser.add_argument("--directory", default=settings.BASE_DIR / "content", type=Path, help="default: content/")
    parser.add_argument("--language", default="es", choices=MEASURED_LANGUAGES, help="default: es")
