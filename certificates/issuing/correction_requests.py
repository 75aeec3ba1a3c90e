"""Requests to correct the name, post or clinic that is registered or printed."""

from itertools import pairwise
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from certificates.models import Certificate, CorrectionRequest
from certificates.text.names import NameParts, normalise_text

from .integrity import check_integrity
from .status import CertificateStatus, check_is_valid

MAX_OPEN_HOLDER_REQUESTS = 3
NAME_FIELDS = ("given_names", "surnames")
LABELS = {
    "name": pgettext_lazy("certificate", "Name"),
    "given_names": gettext_lazy("Given names"),
    "surnames": gettext_lazy("Surnames"),
    "role": pgettext_lazy("certificate", "Post"),
    "clinic": pgettext_lazy("certificate", "Health centre"),
}


def get_open_request(person, certificate=None):
    """Return the learner's open request about the certificate (None: before issue), or None."""
    requests = CorrectionRequest.objects.open().filter(learner=person, certificate=certificate, already_printed=False)
    return requests.exclude(origin=CorrectionRequest.Origin.HOLDER).first()


def get_last_request(person, certificate=None):
    """Return the learner's latest request about the certificate, open ones first, or None."""
    requests = CorrectionRequest.objects.filter(learner=person, certificate=certificate)
    requests = requests.exclude(origin=CorrectionRequest.Origin.HOLDER)
    return requests.order_by(F("decided_at").desc(nulls_first=True), "already_printed", "-requested_at", "-pk").first()


@transaction.atomic
def request_correction(person, *, origin, requested, previous, note="", certificate=None, now):
    """Save and return the learner's `CorrectionRequest`; it replaces an open one that is not printed yet."""
    # Locks out a second tab.
    get_user_model().objects.select_for_update().get(pk=person.pk)
    request = get_open_request(person, certificate) or CorrectionRequest(learner=person, certificate=certificate)
    request.origin, request.requested, request.previous = origin, requested, previous
    request.note, request.requested_at = normalise_text(note), now
    request.save()
    return request


def request_correction_as_holder(certificate, *, requested, previous, note, now):
    """Save an anonymous request or return an equal open one; raises `ValidationError` above a limit."""
    with transaction.atomic():
        Certificate.objects.select_for_update().without_pdf().get(pk=certificate.pk)
        pending = list(certificate.correction_requests.open().filter(origin=CorrectionRequest.Origin.HOLDER))
        if same := next((request for request in pending if request.requested == requested), None):
            return same
        if len(pending) >= MAX_OPEN_HOLDER_REQUESTS:
            raise ValidationError(
                _("Several requests about this certificate are already pending. Contact your trainer."), code="many"
            )
        # The text may name the learner, so the request is deleted with the account.
        return CorrectionRequest.objects.create(
            learner=certificate.learner,
            certificate=certificate,
            origin=CorrectionRequest.Origin.HOLDER,
            requested=requested,
            previous=previous,
            note=normalise_text(note),
            requested_at=now,
        )


@transaction.atomic
def withdraw_request(person, certificate=None):
    get_user_model().objects.select_for_update().get(pk=person.pk)
    if request := get_open_request(person, certificate):
        request.delete()


def attach_requests(certificate, *, requested, previous, now):
    """Attach the requests made before issue; printed name parts in `requested` need a review by a trainer."""
    person = certificate.learner
    CorrectionRequest.objects.filter(learner=person, certificate=None).update(certificate=certificate)
    if requested:
        CorrectionRequest.objects.create(
            learner=person,
            certificate=certificate,
            origin=CorrectionRequest.Origin.CONFIRMING,
            requested=requested,
            previous=previous,
            already_printed=True,
            requested_at=now,
        )


def move_requests_to_successor(certificate, successor):
    CorrectionRequest.objects.open().filter(certificate=certificate).update(certificate=successor)


def move_requests_to_newest(certificate):
    ended = Q(certificate__replaced_at__isnull=False) | Q(certificate__revoked_at__isnull=False)
    about = {"learner": certificate.learner_id, "certificate__course_key": certificate.course_key}
    pending = CorrectionRequest.objects.open().filter(already_printed=False)
    pending.filter(ended, **about).exclude(certificate=certificate).update(certificate=certificate)
    _merge_requests(pending.filter(learner=certificate.learner_id, certificate=certificate))


