"""Duplicate accounts: suggest people with similar names, preview and do a merge."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from django.db import transaction
from django.db.models import ProtectedError, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.issuing.account_deletion import live_pairs, reassign_certificates, update_record_keys
from certificates.issuing.correction_requests import reassign_requests
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
from modules.progress.events import reassign_lessons_read
from modules.progress.training_record import (
    depends_on_quizzes,
    find_unsupported_records,
    reassign_records,
    record_finished,
    revoke_unsupported_records,
)
from quizzes.attempts.deletion import (
    open_attempts_of,
    quizzes_attempted_in_both,
    quizzes_open_in_both,
    reassign_attempts,
)

from .audit import audit_log
from .cohorts import people_of_other_trainers, people_visible_to
from .devices import log_access_by_others, reassign_devices, reassign_sign_in_history
from .identifiers import reassign_identifiers, redirect_key
from .leaving import reassign_traces
from .names import SMALL_WORDS

# Applied in order. They make Spanish spellings of a sound equal, also in Mayan names: «velasques», «velazquez».
_PHONETIC_RULES = [
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
def phonetic_key(word):
    """Return the same key for lower-case words that sound the same; a single silent letter stays."""
    sound = word
    for pattern, replacement in _PHONETIC_RULES:
        sound = pattern.sub(replacement, sound)
    return sound or word


MAX_SUGGESTIONS = 5
_MIN_SIMILARITY = 0.8


def suggest_duplicates(user, *, given_names, surnames, phone=""):
    people = people_visible_to(user)
    # A phone number must not reveal people of other trainers.
    own = people.exclude(pk__in=people_of_other_trainers(user))
    same = Q(pk__in=own.filter(phone=phone).values("pk")) if phone else Q(pk=None)
    wanted = (name_tokens(given_names), name_tokens(surnames))
    if all(wanted):
        named = people.annotate(plain=Replace("sort_key", Value("~"), Value(""))).filter(_shares_word_with(wanted))
        candidates = named.order_by().values_list("pk", "sort_key")
        same |= Q(pk__in=[pk for pk, sort_key in candidates if may_be_same_person(wanted, _sort_key_tokens(sort_key))])
    return list(people.filter(same).select_related("clinic").in_spanish_order()[:MAX_SUGGESTIONS])


def may_be_same_person(one, other):
    """Whether two names, each as (tokens of given names, tokens of surnames), may be one person."""
    given, surnames = zip(one, other, strict=True)
    short, long = sorted(([phonetic_key(word) for word in words] for words in surnames), key=len)
    few, many = sorted(map(phonetic_keys, (without_initials(*given), without_initials(*reversed(given)))), key=len)
    if bool(short and few) and long[: len(short)] == short and few <= many:
        return True
    return may_be_misspelt(one, other)


def may_be_misspelt(one, other):
    """Whether two such names sound the same, apart from spaces, and order or few letters of the surnames."""
    (given, surnames), (its_given, its_surnames) = one, other
    if not (given and surnames and its_surnames) or _joined(given) != _joined(its_given):
        return False
    mine, theirs = phonetic_keys(surnames), phonetic_keys(its_surnames)
    return (
        SequenceMatcher(None, _joined(sorted(mine - theirs)), _joined(sorted(theirs - mine))).ratio() >= _MIN_SIMILARITY
    )


def _joined(words):
    return "".join(map(phonetic_key, words))


def name_tokens(name):
    return _without_small(plain_words(name))


def phonetic_keys(words):
    return {phonetic_key(word) for word in words}


def _shares_word_with(wanted):
    words = {word for part in wanted for word in part}
    shares = Q()
    for word in {word for word in words if len(word) > 1} or words:
        shares |= Q(plain__contains=word)
    return shares


def _sort_key_tokens(sort_key):
    surnames, _comma, given = sort_key.rpartition(", ")
    return _without_small(words_of_key(given)), _without_small(words_of_key(surnames))


def _without_small(words):
    return [word for word in words if word not in SMALL_WORDS]


def without_initials(words, others):
    """Return the set of words without initials of `others`: «Vilma L.» may be «Vilma Lucía»."""
    return {word for word in words if len(word) > 1 or not any(other.startswith(word) for other in others)}


_FILLED_IN = ("role", "job_title", "clinic", "email", "sex", "phone")


class CannotMerge(ValueError):
    pass


@dataclass(frozen=True)
class MergePreview:
    attempts: int
    lessons: int
    # Open attempts that would be discarded; certificates that would be replaced.
    given_up: list
    replaced: list


def check_can_merge(kept, old, *, by):
    """Raise `CannotMerge`; the same message for a missing account (None) and one that `by` may not change."""
    if old is not None and kept.pk == old.pk:
        raise CannotMerge(_("That is the same account. Enter the code of the other one."))
    if old is None or not all(by.has_perm("course.change_learner", person) for person in (kept, old)):
        raise CannotMerge(_("Nobody in your groups has this user code, or only an administrator changes the account."))


def preview_merge(kept, old):
    certificates = Certificate.objects.filter(learner__in=[old, kept]).without_pdf().order_by("issued_at", "pk")
    return MergePreview(
        attempts=old.attempts.count(),
        lessons=old.lessons_read.count(),
        given_up=[open_attempts_of(quiz_key, old, kept)[0] for quiz_key in quizzes_open_in_both(old, kept)],
        replaced=[older for older, _newer in live_pairs(certificates)],
    )


@transaction.atomic
def merge_accounts(kept, old, *, by, cohort, now):
    """Move everything from `old` to `kept`, whose code, PIN and name stay, and delete `old`."""
    check_can_merge(kept, old, by=by)
    # Always in the same order, so that two merges at once do not deadlock.
    for locked in User.objects.select_for_update().filter(pk__in=[kept.pk, old.pk]).order_by("pk"):
        person = kept if locked.pk == kept.pk else old
        person.offline_epoch, person.delivered_at = locked.offline_epoch, locked.delivered_at
    is_unsupported = depends_on_quizzes(quizzes_attempted_in_both(old, kept))
    failed_before = {
        record.key
        for one in (kept, old)
        for record in find_unsupported_records(one, now=now, is_unsupported=is_unsupported)
    }
    reassign_attempts(old, kept, now=now)
    why = gettext_lazy("Two accounts of one person were merged.")
    instead = reassign_records(old, kept, reason=why, by=by, now=now)
    update_record_keys(instead)
    _reassign_refresher_cases(old, kept, instead)
    reassign_lessons_read(old, kept)
    reassign_certificates(old, kept, by=by, now=now)
    reassign_requests(old, kept)
    _reassign_enrolments(old, kept)
    known = Attendance.objects.filter(learner=kept).values("session")
    Attendance.objects.filter(learner=old).exclude(session__in=known).update(learner=kept)
    Call.objects.filter(learner=old).update(learner=kept)
    Restart.objects.filter(learner=old).update(learner=kept)
    _reassign_surveys(old, kept)
    _reassign_reminders(old, kept)
    _reassign_plans(old, kept)
    reassign_identifiers(old, kept)
    reassign_devices(old, kept, now=now)
    reassign_sign_in_history(old, kept)
    # The user may be able to sign in to one of the two, and would see the answers of the other.
    log_access_by_others([kept], Change.MERGED, by=by, now=now)
    old.refusals.update(person=kept)
    redirect_key(old, kept)
    reassign_traces(old, kept, now=now)
    former = old.username
    lacking = {name: getattr(old, name) for name in _FILLED_IN if not getattr(kept, name)}
    if "email" in lacking:
        lacking |= {name: getattr(old, name) for name in ("confirmed_email", "confirmation_asked_at")}
    try:
        old.is_merged = True
        old.delete()
    except ProtectedError as error:
        raise CannotMerge(
            _("What the other account did for others is kept, and the account with it: merge this one into that.")
        ) from error
    for name, value in lacking.items():
        setattr(kept, name, value)
    kept.reminders_stopped_at = kept.reminders_stopped_at or old.reminders_stopped_at
    kept.delivered_at = max(filter(None, (kept.delivered_at, old.delivered_at)), default=None)
    kept.save(update_fields=[*lacking, "reminders_stopped_at", "delivered_at"])
    revoke_unsupported_records(kept, reason=why, by=by, now=now, is_unsupported=is_unsupported, exempt=failed_before)
    record_finished([kept], now=now)
    audit_log("accounts_merged", by=by, cohort=cohort, about=[kept], subject=former, people=1, now=now)


def _reassign_refresher_cases(old, kept, instead):
    for case in RefresherCase.objects.filter(learner__in=[old, kept]):
        finish_key = instead.get(case.finish_key, case.finish_key)
        if (case.learner_id, case.finish_key) != (kept.pk, finish_key):
            RefresherCase.objects.get_or_create(learner=kept, finish_key=finish_key, week=case.week)
    RefresherCase.objects.filter(learner=kept, finish_key__in=instead).delete()


def _reassign_surveys(old, kept):
    # Answers are anonymous: only who passed the survey pages is moved.
    for edition, wave in old.surveys_passed.values_list("edition", "wave"):
        SurveyPassed.objects.get_or_create(person=kept, edition_id=edition, wave=wave)


def _reassign_reminders(old, kept):
    # Only one may wait for a person. Tokens in sent letters stay valid.
    waiting = old.reminders.unfinished().of_the_course()
    if kept.reminders.unfinished().of_the_course().exists():
        waiting.delete()
    old.reminders.update(learner=kept)


def _reassign_plans(old, kept):
    CentreHead.objects.filter(named_by=old).update(named_by=kept)
    for head in CentreHead.objects.filter(person=old):
        defaults = {"named_by_id": head.named_by_id, "named_at": head.named_at}
        CentreHead.objects.get_or_create(clinic_id=head.clinic_id, person=kept, defaults=defaults)
    PlanAction.objects.filter(made_by=old).update(made_by=kept)
    PlanAction.objects.filter(ended_by=old).update(ended_by=kept)
    PlanReview.objects.filter(noted_by=old).update(noted_by=kept)


def _reassign_enrolments(old, kept):
    Handover.objects.filter(given_by=old).update(given_by=kept)
    for handover in Handover.objects.filter(taken_by=old):
        handover.taken_by.add(kept)
    current = {row.cohort_id: row for row in Enrolment.objects.current().filter(learner=kept)}
    for enrolment in Enrolment.objects.filter(learner=old):
        same = current.get(enrolment.cohort_id) if enrolment.left_at is None else None
        if same is None:
            enrolment.learner = kept
            enrolment.save(update_fields=["learner"])
        elif enrolment.enrolled_at < same.enrolled_at:
            same.enrolled_at = enrolment.enrolled_at
            same.save(update_fields=["enrolled_at"])
