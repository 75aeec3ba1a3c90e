"""Statements and blocks of a SurveyWording, as figures need them. Pure."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings

AGREEING, SEEN, BACKGROUND = "agreeing", "seen", "background"
_KINDS = {"agreement": AGREEING, "mean": AGREEING, "seen": SEEN, "background": BACKGROUND}


@dataclass(frozen=True)
class Statement:
    """Words by language, options, and which way is better (1: more, -1: less, 0)."""

    id: str
    block: str
    kind: str
    text: dict[str, str]
    better: int
    options: list[dict[str, Any]]
    waves: list[str]
    is_official: bool
    is_verified: bool

    @cached_property
    def answers(self):
        """Return the codes that count as an answer, in the order of the scale."""
        return [one["code"] for one in self.options if one["kind"] == "answer"]

    @cached_property
    def hits(self):
        """Return the codes counted in the share: the agreeing half of a scale, or all but «never»."""
        if self.kind == SEEN:
            return self.answers[1:]
        return self.answers[: len(self.answers) // 2] if self.kind == AGREEING else []

    @cached_property
    def wording(self):
        """Return what must be equal for answers to be added or compared, in the site's own language."""
        own = settings.LANGUAGE_CODE
        labels = [(one["code"], one["kind"], one["label"].get(own)) for one in self.options]
        return repr((self.id, self.text.get(own), self.kind, self.better, labels))


@dataclass(frozen=True)
class Block:
    """Statements under a title; those of an `is_scored` one make a score from 0 to 100, and more is better."""

    id: str
    title: dict[str, str]
    is_scored: bool
    waves: list[str]
    statements: list[Statement] = field(default_factory=list)

    @cached_property
    def wording(self):
        return repr([one.wording for one in self.statements])


def blocks_of(contents):
    return [_block(one, contents["scales"]) for one in contents["blocks"]]


def _block(block, scales):
    kind = _KINDS[block["scoring"]]
    better, otherwise = {"+": 1, "-": -1, "−": -1}, -1 if kind == SEEN else 0
    statements = [
        Statement(
            id=item["id"],
            block=block["id"],
            kind=kind,
            text=item["text"],
            better=better.get(item.get("direction"), otherwise),
            options=scales[item.get("scale") or block["scale"]],
            waves=block["waves"],
            is_official=bool(item.get("official")),
            is_verified=bool(item.get("verified")),
        )
        for item in block["items"]
    ]
    return Block(block["id"], block["title"], block["scoring"] == "mean", block["waves"], statements)
