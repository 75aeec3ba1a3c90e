import io
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from certificates.issuing import issue as issuing
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.eligibility import NotEligible
from certificates.issuing.issue import ConcurrentChangeError, get_certificate, get_certificates, get_revoked_certificate
from certificates.issuing.status import CertificateStatus, get_events, get_status
from certificates.models import Certificate
from tests.factories import NOW, finish_course, make_staff
from tests.races import at_once

from .factories import begin_again, issue, issued_otherwise, make_design
from .measuring import words_of

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 12, 2, 3, tzinfo=UTC)
RIGHT = "Ana Lucía Coj de la Cruz"
WRONG = "ANA LUCIA Coj de la Cruz"
SHORT = "Ana Lucia Coj de la Cruz"
REASON = "Se emitió con el nombre de otra persona."
EXPIRED = NOW + timedelta(days=400)


@pytest.fixture
def wrong(ana):
    return issue(ana, printed_name=WRONG)


def correct(certificate, *, printed_name=RIGHT, by, reason="Faltaba la c", now=LATER, **options):
    return correct_certificate(certificate, printed_name=printed_name, by=by, reason=reason, now=now, **options)


def event_rows(*certificates):
    return [(event.kind, event.who, event.certificate.serial, event.note) for event in get_events(*certificates)]


def test_correction_changes_the_name_and_nothing_else(trainer, wrong):
    make_design(heading="Otro encabezado", validity_months=1)
    right = correct(wrong, by=trainer)
    assert right.printed == wrong.printed | {
        "name": RIGHT,
        "serial": right.serial,
        "verify_url": f"http://localhost:8000/v/{right.serial}/",
        "corrected_in_words": "1 de diciembre de 2026",
        "corrected": "2026-12-01",
        "corrected_fields": ["name"],
    }
    assert right.serial != wrong.serial
    for field in ("learner", "course_key", "edition", "language", "expires_on", "sort_key"):
        assert getattr(right, field) == getattr(wrong, field)
    assert (right.replaces, right.issued_at) == (wrong, LATER)
    assert get_certificate(wrong.learner) == right


def test_corrected_certificate_stays_unchanged_and_is_replaced(trainer, wrong):
    before = Certificate.objects.values().get(pk=wrong.pk)
    right = correct(wrong, by=trainer)
    assert Certificate.objects.values().get(pk=wrong.pk) == before | {"replaced_at": LATER}
    standings = [get_status(c, today=date(2026, 12, 2)) for c in Certificate.objects.order_by("pk")]
    assert standings == [CertificateStatus.REPLACED, CertificateStatus.VALID]
    assert event_rows(wrong, right) == [
        ("issued", RIGHT, wrong.serial, ""),
        ("corrected", "Marta Ajú Ñáñez", wrong.serial, "Faltaba la c"),
        ("issued", "Marta Ajú Ñáñez", right.serial, ""),
    ]


def test_correction_date_is_printed(trainer, wrong):
    pdf = bytes(correct(wrong, by=trainer).pdf)
    words = words_of(pdf)
    assert "nombre corregido el 1 de diciembre de 2026" in words
    assert RIGHT in words
    assert "LUCIA" not in words
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        assert "2026-12-01" in str(paper.Root.Metadata.read_bytes(), "utf-8")


def test_equal_second_correction_returns_the_first(trainer, wrong):
    first = correct(wrong, by=trainer)
    # The page of the second tab still has the certificate as it was.
    wrong.replaced_at = None
    assert correct(wrong, by=trainer) == first
    assert correct(wrong, by=trainer) == first
    assert Certificate.objects.count() == 2
    with pytest.raises(ValidationError, match="Este certificado fue reemplazado"):
        correct(wrong, printed_name="Ana Coj", by=trainer)


