"""Correction requests: who may decide, both values side by side, the decision."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.issuing.confirmation import registered_fields, registered_post
from certificates.issuing.correction_requests import (
    LABELS,
    NAME_FIELDS,
    check_unchanged,
    close_printed_name_requests,
    close_request,
    printed_personal_fields,
    registered_parts,
)
from certificates.issuing.corrections import correct_certificate
from certificates.issuing.issue import ConcurrentChangeError, get_certificate
from certificates.issuing.status import CertificateStatus, get_status
from certificates.models import Certificate, CorrectionRequest
from certificates.text.fields import post_in_certificate_language, post_in_site_language, post_in_words
from certificates.text.names import NameParts, needs_review, possible_divisions
from course.models import Clinic, Cohort, Enrolment, User
from course.models.people import name_sort_key, spanish_key
from course.people.accounts import change_person, set_job_title
from course.people.audit import audit_log
from course.people.clinics import clinics_named
from course.people.cohorts import cohorts_of, current_cohort_of
from course.people.names import split_name
from course.people.permissions import current_cohorts


class CorrectionRow(NamedTuple):
    label: str
    registered: str
    printed: str
    asked: str


@dataclass(frozen=True)
class CorrectionLine:
    """A request; `divides` says that `parts`, the requested name divided, is a guess; `clinics` may be meant."""

    request: CorrectionRequest
    cohort: Cohort | None
    rows: list[CorrectionRow]
    standing: CertificateStatus | None
    parts: NameParts | None
    divides: bool
    clinics: list[Clinic]

    @property
    def chooses(self):
        return "clinic" in self.request.requested and self.request.learner is not None and len(self.clinics) != 1

    @property
    def who(self):
        person = self.request.learner
        return person.surnames_first if person else self.request.certificate.printed["name"]


class Decided(NamedTuple):
    certificate: Certificate | None
    is_new: bool


def requests_of(user):
    """Return the requests, open and decided, that this user may decide about: never their own.

    Administrators decide about all, and alone about deleted accounts and people without a group. The rules
    `certificates.correct_certificate` and `course.change_learner` are checked again on a decision.
    """
    requests = CorrectionRequest.objects.exclude(learner=user)
    if not user.is_superuser:
        requests = requests.exclude(learner__is_superuser=True)
    if user.administers:
        return requests
    current = Enrolment.objects.current().filter(learner=OuterRef("learner"))
    current = current.filter(cohort__in=cohorts_of(user).order_by().values("pk"))
    return requests.exclude(learner__is_staff=True).filter(Exists(current))


def how_many_wait(user, learners):
    return requests_of(user).open().filter(learner__in=[learner.pk for learner in learners]).count()


def with_both_values(requests):
    left_out = ("certificate__pdf", "certificate__credential")
    return requests.select_related("learner__clinic", "certificate").defer(*left_out).order_by("requested_at", "pk")


def correction_lines(requests, *, user, today):
    requests = list(requests)
    groups = current_cohorts(user, [one.learner_id for one in requests if one.learner_id])
    clinics = (
        list(Clinic.objects.order_by("sort_key", "pk")) if any("clinic" in one.requested for one in requests) else []
    )
    return [_line(one, groups.get(one.learner_id), clinics, today=today) for one in requests]


def _line(request, cohort, clinics, *, today):
    certificate, asked = request.certificate, request.requested
    parts, divides = _divided(request)
    return CorrectionLine(
        request,
        cohort,
        rows=_rows(request, parts, divides=divides),
        standing=get_status(certificate, today=today) if certificate else None,
        parts=parts,
        divides=divides and request.learner is not None,
        clinics=clinics_named(asked["clinic"], clinics) if "clinic" in asked else [],
    )


def _rows(request, parts, *, divides):
    person, certificate, asked = request.learner, request.certificate, request.requested
    if "role" in asked:
        asked = asked | {"role": _asked_post(request)}
    with translation.override(certificate.language if certificate else translation.get_language()):
        registered = registered_fields(person) if person else {}
    printed = printed_personal_fields(certificate) if certificate else {}
    rows = []
    if parts:
        if certificate or not person:
            whole = registered_parts(person).whole if person else ""
            rows.append((LABELS["name"], whole, printed.get("name", ""), asked.get("name", parts.whole)))
        if person and not divides:
            asked_parts = [(part, getattr(parts, part)) for part in NAME_FIELDS]
            rows += [(LABELS[p], registered[p], "", words) for p, words in asked_parts if words != registered[p]]
    for field in ("role", "clinic"):
        if field in asked:
            rows.append((LABELS[field], registered.get(field, ""), printed.get(field, ""), asked[field]))
    return [CorrectionRow(str(label), *values) for label, *values in rows]


def _asked_post(request):
    certificate, post = request.certificate, request.requested["role"]
    return post_in_certificate_language(post, certificate.printed) if certificate else post_in_words(post)


def facts_side_by_side(certificate):
    printed, person = printed_personal_fields(certificate), certificate.learner
    with translation.override(certificate.language):
        registered = registered_fields(person) | {"name": registered_parts(person).whole} if person else {}
    return [CorrectionRow(str(LABELS[field]), registered.get(field, ""), printed[field], "") for field in printed]


def differing_on_certificate(person, *, by, today):
    """Return the valid certificate that `by` may correct and its differing [CorrectionRow], or (None, [])."""
    certificate = get_certificate(person)
    if not certificate or get_status(certificate, today=today) is not CertificateStatus.VALID:
        return None, []
    certificate.learner = person
    if not by.has_perm("certificates.correct_certificate", certificate):
        return None, []
    rows = facts_side_by_side(certificate)
    return certificate, [row for row in rows if row.printed and row.printed != row.registered]


def _divided(request):
    asked = request.requested
    if NAME_FIELDS[0] in asked:
        return NameParts(*(asked.get(part, "") for part in NAME_FIELDS)), False
    return divided(asked["name"], request.learner) if "name" in asked else (None, False)


def divided(name, person):
    """Return a name written in one line as `Parts`, and whether that is a guess."""
    if person:
        registered, words = registered_parts(person), name.split()
        for parts in possible_divisions(name):
            if not needs_review(registered, parts):
                return parts, False
        first = spanish_key(registered.surnames.partition(" ")[0])
        at = next((at for at, word in enumerate(words) if at and spanish_key(word) == first), 0)
        if first and at:
            return NameParts(" ".join(words[:at]), " ".join(words[at:])), True
    guess = split_name(name)
    return NameParts(guess.given_names, guess.surnames), True


def accept_correction(request, *, shown, parts=None, clinic=None, by, now):
    """Do what a request asks for in one transaction and return `Decided`; idempotent.

    `shown` is the digest of what the decider read, `parts` the divided name. Raises `PermissionDenied`,
    `ValidationError` or `ConcurrentChangeError`. Call it outside a transaction.
    """
    _check_may_decide(request, by)
    if request.decided_at:
        return Decided(None, is_new=False)
    check_unchanged(request, shown)
    person, certificate = request.learner, request.certificate
    facts = _facts(request, parts, clinic)
    deed = partial(_accept, request, facts, shown=shown, by=by, now=now)
    if not _says_otherwise(request, facts, today=timezone.localdate(now)):
        with transaction.atomic():
            deed()
        return Decided(None, is_new=True)
    if person:
        _register(person, facts)
        # The new certificate is sorted by the corrected name.
        person.sort_key = name_sort_key(person.first_name, person.last_name)
    certificate.learner = person
    corrected = correct_certificate(
        certificate,
        printed_name=facts.get("name"),
        role=facts.get("role"),
        clinic=facts.get("clinic"),
        is_registered=person is not None,
        by=by,
        reason=_("As it was asked for."),
        now=now,
        then=deed,
    )
    return Decided(corrected, is_new=True)


@transaction.atomic
def decline_correction(request, *, shown, answer, by, now):
    """Decline with an optional sentence; return whether the request was open. See `accept_correction`."""
    _check_may_decide(request, by)
    if request.origin == CorrectionRequest.Origin.HOLDER:
        # The answer would go to a person who did not ask.
        answer = ""
    if not close_request(request, CorrectionRequest.Decision.DECLINED, shown=shown, by=by, answer=answer, now=now):
        return False
    _note("correction_declined", request.learner, by=by, now=now)
    return True


def _accept(request, facts, successor=None, *, shown, by, now):
    # Same lock order as in asking: first the person, then the request.
    person = User.objects.select_for_update().filter(pk=request.learner_id).first()
    decision = CorrectionRequest.Decision.ACCEPTED
    if not close_request(request, decision, shown=shown, by=by, successor=successor, now=now):
        raise ConcurrentChangeError(_("Somebody decided about this in the meantime."))
    if person:
        change_person(person, fields=_register(person, facts), by=by, now=now)
        if "name" in facts:
            close_printed_name_requests(person, facts["name"], by=by, now=now)
    if successor:
        _note("certificate_corrected", request.learner, by=by, now=now)
    _note("correction_accepted", request.learner, by=by, now=now)


def _facts(request, parts, clinic):
    asked, facts = request.requested, {}
    found, _divides = _divided(request)
    if found:
        if parts and " ".join(parts.whole.split()) != found.whole:
            raise ValidationError(_("Given names and surnames together are not the name that was asked for."))
        facts["parts"] = parts or found
        facts["name"] = facts["parts"].whole
    if "role" in asked:
        facts["role"] = _asked_post(request)
    if "clinic" in asked:
        facts |= _clinic_facts(request, clinic)
    return facts


def _clinic_facts(request, clinic):
    if request.learner is None:
        return {"clinic": request.requested["clinic"]}
    known = [clinic] if clinic else clinics_named(request.requested["clinic"], Clinic.objects.all())
    if len(known) != 1:
        raise ValidationError(_("Choose which of the health centres is meant."), code="clinic")
    return {"clinic": known[0].name, "registered_clinic": known[0]}


def register(person, *, parts=None, role="", clinic=None):
    """Set the right values on an account, unsaved; return the names of the fields that may differ now."""
    fields = []
    if parts:
        person.first_name, person.last_name = parts
        fields += ["first_name", "last_name"]
    if role and post_in_site_language(role) != registered_post(person):
        fields += set_job_title(person, role)
    if clinic:
        person.clinic = clinic
        fields += ["clinic"]
    return fields


def _register(person, facts):
    return register(person, parts=facts.get("parts"), role=facts.get("role", ""), clinic=facts.get("registered_clinic"))


def is_printed_otherwise(certificate):
    person = certificate.learner
    over = certificate.replaced_at or certificate.revoked_at
    return bool(person) and not over and certificate.printed["name"] != registered_parts(person).whole


def _says_otherwise(request, facts, *, today):
    certificate = request.certificate
    if certificate is None:
        return False
    standing = get_status(certificate, today=today)
    if standing is not CertificateStatus.VALID and request.learner:
        return False
    if standing in (CertificateStatus.REPLACED, CertificateStatus.REVOKED):
        raise ValidationError(
            _("The certificate was replaced or revoked in the meantime, and names nobody who has an account.")
        )
    printed = printed_personal_fields(certificate)
    return any(printed[field] != facts[field] for field in printed.keys() & facts.keys())


def _check_may_decide(request, by):
    person, certificate = request.learner, request.certificate
    if person == by:
        raise ValidationError(_("Nobody decides about a request of their own: ask another trainer."))
    if certificate and not by.has_perm("certificates.correct_certificate", certificate):
        raise PermissionDenied
    if person and not by.has_perm("course.change_learner", person):
        raise PermissionDenied


def _note(action, person, *, by, now):
    audit_log(
        action, by=by, cohort=current_cohort_of(by, person) if person else None, about=[person], people=1, now=now
    )
