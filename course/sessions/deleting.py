"""Deleting a session that never took place: one on which nothing hangs."""

from django.db import transaction
from django.utils.translation import gettext as _

from course.models import Session
from course.people.audit import audit_log


class CannotDelete(Exception):
    """Something hangs on the session; the message says what, and what to do."""


def check_can_delete(session):
    """Raise `CannotDelete` for a session on which attendance, sheets or hands of people hang."""
    hanging = [
        (session.attendances, _("Attendance is noted at it: if nobody was there, untick them first.")),
        (session.paper_sheets, _("Answer sheets were made for it.")),
        (session.hands, _("Hands were counted at it.")),
    ]
    reasons = [words for rows, words in hanging if rows.exists()]
    if reasons:
        raise CannotDelete(" ".join([_("This session is not deleted."), *reasons]))


def can_delete(session):
    """Say whether nothing hangs on a session."""
    try:
        check_can_delete(session)
    except CannotDelete:
        return False
    return True


@transaction.atomic
def delete_session(session, *, by, now):
    """Delete a session that never took place; twice is once. Raises `CannotDelete`."""
    # Nobody is noted at it in the meantime.
    locked = Session.objects.select_for_update().filter(pk=session.pk).first()
    if locked is None:
        return
    check_can_delete(locked)
    audit_log(
        "session_deleted", by=by, cohort=session.cohort, subject=f"{locked.held_on:%Y-%m-%d} {locked.place}", now=now
    )
    locked.delete()
