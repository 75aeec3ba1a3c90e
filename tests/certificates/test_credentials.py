import copy
import hashlib
import json
import socket
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from openbadgeslib import baking
from openbadgeslib.ob3 import OB3VerificationError
from PIL import Image

from certificates.badges.credentials import SIDE, badge_png, badge_svg, set_credential, sign_credential
from certificates.badges.keys import issuer_key, make_key
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.models import Certificate
from certificates.text.codes import format_serial
from certificates.verifying.verification import printed_rows
from modules.weave import COLOURS
from tests.factories import make_trainer

from .factories import CLINIC, issue, make_design, make_graduate
from .signing import ISSUED, SITE, fetch, subject_of, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(key, course):
    make_design(validity_months=240)
    return issue(make_graduate(email="ana@ejemplo.gt"), now=ISSUED)


def test_credential_verifies_with_published_key(certificate):
    verified = verify(certificate.credential)
    assert verified.id == f"{SITE}/v/{certificate.serial}/"
    assert verified.issuer.id == "did:web:trato.example"


def test_credential_describes_the_course_as_printed(certificate):
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


def test_credential_has_only_a_salted_digest_of_the_name(certificate):
    (identity,) = subject_of(certificate)["identifier"]
    salted = certificate.printed["name"] + identity["salt"]
    assert identity["identityHash"] == "sha256$" + hashlib.sha256(salted.encode()).hexdigest()
    assert (identity["identityType"], identity["hashed"], len(identity["salt"])) == ("name", True, 32)


def test_credential_without_name_has_no_personal_data(certificate):
    person = certificate.learner
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


def test_two_credentials_of_one_person_cannot_be_linked(certificate, trainer):
    with translation.override("en"):
        other = correct_certificate(
            certificate, printed_name="Ana Lucia Coj de la Cruz", by=trainer, reason="Tilde", now=ISSUED
        )
    back = copy.copy(other)
    back.printed = other.printed | {"name": certificate.printed["name"]}
    back.credential = sign_credential(back, issuer_key())
    one, two = (subject_of(c)["identifier"][0] for c in (certificate, back))
    assert one["salt"] != two["salt"]
    assert one["identityHash"] != two["identityHash"]
    assert subject_of(certificate)["achievement"]["id"] == subject_of(other)["achievement"]["id"]


def test_credential_is_in_the_certificate_language(key, course):
    make_design()
    with translation.override("en"):
        spanish = issue(make_graduate(), now=ISSUED, language="es")
    english = issue(make_graduate("BER234"), now=ISSUED, language="en")
    narratives = [subject_of(c)["achievement"]["criteria"]["narrative"] for c in (spanish, english)]
    assert [narrative.split()[0] for narrative in narratives] == ["Leer", "Read"]


def test_unlimited_credential_has_no_valid_until(key, ana):
    issued = issue(ana, now=ISSUED)
    assert "validUntil" not in json.loads(issued.credential)
    verify(issued.credential)


def test_issuing_credential_uses_no_network(certificate, monkeypatch):
    def refuse(*arguments, **named):
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert sign_credential(certificate, issuer_key()) == certificate.credential


