"""The credential of a certificate: what it says, what it keeps to itself, and that nothing in it can be changed."""

import copy
import hashlib
import json
import socket

import pytest
from django.core.exceptions import ValidationError
from openbadgeslib.ob3 import OB3VerificationError

from certificates.badges.credentials import give_credential, sign_credential
from certificates.badges.keys import issuer_key, make_key
from certificates.issuing.correcting import correct_certificate
from certificates.models import Certificate
from certificates.verifying.verification import printed_rows
from tests.factories import make_learner

from .factories import CLINIC, in_english, issue, make_design, make_graduate, make_small_course
from .signing import ISSUED, SITE, fetch, subject_of, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(key):
    make_small_course()
    make_design(validity_months=240)
    return issue(make_graduate(email="ana@ejemplo.gt"), now=ISSUED)


def test_others_verify_it_by_the_key_that_the_site_publishes(certificate):
    verified = verify(certificate.credential)
    assert verified.id == f"{SITE}/v/{certificate.serial}/"
    assert verified.issuer.id == "did:web:trato.example"


def test_it_is_an_open_badge_with_what_the_paper_says_of_the_course(certificate):
    document = json.loads(certificate.credential)
    (proof,) = document.pop("proof")
    assert document == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": certificate.printed["verify_url"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Trato digno",
        "issuer": {
            "id": "did:web:trato.example",
            "type": ["Profile"],
            "name": "Dirección de Área de Salud",
            "url": f"{SITE}/",
            "image": {"id": f"{SITE}/v/emisor.png", "type": "Image"},
        },
        "awardedDate": "2025-03-14T18:30:05Z",
        "validFrom": "2025-03-14T18:30:05Z",
        # The last second of the day here, six hours behind.
        "validUntil": "2045-03-15T05:59:59Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": subject_of(certificate)["identifier"],
            "creditsEarned": 2,
            "achievement": {
                "id": subject_of(certificate)["achievement"]["id"],
                "type": ["Achievement"],
                "achievementType": "CertificateOfCompletion",
                "name": "Trato digno",
                "description": "Constancia de finalización: terminó el curso «Trato digno» sobre el buen trato.",
                "criteria": {
                    "narrative": "Leer todas las lecciones y aprobar el cuestionario de cada módulo: "
                    "un módulo, dos horas de estudio."
                },
                "image": {"id": f"{SITE}/v/insignia.png", "type": "Image"},
            },
        },
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
        "credentialStatus": {
            "id": f"{SITE}/v/estados/{certificate.status_list_id}/#{certificate.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(certificate.status_index),
            "statusListCredential": f"{SITE}/v/estados/{certificate.status_list_id}/",
        },
    }
    assert (proof["cryptosuite"], proof["created"]) == ("eddsa-rdfc-2022", "2025-03-14T18:30:05Z")


def test_the_person_stands_in_it_only_as_a_digest_that_the_holder_can_check(certificate):
    (identity,) = subject_of(certificate)["identifier"]
    salted = certificate.printed["name"] + identity["salt"]
    assert identity["identityHash"] == "sha256$" + hashlib.sha256(salted.encode()).hexdigest()
    assert (identity["identityType"], identity["hashed"], len(identity["salt"])) == ("name", True, 32)


def test_it_names_neither_the_person_nor_where_they_work(certificate):
    person = certificate.learner
    # But for keys, places and the signature, whose letters are chance.
    document = json.loads(certificate.credential)
    del document["proof"], document["id"], document["issuer"]["id"], document["credentialStatus"]
    for one in document["credentialSubject"]["identifier"]:
        del one["salt"], one["identityHash"]
    said = json.dumps(document, ensure_ascii=False)
    for word in ["Ana", "Coj", "Cruz", person.username, person.email, "@ejemplo", "Recepción", "recepcion", CLINIC]:
        assert word not in said
    shown = " ".join(str(value) for row in printed_rows(certificate) for value in row.values)
    achievement = subject_of(certificate)["achievement"]
    for words in ("Trato digno", "Constancia de finalización", "terminó el curso", "sobre el buen trato", "un módulo"):
        assert words in shown
        assert words in achievement["description"] + achievement["criteria"]["narrative"]


def test_two_credentials_of_one_person_do_not_show_it(certificate):
    with in_english():
        other = correct_certificate(
            certificate, printed_name="Ana Lucia Coj de la Cruz", by=make_learner("TRA234"), reason="Tilde", now=ISSUED
        )
    back = copy.copy(other)
    back.printed = other.printed | {"name": certificate.printed["name"]}
    back.credential = sign_credential(back, issuer_key())
    one, two = (subject_of(c)["identifier"][0] for c in (certificate, back))
    assert one["salt"] != two["salt"]
    assert one["identityHash"] != two["identityHash"]
    assert subject_of(certificate)["achievement"]["id"] == subject_of(other)["achievement"]["id"]


