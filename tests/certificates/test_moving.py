"""The site moves: what was issued at a former address verifies, and its lists are signed as they were."""

import json
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from openbadgeslib.ob3 import OB3VerificationError, resolve_verification_method, verify_data_integrity_proof

from certificates.badges.addresses import is_address
from certificates.badges.keys import issuer_key
from certificates.badges.spelling import in_one_form
from certificates.badges.status_lists import signed_list, take_place
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.rechecking import recheck_all
from certificates.models import Certificate, StatusList
from course.checks import site_url_is_an_address
from tests.factories import make_trainer

from .factories import issue, make_graduate, make_small_course
from .signing import ISSUED, SITE, fetch, holds, revoked_in, verify

pytestmark = pytest.mark.django_db
NEW = "https://curso.example"
PLAIN = "http://192.168.1.10:8000"


@pytest.fixture
def move(settings):
    """Return what moves the site to another address, or does not tell it where it was."""
    settings.ALLOWED_HOSTS = ["*"]

    def moved(to=NEW, *former):
        settings.SITE_URL, settings.FORMER_SITE_URLS = to, list(former)

    return moved


@pytest.fixture
def certificate(key):
    make_small_course()
    return issue(make_graduate(), now=ISSUED)


def document_of_keys():
    return json.loads(fetch(f"{settings.SITE_URL}/.well-known/did.json"))


def list_of(certificate):
    return json.loads(fetch(json.loads(certificate.credential)["credentialStatus"]["statusListCredential"]))


def test_a_badge_of_before_goes_on_and_can_still_be_revoked(certificate, move):
    move(NEW, SITE)
    assert holds(certificate.credential)
    annul_certificate(certificate, reason="Copió", by=make_trainer(), now=ISSUED)
    assert not holds(certificate.credential)


def test_new_ones_name_the_new_address_and_have_lists_of_their_own(certificate, move):
    move(NEW, SITE)
    newer = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    assert [one.issuer for one in (certificate, newer)] == ["did:web:trato.example", "did:web:curso.example"]
    assert [(one.status_list.site, one.status_list.issuer) for one in (certificate, newer)] == [
        (SITE, "did:web:trato.example"),
        (NEW, "did:web:curso.example"),
    ]
    assert holds(newer.credential)
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
def test_what_is_an_address(text, good):
    assert is_address(text) is good


def test_a_list_is_signed_as_who_began_it(certificate, move):
    move(NEW, SITE)
    document = list_of(certificate)
    assert (document["id"], document["issuer"]) == (
        f"{SITE}/v/estados/{certificate.status_list_id}/",
        "did:web:trato.example",
    )
    assert document["proof"]["verificationMethod"].startswith("did:web:trato.example#")


def test_the_keys_are_named_for_every_address_with_https(key, move):
    move(NEW, SITE, PLAIN, "https://viejo.example:8443")
    document = document_of_keys()
    issuers = ["did:web:curso.example", "did:web:trato.example", "did:web:viejo.example%3A8443"]
    assert document["id"] == issuers[0]
    methods = [f"{issuer}#{issuer_key().multibase}" for issuer in issuers]
    assert document["assertionMethod"] == methods


def test_the_badge_of_an_address_that_is_not_listed_does_not_verify(certificate, move):
    move(NEW)
    with pytest.raises(OB3VerificationError):
        verify(certificate.credential, download=lambda address: json.dumps(document_of_keys()).encode())


def test_a_correction_is_of_the_day(certificate, move):
    move(NEW, SITE)
    right = correct_certificate(
        certificate, printed_name="Ana Lucia Coj de la Cruz", by=make_trainer(), reason="Tilde", now=ISSUED
    )
    assert right.issuer == "did:web:curso.example"
    assert [holds(one.credential) for one in (certificate, right)] == [False, True]


def plainly_issued(move, code="ANA234", **fields):
    """Issue a certificate at an address without HTTPS, where the key is the issuer."""
    move(PLAIN)
    return issue(make_graduate(code, **fields), now=ISSUED)


