"""Rules that are counted over the whole course, and how a check fails."""

from dataclasses import dataclass


class Failed(Exception):
    """What a check found, in sentences."""


@dataclass(frozen=True)
class Measure:
    """How many of how many scenes, steps or choices do something, and the `limit` of the guide in hundredths."""

    key: str
    name: str
    count: int
    total: int
    limit: int
    is_least: bool = False

    @property
    def share(self):
        """In hundredths, with one decimal."""
        return round(100 * self.count / self.total, 1) if self.total else 0.0

    @property
    def holds(self):
        if not self.total:
            return True
        return self.share >= self.limit if self.is_least else self.share <= self.limit

    def __str__(self):
        """A line such as «✓ 24 of 40 (60.0 %; at least 60 %): scenes where a mistake can be mended»."""
        mark, bound = "✓" if self.holds else "✕", "at least" if self.is_least else "at most"
        return f"{mark} {self.count} of {self.total} ({self.share} %; {bound} {self.limit} %): {self.name}"


def count(found):
    return sum(1 for _one in found)


def require(measures):
    """Raise `Failed` with the measures that do not hold."""
    if missed := [measure for measure in measures if not measure.holds]:
        raise Failed("\n".join(["Not as the guide wants it:", *map(str, missed)]))
