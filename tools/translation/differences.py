"""What a comparison found: where, what, and whether it is wrong or only worth a look."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """`place` leads from the file to what differs: ("questions", "M3-Q12", "choices", "b", "text")."""

    place: tuple[str, ...]
    sentence: str
    is_fault: bool = True

    def __str__(self):
        return f"{' › '.join(self.place)}: {self.sentence}" if self.place else self.sentence
