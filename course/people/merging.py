"""Words that sound alike in Spanish or in Spanish spellings of Mayan names: «velasques» and «velazquez»."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from django.db import transaction
from django.db.models import ProtectedError, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.issuing.account_deletion import follow_records, hand_over_certificates, pairs_that_hold
from certificates.issuing.correction_requests import hand_over_requests
from certificates.models import Certificate
from course.models import (
    Attendance,
    Call,
    CentreHead,
    Change,
    Enrolment,
    Handover,
    PlanAction,
    PlanReview,
    RefresherCase,
    Restart,
    SurveyPassed,
    User,
)
from course.models.people import plain_words, words_of_key
from modules.progress.events import hand_over_reading
from modules.progress.training_record import (
    annul_what_fails,
    hand_over_records,
    record_finished,
    rests_on_quizzes,
    what_fails,
)
from quizzes.attempts.deletion import attempts_open, hand_over_attempts, quizzes_open_twice, quizzes_tried_in_both

from .audit import note
from .cohorts import people_of_others, people_seen_by
from .devices import hand_access, hand_over_devices, hand_over_trail
from .identifiers import hand_over_identifiers, lead_on
from .leaving import hand_over_traces
from .names import SMALL_WORDS

# One after the other; each side of a word that sounds alike comes out as the same letters.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ll", "y"),
        ("ph", "f"),
        # Christian and Cristian; any other «ch» is a sound of its own.
        ("ch(?=[lr])", "k"),
        ("ch", "C"),
        # «x» is a «sh» in Mayan names, and was a «j» in Spanish ones.
        ("sh|x|g(?=[ei])", "j"),
        ("gu(?=[ei])", "g"),
        # Huitz and Witz; Guaman, Huaman and Waman.
        ("hu(?=[aeio])|gu(?=[ao])", "w"),
        ("qu(?=[ei])|q|c(?![ei])", "k"),
        ("[cz]", "s"),
        ("v", "b"),
        ("h", ""),
        ("y", "i"),
        ("n(?=[bp])", "m"),
        (r"(.)\1+", r"\1"),
    )
]


@lru_cache(maxsize=10_000)
def sounding(word):
    """Return what all words in plain small letters that sound the same have in common; a silent letter alone stays."""
    sound = word
    for pattern, replacement in _SOUNDS:
        sound = pattern.sub(replacement, sound)
    return sound or word


# Side by side with what was written; more than that nobody compares.
MOST = 5
# How alike surnames are at least that may be mistyped: difflib's ratio, from 0 to 1.
_ALIKE = 0.8


def people_resembling(user, *, given_names, surnames, phone=""):
    """Return whom of those that `user` may find this person may be, in Spanish order, at most MOST.

    Names are the same when one has the other's given names among its own and goes on with the other's surnames: «Ana
    López» may be «Ana Lucía López Pérez», and so may «Ana L. López»; «Ana López García» is not that one. Letters that
    sound alike are the same, and a few may be typed wrong in a surname; but one word has to be as it is written.
    """
    people = people_seen_by(user)
    # Whose telephone it is of people whom somebody else looks after by now is nobody's to find out.
    own = people.exclude(pk__in=people_of_others(user))
    same = Q(pk__in=own.filter(phone=phone).values("pk")) if phone else Q(pk=None)
    wanted = (words_of(given_names), words_of(surnames))
    if all(wanted):
        named = people.annotate(plain=Replace("sort_key", Value("~"), Value(""))).filter(_with_a_word_of(wanted))
        candidates = named.order_by().values_list("pk", "sort_key")
        same |= Q(pk__in=[pk for pk, sort_key in candidates if may_be_one(wanted, _words_of_both(sort_key))])
    return list(people.filter(same).select_related("clinic").in_spanish_order()[:MOST])


def may_be_one(one, other):
    """Whether two people, each as (words of the given names, words of the surnames), may be one."""
    given, surnames = zip(one, other, strict=True)
    short, long = sorted(([sounding(word) for word in words] for words in surnames), key=len)
    few, many = sorted(map(heard, (without_initials(*given), without_initials(*reversed(given)))), key=len)
    if bool(short and few) and long[: len(short)] == short and few <= many:
        return True
    return may_be_mistyped(one, other)


def may_be_mistyped(one, other):
    """Whether two such names sound the same but for spaces, and for the order or few letters of the surnames."""
    (given, surnames), (its_given, its_surnames) = one, other
    if not (given and surnames and its_surnames) or _joined(given) != _joined(its_given):
        return False
    mine, theirs = heard(surnames), heard(its_surnames)
    return SequenceMatcher(None, _joined(sorted(mine - theirs)), _joined(sorted(theirs - mine))).ratio() >= _ALIKE


def _joined(words):
    return "".join(map(sounding, words))


def words_of(name):
    """Return the words of a name as they are compared: without accents, ñ as n, «de la» left out."""
    return _without_small(plain_words(name))


def heard(words):
    """Return the set of what these words sound like."""
    return {sounding(word) for word in words}


def _with_a_word_of(wanted):
    words = {word for part in wanted for word in part}
    shares = Q()
    for word in {word for word in words if len(word) > 1} or words:
        shares |= Q(plain__contains=word)
    return shares


def _words_of_both(sort_key):
    surnames, _comma, given = sort_key.rpartition(", ")
    return _without_small(words_of_key(given)), _without_small(words_of_key(surnames))


def _without_small(words):
    return [word for word in words if word not in SMALL_WORDS]


def without_initials(words, others):
    """Return the set of words without the initials of a word of `others`: «Vilma L.» may be «Vilma Lucía»."""
    return {word for word in words if len(word) > 1 or not any(other.startswith(word) for other in others)}


# What the account that remains gets of the other where it has nothing.
_LACKING = ("role", "job_title", "clinic", "email", "sex", "phone")


class CannotMerge(ValueError):
    """The two accounts are not to be merged; the message says why."""


@dataclass(frozen=True)
class Merger:
    """What merging would do, for whoever confirms it."""

    attempts: int
    lessons: int
    # Open attempts that would never be sent, and certificates that would be replaced.
    given_up: list
    replaced: list


def check_can_merge(kept, old, *, by):
    """Raise `CannotMerge` unless `by` may merge the account `old` into `kept`.

    Of an account that `by` may not change it says the same as of one that is not there (None).
    """
    if old is not None and kept.pk == old.pk:
        raise CannotMerge(_("That is the same account. Write the code of the other one."))
    if old is None or not all(by.has_perm("course.change_learner", person) for person in (kept, old)):
        raise CannotMerge(_("Nobody in your groups has this user code, or only an administrator changes the account."))


def plan_merger(kept, old):
    """Return the `Merger` of two accounts."""
    certificates = Certificate.objects.filter(learner__in=[old, kept]).without_pdf().order_by("issued_at", "pk")
    return Merger(
        attempts=old.attempts.count(),
        lessons=old.lessons_read.count(),
        given_up=[attempts_open(quiz_key, old, kept)[0] for quiz_key in quizzes_open_twice(old, kept)],
        replaced=[older for older, _newer in pairs_that_hold(certificates)],
    )


@transaction.atomic
def merge_accounts(kept, old, *, by, cohort, now):
    """Hand everything of `old` to `kept` and delete the account `old`. Raises `CannotMerge`.

    The code, the PIN and the name of `kept` stay; what it lacks, such as the role, it gets.
    """
    check_can_merge(kept, old, by=by)
    # In one order, so that two who merge the same accounts at once wait for each other.
    for locked in User.objects.select_for_update().filter(pk__in=[kept.pk, old.pk]).order_by("pk"):
        one = kept if locked.pk == kept.pk else old
        # A device may have delivered since they were read.
        one.offline_epoch, one.delivered_at = locked.offline_epoch, locked.delivered_at
    falls = rests_on_quizzes(quizzes_tried_in_both(old, kept))
    failed_before = {record.key for one in (kept, old) for record in what_fails(one, now=now, falls=falls)}
    hand_over_attempts(old, kept, now=now)
    why = gettext_lazy("Two accounts of one person were merged.")
    instead = hand_over_records(old, kept, why=why, by=by, now=now)
    follow_records(instead)
    _hand_over_cases(old, kept, instead)
    hand_over_reading(old, kept)
    hand_over_certificates(old, kept, by=by, now=now)
    hand_over_requests(old, kept)
    _hand_over_groups(old, kept)
    known = Attendance.objects.filter(learner=kept).values("session")
    Attendance.objects.filter(learner=old).exclude(session__in=known).update(learner=kept)
    Call.objects.filter(learner=old).update(learner=kept)
    Restart.objects.filter(learner=old).update(learner=kept)
    _hand_over_surveys(old, kept)
    _hand_over_reminders(old, kept)
    _hand_over_plans(old, kept)
    hand_over_identifiers(old, kept)
    hand_over_devices(old, kept, now=now)
    hand_over_trail(old, kept)
    # Whoever merges may know how to sign in to one of the two, and both hold now what was answered in either.
    hand_access([kept], Change.MERGED, by=by, now=now)
    old.refusals.update(person=kept)
    lead_on(old, kept)
    hand_over_traces(old, kept, now=now)
    former = old.username
    lacking = {name: getattr(old, name) for name in _LACKING if not getattr(kept, name)}
    if "email" in lacking:
        lacking |= {name: getattr(old, name) for name in ("confirmed_email", "confirmation_asked_at")}
    try:
        old.lives_on = True
        old.delete()
    except ProtectedError as error:
        raise CannotMerge(
            _("What the other account did for others is kept, and the account with it: merge this one into that.")
        ) from error
    for name, value in lacking.items():
        setattr(kept, name, value)
    # Who wanted no reminders in one of the two wants none.
    kept.reminders_stopped_at = kept.reminders_stopped_at or old.reminders_stopped_at
    kept.delivered_at = max(filter(None, (kept.delivered_at, old.delivered_at)), default=None)
    kept.save(update_fields=[*lacking, "reminders_stopped_at", "delivered_at"])
    # The first attempt, or the last, may be another one by now.
    annul_what_fails(kept, why=why, by=by, now=now, falls=falls, spared=failed_before)
    record_finished([kept], now=now)
    note("accounts_merged", by=by, cohort=cohort, about=[kept], subject=former, people=1, now=now)


def _hand_over_cases(old, kept, instead):
    """What was done stays so, for the record that is left of two; `instead` maps the key of one to the other's."""
    for case in RefresherCase.objects.filter(learner__in=[old, kept]):
        finish_key = instead.get(case.finish_key, case.finish_key)
        if (case.learner_id, case.finish_key) != (kept.pk, finish_key):
            RefresherCase.objects.get_or_create(learner=kept, finish_key=finish_key, week=case.week)
    RefresherCase.objects.filter(learner=kept, finish_key__in=instead).delete()