def test_corrected_certificate_can_be_corrected_again(trainer, wrong):
    second = correct(wrong, printed_name="Ana Lucia Coj de la Cruz", by=trainer)
    third = correct(second, by=trainer, now=LATER + timedelta(days=1))
    assert (third.replaces, second.replaces) == (second, wrong)
    assert third.printed["corrected"] == "2026-12-02"
    assert get_certificate(wrong.learner) == third


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (WRONG, "Es lo que ya está impreso"),
        ("Pedro Ixcoy", "no se parece al registrado, «Ana Lucía Coj de la Cruz»"),
        ("Ana 🌸 Coj", "Un nombre no puede llevar «🌸»"),
        ("Ana Coj libre de estigma", "no se parece al registrado"),
        (" ", "Escriba su nombre con letras"),
    ],
)
def test_dissimilar_or_unprintable_name_is_refused(trainer, wrong, name, sentence):
    with pytest.raises(ValidationError, match=sentence):
        correct(wrong, printed_name=name, by=trainer)
    assert Certificate.objects.count() == 1


def test_without_account_new_name_must_resemble_printed_one(wrong):
    admin = make_staff("admina", is_superuser=True)
    Certificate.objects.update(learner=None)
    gone = Certificate.objects.get()
    with pytest.raises(ValidationError, match=f"no se parece al registrado, «{WRONG}»"):
        correct(gone, printed_name="Ana Ixcoy", by=admin)
    assert correct(gone, by=admin).printed["name"] == RIGHT


def test_revoked_or_expired_certificate_cannot_be_corrected(trainer, wrong):
    issued_otherwise(Certificate.objects.all(), expires_on=date(2026, 11, 30))
    expired = Certificate.objects.get()
    with pytest.raises(ValidationError, match="Este certificado está vencido"):
        correct(expired, by=trainer)
    revoked = revoke_certificate(expired, reason="Era otra persona.", by=trainer, now=LATER)
    with pytest.raises(ValidationError, match="Este certificado fue anulado"):
        correct(revoked, by=trainer)


def test_concurrent_revocation_beats_correction(trainer, wrong):
    def chance_that_takes_long(bits):
        revoke_certificate(Certificate.objects.get(), reason="Era otra persona.", by=trainer, now=LATER)
        return 1

    with pytest.raises(ConcurrentChangeError, match="otra persona reemplazó o anuló este certificado"):
        correct(wrong, by=trainer, randbits=chance_that_takes_long)
    assert Certificate.objects.count() == 1
    assert [kind for kind, *_rest in event_rows(wrong)] == ["issued", "revoked"]


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_four_corrections_at_once_make_one_successor(trainer, wrong):
    pages = [Certificate.objects.get() for _ in range(4)]
    assert at_once(*(partial(correct, page, by=trainer) for page in pages)) == [get_certificate(wrong.learner)] * 4
    assert Certificate.objects.count() == 2


def test_first_of_two_different_corrections_wins(trainer, wrong):
    mine = Certificate.objects.get()
    correct(wrong, by=trainer, now=NOW)
    with pytest.raises(ConcurrentChangeError):
        correct(mine, printed_name="Ana Coj", by=trainer)


def test_revoking_sets_reason_and_date_and_nothing_else(ana, certificate, trainer):
    before = Certificate.objects.values().get()
    revoked = revoke_certificate(certificate, reason=f"  {REASON} ", by=trainer, now=NOW)
    assert Certificate.objects.values().get() == before | {"revoked_at": NOW, "revocation_reason": REASON}
    assert (revoked.revocation_reason, get_status(revoked, today=NOW.date())) == (REASON, CertificateStatus.REVOKED)
    assert [(event.kind, event.by, event.note) for event in get_events(certificate)] == [
        ("issued", ana, ""),
        ("revoked", trainer, REASON),
    ]
    assert get_certificate(ana) is None
    assert list(get_certificates([ana])) == []
    assert get_revoked_certificate(ana) == certificate


def test_second_revocation_keeps_the_first_reason(trainer, certificate):
    for reason in (REASON, "Otra razón"):
        again = revoke_certificate(certificate, reason=reason, by=trainer, now=NOW)
    assert again.revocation_reason == REASON
    assert [event.kind for event in get_events(certificate)] == ["issued", "revoked"]


def test_revoking_needs_a_reason(ana, certificate, trainer):
    with pytest.raises(ValidationError, match="Escriba el motivo"):
        revoke_certificate(certificate, reason=" \n", by=trainer, now=NOW)
    assert get_certificate(ana) == certificate


