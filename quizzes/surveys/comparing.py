"""What rounds that were opened keep of older words, beside what would be asked now."""

from dataclasses import dataclass
from datetime import datetime

from quizzes.models import SurveyWording
from quizzes.signals import survey_rounds_requested

from .reading import scale_of
from .wording import digest_of


@dataclass(frozen=True)
class Kept:
    """A wording that rounds keep. `changed` are the ids of what is asked otherwise now, or not at all, or only now."""

    since: datetime
    rounds: int
    is_in_force: bool
    changed: list


def compare_with_rounds(contents):
    """Return [Kept], the newest first, of the wordings that rounds were opened with; `contents` would be asked now."""
    rounds = {}
    for _receiver, answer in survey_rounds_requested.send(None):
        rounds |= answer
    digest, now = digest_of(contents), _asked(contents)
    return [
        Kept(wording.made_at, rounds[wording.pk], wording.digest == digest, _differences(_asked(wording.contents), now))
        for wording in SurveyWording.objects.filter(pk__in=rounds).order_by("-made_at", "-pk")
    ]


def _asked(contents):
    return {
        item["id"]: (item, scale_of(contents, block, item), block["scoring"], block["waves"])
        for block in contents["blocks"]
        for item in block["items"]
    }


def _differences(before, now):
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
