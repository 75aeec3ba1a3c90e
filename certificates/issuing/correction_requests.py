"""Asking for another name, post or clinic than is registered or printed: kept until somebody decides."""

from itertools import pairwise
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from certificates.models import Certificate, CorrectionRequest
from certificates.text.names import Parts, tidy

from .integrity import check_as_issued
from .status import Standing, check_is_valid

# Of whoever has the paper in the hand and is not signed in, so many wait for one certificate at a time.
MOST_OF_HOLDERS = 3
NAMES = ("given_names", "surnames")
LABELS = {
    "name": pgettext_lazy("certificate", "Name"),
    "given_names": gettext_lazy("Given names"),
    "surnames": gettext_lazy("Surnames"),
    "role": pgettext_lazy("certificate", "Post"),
    "clinic": pgettext_lazy("certificate", "Health centre"),
}


def open_request_of(person, certificate=None):
    """Return what the person asked for about the certificate, or before there is one, if nobody decided; or None.

    What is printed already is none of it: that only waits for the trainer's look.
    """
    asked = CorrectionRequest.objects.open().filter(learner=person, certificate=certificate, passed=False)
    return asked.exclude(origin=CorrectionRequest.Origin.HOLDER).first()


def last_request_of(person, certificate=None):
    """Return what the person asked for last about the certificate, or before there is one, or None.

    What waits goes before what was decided, and what is not printed yet before what is.
    """
    asked = CorrectionRequest.objects.filter(learner=person, certificate=certificate)
    asked = asked.exclude(origin=CorrectionRequest.Origin.HOLDER)
    return asked.order_by(F("decided_at").desc(nulls_first=True), "passed", "-asked_at", "-pk").first()


@transaction.atomic
def ask_for_correction(person, *, origin, asked, was, note="", certificate=None, now):
    """Keep that the person asks for other words, and return the `CorrectionRequest`.

    `asked` and `was` are as in the model. Of one person about one certificate one waits: asking again replaces it, and
    leaves alone what is printed already.
    """
    # Two tabs wait for each other here.
    get_user_model().objects.select_for_update().get(pk=person.pk)
    request = open_request_of(person, certificate) or CorrectionRequest(learner=person, certificate=certificate)
    request.origin, request.asked, request.was, request.note = origin, asked, was, tidy(note)
    request.asked_at = now
    request.save()
    return request


def ask_as_holder(certificate, *, asked, was, note, now):
    """Keep what somebody asks for who has the certificate in the hand, and return it; asking twice is asking once.

    Raises `ValidationError` when so many wait already that another would tell nothing new.
    """
    with transaction.atomic():
        Certificate.objects.select_for_update().without_pdf().get(pk=certificate.pk)
        of_holders = certificate.correction_requests.open().filter(origin=CorrectionRequest.Origin.HOLDER)
        waiting = list(of_holders)
        if same := next((one for one in waiting if one.asked == asked), None):
            return same
        if len(waiting) >= MOST_OF_HOLDERS:
            raise ValidationError(
                _("Several requests about this certificate wait already. Speak with whoever runs the course."),
                code="many",
            )
        # It goes with the account, if there is one: what was asked may name the person.
        return CorrectionRequest.objects.create(
            learner=certificate.learner,
            certificate=certificate,
            origin=CorrectionRequest.Origin.HOLDER,
            asked=asked,
            was=was,
            note=tidy(note),
            asked_at=now,
        )


@transaction.atomic
def withdraw_request(person, certificate=None):
    """Take back what the person asked for; what is printed already goes on waiting for the trainer's look."""
    get_user_model().objects.select_for_update().get(pk=person.pk)
    if request := open_request_of(person, certificate):
        request.delete()


def settle_requests(certificate, *, asked, was, now):
    """What was asked before a certificate was issued is about that one from now on; call it where one is issued.

    `asked` are the name parts in which it differs from the registry, if any, and `was` the registered ones: these wait
    for the trainer's look, beside whatever else was asked.
    """
    person = certificate.learner
    CorrectionRequest.objects.filter(learner=person, certificate=None).update(certificate=certificate)
    if asked:
        CorrectionRequest.objects.create(
            learner=person,
            certificate=certificate,
            origin=CorrectionRequest.Origin.CONFIRMING,
            asked=asked,
            was=was,
            passed=True,
            asked_at=now,
        )


def follow_successor(certificate, successor):
    """What waits about a certificate is about the one that corrects it, also what is printed on either alike."""
    CorrectionRequest.objects.open().filter(certificate=certificate).update(certificate=successor)


def follow_newest(certificate):
    """What waits about certificates of the person that do not hold any more is about this one, which holds.

    What is printed already stays where it is printed: of that only the registry waits.
    """
    over = Q(certificate__replaced_at__isnull=False) | Q(certificate__annulled_at__isnull=False)
    about = {"learner": certificate.learner_id, "certificate__course_key": certificate.course_key}
    waiting = CorrectionRequest.objects.open().filter(passed=False)
    waiting.filter(over, **about).exclude(certificate=certificate).update(certificate=certificate)
    _join(waiting.filter(learner=certificate.learner_id, certificate=certificate))


