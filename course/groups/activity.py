"""Steps per week of each person, as a small chart with words."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.models import LessonRead
from modules.progress.deriving import get_attendance
from quizzes.models import Attempt, Medium

WEEKS = 8
_TALLEST = 8


@dataclass(frozen=True)
class Activity:
    """Lessons read, attempts and sessions of each of the last WEEKS weeks, oldest first, and the last moment."""

    weeks: tuple[int, ...]
    last: datetime | None
    now: datetime

    @property
    def steps(self):
        return sum(self.weeks)

    @property
    def words(self):
        if self.last is None:
            return _("No step in %(weeks)d weeks") % {"weeks": WEEKS}
        steps = ngettext("%(count)d step in %(weeks)d weeks", "%(count)d steps in %(weeks)d weeks", self.steps)
        return f"{steps % {'count': self.steps, 'weeks': WEEKS}}, {self._since_words()}"

    def _since_words(self):
        days = (self.now - self.last).days
        if not days:
            return _("last today")
        return ngettext("last %(days)d day ago", "last %(days)d days ago", days) % {"days": days}

    @property
    def spark(self):
        most = max(self.weeks)
        if not most:
            return ""
        bars = "".join(
            f"M{4 * place} {_TALLEST}v-{max(1, _TALLEST * steps // most)}h3V{_TALLEST}z"
            for place, steps in enumerate(self.weeks)
            if steps
        )
        return format_html(
            '<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true"><path d="{}"/></svg>',
            4 * WEEKS - 1,
            _TALLEST,
            bars,
        )


def activity_by_learner(learners, *, now):
    since = now - timedelta(weeks=WEEKS)
    steps, moments = defaultdict(lambda: [0] * WEEKS), defaultdict(list)

    def count(learner_pk, at):
        if since < at <= now:
            steps[learner_pk][WEEKS - 1 - (now - at).days // 7] += 1
            moments[learner_pk].append(at)

    reads = LessonRead.objects.filter(learner__in=learners, read_at__gt=since)
    for learner_pk, at in reads.values_list("learner_id", "read_at"):
        count(learner_pk, at)
    recent = Q(started_at__gt=since) | Q(submitted_at__gt=since)
    attempts = Attempt.objects.filter(recent, learner__in=learners)
    for learner_pk, begun, sent, medium in attempts.values_list("learner_id", "started_at", "submitted_at", "medium"):
        if medium == Medium.PAPER:
            # The trainer printed the sheet; the person's own step is handing it in.
            begun = sent
        if begun:
            count(learner_pk, begun)
        if sent and since < sent <= now:
            moments[learner_pk].append(sent)
    for learner_pk, at in {(one.learner, one.held_at) for one in get_attendance(learners)}:
        count(learner_pk, at)
    return {
        learner.pk: Activity(tuple(steps[learner.pk]), max(moments[learner.pk], default=None), now)
        for learner in learners
    }
