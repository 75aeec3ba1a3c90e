"""What is said to whoever sits at the machine: in Spanish, or in English where the terminal is English."""

import os


class Refused(Exception):
    """What was asked cannot be done; the sentence says what to do instead."""


def say(spanish, english):
    """Return the sentence in the language of the terminal."""
    return english if os.environ.get("LANG", "").startswith("en") else spanish
