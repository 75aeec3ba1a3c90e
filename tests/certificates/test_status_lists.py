import json
import threading
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from openbadgeslib.ob3 import (
    OB3VerificationError,
    check_credential_status,
    decode_encoded_list,
    resolve_verification_method,
    verify_data_integrity_proof,
)

from certificates.badges import status_lists
from certificates.badges.issuer import did_document, is_address
from certificates.badges.keys import issuer_key
from certificates.badges.status_lists import allocate_index, signed_list
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.rechecking import recheck_all
from certificates.models import Certificate, StatusList
from course.checks import site_url_is_an_address
from quizzes.base.addresses import normalize_address
from tests.races import at_once

from .factories import edited, issue, make_graduate
from .signing import ISSUED, SITE, fetch, is_not_revoked, revoked_in, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(key, ana):
    return issue(ana, now=ISSUED)


ISSUER = "did:web:trato.example"


def begin_list(**fields):
    return StatusList.objects.create(**{"site": settings.SITE_URL, "issuer": ISSUER} | fields)


def hold(status_list, *places):
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


def test_list_has_the_minimum_length(certificate):
    subject = list_of(certificate)["credentialSubject"]
    assert len(decode_encoded_list(subject["encodedList"])) * 8 == 131_072
    assert subject["encodedList"].startswith("u")
    assert (subject["type"], subject["statusPurpose"], subject["ttl"]) == ("BitstringStatusList", "revocation", 300_000)