def reassign_requests(old, learner):
    pending = CorrectionRequest.objects.open().filter(learner__in=[old, learner], certificate=None)
    current = Certificate.objects.live().filter(learner=learner).without_pdf().order_by("issued_at", "pk").last()
    _merge_requests(pending)
    if current:
        pending.update(certificate=current)
    CorrectionRequest.objects.filter(learner=old).update(learner=learner)
    CorrectionRequest.objects.filter(decided_by=old).update(decided_by=learner)
    if current:
        move_requests_to_newest(current)


def _merge_requests(pending):
    requests = pending.exclude(origin=CorrectionRequest.Origin.HOLDER).order_by("requested_at", "pk")
    for earlier, later in pairwise(list(requests)):
        later.requested, later.previous = earlier.requested | later.requested, earlier.previous | later.previous
        later.note = later.note or earlier.note
        later.save()
        earlier.delete()


def check_unchanged(request, shown):
    if request is None or request.digest != shown:
        raise ValidationError(
            _("This changed while you were reading it: nothing was saved. Read it again."), code="changed"
        )


def close_request(request, decision, *, shown, by, answer="", successor=None, now):
    """Save the decision; return whether it was open until now. Raises `ValidationError` for a changed request."""
    request = CorrectionRequest.objects.select_for_update().filter(pk=request.pk).first()
    if request and request.decided_at:
        return False
    check_unchanged(request, shown)
    request.decision, request.decided_by, request.decided_at, request.answer = decision, by, now, normalise_text(answer)
    request.certificate = successor or request.certificate
    request.save()
    return True


def close_printed_name_requests(person, name, *, by, now):
    for request in CorrectionRequest.objects.open().filter(learner=person, already_printed=True):
        is_registered = " ".join(request.requested.get(part, "") for part in NAME_FIELDS).strip() == name
        decision = CorrectionRequest.Decision.ACCEPTED if is_registered else CorrectionRequest.Decision.DECLINED
        close_request(request, decision, shown=request.digest, by=by, now=now)


def check_correction_allowed(certificate, *, today):
    check_integrity(certificate)
    check_is_valid(
        certificate,
        today=today,
        otherwise={
            CertificateStatus.REPLACED: _("This certificate was replaced: ask about the one that took its place."),
            CertificateStatus.REVOKED: _("This certificate was revoked and cannot be corrected."),
            CertificateStatus.EXPIRED: _("This certificate has expired and cannot be corrected."),
        },
    )


class RequestedChange(NamedTuple):
    label: str
    previous: str
    requested: str


def requested_changes(request):
    return [
        RequestedChange(str(label), request.previous.get(field, ""), request.requested[field])
        for field, label in LABELS.items()
        if field in request.requested and request.requested[field] != request.previous.get(field)
    ]


def registered_parts(person):
    return NameParts(normalise_text(person.first_name), normalise_text(person.last_name))


def diff_fields(new, old):
    """Return ({field: new value}, {field: old value}) of the fields that differ; both parts of a name go together."""
    fields = {field for field in new if new[field] != old[field]}
    if fields & set(NAME_FIELDS):
        fields |= set(NAME_FIELDS)
    return {field: new[field] for field in new if field in fields}, {
        field: old[field] for field in new if field in fields
    }


def diff_certificate(certificate, *, parts, role, clinic):
    """Return ({field: requested}, {field: registered or printed}); an empty post or clinic is no difference."""
    printed, registered = printed_personal_fields(certificate), registered_parts(certificate.learner)
    is_same_name = parts == registered and parts.whole == printed["name"]
    requested = {} if is_same_name else parts._asdict()
    previous = registered._asdict() | {"name": printed["name"]} if requested else {}
    for field, value in (("role", role), ("clinic", clinic)):
        if value and value != printed[field]:
            requested, previous = requested | {field: value}, previous | {field: printed[field]}
    return requested, previous


def printed_personal_fields(certificate):
    return {field: certificate.printed[field] for field in ("name", "role", "clinic")}
