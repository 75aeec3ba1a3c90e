"""Which credentials were revoked: places drawn by lot and never used again, and the published list of bits."""

import json
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from openbadgeslib.ob3 import (
    OB3VerificationError,
    check_credential_status,
    decode_encoded_list,
    resolve_verification_method,
)
from openbadgeslib.ob3 import verify_data_integrity_proof as verify_proof

from certificates.badges import status_lists
from certificates.badges.identity import did_document
from certificates.badges.status_lists import signed_list, take_place
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.models import Certificate, StatusList
from tests.factories import make_learner

from .factories import edited, issue, make_graduate, make_small_course
from .signing import ISSUED, SITE, fetch, revoked_in, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(key):
    make_small_course()
    return issue(make_graduate(), now=ISSUED)


def the_list(certificate):
    return json.loads(fetch(f"{SITE}/v/estados/{certificate.status_list_id}/"))


ISSUER = "did:web:trato.example"


def begin_list(**fields):
    return StatusList.objects.create(**{"site": settings.SITE_URL, "issuer": ISSUER} | fields)


def hold(status_list, *places):
    """Have certificates of nobody hold these places."""
    Certificate.objects.bulk_create(
        Certificate(
            serial=f"{status_list.pk}-{place}",
            course_key="00000000-0000-4000-8000-000000000000",
            edition=1,
            record_key=uuid4(),
            language="es",
            printed={},
            pdf=b"",
            status_list=status_list,
            status_index=place,
        )
        for place in places
    )


def test_a_list_is_as_long_as_the_specification_asks(certificate):
    subject = the_list(certificate)["credentialSubject"]
    assert len(decode_encoded_list(subject["encodedList"])) * 8 == 131_072
    assert subject["encodedList"].startswith("u")
    assert (subject["type"], subject["statusPurpose"], subject["ttl"]) == ("BitstringStatusList", "revocation", 300_000)