def _hand_over_surveys(old, kept):
    """A page that was passed in either account is asked no more; what was answered belongs to nobody."""
    for edition, wave in old.surveys_passed.values_list("edition", "wave"):
        SurveyPassed.objects.get_or_create(person=kept, edition_id=edition, wave=wave)


def _hand_over_reminders(old, kept):
    """One reminder waits for a person: of two, the one of the account that is kept. Addresses in letters stay good."""
    waiting = old.reminders.unfinished().of_the_course()
    if kept.reminders.unfinished().of_the_course().exists():
        waiting.delete()
    old.reminders.update(learner=kept)


def _hand_over_plans(old, kept):
    """What somebody wrote into the plan of a centre is theirs still, and so is the plan of whoever heads one."""
    CentreHead.objects.filter(named_by=old).update(named_by=kept)
    for head in CentreHead.objects.filter(person=old):
        said = {"named_by_id": head.named_by_id, "named_at": head.named_at}
        CentreHead.objects.get_or_create(clinic_id=head.clinic_id, person=kept, defaults=said)
    PlanAction.objects.filter(made_by=old).update(made_by=kept)
    PlanAction.objects.filter(ended_by=old).update(ended_by=kept)
    PlanReview.objects.filter(noted_by=old).update(noted_by=kept)


def _hand_over_groups(old, kept):
    Handover.objects.filter(given_by=old).update(given_by=kept)
    for handover in Handover.objects.filter(taken_by=old):
        handover.taken_by.add(kept)
    current = {one.cohort_id: one for one in Enrolment.objects.current().filter(learner=kept)}
    for enrolment in Enrolment.objects.filter(learner=old):
        same = current.get(enrolment.cohort_id) if enrolment.left_at is None else None
        if same is None:
            enrolment.learner = kept
            enrolment.save(update_fields=["learner"])
        elif enrolment.enrolled_at < same.enrolled_at:
            same.enrolled_at = enrolment.enrolled_at
            same.save(update_fields=["enrolled_at"])
