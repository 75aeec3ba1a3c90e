#!/usr/bin/env python
"""Django's command line, with the development settings unless told otherwise."""

import os
import sys
from pathlib import Path


def main():
    """Run a command. What is wrong with the site itself is a sentence, and no traceback."""
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - only after the environment is there
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - as above
    from django.db import DatabaseError  # noqa: PLC0415 - as above

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except DatabaseError:
        # What makes tables tells of its own errors.
        if sys.argv[1:2] in (["migrate"], ["prepare_site"]):
            raise
        from course.health.watching import why_not_ready  # noqa: PLC0415 - models are there once Django is set up

        if sentence := why_not_ready():
            sys.exit(sentence)
        raise


if __name__ == "__main__":
    # Of an installed site the settings are in a file: without them this would work on another database than the site.
    if "DJANGO_SETTINGS_MODULE" not in os.environ and (Path(__file__).resolve().parent / "RELEASE").exists():
        sys.exit(f"Use «trato manage {' '.join(sys.argv[1:])}», con los ajustes del sitio / with the site's settings.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings.dev")
    main()
