#!/usr/bin/env python
"""Django's command line, with the development settings unless told otherwise."""

import os
import sys


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
        from course.health.refusing import why_not_ready  # noqa: PLC0415 - models are there once Django is set up

        if sentence := why_not_ready():
            sys.exit(sentence)
        raise


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings.dev")
    main()
