"""Correcting a name makes a successor and leaves the first frozen; annulling needs a reason, once and for ever."""

import io
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from certificates.issuing import issue as issuing
from certificates.issuing.corrections import annul_certificate, correct_certificate
from certificates.issuing.eligibility import NotEligible
from certificates.issuing.issue import (
    Overtaken,
    annulled_certificate_of,
    certificate_of,
    certificates_of,
)
from certificates.issuing.status import Standing, history_of, standing_of
from certificates.models import Certificate
from tests.factories import NOW, finish_course, make_staff
from tests.races import at_once

from .factories import begin_again, issue, issued_otherwise, make_design
from .measuring import words_of

pytestmark = pytest.mark.django_db
# Still the first in Guatemala.
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


def told(*certificates):
    return [(event.kind, event.who, event.certificate.serial, event.note) for event in history_of(*certificates)]


def test_a_successor_has_the_new_name_and_all_else_that_was_printed(trainer, wrong):
    # What the design says meanwhile is for the certificates to come.
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
    assert certificate_of(wrong.learner) == right


def test_the_corrected_one_stays_as_it_was_and_counts_as_replaced(trainer, wrong):
    before = Certificate.objects.values().get(pk=wrong.pk)
    right = correct(wrong, by=trainer)
    assert Certificate.objects.values().get(pk=wrong.pk) == before | {"replaced_at": LATER}
    standings = [standing_of(c, today=date(2026, 12, 2)) for c in Certificate.objects.order_by("pk")]
    assert standings == [Standing.REPLACED, Standing.VALID]
    assert told(wrong, right) == [
        ("issued", RIGHT, wrong.serial, ""),
        ("corrected", "Marta Ajú Ñáñez", wrong.serial, "Faltaba la c"),
        ("issued", "Marta Ajú Ñáñez", right.serial, ""),
    ]


def test_the_paper_says_when_it_was_corrected(trainer, wrong):
    pdf = bytes(correct(wrong, by=trainer).pdf)
    words = words_of(pdf)
    assert "nombre corregido el 1 de diciembre de 2026" in words
    assert RIGHT in words
    assert "LUCIA" not in words
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        assert "2026-12-01" in str(paper.Root.Metadata.read_bytes(), "utf-8")


def test_correcting_twice_is_correcting_once(trainer, wrong):
    first = correct(wrong, by=trainer)
    # The page of the second tab still has the certificate as it was.
    wrong.replaced_at = None
    assert correct(wrong, by=trainer) == first
    assert correct(wrong, by=trainer) == first
    assert Certificate.objects.count() == 2
    with pytest.raises(ValidationError, match="Este certificado fue reemplazado"):
        correct(wrong, printed_name="Ana Coj", by=trainer)


def test_a_correction_is_corrected_in_its_turn(trainer, wrong):
    second = correct(wrong, printed_name="Ana Lucia Coj de la Cruz", by=trainer)
    third = correct(second, by=trainer, now=LATER + timedelta(days=1))
    assert (third.replaces, second.replaces) == (second, wrong)
    assert third.printed["corrected"] == "2026-12-02"
    assert certificate_of(wrong.learner) == third


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
def test_a_name_that_is_no_correction_is_refused(trainer, wrong, name, sentence):
    with pytest.raises(ValidationError, match=sentence):
        correct(wrong, printed_name=name, by=trainer)
    assert Certificate.objects.count() == 1


def test_where_the_account_is_gone_the_new_name_is_like_the_printed_one(wrong):
    admin = make_staff("admina", is_superuser=True)
    Certificate.objects.update(learner=None)
    gone = Certificate.objects.get()
    with pytest.raises(ValidationError, match=f"no se parece al registrado, «{WRONG}»"):
        correct(gone, printed_name="Ana Ixcoy", by=admin)
    assert correct(gone, by=admin).printed["name"] == RIGHT


def test_what_was_annulled_or_has_expired_is_not_corrected(trainer, wrong):
    issued_otherwise(Certificate.objects.all(), expires_on=date(2026, 11, 30))
    expired = Certificate.objects.get()
    with pytest.raises(ValidationError, match="Este certificado está vencido"):
        correct(expired, by=trainer)
    annulled = annul_certificate(expired, reason="Era otra persona.", by=trainer, now=LATER)
    with pytest.raises(ValidationError, match="Este certificado fue anulado"):
        correct(annulled, by=trainer)


def test_an_annulment_in_the_meantime_wins(trainer, wrong):
    def chance_that_takes_long(bits):
        annul_certificate(Certificate.objects.get(), reason="Era otra persona.", by=trainer, now=LATER)
        return 1

    with pytest.raises(Overtaken, match="otra persona reemplazó o anuló este certificado"):
        correct(wrong, by=trainer, randbits=chance_that_takes_long)
    assert Certificate.objects.count() == 1
    assert [kind for kind, *_rest in told(wrong)] == ["issued", "annulled"]


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_four_corrections_at_once_make_one_successor(trainer, wrong):
    pages = [Certificate.objects.get() for _ in range(4)]
    results = at_once(*(partial(correct, page, by=trainer) for page in pages))
    assert results == [certificate_of(wrong.learner)] * 4
    assert Certificate.objects.count() == 2


def test_the_first_of_two_different_corrections_holds(trainer, wrong):
    mine = Certificate.objects.get()
    correct(wrong, by=trainer, now=NOW)
    with pytest.raises(Overtaken):
        correct(mine, printed_name="Ana Coj", by=trainer)