def test_replaced_certificate_cannot_be_revoked(ana, trainer):
    first, also_first = issue(ana, printed_name=SHORT), get_certificate(ana)
    correct_certificate(first, printed_name="Ana Lucía Coj", by=trainer, reason="", now=NOW)
    with pytest.raises(ConcurrentChangeError, match="anule el que tomó su lugar"):
        revoke_certificate(also_first, reason=REASON, by=trainer, now=NOW)


def test_after_revocation_only_a_trainer_issues_another(ana, trainer):
    revoked = revoke_certificate(issue(ana), reason=REASON, by=trainer, now=NOW)
    with pytest.raises(NotEligible, match="Hable con quien facilita su grupo"):
        issue(ana)
    second = issue(ana, by=trainer, now=NOW + timedelta(days=1))
    assert (second.replaces, get_revoked_certificate(ana)) == (None, None)
    assert get_certificate(ana) == second
    assert issue(ana) == second
    assert revoked.serial != second.serial


@pytest.mark.postgres
def test_database_allows_one_live_certificate(ana):
    copy = Certificate.objects.get(pk=issue(ana).pk)
    copy.pk, copy.serial = None, "0000000000000"
    with pytest.raises(IntegrityError):
        copy.save(force_insert=True)


def renew(certificate, trainer, **more):
    return issue(certificate.learner, printed_name=SHORT, role="", by=trainer, now=EXPIRED, **more)


@pytest.fixture
def first(ana):
    make_design(validity_months=12)
    return issue(ana)


@pytest.fixture
def finished_again(first):
    begin_again(first.learner, now=EXPIRED - timedelta(days=1))
    finish_course(first.learner, now=EXPIRED)


def test_renewal_replaces_expired_certificate(first, trainer, request):
    last_day = date(2027, 11, 25)
    assert [get_status(first, today=last_day + timedelta(days=days)) for days in (0, 1)] == [
        CertificateStatus.VALID,
        CertificateStatus.EXPIRED,
    ]
    assert issue(first.learner, now=EXPIRED) == renew(first, trainer) == first
    request.getfixturevalue("finished_again")
    done = []
    second = renew(first, trainer, then=done.append)
    assert (second.replaces, second.expires_on, second.printed["name"]) == (first, date(2028, 12, 30), SHORT)
    assert renew(first, trainer, then=done.append) == second
    assert done == [second]
    assert [(event.kind, event.by) for event in get_events(second)] == [("issued", trainer)]
    first.refresh_from_db()
    assert get_status(first, today=date(2027, 12, 31)) == CertificateStatus.REPLACED


@pytest.mark.usefixtures("finished_again")
def test_renewal_uses_requested_language(first, trainer):
    second = renew(first, trainer, language="en")
    assert second.language == second.printed["language"] == "en"


@pytest.fixture
def meanwhile(monkeypatch):
    def _do(deed):
        keep = issuing.save_certificate

        def deed_first(*args, **kwargs):
            monkeypatch.setattr(issuing, "save_certificate", keep)
            deed()
            return keep(*args, **kwargs)

        monkeypatch.setattr(issuing, "save_certificate", deed_first)

    return _do


@pytest.mark.usefixtures("finished_again")
def test_concurrent_renewals_return_one_certificate(first, trainer, meanwhile):
    made = []
    meanwhile(lambda: made.append(renew(first, trainer)))
    assert renew(first, trainer) == made[0]
    assert Certificate.objects.live().get() == made[0]


@pytest.mark.usefixtures("finished_again")
def test_concurrent_revocation_beats_renewal(first, trainer, meanwhile):
    meanwhile(lambda: revoke_certificate(first, reason=REASON, by=trainer, now=NOW))
    with pytest.raises(ConcurrentChangeError):
        renew(first, trainer)
    assert not Certificate.objects.live().exists()


def test_own_certificate_cannot_be_changed(wrong):
    with pytest.raises(ValidationError, match="Nadie corrige ni anula su propio certificado"):
        revoke_certificate(wrong, reason=REASON, by=wrong.learner, now=NOW)
    with pytest.raises(ValidationError, match="Nadie corrige ni anula su propio certificado"):
        correct(wrong, by=wrong.learner)
    assert Certificate.objects.live().count() == 1
