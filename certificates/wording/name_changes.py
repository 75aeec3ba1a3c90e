"""What kind of change it is from a registered name to another: a mend of the same name, or perhaps somebody else's.

What passes without anybody looking first is little, because whoever shares the surnames is a sister or a brother:

- accents, capitals, apostrophes, hyphens, spaces, a full stop behind an initial, and small words such as «de la»,
  beside any of the following;
- letters that sound alike in Spanish or in Spanish spellings of Mayan names, in any word, and the order of the surnames
  among themselves; given names keep theirs, because María José is the sister of José María;
- given names and surnames that changed places as two whole blocks, as in a list with its columns mixed up, unless both
  have a usual given name: where a child is called by the father's, Pedro Domingo is the father of Domingo Pedro;
- or one letter typed wrong in one surname of four letters or more, which is neither its first letter nor an «a» or «o»
  at its end, and makes no usual surname of another; of a given name only two letters inside that changed places,
  because one letter makes Josué of José, Marta of María and Cristian of Cristina;
- or one second given name, where one is registered, and one second surname, where one is registered, each behind it.

Nothing is left out, and no word becomes another.
"""

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from .usual_names import GIVEN_NAMES, SURNAMES


class Change(Enum):
    """What kind of change it is from one name to another."""

    # To the letter; or with initials, as far as paper has room for a long one.
    SAME = "same"
    # A mend of the same name: it passes by itself.
    SMALL = "small"
    # Perhaps right, perhaps somebody else: somebody who knows the person looks first.
    OTHER = "other"


class Parts(NamedTuple):
    """A name as it is registered: given names and surnames, as people write them."""

    given_names: str
    surnames: str

    @property
    def whole(self):
        return f"{self.given_names} {self.surnames}".strip()


# What paper has room for, in characters.
LONGEST_NAME = 60
PARTICLES = {"de", "del", "dela", "la", "las", "los", "y"}
# In shorter words each letter makes another surname: Coj, Coc, Caj.
SHORTEST_MISTYPED = 4

_STOPS = ".·"
# A letter alone with its full stop, also in «J.P.».
_INITIAL = re.compile(r"(?<![^\W\d_])[^\W\d_]\.(?=$|-|[^\W\d_]\.)")

# One after the other; each side of a word that sounds alike comes out as the same letters.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"),
        # Christian and Cristian; any other «ch» is a sound of its own.
        ("ch(?=[lr])", "k"),
        ("ch", "C"),
        # «x» is a «sh» in Mayan names, and was a «j» in Spanish ones.
        ("sh|x|g(?=[ei])", "j"),
        ("gu(?=[ei])", "g"),
        # Huitz and Witz; Guaman, Huaman and Waman.
        ("hu(?=[aeio])|gu(?=[ao])", "w"),
        ("qu(?=[ei])|q|c(?![ei])", "k"),
        ("[cz]", "s"),
        ("v", "b"),
        ("h", ""),
        ("y", "i"),
        ("n(?=[bp])", "m"),
        (r"(.)\1+", r"\1"),
    )
]


def change_between(registered, asked):
    """Return the `Change` from the `Parts` of a name to other ones."""
    if registered == asked:
        return Change.SAME
    old = tuple(_words(part) for part in registered)
    new = tuple(_words(part) for part in asked)
    if _is_shortened(registered, old, new):
        return Change.SAME
    if not _stops_stand_behind_initials(registered, asked):
        return Change.OTHER
    small = (
        _sounds_the_same(old, new) or _joins_alike(registered, asked) or _is_mistyped(old, new) or _is_added(old, new)
    )
    return Change.SMALL if small else Change.OTHER


def change_to_whole(registered, name):
    """Return the `Change` from the `Parts` of a name to one that is written in a line, however it is divided."""
    if name == registered.whole:
        return Change.SAME
    words = name.split()
    divided = (Parts(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words) + 1))
    is_small = any(change_between(registered, parts) is not Change.OTHER for parts in divided)
    return Change.SMALL if is_small else Change.OTHER


def _is_shortened(registered, old, new):
    """Whether a name that is too long for paper is the same but for initials; never of the first of either part."""
    if len(registered.whole) <= LONGEST_NAME or [len(part) for part in old] != [len(part) for part in new]:
        return False
    return all(
        after == before or (at and len(after) == 1 and before.startswith(after))
        for olds, news in zip(old, new, strict=True)
        for at, (before, after) in enumerate(zip(olds, news, strict=True))
    )


