"""Groups: create, change, enrol, join by code, hand over to other trainers."""

from datetime import timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Min, Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.jobs import DOUBLE_CLICK
from course.models import TRAINERS, AuditEntry, Call, Cohort, Enrolment, Handover, PaperSheet, Session, User
from course.models.people import name_sort_key

from .audit import audit_log
from .identifiers import DIGITS, LETTERS, new_codes
from .names import normalise_name
from .restarts import restart_for_newcomers


def enrol_people(cohort, people, *, now):
    """Enrol people, apply the group's restart to them, and return those who were not in it. Not logged."""
    present = set(Enrolment.objects.current().filter(cohort=cohort).values_list("learner_id", flat=True))
    new = [person for person in people if person.pk not in present]
    Enrolment.objects.bulk_create(Enrolment(learner=person, cohort=cohort, enrolled_at=now) for person in new)
    restart_for_newcomers(cohort, new, now=now)
    return new


def first_enrolments():
    """Return [(learner_pk, moment)] of people who are or were in a group and have no registration."""
    enrolled = Enrolment.objects.filter(learner__registrations=None).order_by().values("learner_id")
    return enrolled.annotate(first=Min("enrolled_at")).values_list("learner_id", "first")


def people_with_codes(codes):
    """Return (people with these user codes, unknown codes); codes are case-insensitive."""
    # PostgreSQL refuses NUL.
    wanted = [code.lower() for code in codes if "\x00" not in code]
    folded = User.objects.annotate(code=Lower("username")).filter(code__in=wanted)
    by_code = {person.code: person for person in folded}
    people = {code: by_code.get(code.lower()) for code in codes}
    return [person for person in people.values() if person], [code for code, person in people.items() if not person]


@transaction.atomic
def create_cohort(cohort, *, trainers, by, now):
    """Save and return a new group; a double click returns the same one."""
    # Serialises a double click.
    User.objects.select_for_update().get(pk=by.pk)
    just_made = AuditEntry.objects.filter(action="group_made", by=by, at__gt=now - DOUBLE_CLICK)
    alike = {name: getattr(cohort, name) for name in ("name", "clinic", "opens_on", "closes_on")}
    if made := Cohort.objects.filter(**alike, pk__in=just_made.values("cohort")).first():
        return made
    cohort.save()
    audit_log("group_made", by=by, cohort=cohort, now=now)
    set_trainers(cohort, trainers, by=by, now=now)
    if cohort.sends_reminders:
        _log_reminder_switch(cohort, by=by, now=now)
    return cohort


@transaction.atomic
def update_cohort(cohort, *, trainers, by, now):
    before = Cohort.objects.select_for_update().get(pk=cohort.pk)
    cohort.save()
    audit_log("group_changed", by=by, cohort=cohort, now=now)
    set_trainers(cohort, trainers, by=by, now=now)
    if cohort.sends_reminders != before.sends_reminders:
        _log_reminder_switch(cohort, by=by, now=now)
    return cohort


@transaction.atomic
def set_trainers(cohort, trainers, *, by, now):
    if set(trainers) == set(cohort.trainers.all()):
        return
    cohort.trainers.set(trainers)
    audit_log("trainers_named", by=by, cohort=cohort, about=sorted(trainers, key=str), now=now)


@transaction.atomic
def enrol_and_log(cohort, people, *, by, now):
    if new := enrol_people(cohort, people, now=now):
        about = new if len(new) == 1 else []
        audit_log("people_enrolled", by=by, cohort=cohort, about=about, people=len(new), now=now)


@transaction.atomic
def change_call_rules(cohort, *, by, now):
    cohort.save(update_fields=["tries_before_help", "quiet_days_before_help", "days_before_first_step"])
    words = describe_call_rules(cohort)
    audit_log("rules_changed", by=by, cohort=cohort, subject=words, now=now)
    return words


def describe_call_rules(cohort):
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


def _log_reminder_switch(cohort, *, by, now):
    words = _("on") if cohort.sends_reminders else _("off")
    audit_log("reminders_switched", by=by, cohort=cohort, subject=words, now=now)


RECENT = timedelta(days=30)


class CohortContents(NamedTuple):
    people: int
    sessions: int
    calls: int
    sheets: int