def places_in(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        if isinstance(inner, str):
            yield *path, step
        yield from places_in(inner, (*path, step))


def changed(document, path):
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


def test_changed_text_breaks_the_signature(certificate):
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
def test_removed_field_breaks_the_signature(certificate, gone):
    document = json.loads(certificate.credential)
    del document[gone]
    with pytest.raises(OB3VerificationError):
        verify(json.dumps(document))


def test_added_field_breaks_the_signature(certificate):
    document = json.loads(certificate.credential)
    for forged in (
        document | {"evidence": [{"type": ["Evidence"], "name": "Otra cosa"}]},
        document | {"description": "Otra cosa"},
        document | {"credentialSubject": document["credentialSubject"] | {"id": "did:example:other"}},
    ):
        with pytest.raises(OB3VerificationError):
            verify(json.dumps(forged))


def test_new_key_verifies_no_old_credential(certificate, key):
    key.unlink()
    make_key()
    with pytest.raises(OB3VerificationError, match="no verificationMethod"):
        verify(certificate.credential)


def test_unusable_key_stops_issuing(key, ana):
    key.write_bytes(b"nothing")
    with pytest.raises(ValidationError, match="La llave de este sitio no se puede usar ahora"):
        issue(ana)
    assert not Certificate.objects.exists()


def test_without_key_no_credential_is_issued(ana):
    issued = issue(ana)
    assert (issued.credential, issued.status_list, issued.status_index) == ("", None, None)
    assert bytes(issued.pdf).startswith(b"%PDF")


def test_issuer_is_did_key_without_https(certificate, settings):
    settings.SITE_URL = "http://localhost:8000"
    set_credential(certificate, issuer_key())
    document = json.loads(certificate.credential)
    assert document["issuer"]["id"].startswith("did:key:z6Mk")
    assert document["proof"][0]["verificationMethod"].partition("#")[0] == document["issuer"]["id"]
    verify(certificate.credential)
    own = json.loads(fetch(f"{SITE}/.well-known/did.json"))
    assert own["id"] == document["issuer"]["id"]
    assert own["assertionMethod"] == [document["proof"][0]["verificationMethod"]]


NAME = "Ana Lucía Coj de la Cruz"
IN_CLEAR = [{"type": "IdentityObject", "hashed": False, "identityHash": NAME, "identityType": "name"}]
LINK_NAMES = "quien abra el enlace que la insignia lleva adentro lo ve ahí, con su puesto y su centro de salud."


def test_learner_may_include_the_name(key, ana):
    issued = issue(ana, now=ISSUED, names_holder=True)
    subject = subject_of(issued)
    assert (subject["identifier"], subject["name"], issued.names_holder) == (IN_CLEAR, NAME, True)
    verify(issued.credential)


def test_credential_has_no_name_by_default(certificate):
    assert certificate.names_holder is False
    assert certificate.printed["name"] not in certificate.credential


def test_only_the_learner_includes_the_name(key, ana, trainer):
    with pytest.raises(ValidationError, match="solo lo decide la persona"):
        issue(ana, by=trainer, now=ISSUED, names_holder=True)
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("names", [True, False])
def test_correction_keeps_the_choice_about_the_name(key, ana, trainer, names):
    issued = issue(ana, now=ISSUED, names_holder=names)
    right = correct_certificate(issued, printed_name="Ana Lucia Coj de la Cruz", by=trainer, reason="Tilde", now=ISSUED)
    assert right.names_holder is names
    assert ("Ana Lucia Coj de la Cruz" in right.credential) is names
    verify(right.credential)


@pytest.mark.parametrize("names", [True, False])
def test_page_says_that_the_badge_link_shows_the_name(client, key, ana, names):
    issued = issue(ana, now=ISSUED, names_holder=names)
    client.force_login(ana)
    assert client.get("/es/certificado/").text.count(LINK_NAMES) == (not names)
    assert client.get(json.loads(issued.credential)["id"].removeprefix("https://trato.example")).text.count(NAME) > 0


def test_checkbox_says_that_the_badge_link_shows_the_name(client, key, ana):
    client.force_login(ana)
    page = client.get("/es/certificado/").text
    sentence = "Sin marcar esta casilla, el archivo no dice su nombre; quien abra el enlace que lleva adentro sí lo ve"
    assert sentence in page


FILES = ("credencial.json", "insignia.png", "insignia.svg")


@pytest.mark.parametrize(
    ("name", "media_type", "file_name"),
    [
        ("credencial.json", "application/vc", "credencial-trato-digno-{}.json"),
        ("insignia.png", "image/png", "insignia-trato-digno-{}.png"),
        ("insignia.svg", "image/svg+xml", "insignia-trato-digno-{}.svg"),
    ],
)
def test_badge_files_are_public_by_code(client, certificate, name, media_type, file_name):
    response = client.get(f"/v/{certificate.serial}/{name}")
    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    expected = file_name.format(format_serial(certificate.serial))
    assert response["Content-Disposition"] == f'attachment; filename="{expected}"'
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-store"
    assert client.head(f"/v/{certificate.serial}/{name}").status_code == 200
    assert client.get(f"/v/{format_serial(certificate.serial).lower()}/{name}").content == response.content


def test_json_is_the_issued_credential_and_allows_cors(client, certificate):
    response = client.get(f"/v/{certificate.serial}/credencial.json")
    assert response.text == certificate.credential
    assert response["Access-Control-Allow-Origin"] == "*"


def test_baked_png_contains_the_credential(client, certificate):
    content = client.get(f"/v/{certificate.serial}/insignia.png").content
    taken_out = baking.extract_png(content, keyword=b"openbadgecredential")
    assert taken_out == certificate.credential
    verify(taken_out)
    picture = Image.open(BytesIO(content))
    picture.load()
    assert picture.size == (SIDE * 12, SIDE * 12)


def test_baked_svg_contains_the_credential(client, certificate):
    root = ElementTree.fromstring(client.get(f"/v/{certificate.serial}/insignia.svg").content)
    (element,) = root.findall("{https://purl.imsglobal.org/ob/v3p0}credential")
    assert element.text == certificate.credential
    verify(element.text)
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Insignia del curso"


def test_badge_svg_and_png_look_alike():
    picture = Image.open(BytesIO(badge_png())).convert("RGB")
    colours = {f"#{red:02X}{green:02X}{blue:02X}" for _count, (red, green, blue) in picture.getcolors()}
    assert colours == {"#FFFDF7", *COLOURS.values()}
    root = ElementTree.fromstring(badge_svg())
    painted = {path.get("fill"): path.get("d") for path in root.findall("{http://www.w3.org/2000/svg}path")}
    assert set(painted) == set(COLOURS.values())
    for colour, d in painted.items():
        x, y = (int(number) for number in d[1 : d.index("h")].split())
        assert "#{:02X}{:02X}{:02X}".format(*picture.getpixel((x * 12 + 6, y * 12 + 6))) == colour


def test_images_named_in_credentials_exist(client, certificate):
    document = json.loads(certificate.credential)
    badge = document["credentialSubject"]["achievement"]["image"]["id"]
    pictures = []
    for address, side in ((badge, SIDE), (document["issuer"]["image"]["id"], 32)):
        response = client.get(address.removeprefix(SITE))
        assert (response["Content-Type"], response["Cache-Control"]) == ("image/png", "public, max-age=86400")
        picture = Image.open(BytesIO(response.content))
        picture.load()
        assert picture.size == (side * 12, side * 12)
        pictures.append(response.content)
    assert pictures[0] == badge_png() != pictures[1]
    assert baking.extract_png(pictures[0], keyword=b"openbadgecredential") is None


def test_credential_urls_limit_guessing(client, certificate, monkeypatch):
    monkeypatch.setattr("certificates.verifying.verification.MAX_UNKNOWN_PER_MINUTE", 3)
    tried = [client.get(f"/v/{unknown:013}/credencial.json").status_code for unknown in range(4)]
    assert tried == [404, 404, 404, 429]
    assert client.get(f"/v/{certificate.serial}/credencial.json").status_code == 200


def test_did_document_contains_the_signing_key(client, certificate):
    multibase = issuer_key().multibase
    response = client.get("/.well-known/did.json")
    assert json.loads(response.content) == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": "did:web:trato.example",
        "verificationMethod": [
            {
                "id": f"did:web:trato.example#{multibase}",
                "type": "Multikey",
                "controller": "did:web:trato.example",
                "publicKeyMultibase": multibase,
            }
        ],
        "assertionMethod": [f"did:web:trato.example#{multibase}"],
    }
    assert response["Content-Type"] == "application/did+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_badge_files_are_linked_from_both_pages(client, certificate):
    client.force_login(certificate.learner)
    for address in ("/es/certificado/", f"/v/{certificate.serial}/"):
        page = client.get(address).text
        for name in FILES:
            assert f'href="/v/{certificate.serial}/{name}" download' in page


def test_without_key_no_badge_file_exists(client, ana):
    issued = issue(ana)
    client.force_login(ana)
    for address in (*(f"/v/{issued.serial}/{name}" for name in FILES), "/.well-known/did.json"):
        assert client.get(address).status_code == 404
    for address in ("/es/certificado/", f"/v/{issued.serial}/"):
        page = client.get(address).text
        assert [name for name in FILES if f"{issued.serial}/{name}" in page] == []
        assert 'id="badge"' not in page


def test_revoked_certificate_offers_no_badge(client, certificate):
    revoke_certificate(certificate, reason="Copió", by=make_trainer(), now=ISSUED)
    client.force_login(certificate.learner)
    assert "insignia" not in client.get("/es/certificado/").text
    assert client.get(f"/v/{certificate.serial}/credencial.json").status_code == 200
