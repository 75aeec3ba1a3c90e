"""The reviews after finishing, on a page that stands below them."""

from datetime import date
from typing import NamedTuple

from django import template
from django.utils import timezone

from course.reminders.cases import takes_letters
from course.spaced.weeks import next_day, offered_week

register = template.Library()


class Reviews(NamedTuple):
    """The week of the review that is there, the day of the next one, and whether a letter says that it is there."""

    week: int | None = None
    next_on: date | None = None
    writes: bool = False


@register.simple_tag
def reviews_of(person, progress):
    """Return the Reviews of whoever finished (CourseProgress), in two queries at most."""
    # Without a record of the finishing nothing comes.
    if progress.record_key is None:
        return Reviews()
    now = timezone.now()
    next_on = next_day(progress.recorded_at, now=now)
    return Reviews(
        offered_week(person, progress.record_key, progress.recorded_at, now=now),
        next_on,
        next_on is not None and takes_letters(person),
    )
