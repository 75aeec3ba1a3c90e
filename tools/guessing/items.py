"""What is guessed: options of which some are right, and what each way of choosing earns. Pure."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from statistics import fmean

from quizzes.base.job_roles import Audience
from quizzes.guessing import items
from quizzes.guessing.items import MANY, ONE, fields_of, parts_of
from quizzes.guessing.words import stems_of
from quizzes.kinds import KINDS
from quizzes.kinds.base import freeze_share


@lru_cache(maxsize=64)
def stems_of_lessons(lessons):
    return frozenset().union(*(stems_of(lesson.text, lesson.language) for lesson in lessons))


@dataclass(frozen=True)
class Item(items.Item):
    """A question, a list in a gap or a moment of a scene, as somebody meets it who knows nothing.

    `shares` are what each option earns as the kinds of question write them; `group` is left out together when the
    combined strategy learns: a quiz, or the scenes of a module. `audiences` are codes of Audience, none for everyone.
    """

    identifier: str = ""
    shares: tuple[str | None, ...] = ()
    group: str = ""
    audiences: tuple[str, ...] = ()

    @property
    def size(self):
        return len(self.options)

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
    """Return the Items of a question: one, or one for each list in its gaps; none where nothing can be guessed."""
    return [
        Item(
            **fields_of(kind, text, part),
            identifier=identifier + name,
            shares=tuple(freeze_share(choice).get("share") for choice in part),
            **more,
        )
        for name, part in parts_of(kind, choices).items()
    ]


def for_audience(items, audience):
    """Return the items that somebody with this job may be asked."""
    return tuple(item for item in items if not item.audiences or audience in item.audiences)


def audiences_in(items):
    """Return the audiences, in their order, for which some of the items are alone; none where all are for everyone."""
    return [audience for audience in Audience if any(audience in item.audiences for item in items)]
