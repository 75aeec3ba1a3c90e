"""Differences between wordings of opened rounds and the current survey."""

from dataclasses import dataclass
from datetime import datetime

from quizzes.models import SurveyWording
from quizzes.signals import survey_rounds_requested

from .reading import scale_of
from .wording import digest_of


@dataclass(frozen=True)
class Kept:
    """A wording in use; `changed` are the ids of statements that differ from the current survey."""

    since: datetime
    rounds: int
    is_in_force: bool
    changed: list


def compare_with_rounds(contents):
    """Return [Kept], newest first; `contents` is the current survey."""
    rounds = {}
    for _receiver, answer in survey_rounds_requested.send(None):
        rounds |= answer
    digest, now, kept = digest_of(contents), _asked(contents), []
    for wording in SurveyWording.objects.filter(pk__in=rounds).order_by("-made_at", "-pk"):
        before = _asked(wording.contents)
        changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
        kept.append(Kept(wording.made_at, rounds[wording.pk], wording.digest == digest, changed))
    return kept


def _asked(contents):
    return {
        item["id"]: (item, scale_of(contents, block, item), block["scoring"], block["waves"])
        for block in contents["blocks"]
        for item in block["items"]
    }