def test_without_https_a_list_is_signed_by_the_key_that_is_its_issuer(key, move):
    make_small_course()
    first = plainly_issued(move)
    second = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    for certificate in (first, second):
        document = list_of(certificate)
        assert certificate.issuer.startswith("did:key:z6Mk")
        assert document["issuer"] == certificate.issuer
        assert document["proof"]["verificationMethod"].partition("#")[0] == certificate.issuer
        assert holds(certificate.credential)
    annul_certificate(first, reason="Copió", by=make_trainer(), now=ISSUED)
    assert [holds(one.credential) for one in (first, second)] == [False, True]


def test_with_https_what_was_issued_without_it_goes_on(key, move):
    make_small_course()
    plain = plainly_issued(move)
    move(NEW, PLAIN)
    newer = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    assert [holds(one.credential) for one in (plain, newer)] == [True, True]
    annul_certificate(plain, reason="Copió", by=make_trainer(), now=ISSUED)
    assert not holds(plain.credential)


def test_a_key_that_was_taken_away_signs_no_list_any_more(key, move):
    make_small_course()
    plain = plainly_issued(move)
    key.unlink()
    response = Client().get(f"/v/estados/{plain.status_list_id}/")
    assert (response.status_code, response["Retry-After"]) == (503, "3600")
    assert signed_list(plain.status_list, now=ISSUED) == ""


def test_the_credentials_of_nobody_elses_address_are_refused(certificate, move):
    """Whoever buys the old name has none of our keys."""
    move(NEW, SITE)
    stranger = document_of_keys() | {"verificationMethod": [], "assertionMethod": []}
    with pytest.raises(OB3VerificationError, match="no verificationMethod"):
        verify(certificate.credential, download=lambda address: json.dumps(stranger).encode())


def test_a_list_is_taken_up_only_where_and_as_whom_it_was_begun(key, move):
    taken = take_place("did:web:trato.example")[0]
    assert take_place("did:web:trato.example")[0] == taken
    assert take_place("did:key:z6Mk")[0] != taken
    move(NEW)
    assert take_place("did:web:trato.example")[0] != taken
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
def test_an_address_has_one_form(written, form):
    assert in_one_form(written) == form
    assert in_one_form(form) == form


@pytest.mark.parametrize(
    ("then", "today"),
    [("https://Curso.Salud.gt", "https://curso.salud.gt"), ("https://Año.example", "https://xn--ao-zja.example")],
)
def test_what_was_issued_under_another_spelling_goes_on(key, move, then, today):
    make_small_course()
    move(then)
    issued, annulled = (issue(make_graduate(code), now=ISSUED) for code in ("ANA234", "BER234"))
    assert issued.printed["verify_url"].startswith(f"{then}/v/")
    pdf, credential = bytes(issued.pdf), issued.credential
    move(today)
    newer = issue(make_graduate("CAR234", first_name="Carla"), now=ISSUED)
    annul_certificate(annulled, reason="Copió", by=make_trainer(), now=ISSUED)
    stored = Certificate.objects.get(pk=issued.pk)
    assert (bytes(stored.pdf), stored.credential) == (pdf, credential)
    answered = {}

    def download(address):
        """Ask as other software does, under the name that a browser would ask for."""
        content = fetch(in_one_form(address.partition("/v/")[0].partition("/.well")[0]) + urlsplit(address).path)
        answered[address] = json.loads(content)
        return content

    for one, held in ((stored, True), (annulled, False), (newer, True)):
        verify(one.credential, download=download)
        place = json.loads(one.credential)["credentialStatus"]
        listed = download(place["statusListCredential"])
        method = json.loads(listed)["proof"]["verificationMethod"]
        verify_data_integrity_proof(json.loads(listed), resolve_verification_method(method, download=download))
        # Whoever compares finds the list under the name and of the issuer that the credential says.
        assert answered[place["statusListCredential"]]["id"] == place["statusListCredential"]
        assert answered[place["statusListCredential"]]["issuer"] == one.issuer
        assert (int(place["statusListIndex"]) not in revoked_in(listed.decode())) is held
    tallies = [(tally, found) for tally, _certificate, found in recheck_all()]
    assert ([found for _tally, found in tallies], tallies[-1][0].at_lost) == ([[]] * 3, {})


def test_a_site_url_that_is_no_address_is_said(move):
    for wrong in ("https://trato.example/curso", "trato.example", ""):
        move(wrong)
        (error,) = site_url_is_an_address(None)
        assert (error.id, f"“{wrong}”" in error.msg) == ("course.E006", True)
    move(SITE)
    assert site_url_is_an_address(None) == []