def cohort_contents(cohort):
    return CohortContents(
        people=Enrolment.objects.current().filter(cohort=cohort).count(),
        sessions=Session.objects.filter(cohort=cohort).count(),
        calls=Call.objects.filter(cohort=cohort).count(),
        sheets=PaperSheet.objects.filter(cohort=cohort, keyed_at=None).count(),
    )


def find_trainer(code):
    may_train = Q(groups__name=TRAINERS) | Q(cohorts_trained__isnull=False) | Q(areas_led__isnull=False)
    may_train |= Q(is_superuser=True)
    return User.objects.filter(may_train, username__iexact=code.strip(), is_staff=True, is_active=True).first()


@transaction.atomic
def hand_over_cohort(cohort, *, leaving, taking, note, by, now):
    """Replace the trainers `leaving` by `taking`; return the `Handover`, the same for a double click."""
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    if just_now := recent_handover(cohort.pk, by=by, now=now):
        return just_now
    trainers = (set(cohort.trainers.all()) - set(leaving)) | set(taking)
    set_trainers(cohort, trainers, by=by, now=now)
    handover = Handover.objects.create(cohort=cohort, given_by=by, given_at=now, note=note.strip())
    handover.taken_by.set(taking)
    audit_log("group_handed_over", by=by, cohort=cohort, about=sorted(taking, key=str), now=now)
    return handover


def recent_handover(cohort_pk, *, by, now):
    return Handover.objects.filter(cohort=cohort_pk, given_by=by, given_at__gt=now - DOUBLE_CLICK).first()


def handovers_of(cohort):
    return cohort.handovers.select_related("given_by").prefetch_related("taken_by")


def recent_handovers_to(person, *, now):
    taken = Handover.objects.filter(taken_by=person, given_at__gt=now - RECENT, cohort__trainers=person)
    return taken.select_related("given_by", "cohort")


_JOIN_CODE_LENGTH = 8


class CannotJoin(ValueError):
    """The message is for the user, to be shown at `field`."""

    field = "code"


class UnknownJoinCode(CannotJoin):
    pass


class NameInCohort(CannotJoin):
    field = "surnames"


def create_join_code(cohort, *, by, now, chance):
    while True:
        code = "".join(chance.choice(LETTERS + DIGITS) for _ in range(_JOIN_CODE_LENGTH))
        try:
            with transaction.atomic():
                _set_join_code(cohort, code, by=by, now=now)
                return code
        except IntegrityError:
            continue


def remove_join_code(cohort, *, by, now):
    with transaction.atomic():
        _set_join_code(cohort, "", by=by, now=now)


def _set_join_code(cohort, code, *, by, now):
    cohort.join_code = code
    cohort.save(update_fields=["join_code"])
    audit_log("join_code_changed", by=by, cohort=cohort, now=now)


def cohort_with_join_code(code, *, now):
    """Return the open group with this code, ignoring case and punctuation. Raises `UnknownJoinCode`."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    groups = Cohort.objects.open_on(timezone.localdate(now)).exclude(join_code="")
    if plain and (cohort := groups.filter(join_code=plain).first()):
        return cohort
    raise UnknownJoinCode(_("No group has this code. Check it, or ask the trainer of the group."))


def join_cohort(learner, code, *, now):
    cohort = cohort_with_join_code(code, now=now)
    _join(learner, cohort, now=now)
    return cohort


@transaction.atomic
def join_as_newcomer(*, code, given_names, surnames, now, chance):
    """Create an account without a PIN in the group. Raises `CannotJoin`, also for a name in the group."""
    cohort = cohort_with_join_code(code, now=now)
    # Serialises a double tap.
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    given_names, surnames = normalise_name(given_names), normalise_name(surnames)
    if cohort.learners.filter(sort_key=name_sort_key(given_names, surnames)).exists():
        raise NameInCohort(_("Someone with this name is already in the group. Ask the trainer for your card."))
    taken = set(User.objects.values_list(Upper("username"), flat=True))
    person = User(
        username=new_codes(1, taken=taken, chance=chance)[0],
        first_name=given_names,
        last_name=surnames,
        clinic=cohort.clinic,
        must_choose_pin=True,
    )
    person.set_unusable_password()
    person.save()
    _join(person, cohort, now=now)
    return person


@transaction.atomic
def _join(person, cohort, *, now):
    if Enrolment.objects.current().filter(learner=person, cohort=cohort).exists():
        return
    enrol_people(cohort, [person], now=now)
    audit_log("joined_by_code", by=person, cohort=cohort, about=[person], people=1, now=now)