def test_list_is_signed_by_the_credential_issuer(certificate):
    document = list_of(certificate)
    assert document["issuer"] == json.loads(certificate.credential)["issuer"]["id"]
    assert document["id"] == f"{SITE}/v/estados/{certificate.status_list_id}/"
    pem = resolve_verification_method(did_document()["assertionMethod"][0], download=fetch)
    verify_data_integrity_proof(document, pem)
    document["credentialSubject"]["encodedList"] = (
        "uH4sIAAAAAAAA_-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    )
    with pytest.raises(OB3VerificationError):
        verify_data_integrity_proof(document, pem)


def test_only_revoked_and_replaced_credentials_are_revoked(certificate, trainer):
    berta = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    carla = issue(make_graduate("CAR234", first_name="Carla"), now=ISSUED)
    assert revoked_in(list_of(certificate)) == set()
    check_credential_status(verify(berta.credential), download=fetch)
    revoke_certificate(berta, reason="Copió", by=trainer, now=timezone.now())
    assert revoked_in(list_of(certificate)) == {berta.status_index}
    correct_certificate(carla, printed_name="Carla Coj de la Crus", by=trainer, reason="Nombre", now=timezone.now())
    assert revoked_in(list_of(certificate)) == {berta.status_index, carla.status_index}
    check_credential_status(verify(certificate.credential), download=fetch)
    for revoked in (berta, carla):
        with pytest.raises(OB3VerificationError, match="Credential status 'revocation' is set"):
            check_credential_status(verify(revoked.credential), download=fetch)


def test_list_is_signed_hourly_and_on_change(certificate, trainer):
    now, status_list = timezone.now().replace(minute=10), certificate.status_list
    first = signed_list(status_list, now=now)
    assert signed_list(status_list, now=now.replace(minute=50)) is first
    assert signed_list(status_list, now=now + timedelta(hours=1)) != first
    revoke_certificate(certificate, reason="Copió", by=trainer, now=now)
    assert revoked_in(json.loads(signed_list(status_list, now=now))) == {certificate.status_index}


def test_list_is_valid_for_a_day_from_its_hour(certificate):
    document = json.loads(signed_list(certificate.status_list, now=ISSUED))
    assert (document["validFrom"], document["validUntil"]) == ("2025-03-14T18:00:00Z", "2025-03-15T18:00:00Z")


def test_list_without_key_is_unavailable(client, certificate, key):
    key.unlink()
    response = client.get(f"/v/estados/{certificate.status_list_id}/")
    assert (response.status_code, response["Retry-After"]) == (503, "3600")


def test_unknown_list_is_404(client, certificate):
    assert client.get("/v/estados/999999/").status_code == 404


def test_list_allows_cors_and_caching(client, certificate):
    response = client.get(f"/v/estados/{certificate.status_list_id}/", headers={"Origin": "https://verifier.example"})
    assert response["Content-Type"] == "application/vc"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies


def lot(*numbers):
    left = list(numbers)
    return lambda below: left.pop(0) if len(left) > 1 else left[0]


def test_used_index_is_not_drawn_again():
    status_list = begin_list()
    hold(status_list, 7, 8)
    assert allocate_index(ISSUER, randbelow=lot(7, 8, 9)) == (status_list, 9)


def test_new_list_starts_at_three_quarters(monkeypatch):
    monkeypatch.setattr(status_lists, "_FULL", 3)
    full = begin_list()
    hold(full, 1, 2)
    mostly_held = (1,) * 10 + (9,)
    assert allocate_index(ISSUER, randbelow=lot(*mostly_held)) == (full, 9)
    hold(full, 3)
    status_list, index = allocate_index(ISSUER, randbelow=lot(*mostly_held))
    assert (status_list.pk > full.pk, index) == (True, 1)
    assert allocate_index(ISSUER, randbelow=lot(9))[0] == status_list


def test_new_list_starts_when_no_drawn_index_is_free():
    full = begin_list()
    hold(full, 5)
    assert allocate_index(ISSUER, randbelow=lot(5))[0].pk > full.pk


def test_indexes_are_drawn_from_the_whole_list():
    places = [allocate_index(ISSUER)[1] for _ in range(200)]
    assert len(set(places)) > 190
    assert min(places) < 20_000 < 110_000 < max(places) < 131_072


@pytest.mark.postgres
def test_database_refuses_used_index():
    first, second = begin_list(), begin_list()
    hold(first, 5)
    hold(second, 5)
    held = Certificate.objects.get(status_list=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        edited([held], status_list=first)


@pytest.fixture
def next_place(certificate, monkeypatch):
    next_place = (certificate.status_index + 1) % 131_072
    places = iter([(certificate.status_list, place) for place in (certificate.status_index, next_place)])
    monkeypatch.setattr("certificates.badges.credentials.allocate_index", lambda issuer: next(places))
    return next_place


def test_lost_race_for_an_index_draws_another(next_place, trainer):
    done = []
    second = issue(make_graduate("BER234"), by=trainer, now=ISSUED, then=done.append)
    assert second.status_index == next_place
    assert [(event.by, event.at) for event in second.events.all()] == [(trainer, ISSUED)]
    assert done == [second]
    assert json.loads(second.credential)["credentialStatus"]["statusListIndex"] == str(second.status_index)
    assert Certificate.objects.get(pk=second.pk).credential == second.credential


def test_correction_that_loses_the_race_keeps_its_reason(certificate, trainer, request):
    wrong = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    next_place = request.getfixturevalue("next_place")
    right = correct_certificate(wrong, printed_name="Berta Coj", by=trainer, reason="Nombre", now=timezone.now())
    assert right.status_index == next_place
    assert [(event.by, event.note) for event in wrong.events.order_by("pk")][1:] == [(trainer, "Nombre")]


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_four_concurrent_issues_get_different_indexes(key, course, monkeypatch):
    people = [make_graduate(f"ANA23{number}") for number in range(4)]
    status_list, drawn = begin_list(), threading.local()

    def the_same_first(*arguments):
        drawn.times = getattr(drawn, "times", 0) + 1
        return (status_list, 5) if drawn.times == 1 else allocate_index(*arguments)

    monkeypatch.setattr("certificates.badges.credentials.allocate_index", the_same_first)
    issued = at_once(*(partial(issue, person, now=ISSUED) for person in people))
    places = {certificate.status_index for certificate in issued}
    assert places == set(Certificate.objects.values_list("status_index", flat=True))
    assert (len(places), 5 in places) == (4, True)


NEW = "https://curso.example"
PLAIN = "http://192.168.1.10:8000"


@pytest.fixture
def move(settings):
    settings.ALLOWED_HOSTS = ["*"]

    def moved(to=NEW, *former):
        settings.SITE_URL, settings.FORMER_SITE_URLS = to, list(former)

    return moved


def document_of_keys():
    return json.loads(fetch(f"{settings.SITE_URL}/.well-known/did.json"))


def list_of(certificate):
    return json.loads(fetch(json.loads(certificate.credential)["credentialStatus"]["statusListCredential"]))


def test_old_badge_verifies_after_move_and_can_be_revoked(certificate, trainer, move):
    move(NEW, SITE)
    assert is_not_revoked(certificate.credential)
    revoke_certificate(certificate, reason="Copió", by=trainer, now=ISSUED)
    assert not is_not_revoked(certificate.credential)


def test_new_address_starts_new_lists(certificate, move):
    move(NEW, SITE)
    newer = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    assert [one.issuer for one in (certificate, newer)] == ["did:web:trato.example", "did:web:curso.example"]
    assert [(one.status_list.site, one.status_list.issuer) for one in (certificate, newer)] == [
        (SITE, "did:web:trato.example"),
        (NEW, "did:web:curso.example"),
    ]
    assert is_not_revoked(newer.credential)
    move(SITE, NEW)
    back = issue(make_graduate("CAR234", first_name="Carla"), now=ISSUED)
    assert back.status_list == certificate.status_list, "its own list is there still"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://trato.example", True),
        ("https://trato.example:8443", True),
        ("http://192.168.1.10:8000", True),
        ("trato.example", False),
        ("ftp://trato.example", False),
        ("https://trato.example/curso", False),
        ("https://trato.example?a", False),
        ("https://ana@trato.example", False),
        ("https://Trato.example", False),
        ("https://año.example", False),
        ("https://xn--ao-zja.example", True),
        ("https://trato.example:puerta", False),
        ("https://[::1", False),
        ("https://", False),
        ("", False),
    ],
)
def test_is_address(text, good):
    assert is_address(text) is good


