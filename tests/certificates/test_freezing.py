"""What was issued is not changed: not by saving, not of many at once, not in a shell; what happens later still is."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from certificates.models import Certificate, PrintedImage
from certificates.models.frozen import Frozen
from tests.factories import NOW, make_learner

from .factories import issue, make_graduate, make_small_course

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
# A value for each field that is frozen, other than the one that was issued.
OTHERWISE = {
    "serial": "0000000000000",
    "course_key": "00000000-0000-4000-8000-000000000000",
    "edition": 7,
    "issued_at": LATER,
    "awarded_at": LATER,
    "expires_on": LATER.date(),
    "language": "en",
    "printed": {"name": "X"},
    "pdf": b"%PDF-1.7",
    "sha256": "0" * 64,
    "credential": "{}",
    "issuer": "did:web:elsewhere.example",
    "names_holder": True,
    "status_list": None,
    "status_index": None,
    "digest": "0" * 64,
    "digest_signature": "AAAA",
    "digest_key": "z6Mk",
}


@pytest.fixture
def certificate(key):
    make_small_course()
    return Certificate.objects.get(pk=issue(make_graduate()).pk)


def row(certificate):
    return Certificate.objects.values().get(pk=certificate.pk)


def test_every_fact_is_frozen_and_nothing_else():
    free = {field.name for field in Certificate._meta.fields} - Certificate.FROZEN
    assert OTHERWISE.keys() == Certificate.FROZEN
    assert free == {
        "id", "learner", "record_key", "sort_key", "replaces", "replaced_at", "annulled_at", "annulled_reason"
    }  # fmt: skip


def test_a_frozen_field_is_refused_however_it_is_written(certificate):
    before = row(certificate)
    for field, value in OTHERWISE.items():
        one = Certificate.objects.get()
        setattr(one, field, value)
        for write in (
            one.save,
            lambda one=one, field=field: one.save(update_fields=[field]),
            lambda field=field, value=value: Certificate.objects.update(**{field: value}),
            lambda field=field, value=value: Certificate.objects.filter(serial="x").live().update(**{field: value}),
            lambda one=one, field=field: Certificate.objects.bulk_update([one], [field]),
            lambda one=one, field=field: Certificate.objects.bulk_create(
                [one], update_conflicts=True, update_fields=[field], unique_fields=["serial"]
            ),
            lambda one=one, field=field, value=value: one.learner.certificates.update(**{field: value}),
        ):
            with pytest.raises(Frozen, match=rf"Certificate: .*\b{field}\b"), transaction.atomic():
                write()
    assert row(certificate) == before


def test_a_word_changed_inside_what_is_printed_is_refused_in_a_shell(certificate):
    certificate.printed["name"] = "X"
    with pytest.raises(Frozen, match=r"not changed \(printed\)\. A certificate is corrected or annulled."):
        certificate.save()


def test_neither_another_instance_of_the_row_nor_its_column_is_a_way_round(certificate):
    again = Certificate(**{field.attname: getattr(certificate, field.attname) for field in Certificate._meta.fields})
    again.edition = 7
    with pytest.raises(Frozen, match="edition"):
        again.save()
    with pytest.raises(Frozen, match="status_list"):
        Certificate.objects.update(status_list_id=None)
    with pytest.raises(Frozen, match="pk"):
        Certificate.objects.update(pk=12)


def test_what_was_left_in_the_database_is_compared_only_when_it_is_written(certificate):
    light = Certificate.objects.without_pdf().get()
    light.sort_key = "otra"
    with CaptureQueriesContext(connection) as asked:
        light.save()
    read = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert len(read) == 1
    assert '"pdf"' not in read[0]
    assert '"credential"' not in read[0]
    light.pdf = b"%PDF-1.7"
    with pytest.raises(Frozen, match="pdf"):
        light.save()
    light = Certificate.objects.only("learner").get()
    light.credential = "{}"
    with pytest.raises(Frozen, match="credential"):
        light.save()


def test_with_the_bytes_in_hand_only_their_digest_is_asked_for(certificate):
    with CaptureQueriesContext(connection) as asked:
        certificate.save()
    [read] = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert '"pdf"' not in read


def test_what_happens_afterwards_can_be_written(certificate):
    learner = make_learner("OTR234")
    certificate.learner, certificate.sort_key, certificate.record_key = learner, "otra", uuid.uuid4()
    certificate.annulled_at, certificate.annulled_reason = LATER, "Se emitió por error"
    certificate.save()
    Certificate.objects.update(replaced_at=LATER)
    stored = Certificate.objects.get()
    assert (stored.learner, stored.sort_key, stored.annulled_at, stored.replaced_at) == (learner, "otra", LATER, LATER)
    learner.delete()
    assert Certificate.objects.get().learner is None


def test_what_was_just_issued_can_be_saved_again_as_it_is(certificate):
    issued = issue(make_graduate("BER234", first_name="Berta"))
    issued.save()
    assert row(issued)["printed"] == issued.printed


def test_a_digest_is_written_once():
    make_small_course()
    certificate = issue(make_graduate())
    assert certificate.digest
    with pytest.raises(Frozen, match="digest"):
        Certificate.objects.update(digest="")
    certificate.digest = ""
    with pytest.raises(Frozen, match="digest"):
        certificate.save()


def test_a_certificate_is_never_deleted(certificate):
    for delete in (certificate.delete, Certificate.objects.all().delete, certificate.learner.certificates.all().delete):
        with pytest.raises(Frozen, match="deleted"):
            delete()
    assert Certificate.objects.count() == 1


def test_an_image_keeps_its_bytes_and_goes_when_nothing_shows_it():
    image = PrintedImage(
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        content_type="image/png",
        width=1,
        height=1,
        content=b"test",
    )
    image.save()
    image.content = b"other"
    with pytest.raises(Frozen, match="content"):
        image.save()
    with pytest.raises(Frozen, match="width"):
        PrintedImage.objects.update(width=2)
    PrintedImage.objects.all().delete()
    assert not PrintedImage.objects.exists()
