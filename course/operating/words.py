"""What is said to whoever sits at the machine: in Spanish, or in English where the terminal is English."""

import os


class Refused(Exception):
    """What was asked cannot be done; the sentence says what to do instead."""

    def __init__(self, spanish, english=None):
        super().__init__(spanish if english is None else say(spanish, english))


def say(spanish, english):
    """Return the sentence in the language of the terminal."""
    return english if os.environ.get("LANG", "").startswith("en") else spanish