def test_did_document_covers_former_https_addresses(key, move):
    move(NEW, SITE, PLAIN, "https://viejo.example:8443")
    document = document_of_keys()
    issuers = ["did:web:curso.example", "did:web:trato.example", "did:web:viejo.example%3A8443"]
    assert document["id"] == issuers[0]
    methods = [f"{issuer}#{issuer_key().multibase}" for issuer in issuers]
    assert document["assertionMethod"] == methods


def test_correction_uses_the_present_address(certificate, trainer, move):
    move(NEW, SITE)
    right = correct_certificate(
        certificate, printed_name="Ana Lucia Coj de la Cruz", by=trainer, reason="Tilde", now=ISSUED
    )
    assert right.issuer == "did:web:curso.example"
    assert [is_not_revoked(one.credential) for one in (certificate, right)] == [False, True]


def test_did_key_list_is_signed_by_its_key(key, ana, trainer, move):
    move(PLAIN)
    first = issue(ana, now=ISSUED)
    second = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    for certificate in (first, second):
        document = list_of(certificate)
        assert certificate.issuer.startswith("did:key:z6Mk")
        assert document["issuer"] == certificate.issuer
        assert document["proof"]["verificationMethod"].partition("#")[0] == certificate.issuer
        assert is_not_revoked(certificate.credential)
    revoke_certificate(first, reason="Copió", by=trainer, now=ISSUED)
    assert [is_not_revoked(one.credential) for one in (first, second)] == [False, True]


def test_did_key_credentials_verify_after_https(key, ana, trainer, move):
    move(PLAIN)
    plain = issue(ana, now=ISSUED)
    move(NEW, PLAIN)
    newer = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    assert [is_not_revoked(one.credential) for one in (plain, newer)] == [True, True]
    revoke_certificate(plain, reason="Copió", by=trainer, now=ISSUED)
    assert not is_not_revoked(plain.credential)


