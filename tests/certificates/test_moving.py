"""The site moves: what was issued at an address goes on being answered for there, and signed as it was."""

import json
from urllib.parse import urlsplit

import pytest
from django.test import Client
from openbadgeslib.ob3 import OB3VerificationError, resolve_verification_method, verify_data_integrity_proof

from certificates.badges.addresses import is_address, is_former, known_sites, site_asked, unknown_addresses
from certificates.badges.identity import did_document
from certificates.badges.keys import issuer_key
from certificates.badges.spelling import in_one_form
from certificates.badges.status_lists import signed_list, take_place
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.rechecking import recheck_all
from certificates.models import Certificate, StatusList
from course.checks import every_address_of_before_is_named, former_addresses_are_addresses, site_url_is_an_address
from course.health.addresses import addresses_are_known
from course.health.facts import State
from tests.factories import make_trainer

from .factories import issue, make_graduate, make_small_course
from .signing import ISSUED, SITE, holds, revoked_in, verify

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


def ask(address, **fields):
    parts = urlsplit(address)
    return Client(SERVER_NAME=parts.hostname).get(
        address.removeprefix(f"{parts.scheme}://{parts.netloc}"), headers={"Host": parts.netloc}, **fields
    )


def document_of(site):
    return json.loads(ask(f"{site}/.well-known/did.json").content)


def list_of(certificate):
    return json.loads(ask(json.loads(certificate.credential)["credentialStatus"]["statusListCredential"]).content)


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


def test_a_list_is_signed_as_who_began_it_whoever_asks(certificate, move):
    move(NEW, SITE)
    address = f"/v/estados/{certificate.status_list_id}/"
    for host in (SITE, NEW, "https://otra.example"):
        document = json.loads(ask(host + address).content)
        assert (document["id"], document["issuer"]) == (SITE + address, "did:web:trato.example")
        assert document["proof"]["verificationMethod"].startswith("did:web:trato.example#")


def test_each_address_has_the_document_of_its_own_name_with_the_key(certificate, move):
    move(NEW, SITE, "https://viejo.example:8443")
    for site, did in [
        (SITE, "did:web:trato.example"),
        (NEW, "did:web:curso.example"),
        ("https://viejo.example:8443", "did:web:viejo.example%3A8443"),
        # Nobody's: as the present one.
        ("https://otra.example", "did:web:curso.example"),
        ("https://viejo.example", "did:web:curso.example"),
    ]:
        document = document_of(site)
        assert (document["id"], document["assertionMethod"]) == (did, [f"{did}#{issuer_key().multibase}"])


@pytest.mark.parametrize("method", ["get", "head"])
def test_an_old_qr_leads_home_and_no_cookie_lives_at_two_addresses(certificate, move, method):
    move(NEW, SITE)
    old = Client(SERVER_NAME="trato.example", headers={"Host": "trato.example"})
    for path in (f"/v/{certificate.serial}/", "/", "/es/certificado/?a=%C3%B1&b=1", "/static/x.css"):
        response = getattr(old, method)(path)
        assert (response.status_code, response["Location"]) == (301, NEW + path)
        assert response["Cache-Control"] == "public, max-age=86400"
        assert not response.cookies


def test_what_a_credential_names_is_answered_there_without_leading_on(certificate, move):
    move(NEW, SITE)
    code = certificate.serial
    for path in (
        "/.well-known/did.json",
        f"/v/estados/{certificate.status_list_id}/",
        "/v/insignia.png",
        "/v/emisor.png",
        f"/v/{code}/credencial.json",
        f"/v/{code}/insignia.png",
        f"/v/{code}/insignia.svg",
    ):
        assert ask(SITE + path).status_code == 200, path
        assert not ask(SITE + path).cookies


def test_a_post_of_a_page_that_was_open_there_is_taken(certificate, move):
    move(NEW, SITE)
    response = Client(headers={"Host": "trato.example"}).post("/v/", {"code": certificate.serial})
    assert (response.status_code, response["Location"]) == (302, f"/v/{certificate.serial}/")


def test_at_the_present_address_and_at_one_that_is_nobodys_all_is_as_it_was(certificate, move):
    move(NEW, SITE)
    for host in (NEW, "https://otra.example"):
        assert ask(f"{host}/v/{certificate.serial}/").status_code == 200


def test_a_host_that_is_refused_is_refused(certificate, move, settings):
    move(NEW, SITE)
    settings.ALLOWED_HOSTS = ["curso.example"]
    for host in ("http://mala.example", "http://mala_.example"):
        assert ask(f"{host}/v/").status_code == 400


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("trato.example", SITE),
        ("TRATO.example", SITE),
        ("trato.example:443", SITE),
        ("trato.example:80", NEW),
        ("curso.example", NEW),
        ("192.168.1.10:8000", PLAIN),
        ("192.168.1.10", NEW),
        ("xtrato.example", NEW),
    ],
)
def test_which_address_is_asked(move, host, site):
    move(NEW, SITE, PLAIN)
    assert site_asked(host) == site
    assert is_former(host) is (site != NEW)


