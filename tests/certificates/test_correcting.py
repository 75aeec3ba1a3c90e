"""Correcting a name: a successor with everything else as it was; the first stays frozen and says who replaced it."""

import io
import subprocess
import threading
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.history import history_of
from certificates.issuing.issue import Overtaken, certificate_of
from certificates.issuing.standing import Standing, standing_of
from certificates.models import Certificate
from tests.factories import NOW, make_staff, make_trainer

from .factories import issue, issued_otherwise, make_design, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
# Still the first in Guatemala.
LATER = datetime(2026, 12, 2, 3, tzinfo=UTC)
RIGHT = "Ana Lucía Coj de la Cruz"
WRONG = "ANA LUCIA Coj de la Cruz"


@pytest.fixture
def trainer():
    make_small_course()
    return make_trainer()


@pytest.fixture
def wrong(trainer):
    return issue(make_graduate(), printed_name=WRONG)


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
    words = subprocess.run(["pdftotext", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True).stdout.decode()
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
def test_four_corrections_at_once_make_one_successor():
    make_small_course()
    trainer = make_trainer()
    wrong = issue(make_graduate(), printed_name=WRONG)
    together, results = threading.Barrier(4), []

    def press():
        try:
            mine = Certificate.objects.get(pk=wrong.pk)
            together.wait()
            results.append(correct(mine, by=trainer).serial)
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert results == [certificate_of(wrong.learner).serial] * 4
    assert Certificate.objects.count() == 2


def test_the_first_of_two_different_corrections_holds(trainer, wrong):
    mine = Certificate.objects.get()
    correct(wrong, by=trainer, now=NOW)
    with pytest.raises(Overtaken):
        correct(mine, printed_name="Ana Coj", by=trainer)


def test_nobody_does_it_to_their_own(trainer, wrong):
    with pytest.raises(ValidationError, match="Nadie corrige ni anula su propio certificado"):
        correct(wrong, by=wrong.learner)
    assert Certificate.objects.live().count() == 1