def test_credentials_of_foreign_address_are_refused(certificate, move):
    move(NEW, SITE)
    stranger = document_of_keys() | {"verificationMethod": [], "assertionMethod": []}
    with pytest.raises(OB3VerificationError, match="no verificationMethod"):
        verify(certificate.credential, download=lambda address: json.dumps(stranger).encode())


def test_list_continues_only_with_same_address_and_issuer(key, move):
    taken = allocate_index("did:web:trato.example")[0]
    assert allocate_index("did:web:trato.example")[0] == taken
    assert allocate_index("did:key:z6Mk")[0] != taken
    move(NEW)
    assert allocate_index("did:web:trato.example")[0] != taken
    assert StatusList.objects.count() == 3
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("https://Curso.Salud.GT/", "https://curso.salud.gt"),
        (" HTTPS://curso.salud.gt:8443 ", "https://curso.salud.gt:8443"),
        ("https://Año.gt:8443", "https://xn--ao-zja.gt:8443"),
        ("https://AÑO.gt", "https://xn--ao-zja.gt"),
        ("http://192.168.1.10:8000", "http://192.168.1.10:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://Curso.gt/Curso", "https://curso.gt/Curso"),
        # None of these is an address: said as they were written.
        ("https://a..ñ", "https://a..ñ"),
        ("Curso.gt", "Curso.gt"),
        ("https://", "https://"),
        ("", ""),
    ],
)
def test_addresses_are_normalised(written, form):
    assert normalize_address(written) == form
    assert normalize_address(form) == form


@pytest.mark.parametrize(
    ("then", "today"),
    [("https://Curso.Salud.gt", "https://curso.salud.gt"), ("https://Año.example", "https://xn--ao-zja.example")],
)
def test_credentials_of_other_spelling_verify(key, course, trainer, move, then, today):
    move(then)
    issued, revoked = (issue(make_graduate(code), now=ISSUED) for code in ("ANA234", "BER234"))
    assert issued.printed["verify_url"].startswith(f"{then}/v/")
    pdf, credential = bytes(issued.pdf), issued.credential
    move(today)
    newer = issue(make_graduate("CAR234", first_name="Carla"), now=ISSUED)
    revoke_certificate(revoked, reason="Copió", by=trainer, now=ISSUED)
    stored = Certificate.objects.get(pk=issued.pk)
    assert (bytes(stored.pdf), stored.credential) == (pdf, credential)
    answered = {}

    def download(address):
        content = fetch(normalize_address(address.partition("/v/")[0].partition("/.well")[0]) + urlsplit(address).path)
        answered[address] = json.loads(content)
        return content

    for one, held in ((stored, True), (revoked, False), (newer, True)):
        verify(one.credential, download=download)
        place = json.loads(one.credential)["credentialStatus"]
        listed = download(place["statusListCredential"])
        method = json.loads(listed)["proof"]["verificationMethod"]
        verify_data_integrity_proof(json.loads(listed), resolve_verification_method(method, download=download))
        assert answered[place["statusListCredential"]]["id"] == place["statusListCredential"]
        assert answered[place["statusListCredential"]]["issuer"] == one.issuer
        assert (int(place["statusListIndex"]) not in revoked_in(listed.decode())) is held
    tallies = [(tally, found) for tally, _certificate, found in recheck_all()]
    assert ([found for _tally, found in tallies], tallies[-1][0].at_other_address) == ([[]] * 3, {})


def test_invalid_site_url_is_reported(move):
    for wrong in ("https://trato.example/curso", "trato.example", ""):
        move(wrong)
        (error,) = site_url_is_an_address(None)
        assert (error.id, f"“{wrong}”" in error.msg) == ("course.E006", True)
    move(SITE)
    assert site_url_is_an_address(None) == []
