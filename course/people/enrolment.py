"""Make and fill groups, join them with a code, hand them over."""

from datetime import timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Min, Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.jobs import ONE_CLICK
from course.models import TRAINERS, AuditEntry, Call, Cohort, Enrolment, Handover, PaperSheet, Session, User
from course.models.people import name_sort_key

from .audit import note
from .identifiers import DIGITS, LETTERS, new_codes
from .names import tidy_name
from .restarts import let_newcomers_begin_anew


def enrol_people(cohort, people, *, now):
    """Put the people in the group and return those who are new in it; who is in it already stays as is.

    Where the group takes the course anew, so does whoever comes in and took it before.
    """
    there = set(Enrolment.objects.current().filter(cohort=cohort).values_list("learner_id", flat=True))
    new = [person for person in people if person.pk not in there]
    Enrolment.objects.bulk_create(Enrolment(learner=person, cohort=cohort, enrolled_at=now) for person in new)
    let_newcomers_begin_anew(cohort, new, now=now)
    return new


def when_enrolled():
    """Return [(learner_pk, when first)] of everybody who is or was in a group and is not registered for the course."""
    enrolled = Enrolment.objects.filter(learner__registrations=None).order_by().values("learner_id")
    return enrolled.annotate(first=Min("enrolled_at")).values_list("learner_id", "first")


def people_with_codes(codes):
    """Return the people with these user codes, in any case of letters, and the list of codes that nobody has."""
    # No code holds a NUL, and PostgreSQL takes none.
    wanted = [code.lower() for code in codes if "\x00" not in code]
    folded = User.objects.annotate(code=Lower("username")).filter(code__in=wanted)
    by_code = {person.code: person for person in folded}
    people = {code: by_code.get(code.lower()) for code in codes}
    return [person for person in people.values() if person], [code for code, person in people.items() if not person]


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


# So long whoever got a group is told so on the desk.
NEW = timedelta(days=30)


class Along(NamedTuple):
    """What goes with a group: how many people, sessions, calls, and sheets on paper that nobody has keyed in."""

    people: int
    sessions: int
    calls: int
    sheets: int


def what_goes_along(cohort):
    """Return the `Along` of a group."""
    return Along(
        people=Enrolment.objects.current().filter(cohort=cohort).count(),
        sessions=Session.objects.filter(cohort=cohort).count(),
        calls=Call.objects.filter(cohort=cohort).count(),
        sheets=PaperSheet.objects.filter(cohort=cohort, keyed_at=None).count(),
    )


def trainer_called(code):
    """Return the person with this user code to whom a group may be given, or None: staff who trains or leads."""
    may_train = Q(groups__name=TRAINERS) | Q(cohorts_trained__isnull=False) | Q(areas_led__isnull=False)
    may_train |= Q(is_superuser=True)
    return User.objects.filter(may_train, username__iexact=code.strip(), is_staff=True, is_active=True).first()


@transaction.atomic
def hand_over(cohort, *, leaving, taking, words, by, now):
    """Let `taking` train the group and `leaving` no more, and keep the `Handover`; of two clicks one is kept."""
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    if just_now := handed_over_just_now(cohort.pk, by=by, now=now):
        return just_now
    trainers = (set(cohort.trainers.all()) - set(leaving)) | set(taking)
    name_trainers(cohort, trainers, by=by, now=now)
    handover = Handover.objects.create(cohort=cohort, given_by=by, given_at=now, note=words.strip())
    handover.taken_by.set(taking)
    note("group_handed_over", by=by, cohort=cohort, about=sorted(taking, key=str), now=now)
    return handover


def handed_over_just_now(cohort_pk, *, by, now):
    """Return the handover of a click before, by the same person, or None."""
    return Handover.objects.filter(cohort=cohort_pk, given_by=by, given_at__gt=now - ONE_CLICK).first()


def handovers_of(cohort):
    """Return the handovers of a group, the latest first, with who gave and who took it."""
    return cohort.handovers.select_related("given_by").prefetch_related("taken_by")


def new_to(person, *, now):
    """Return the handovers of the last month by which groups came to this person, who trains them still."""
    taken = Handover.objects.filter(taken_by=person, given_at__gt=now - NEW, cohort__trainers=person)
    return taken.select_related("given_by", "cohort")


_LENGTH = 8


class CannotJoin(ValueError):
    """The person cannot join; the message says why, to be shown at `field`."""

    field = "code"


class NoSuchGroup(CannotJoin):
    """The code opens no group."""


class AlreadyThere(CannotJoin):
    """Somebody with this name is in the group already."""

    field = "surnames"


def allow_joining(cohort, *, by, now, chance):
    """Give the group a new code to join and return it; an earlier one opens nothing any more."""
    while True:
        code = "".join(chance.choice(LETTERS + DIGITS) for _ in range(_LENGTH))
        try:
            with transaction.atomic():
                _keep(cohort, code, by=by, now=now)
                return code
        except IntegrityError:
            # Another group has it: one of eighty thousand million.
            continue


def end_joining(cohort, *, by, now):
    """Let nobody join the group by code any more."""
    with transaction.atomic():
        _keep(cohort, "", by=by, now=now)


def _keep(cohort, code, *, by, now):
    cohort.join_code = code
    cohort.save(update_fields=["join_code"])
    note("join_code_changed", by=by, cohort=cohort, now=now)


def group_with_code(code, *, now):
    """Return the open group that people join with this code, however it is written. Raises `NoSuchGroup`."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    groups = Cohort.objects.open_on(timezone.localdate(now)).exclude(join_code="")
    if plain and (cohort := groups.filter(join_code=plain).first()):
        return cohort
    raise NoSuchGroup(_("No group has this code. Look at it again, or ask whoever runs the group."))


def join_group(learner, code, *, now):
    """Put the person into the group with this code and return it. Twice is once. Raises `NoSuchGroup`."""
    cohort = group_with_code(code, now=now)
    _enrol(learner, cohort, now=now)
    return cohort


@transaction.atomic
def join_as_newcomer(*, code, given_names, surnames, now, chance):
    """Make an account without a PIN for somebody who has none, put it into the group with this code, and return it.

    Raises `CannotJoin`: also when somebody with this name is in the group, so that twice does not make two accounts.
    """
    cohort = group_with_code(code, now=now)
    # One after the other, so that a double tap finds the account of the first.
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    given_names, surnames = tidy_name(given_names), tidy_name(surnames)
    if cohort.learners.filter(sort_key=name_sort_key(given_names, surnames)).exists():
        raise AlreadyThere(_("Somebody with this name is in the group already. Ask whoever runs it for your card."))
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
    _enrol(person, cohort, now=now)
    return person


@transaction.atomic
def _enrol(person, cohort, *, now):
    if Enrolment.objects.current().filter(learner=person, cohort=cohort).exists():
        return
    enrol_people(cohort, [person], now=now)
    note("joined_by_code", by=person, cohort=cohort, about=[person], people=1, now=now)
