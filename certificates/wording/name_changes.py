"""Which change of a person's name passes at once, and which one a trainer looks at first."""

import unicodedata
from typing import NamedTuple


class Parts(NamedTuple):
    """A name as it is registered: given names and surnames, as people write them."""

    given_names: str
    surnames: str

    @property
    def whole(self):
        return f"{self.given_names} {self.surnames}".strip()


def needs_review(old, new):
    """Whether two `Parts` differ by more than case, accents, spaces and the order of two surnames."""
    if plain(old.given_names) != plain(new.given_names):
        return True
    before, after = ([plain(word) for word in parts.surnames.split()] for parts in (old, new))
    swapped = len(before) == len(after) == 2 and before == after[::-1]
    return not (swapped or "".join(before) == "".join(after))


def divisions(name):
    """Return all `Parts` into which a name that is written in a line can be divided."""
    words = name.split()
    return [Parts(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words) + 1)]


def plain(name):
    """Return the name in small letters without accents and spaces."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(c for c in letters if not (unicodedata.combining(c) or c.isspace()))