def test_a_list_is_signed_by_the_issuer_of_the_credentials(certificate):
    document = the_list(certificate)
    assert document["issuer"] == json.loads(certificate.credential)["issuer"]["id"]
    assert document["id"] == f"{SITE}/v/estados/{certificate.status_list_id}/"
    pem = status_list_pem()
    verify_proof(document, pem)
    document["credentialSubject"]["encodedList"] = (
        "uH4sIAAAAAAAA_-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    )
    with pytest.raises(OB3VerificationError):
        verify_proof(document, pem)


def status_list_pem():
    """Return the published key as PEM, by the library's own way from the DID document."""
    return resolve_verification_method(did_document()["assertionMethod"][0], download=fetch)


def test_annulled_and_replaced_ones_are_revoked_and_nobody_else(certificate):
    trainer = make_learner("TRA234")
    berta = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    carla = issue(make_graduate("CAR234", first_name="Carla"), now=ISSUED)
    assert revoked_in(the_list(certificate)) == set()
    check_credential_status(verify(berta.credential), download=fetch)
    annul_certificate(berta, reason="Copió", by=trainer, now=timezone.now())
    assert revoked_in(the_list(certificate)) == {berta.status_index}
    correct_certificate(carla, printed_name="Carla Coj de la Crus", by=trainer, reason="Nombre", now=timezone.now())
    assert revoked_in(the_list(certificate)) == {berta.status_index, carla.status_index}
    check_credential_status(verify(certificate.credential), download=fetch)
    for revoked in (berta, carla):
        with pytest.raises(OB3VerificationError, match="Credential status 'revocation' is set"):
            check_credential_status(verify(revoked.credential), download=fetch)


def test_a_list_is_signed_once_an_hour_and_again_when_a_bit_changes(certificate, monkeypatch):
    now, status_list = timezone.now().replace(minute=10), certificate.status_list
    first = signed_list(status_list, now=now)
    assert signed_list(status_list, now=now.replace(minute=50)) is first
    assert signed_list(status_list, now=now + timedelta(hours=1)) != first
    annul_certificate(certificate, reason="Copió", by=make_learner("TRA234"), now=now)
    assert revoked_in(json.loads(signed_list(status_list, now=now))) == {certificate.status_index}


def test_a_copy_is_good_for_a_day_and_its_hour_begins_it(certificate):
    document = json.loads(signed_list(certificate.status_list, now=ISSUED))
    assert (document["validFrom"], document["validUntil"]) == ("2025-03-14T18:00:00Z", "2025-03-15T18:00:00Z")


def test_the_list_costs_two_questions_however_many_certificates(client, certificate, django_assert_num_queries):
    address = f"/v/estados/{certificate.status_list_id}/"
    client.get(address)
    with django_assert_num_queries(2):
        client.get(address)
    hold(certificate.status_list, *(place for place in range(40) if place != certificate.status_index))
    with django_assert_num_queries(2):
        client.get(address)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table without any index")
def test_the_revoked_are_found_without_reading_the_others(certificate, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        signed_list(certificate.status_list, now=ISSUED)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        assert "USING INDEX revoked_places" in cursor.fetchall()[0][-1]


def test_without_a_key_a_list_is_not_there_for_now(client, certificate, key):
    key.unlink()
    response = client.get(f"/v/estados/{certificate.status_list_id}/")
    assert (response.status_code, response["Retry-After"]) == (503, "3600")


def test_a_list_that_nobody_made_is_unknown(client, certificate):
    assert client.get("/v/estados/999999/").status_code == 404


def test_others_may_read_it_and_keep_it_for_five_minutes(client, certificate):
    response = client.get(f"/v/estados/{certificate.status_list_id}/", headers={"Origin": "https://verifier.example"})
    assert response["Content-Type"] == "application/vc"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies


def lot(*numbers):
    """Return a `randbelow` that draws these, and then always the last of them."""
    left = list(numbers)
    return lambda below: left.pop(0) if len(left) > 1 else left[0]


def test_a_place_that_is_held_is_not_drawn_again():
    status_list = begin_list()
    hold(status_list, 7, 8)
    assert take_place(ISSUER, randbelow=lot(7, 8, 9)) == (status_list, 9)


def test_a_new_list_begins_when_three_quarters_are_held(monkeypatch):
    monkeypatch.setattr(status_lists, "_FULL", 3)
    full = begin_list()
    hold(full, 1, 2)
    mostly_held = (1,) * 10 + (9,)
    assert take_place(ISSUER, randbelow=lot(*mostly_held)) == (full, 9)
    hold(full, 3)
    status_list, index = take_place(ISSUER, randbelow=lot(*mostly_held))
    assert (status_list.pk > full.pk, index) == (True, 1)
    assert take_place(ISSUER, randbelow=lot(9))[0] == status_list


def test_a_new_list_begins_when_nothing_that_was_drawn_is_free():
    full = begin_list()
    hold(full, 5)
    assert take_place(ISSUER, randbelow=lot(5))[0].pk > full.pk


def test_places_are_drawn_from_the_whole_list():
    places = [take_place(ISSUER)[1] for _ in range(200)]
    assert len(set(places)) > 190
    assert min(places) < 20_000 < 110_000 < max(places) < 131_072


@pytest.mark.postgres
def test_the_database_refuses_a_place_that_is_held():
    first, second = begin_list(), begin_list()
    hold(first, 5)
    hold(second, 5)
    held = Certificate.objects.get(status_list=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        edited([held], status_list=first)


def test_whoever_comes_second_to_a_place_gets_another_and_a_credential_that_says_so(certificate, monkeypatch):
    held = certificate.status_index
    places = iter([(certificate.status_list, held), (certificate.status_list, (held + 1) % 131_072)])
    monkeypatch.setattr("certificates.badges.credentials.take_place", lambda issuer: next(places))
    berta, trainer, done = make_graduate("BER234", first_name="Berta"), make_learner("TRA234"), []
    second = issue(berta, by=trainer, now=ISSUED, then=done.append)
    assert second.status_index == (held + 1) % 131_072
    assert [(event.by, event.at) for event in second.events.all()] == [(trainer, ISSUED)]
    assert done == [second]
    assert json.loads(second.credential)["credentialStatus"]["statusListIndex"] == str(second.status_index)
    assert Certificate.objects.get(pk=second.pk).credential == second.credential


def test_a_correction_that_comes_second_to_a_place_keeps_its_reason(certificate, monkeypatch):
    trainer, wrong = make_learner("TRA234"), issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    held = certificate.status_index
    places = iter([(certificate.status_list, held), (certificate.status_list, (held + 1) % 131_072)])
    monkeypatch.setattr("certificates.badges.credentials.take_place", lambda issuer: next(places))
    right = correct_certificate(wrong, printed_name="Berta Coj", by=trainer, reason="Nombre", now=timezone.now())
    assert right.status_index == (held + 1) % 131_072
    assert [(event.by, event.note) for event in wrong.events.order_by("pk")][1:] == [(trainer, "Nombre")]


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_four_at_once_that_draw_the_same_place_all_get_one_of_their_own(key, monkeypatch):
    make_small_course()
    people = [make_graduate(f"ANA23{number}") for number in range(4)]
    status_list = begin_list()
    together, results, drawn = threading.Barrier(4), [], threading.local()

    def the_same_first(*arguments):
        drawn.times = getattr(drawn, "times", 0) + 1
        return (status_list, 5) if drawn.times == 1 else take_place(*arguments)

    monkeypatch.setattr("certificates.badges.credentials.take_place", the_same_first)

    def confirm(person):
        try:
            together.wait()
            results.append(issue(person, now=ISSUED).status_index)
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 5 in results
    assert sorted(results) == sorted(Certificate.objects.values_list("status_index", flat=True))
    assert len(set(results)) == 4
