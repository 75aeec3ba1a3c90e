"""Cases as editors write them; in a dialogue each utterance has a line: who speaks, a colon and what is said."""

import re
from typing import NamedTuple

# How many questions share a case.
FEWEST, MOST = 2, 6
# «A las 8:30» names nobody: behind the colon stands a space.
_UTTERANCE = re.compile(r"([^:]{1,60}?)\s*:\s+(\S.*)")


class Utterance(NamedTuple):
    """Who speaks and what they say, in our marks; of a line that names nobody, such as «(Silencio)», only the words."""

    who: str
    words: str


def read_dialogue(text):
    """Return the Utterances of a dialogue."""
    return [_read_line(line) for line in text.splitlines() if line.strip()]


def write_dialogue(utterances):
    """Return the text of which `read_dialogue` reads these Utterances."""
    return "\n".join(f"{who}: {words}" if who else words for who, words in utterances)


def _read_line(line):
    line = line.strip()
    if match := _UTTERANCE.fullmatch(line):
        return Utterance(*match.groups())
    return Utterance("", line)