def test_the_same_certificate_gives_the_same_credential(certificate):
    assert sign_credential(certificate, issuer_key()) == certificate.credential


def test_it_speaks_the_language_of_the_paper_whatever_the_page_speaks(key):
    make_small_course()
    make_design()
    with in_english():
        spanish = issue(make_graduate(), now=ISSUED, language="es")
    english = issue(make_graduate("BER234"), now=ISSUED, language="en")
    narratives = [subject_of(c)["achievement"]["criteria"]["narrative"] for c in (spanish, english)]
    assert [narrative.split()[0] for narrative in narratives] == ["Leer", "Read"]


def test_one_without_an_end_says_none(key):
    make_small_course()
    issued = issue(make_graduate(), now=ISSUED)
    assert "validUntil" not in json.loads(issued.credential)
    verify(issued.credential)


def test_nothing_is_asked_of_the_network(certificate, monkeypatch):
    def refuse(*arguments, **named):
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert sign_credential(certificate, issuer_key()) == certificate.credential


def places_in(value, path=()):
    """Yield the path to every text in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        if isinstance(inner, str):
            yield *path, step
        yield from places_in(inner, (*path, step))


def changed(document, path):
    """Return a copy with the text at `path` changed so that it is still of its kind: a date, a number, an address."""
    forged = copy.deepcopy(document)
    *way, last = path
    place = forged
    for step in way:
        place = place[step]
    text = place[last]
    digits = [position for position, character in enumerate(text) if character in "1234"]
    if digits:
        position = digits[-1]
        place[last] = text[:position] + str(int(text[position]) + 1) + text[position + 1 :]
    else:
        place[last] = text[:-1] + ("a" if text[-1] != "a" else "b")
    return forged


def test_no_text_in_it_can_be_changed(certificate):
    document = json.loads(certificate.credential)
    paths = list(places_in(document))
    assert len(paths) > 30
    unnoticed = []
    for path in paths:
        try:
            verify(json.dumps(changed(document, path)))
        except (OB3VerificationError, AssertionError):
            continue
        unnoticed.append(path)
    assert unnoticed == []


@pytest.mark.parametrize("gone", ["validUntil", "credentialStatus", "credentialSchema", "proof", "id", "name"])
def test_nothing_can_be_taken_out_of_it(certificate, gone):
    document = json.loads(certificate.credential)
    del document[gone]
    with pytest.raises(OB3VerificationError):
        verify(json.dumps(document))


def test_nothing_can_be_put_into_it(certificate):
    document = json.loads(certificate.credential)
    for forged in (
        document | {"evidence": [{"type": ["Evidence"], "name": "Otra cosa"}]},
        document | {"description": "Otra cosa"},
        document | {"credentialSubject": document["credentialSubject"] | {"id": "did:example:other"}},
    ):
        with pytest.raises(OB3VerificationError):
            verify(json.dumps(forged))


def test_another_key_in_its_place_verifies_nothing_of_before(certificate, key):
    key.unlink()
    make_key()
    with pytest.raises(OB3VerificationError, match="no verificationMethod"):
        verify(certificate.credential)


def test_while_the_key_cannot_be_used_nothing_is_issued(key):
    key.write_bytes(b"nothing")
    make_small_course()
    with pytest.raises(ValidationError, match="La llave de este sitio no se puede usar ahora"):
        issue(make_graduate())
    assert not Certificate.objects.exists()


def test_without_a_key_the_certificate_is_issued_without_a_credential():
    make_small_course()
    issued = issue(make_graduate())
    assert (issued.credential, issued.status_list, issued.status_index) == ("", None, None)
    assert bytes(issued.pdf).startswith(b"%PDF")


def test_on_one_computer_the_key_itself_is_the_issuer(certificate, settings):
    settings.SITE_URL = "http://localhost:8000"
    give_credential(certificate, issuer_key())
    document = json.loads(certificate.credential)
    assert document["issuer"]["id"].startswith("did:key:z6Mk")
    assert document["proof"][0]["verificationMethod"].partition("#")[0] == document["issuer"]["id"]
    verify(certificate.credential)
    own = json.loads(fetch(f"{SITE}/.well-known/did.json"))
    assert own["id"] == document["issuer"]["id"]
    assert own["assertionMethod"] == [document["proof"][0]["verificationMethod"]]