def test_a_host_that_had_no_https_at_first_is_the_present_one(move):
    move(SITE, "http://trato.example")
    assert known_sites() == [SITE, "http://trato.example"]
    assert (site_asked("trato.example"), is_former("trato.example")) == (SITE, False)
    move(NEW, "http://trato.example", SITE)
    assert site_asked("trato.example") == SITE


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


def test_a_list_of_a_site_that_had_moved_before_lists_knew_it_is_signed_for_either(certificate, move):
    """Before, a list went on at the next address: credentials of both name it."""
    move(NEW, SITE)
    newer = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    status_list = certificate.status_list
    StatusList.objects.filter(pk=status_list.pk).update(site=NEW, issuer="did:web:curso.example")
    address = f"/v/estados/{status_list.pk}/"
    assert newer.status_list != status_list
    for site, did in ((SITE, "did:web:trato.example"), (NEW, "did:web:curso.example")):
        document = json.loads(ask(site + address).content)
        assert (document["id"], document["issuer"]) == (site + address, did)
    assert holds(certificate.credential)


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
    assert document_of(PLAIN)["id"].startswith("did:key:")
    annul_certificate(plain, reason="Copió", by=make_trainer(), now=ISSUED)
    assert not holds(plain.credential)


def test_a_key_that_was_taken_away_signs_no_list_any_more(key, move):
    make_small_course()
    plain = plainly_issued(move)
    key.unlink()
    response = ask(json.loads(plain.credential)["credentialStatus"]["statusListCredential"])
    assert (response.status_code, response["Retry-After"]) == (503, "3600")
    assert signed_list(plain.status_list, now=ISSUED) == ""


def test_the_credentials_of_nobody_elses_address_are_refused(certificate, move):
    """Whoever buys the old name has none of our keys."""
    move(NEW, SITE)
    stranger = did_document(SITE) | {"verificationMethod": [], "assertionMethod": []}
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


def test_what_names_an_address_that_is_named_nowhere_is_told(certificate, move):
    issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    move(NEW, SITE)
    assert (unknown_addresses(), addresses_are_known().state) == ({}, State.GOOD)
    assert every_address_of_before_is_named(None) == []
    move(NEW)
    # Two certificates and their list.
    assert unknown_addresses() == {SITE: 3}
    fact = addresses_are_known()
    assert (fact.state, SITE in str(fact.said)) == (State.WARNING, True)
    (found,) = every_address_of_before_is_named(None)
    assert (found.id, found.msg) == (
        "course.W004",
        f"3 certificates or lists of the revoked name {SITE}, which is neither SITE_URL nor a former address.",
    )


def test_one_that_had_https_and_is_named_without_it_is_an_error(certificate, move):
    move(NEW, "http://trato.example")
    (found,) = every_address_of_before_is_named(None)
    assert (
        found.id,
        found.msg.endswith("FORMER_SITE_URLS names http://trato.example: it was https://trato.example."),
    ) == (
        "course.E005",
        True,
    )


def test_one_without_a_credential_names_an_address_too(move):
    make_small_course()
    move(PLAIN)
    issue(make_graduate(), now=ISSUED)
    move(NEW)
    assert unknown_addresses() == {PLAIN: 1}


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
        response = ask(in_one_form(address.partition("/v/")[0].partition("/.well")[0]) + urlsplit(address).path)
        answered[address] = json.loads(response.content)
        return response.content

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
    assert unknown_addresses() == {}
    tallies = [(tally, found) for tally, _certificate, found in recheck_all()]
    assert ([found for _tally, found in tallies], tallies[-1][0].at_lost) == ([[]] * 3, {})
    move("https://otra.example")
    # With both lists.
    assert unknown_addresses() == {today: 5}


def test_a_site_url_that_is_no_address_is_said(move):
    for wrong in ("https://trato.example/curso", "trato.example", ""):
        move(wrong)
        (error,) = site_url_is_an_address(None)
        assert (error.id, f"“{wrong}”" in error.msg) == ("course.E006", True)
    move(SITE)
    assert site_url_is_an_address(None) == []


def test_what_is_no_address_is_an_error_that_repeats_it(move):
    move(NEW, SITE, "trato.example", "https://trato.example/curso")
    found = former_addresses_are_addresses(None)
    assert [error.id for error in found] == ["course.E004"] * 2
    assert ["“trato.example”" in found[0].msg, "“https://trato.example/curso”" in found[1].msg] == [True, True]
    move(NEW, SITE)
    assert former_addresses_are_addresses(None) == []


def test_plain_http_is_answered_only_where_the_old_address_had_no_https(certificate, move, settings):
    move(NEW, SITE, PLAIN)
    # As production has it where an old address had no HTTPS.
    settings.SECURE_SSL_REDIRECT, settings.SECURE_REDIRECT_EXEMPT = True, [r"^\.well-known/did\.json$", r"^v/.*\.json$"]
    for path in ("/.well-known/did.json", f"/v/{certificate.serial}/credencial.json"):
        assert ask(PLAIN + path).status_code == 200
        for host in (SITE, NEW):
            answer = ask(host + path)
            assert (answer.status_code, answer["Location"]) == (301, host + path)
    answer = ask(f"{PLAIN}/v/{certificate.serial}/")
    assert (answer.status_code, answer["Location"].startswith("https://")) == (301, True)