def test_it_says_why_and_when_and_nothing_else_changes(ana, trainer):
    certificate = issue(ana)
    before = Certificate.objects.values().get()
    annulled = annul_certificate(certificate, reason=f"  {REASON} ", by=trainer, now=NOW)
    assert Certificate.objects.values().get() == before | {"annulled_at": NOW, "annulled_reason": REASON}
    assert (annulled.annulled_reason, standing_of(annulled, today=NOW.date())) == (REASON, Standing.ANNULLED)
    assert [(event.kind, event.by, event.note) for event in history_of(certificate)] == [
        ("issued", ana, ""),
        ("annulled", trainer, REASON),
    ]
    assert certificate_of(ana) is None
    assert list(certificates_of([ana])) == []
    assert annulled_certificate_of(ana) == certificate


def test_annulling_twice_is_annulling_once_and_the_first_reason_stays(ana, trainer):
    certificate = issue(ana)
    for reason in (REASON, "Otra razón"):
        again = annul_certificate(certificate, reason=reason, by=trainer, now=NOW)
    assert again.annulled_reason == REASON
    assert [event.kind for event in history_of(certificate)] == ["issued", "annulled"]


def test_without_a_reason_nothing_is_annulled(ana, trainer):
    certificate = issue(ana)
    with pytest.raises(ValidationError, match="Escriba el motivo"):
        annul_certificate(certificate, reason=" \n", by=trainer, now=NOW)
    assert certificate_of(ana) == certificate


def test_one_that_was_replaced_meanwhile_is_not_annulled(ana, trainer):
    first, also_first = issue(ana, printed_name=SHORT), certificate_of(ana)
    correct_certificate(first, printed_name="Ana Lucía Coj", by=trainer, reason="", now=NOW)
    with pytest.raises(Overtaken, match="anule el que tomó su lugar"):
        annul_certificate(also_first, reason=REASON, by=trainer, now=NOW)


def test_after_an_annulment_only_a_trainer_issues_another(ana, trainer):
    annulled = annul_certificate(issue(ana), reason=REASON, by=trainer, now=NOW)
    with pytest.raises(NotEligible, match="Hable con quien facilita su grupo"):
        issue(ana)
    second = issue(ana, by=trainer, now=NOW + timedelta(days=1))
    assert (second.replaces, annulled_certificate_of(ana)) == (None, None)
    assert certificate_of(ana) == second
    # What the person asks for next is what there is.
    assert issue(ana) == second
    assert annulled.serial != second.serial


@pytest.mark.postgres
def test_the_database_keeps_one_that_holds(ana):
    first = issue(ana)
    copy = Certificate.objects.get(pk=first.pk)
    copy.pk, copy.serial = None, "0000000000000"
    with pytest.raises(IntegrityError):
        copy.save(force_insert=True)


def renew(certificate, trainer, **more):
    """Issue to the same person what takes the place of the certificate."""
    return issue(certificate.learner, printed_name=SHORT, role="", by=trainer, now=EXPIRED, **more)


@pytest.fixture
def first(ana):
    """Issue a certificate of twelve months to somebody who takes the course again when it has expired."""
    make_design(validity_months=12)
    return issue(ana)


@pytest.fixture
def finished_again(first):
    begin_again(first.learner, now=EXPIRED - timedelta(days=1))
    finish_course(first.learner, now=EXPIRED)


def test_an_expired_one_is_replaced_when_a_trainer_renews_it(first, trainer, request):
    last_day = date(2027, 11, 25)
    assert [standing_of(first, today=last_day + timedelta(days=days)) for days in (0, 1)] == [
        Standing.VALID,
        Standing.EXPIRED,
    ]
    # Without taking the course again nobody renews anything.
    assert issue(first.learner, now=EXPIRED) == renew(first, trainer) == first
    request.getfixturevalue("finished_again")
    done = []
    second = renew(first, trainer, then=done.append)
    assert (second.replaces, second.expires_on, second.printed["name"]) == (first, date(2028, 12, 30), SHORT)
    assert renew(first, trainer, then=done.append) == second
    assert done == [second]
    assert [(event.kind, event.by) for event in history_of(second)] == [("issued", trainer)]
    first.refresh_from_db()
    assert standing_of(first, today=date(2027, 12, 31)) == Standing.REPLACED


@pytest.mark.usefixtures("finished_again")
def test_it_is_renewed_in_the_language_that_was_asked_for(first, trainer):
    second = renew(first, trainer, language="en")
    assert second.language == second.printed["language"] == "en"


@pytest.fixture
def meanwhile(monkeypatch):
    """Return a function: before the next certificate is kept, somebody does this."""

    def _do(deed):
        keep = issuing.keep

        def deed_first(*args, **kwargs):
            monkeypatch.setattr(issuing, "keep", keep)
            deed()
            return keep(*args, **kwargs)

        monkeypatch.setattr(issuing, "keep", deed_first)

    return _do


@pytest.mark.usefixtures("finished_again")
def test_of_two_who_renew_it_at_once_the_second_gets_the_one_of_the_first(first, trainer, meanwhile):
    made = []
    meanwhile(lambda: made.append(renew(first, trainer)))
    assert renew(first, trainer) == made[0]
    assert Certificate.objects.live().get() == made[0]


@pytest.mark.usefixtures("finished_again")
def test_what_is_annulled_while_it_is_renewed_is_not_renewed(first, trainer, meanwhile):
    meanwhile(lambda: annul_certificate(first, reason=REASON, by=trainer, now=NOW))
    with pytest.raises(Overtaken):
        renew(first, trainer)
    assert not Certificate.objects.live().exists()


def test_nobody_does_it_to_their_own(wrong):
    with pytest.raises(ValidationError, match="Nadie corrige ni anula su propio certificado"):
        annul_certificate(wrong, reason=REASON, by=wrong.learner, now=NOW)
    with pytest.raises(ValidationError, match="Nadie corrige ni anula su propio certificado"):
        correct(wrong, by=wrong.learner)
    assert Certificate.objects.live().count() == 1