def _stops_stand_behind_initials(registered, asked):
    """Whether each full stop stands behind a letter alone, or where the registered name has one too: «Ma.»."""
    known = set(registered.whole.casefold().split())
    added = [word for word in asked.whole.casefold().split() if word not in known]
    return not any(mark in _INITIAL.sub("", word) for word in added for mark in _STOPS)


def _sounds_the_same(old, new):
    """Whether the words are the same but for letters that sound alike, the order of the surnames and the two blocks."""
    if not any(old):
        return False
    (given, surnames), (new_given, new_surnames) = old, new
    return any(
        (_are_alike(given, new_given, sound) and _are_alike(surnames, new_surnames, sound, in_any_order=True))
        or _are_exchanged((given, new_surnames), (surnames, new_given), sound)
        for sound in (sound_of, _with_ll_as_l)
    )


def _are_exchanged(first, second, sound):
    """Whether both blocks, each as it was and as it is, are alike, and at most one of them has a usual given name."""
    first_is_given, second_is_given = (
        any(word in GIVEN_NAMES for word in (*before, *after)) for before, after in (first, second)
    )
    return (
        all(first)
        and all(second)
        and not (first_is_given and second_is_given)
        and _are_alike(*first, sound, in_any_order=second_is_given)
        and _are_alike(*second, sound, in_any_order=first_is_given)
    )


def _are_alike(before, after, sound, *, in_any_order=False):
    before, after = ([sound(word) for word in words] for words in (before, after))
    return sorted(before) == sorted(after) if in_any_order else before == after


def _joins_alike(old, new):
    """Whether only spaces differ: Deleón and de León, Mariajosé and María José."""
    old, new = (_plain(f"{parts.given_names} {parts.surnames}").replace(" ", "") for parts in (old, new))
    return bool(old) and old == new


def _is_mistyped(old, new):
    """Whether one word differs, by one letter, and all others are the same in the same place."""
    if [len(part) for part in old] != [len(part) for part in new]:
        return False
    differing = [
        (is_surname, one, other)
        for is_surname, (before, after) in enumerate(zip(old, new, strict=True))
        for one, other in zip(before, after, strict=True)
        if one != other
    ]
    if len(differing) != 1:
        return False
    is_surname, one, other = differing[0]
    usual = SURNAMES if is_surname else GIVEN_NAMES
    if one in usual and other in usual:
        return False
    if min(len(one), len(other)) < SHORTEST_MISTYPED or one[0] != other[0]:
        return False
    return (is_surname and _is_one_letter_apart(one, other)) or _are_two_exchanged_inside(one, other)


def _is_one_letter_apart(one, other):
    """Whether one letter was left out, put in or took the place of another; never an «a» or «o» at the end."""
    short, long = sorted((one, other), key=len)
    in_place_of_another = len(short) == len(long)
    at = next((index for index, letter in enumerate(short) if letter != long[index]), len(short))
    if short[at + in_place_of_another :] != long[at + 1 :]:
        return False
    changed = {long[at], short[at] if in_place_of_another else ""}
    return not (at == len(long) - 1 and changed & {"a", "o"})


def _are_two_exchanged_inside(one, other):
    """Whether two letters next to each other changed places, neither of them the first or the last of the word."""
    at = [index for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]]
    if len(one) != len(other) or len(at) != 2 or at[1] - at[0] != 1:
        return False
    exchanged = one[at[0]] == other[at[1]] and one[at[1]] == other[at[0]]
    return exchanged and at[0] > 0 and at[1] < len(one) - 1


def _is_added(old, new):
    """Whether a second given name or surname, or one of each, stands behind the only one; all else the same."""
    return (
        old != new
        and all(old)
        and all(
            after == before or (len(before) == 1 and len(after) == 2 and after[:1] == before)
            for before, after in zip(old, new, strict=True)
        )
    )


def _words(name):
    """Return the words of a name in plain letters, without particles, unless it has nothing else."""
    words = _plain(name).split()
    return [word for word in words if word not in PARTICLES] or words


def _plain(name):
    """Return the name in small letters without accents, apostrophes and full stops, its hyphens as spaces."""
    # Two surnames with a hyphen between them are two words still.
    apart = unicodedata.normalize("NFD", name.casefold().replace("-", " "))
    return " ".join("".join(c for c in apart if c.isalpha() or c.isspace()).split())


@lru_cache(maxsize=10_000)
def sound_of(word):
    """Return what all words in plain small letters that sound the same have in common: «velasques» and «velazquez»."""
    return _sound(word.replace("ll", "y"))


def _with_ll_as_l(word):
    return _sound(word)


def _sound(word):
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word
