"""What is guessed: options of which some are right, and what each way of choosing earns. Pure."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations
from statistics import fmean

from quizzes.kinds import KINDS
from quizzes.kinds.shares import freeze_share
from quizzes.wording.audiences import Audience
from quizzes.wording.marks import plain

from .words import stems_of, words_of

# Where several options are right, one marks several.
MANY = "multiple"
ONE = "single"
# A list in a gap is a choice of one. Of true and false the two words are always the same; places have no words.
MEASURED_KINDS = (ONE, MANY, "gaps")
# As many words in a row are no accident.
IN_A_ROW = 5


@dataclass(frozen=True)
class Lesson:
    """A lesson that teaches what is asked: its name, such as `M1-L2`, and its plain text."""

    name: str
    text: str
    language: str = "es"

    @property
    def stems(self):
        return stems_of(self.text, self.language)

    def repeats(self, text):
        """Say whether five words of a text stand here in the same order."""
        return not rows_of(text).isdisjoint(rows_of(self.text))


@lru_cache(maxsize=256)
def rows_of(text):
    """Return every five words in a row of a text."""
    words = words_of(text)
    return frozenset(zip(*(words[start:] for start in range(IN_A_ROW)), strict=False))


@lru_cache(maxsize=64)
def stems_of_lessons(lessons):
    return frozenset().union(*(lesson.stems for lesson in lessons))


@dataclass(frozen=True)
class Item:
    """A question, a list in a gap or a moment of a scene, as somebody meets it who knows nothing.

    `shares` are what each option earns as the kinds of question write them; `group` is left out together when the
    combined strategy learns: a quiz, or the scenes of a module. `audiences` are codes of Audience, none for everyone.
    """

    identifier: str
    kind: str
    text: str
    options: tuple[str, ...]
    right: tuple[bool, ...]
    shares: tuple[str | None, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    group: str = ""
    audiences: tuple[str, ...] = ()
    # Its code: which words tell something depends on it.
    language: str = "es"
    # Leads an editor from the report to what can be changed.
    address: str = field(default="", compare=False)

    @property
    def size(self):
        return len(self.options)

    @property
    def stems(self):
        """The stems of each option."""
        return [stems_of(option, self.language) for option in self.options]

    @property
    def stems_of_text(self):
        return stems_of(self.text, self.language)

    @property
    def lesson_stems(self):
        return stems_of_lessons(self.lessons)

    @property
    def marks(self):
        """How many options somebody marks who does not know how many are right: the half, rounded up."""
        return (self.size + 1) // 2 if self.kind == MANY else 1

    @cached_property
    def chance(self):
        """What blind marking earns on average; where several are right, of as many as are right."""
        count = sum(self.right) if self.kind == MANY else 1
        return fmean(self.earn(marked) for marked in combinations(range(self.size), count))

    def earn(self, marked):
        """Return the share of the points, from 0 to 1, for marking these places."""
        if marked not in self._earned:
            keys = [str(place) for place in marked]
            # In a scene two may be best: then each of them is.
            options = self._options
            self._earned[marked] = float(
                KINDS[MANY].score({"options": options}, keys)
                if self.kind == MANY
                else max(KINDS[ONE].score({"options": options}, key) for key in keys)
            )
        return self._earned[marked]

    @cached_property
    def _earned(self):
        return {}

    @cached_property
    def _options(self):
        shares = self.shares or (None,) * self.size
        return [
            {"key": str(place), "right": right} | ({} if share is None else {"share": share})
            for place, (right, share) in enumerate(zip(self.right, shares, strict=True))
        ]


def items_of(identifier, kind, text, choices, **more):
    """Return the Items of a question: one, or one for each list in its gaps; none where nothing can be guessed.

    `choices` have the fields of Choice. What is not finished, without a right or a wrong option, is none yet.
    """
    if kind not in MEASURED_KINDS:
        return []
    if kind != "gaps":
        parts = {"": choices}
    else:
        parts = {
            f" [[{gap}]]": [one for one in choices if one.gap == gap] for gap in sorted({c.gap or 0 for c in choices})
        }
    return [
        Item(
            identifier + suffix,
            MANY if kind == MANY else ONE,
            plain(text),
            tuple(plain(choice.text) for choice in part),
            tuple(choice.is_correct for choice in part),
            tuple(freeze_share(choice).get("share") for choice in part),
            **more,
        )
        for suffix, part in parts.items()
        if {choice.is_correct for choice in part} == {True, False}
    ]


def for_audience(items, audience):
    """Return the items that somebody with this job may be asked."""
    return tuple(item for item in items if not item.audiences or audience in item.audiences)


def audiences_in(items):
    """Return the audiences, in their order, for which some of the items are alone; none where all are for everyone."""
    return [audience for audience in Audience if any(audience in item.audiences for item in items)]
