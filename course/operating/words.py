"""Sentences for the terminal, in Spanish or English."""

import os


class Refused(Exception):
    pass

    def __init__(self, spanish, english=None):
        super().__init__(spanish if english is None else say(spanish, english))


def say(spanish, english):
    return english if os.environ.get("LANG", "").startswith("en") else spanish