def hand_over_requests(old, learner):
    """Give `learner` what `old`, an account of the same person, asked to have corrected, and what `old` decided.

    What waits for a first certificate is about the one that holds, if one of them has that.
    """
    waiting = CorrectionRequest.objects.open().filter(learner__in=[old, learner], certificate=None)
    held = Certificate.objects.live().filter(learner=learner).without_pdf().order_by("issued_at", "pk").last()
    _join(waiting)
    if held:
        waiting.update(certificate=held)
    CorrectionRequest.objects.filter(learner=old).update(learner=learner)
    CorrectionRequest.objects.filter(decided_by=old).update(decided_by=learner)
    if held:
        follow_newest(held)


def _join(waiting):
    """Let what one person asked about the same at different places wait as one; of two words for a field the last."""
    asked = list(waiting.exclude(origin=CorrectionRequest.Origin.HOLDER).order_by("asked_at", "pk"))
    for earlier, later in pairwise(asked):
        later.asked, later.was = earlier.asked | later.asked, earlier.was | later.was
        later.note = later.note or earlier.note
        later.save()
        earlier.delete()


def check_as_shown(request, shown):
    """Raise `ValidationError` when `shown`, the digest of what somebody has read, is not of what is asked."""
    if request is None or request.digest != shown:
        raise ValidationError(
            _("This changed while you were reading it: nothing was done. Read it again as it is now."), code="changed"
        )


def close_request(request, decision, *, shown, by, answer="", successor=None, now):
    """Keep what somebody decided about what was `shown` (a digest); return whether it was open until now.

    It is about `successor` from now on, if one took the place of the certificate by the decision. Call it in the
    transaction that does what was decided. Raises `ValidationError` where something else is asked by now, or about
    another certificate.
    """
    asked = CorrectionRequest.objects.select_for_update().filter(pk=request.pk).first()
    if asked and asked.decided_at:
        return False
    check_as_shown(asked, shown)
    asked.decision, asked.decided_by, asked.decided_at, asked.answer = decision, by, now, tidy(answer)
    asked.certificate = successor or asked.certificate
    asked.save()
    return True


def settle_passed(person, name, *, by, now):
    """Somebody looked and registered this `name`: decided is also what waits, printed already, for such a look."""
    for passed in CorrectionRequest.objects.open().filter(learner=person, passed=True):
        is_so = " ".join(passed.asked.get(part, "") for part in NAMES).strip() == name
        decision = CorrectionRequest.Decision.ACCEPTED if is_so else CorrectionRequest.Decision.DECLINED
        close_request(passed, decision, shown=passed.digest, by=by, now=now)


def check_can_be_asked_about(certificate, *, today):
    """Raise `ValidationError`, with a sentence for whoever asks, unless it is valid and as it was issued."""
    check_as_issued(certificate)
    check_is_valid(
        certificate,
        today=today,
        otherwise={
            Standing.REPLACED: _("This certificate was replaced: ask about the one that took its place."),
            Standing.ANNULLED: _("This certificate was annulled, and is not corrected."),
            Standing.EXPIRED: _("This certificate has expired, and is not corrected."),
        },
    )


class AskedRow(NamedTuple):
    """One thing that somebody asks for: what it is, as it was registered or printed then, and as it should be."""

    label: str
    was: str
    asked: str


def asked_in_rows(request):
    """Return what a `CorrectionRequest` asks for as [AskedRow], in the order of the paper."""
    return [
        AskedRow(str(label), request.was.get(field, ""), request.asked[field])
        for field, label in LABELS.items()
        if field in request.asked and request.asked[field] != request.was.get(field)
    ]


def registered_parts(person):
    """Return the `Parts` of the registered name, tidy."""
    return Parts(tidy(person.first_name), tidy(person.last_name))


def differences(words, others):
    """Return ({field: words}, {field: the other words}) of the fields that differ; a name in both its parts."""
    fields = {field for field in words if words[field] != others[field]}
    if fields & set(NAMES):
        fields |= set(NAMES)
    return {f: words[f] for f in words if f in fields}, {f: others[f] for f in words if f in fields}


def words_for_certificate(certificate, *, parts, role, clinic):
    """Return ({field: words}, {field: what is registered or printed}) of what should be printed otherwise.

    Of an empty post or clinic the printed one is right.
    """
    printed, registered = printed_facts(certificate), registered_parts(certificate.learner)
    is_so = parts == registered and parts.whole == printed["name"]
    asked = {} if is_so else parts._asdict()
    was = registered._asdict() | {"name": printed["name"]} if asked else {}
    for field, words in (("role", role), ("clinic", clinic)):
        if words and words != printed[field]:
            asked, was = asked | {field: words}, was | {field: printed[field]}
    return asked, was


def printed_facts(certificate):
    """Return {field: words} of what is printed of the person."""
    return {field: certificate.printed[field] for field in ("name", "role", "clinic")}
