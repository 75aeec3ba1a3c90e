"""Groups: made, changed, given to trainers and filled; each by somebody, and kept in the log with it."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.jobs import ONE_CLICK
from course.models import AuditEntry, Cohort, User

from .audit import note
from .enrolling import enrol_people


@transaction.atomic
def make_group(cohort, *, trainers, by, now):
    """Save a new group with its trainers and return it; the second of two clicks gets the one of the first."""
    # The second click waits here for the first.
    User.objects.select_for_update().get(pk=by.pk)
    just_made = AuditEntry.objects.filter(action="group_made", by=by, at__gt=now - ONE_CLICK)
    alike = {name: getattr(cohort, name) for name in ("name", "clinic", "opens_on", "closes_on")}
    if made := Cohort.objects.filter(**alike, pk__in=just_made.values("cohort")).first():
        return made
    cohort.save()
    note("group_made", by=by, cohort=cohort, now=now)
    name_trainers(cohort, trainers, by=by, now=now)
    if cohort.sends_reminders:
        _note_switch(cohort, by=by, now=now)
    return cohort


@transaction.atomic
def change_group(cohort, *, trainers, by, now):
    """Save a group and return it."""
    before = Cohort.objects.select_for_update().get(pk=cohort.pk)
    cohort.save()
    note("group_changed", by=by, cohort=cohort, now=now)
    name_trainers(cohort, trainers, by=by, now=now)
    if cohort.sends_reminders != before.sends_reminders:
        _note_switch(cohort, by=by, now=now)
    return cohort


@transaction.atomic
def name_trainers(cohort, trainers, *, by, now):
    """Let exactly these people train the group; twice is once."""
    if set(trainers) == set(cohort.trainers.all()):
        return
    cohort.trainers.set(trainers)
    note("trainers_named", by=by, cohort=cohort, about=sorted(trainers, key=str), now=now)


@transaction.atomic
def let_in(cohort, people, *, by, now):
    """Put people into the group; who is in it already stays as is."""
    if new := enrol_people(cohort, people, now=now):
        about = new if len(new) == 1 else []
        note("people_enrolled", by=by, cohort=cohort, about=about, people=len(new), now=now)


@transaction.atomic
def change_call_rules(cohort, *, by, now):
    """Save after how many attempts and days people of the group are to be called; return it in a sentence."""
    cohort.save(update_fields=["tries_before_help", "quiet_days_before_help", "days_before_first_step"])
    words = rules_words(cohort)
    note("rules_changed", by=by, cohort=cohort, subject=words, now=now)
    return words


def rules_words(cohort):
    """Return the rules of a group in one sentence."""
    tries, quiet = cohort.tries_before_help, cohort.quiet_days_before_help
    first = cohort.days_before_first_step
    return _("Call after: %(tries)s; %(quiet)s; %(first)s.") % {
        "tries": ngettext("%(count)d attempt without passing", "%(count)d attempts without passing", tries)
        % {"count": tries},
        "quiet": ngettext("%(days)d day without activity", "%(days)d days without activity", quiet) % {"days": quiet},
        "first": ngettext(
            "%(days)d day in the group without beginning", "%(days)d days in the group without beginning", first
        )
        % {"days": first},
    }


def _note_switch(cohort, *, by, now):
    """Keep who turned reminders without being asked on or off."""
    words = _("on") if cohort.sends_reminders else _("off")
    note("reminders_switched", by=by, cohort=cohort, subject=words, now=now)
