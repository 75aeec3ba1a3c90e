"""What is fetched of a credential: JSON, baked PNG and SVG, and the document with our public keys."""

import json
from io import BytesIO
from xml.etree import ElementTree

import pytest
from openbadgeslib import baking
from PIL import Image

from certificates.badges.baking import SIDE, badge_png, badge_svg
from certificates.badges.identity import did_document
from certificates.badges.keys import issuer_key
from certificates.issuing.annulling import annul_certificate
from certificates.wording.serials import grouped
from modules.weave import COLOURS
from tests.factories import make_learner

from .factories import issue, make_graduate, make_small_course
from .signing import ISSUED, SITE, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(key):
    make_small_course()
    return issue(make_graduate(), now=ISSUED)


@pytest.mark.parametrize(
    ("name", "media_type", "file_name"),
    [
        ("credencial.json", "application/vc", "credencial-trato-digno-{}.json"),
        ("insignia.png", "image/png", "insignia-trato-digno-{}.png"),
        ("insignia.svg", "image/svg+xml", "insignia-trato-digno-{}.svg"),
    ],
)
def test_anyone_with_the_code_fetches_the_files(client, certificate, name, media_type, file_name):
    response = client.get(f"/v/{certificate.serial}/{name}")
    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    expected = file_name.format(grouped(certificate.serial))
    assert response["Content-Disposition"] == f'attachment; filename="{expected}"'
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-store"
    assert client.head(f"/v/{certificate.serial}/{name}").status_code == 200
    assert client.get(f"/v/{grouped(certificate.serial).lower()}/{name}").content == response.content


def test_the_json_is_what_was_issued_and_other_sites_may_read_it(client, certificate):
    response = client.get(f"/v/{certificate.serial}/credencial.json")
    assert response.content.decode() == certificate.credential
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_baked_png_is_a_picture_with_the_credential_in_it(client, certificate):
    content = client.get(f"/v/{certificate.serial}/insignia.png").content
    taken_out = baking.extract_png(content, keyword=b"openbadgecredential")
    assert taken_out == certificate.credential
    verify(taken_out)
    picture = Image.open(BytesIO(content))
    picture.load()
    assert picture.size == (SIDE * 12, SIDE * 12)


def test_the_baked_svg_is_a_picture_with_the_credential_in_it(client, certificate):
    content = client.get(f"/v/{certificate.serial}/insignia.svg").content
    root = ElementTree.fromstring(content)
    (element,) = root.findall("{https://purl.imsglobal.org/ob/v3p0}credential")
    assert element.text == certificate.credential
    verify(element.text)
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Insignia del curso"


def test_the_picture_is_the_same_as_svg_and_as_png():
    picture = Image.open(BytesIO(badge_png())).convert("RGB")
    colours = {f"#{red:02X}{green:02X}{blue:02X}" for _count, (red, green, blue) in picture.getcolors()}
    assert colours == {"#FFFDF7", *COLOURS.values()}
    root = ElementTree.fromstring(badge_svg())
    painted = {path.get("fill"): path.get("d") for path in root.findall("{http://www.w3.org/2000/svg}path")}
    assert set(painted) == set(COLOURS.values())
    # The first cell that a path begins with has its colour in the PNG too.
    for colour, d in painted.items():
        x, y = (int(number) for number in d[1 : d.index("h")].split())
        assert "#{:02X}{:02X}{:02X}".format(*picture.getpixel((x * 12 + 6, y * 12 + 6))) == colour


def test_the_picture_that_every_credential_names_is_there(client, certificate):
    address = json.loads(certificate.credential)["credentialSubject"]["achievement"]["image"]["id"]
    response = client.get(address.removeprefix(SITE))
    assert response.content == badge_png()
    assert response["Cache-Control"] == "public, max-age=86400"
    assert baking.extract_png(response.content, keyword=b"openbadgecredential") is None


def test_the_picture_of_the_issuer_that_every_credential_names_is_there(client, certificate):
    address = json.loads(certificate.credential)["issuer"]["image"]["id"]
    response = client.get(address.removeprefix(SITE))
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "image/png",
        "public, max-age=86400",
    )
    picture = Image.open(BytesIO(response.content))
    picture.load()
    assert picture.size == (32 * 12, 32 * 12)
    assert response.content != badge_png()


@pytest.mark.parametrize("name", ["credencial.json", "insignia.png", "insignia.svg"])
def test_a_certificate_without_a_credential_has_no_such_files(client, name):
    make_small_course()
    issued = issue(make_graduate())
    assert client.get(f"/v/{issued.serial}/{name}").status_code == 404


def test_codes_are_not_guessed_here_either(client, certificate, monkeypatch):
    monkeypatch.setattr("certificates.verifying.verification.UNKNOWN_PER_MINUTE", 3)
    tried = [client.get(f"/v/{unknown:013}/credencial.json").status_code for unknown in range(4)]
    assert tried == [404, 404, 404, 429]
    assert client.get(f"/v/{certificate.serial}/credencial.json").status_code == 200


def test_the_did_document_holds_the_key_that_signs(client, certificate):
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


def test_a_port_is_part_of_the_name(key, settings):
    settings.SITE_URL = "https://trato.example:8443"
    assert did_document()["id"] == "did:web:trato.example%3A8443"


def test_without_a_key_there_is_no_did_document(client):
    assert client.get("/.well-known/did.json").status_code == 404


ADDRESSES = ("credencial.json", "insignia.png", "insignia.svg")


def test_the_person_and_whoever_verifies_find_the_files(client, certificate):
    client.force_login(certificate.learner)
    for page in ("/es/certificado/", f"/v/{certificate.serial}/"):
        content = client.get(page).content.decode()
        for name in ADDRESSES:
            assert f'href="/v/{certificate.serial}/{name}" download' in content
    client.logout()
    assert f"/v/{certificate.serial}/credencial.json" in client.get(f"/v/{certificate.serial}/").content.decode()


def test_nobody_is_offered_files_that_are_not_there(client):
    make_small_course()
    issued = issue(make_graduate())
    client.force_login(issued.learner)
    for page in ("/es/certificado/", f"/v/{issued.serial}/"):
        content = client.get(page).content.decode()
        assert [name for name in ADDRESSES if f"{issued.serial}/{name}" in content] == []


def test_an_annulled_certificate_is_no_badge_to_show(client, certificate):
    annul_certificate(certificate, reason="Copió", by=make_learner("TRA234"), now=ISSUED)
    client.force_login(certificate.learner)
    assert "insignia" not in client.get("/es/certificado/").content.decode()
    assert client.get(f"/v/{certificate.serial}/credencial.json").status_code == 200
