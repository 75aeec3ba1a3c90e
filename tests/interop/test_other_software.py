import base64
import json
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from certificates.badges.credentials import sign_credential
from certificates.badges.issuer import did_document
from certificates.badges.keys import issuer_key, make_key
from certificates.badges.status_lists import signed_list
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from tests.certificates.conftest import key  # noqa: F401 - a fixture
from tests.certificates.factories import issue, make_design, make_graduate, make_small_course
from tests.certificates.signing import ISSUED, SITE
from tests.factories import make_learner

HERE = Path(__file__).parent
NEW, PLAIN = "https://curso.example", "http://192.168.1.10:8000"
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
pytestmark = [pytest.mark.django_db, pytest.mark.nightly]


def answers_for(*credentials, kept=None):
    addresses = set()
    for text in credentials:
        document = json.loads(text)
        issuer = document["issuer"]["id"]
        if issuer.startswith("did:web:"):
            addresses.add(f"https://{unquote(issuer.removeprefix('did:web:'))}/.well-known/did.json")
        addresses.add(document["credentialStatus"]["statusListCredential"])
    return {address: (kept or {}).get(address) or answer_at(address) for address in addresses}


def answer_at(address):
    parts = urlsplit(address)
    response = Client().get(parts.path)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return {"text": response.content.decode(), "type": response["Content-Type"]}


def ask(cases, answers):
    given = json.dumps({"documents": answers, "cases": cases}).encode()
    asked = [
        subprocess.Popen(["node", script], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for script in ("verify.mjs", "verify_second.mjs")
    ]
    for one in asked:
        one.stdin.write(given)
        one.stdin.close()
    first, second = (json.loads(one.stdout.read()) for one in asked)
    assert [one.wait() for one in asked] == [0, 0]
    found = {}
    for one, other in zip(first, second, strict=True):
        other["said"].get("log", []).sort(key=lambda entry: entry["id"])
        found[one["name"]] = one["verified"], one["why"], other["said"]
        print(f"{shown(one['verified'])} {shown(accepts(other['said']))}  {one['name']:52} {one['why'][:80]}")
    return found


def shown(is_accepted):
    return "verified" if is_accepted else "refused "


def said(*, revoked=False):
    return {
        "log": [
            {"id": "expiration", "valid": True},
            {"id": "registered_issuer", "valid": False, "matchingIssuers": [], "uncheckedRegistries": []},
            {"id": "revocation_status", "valid": not revoked},
            {"id": "valid_signature", "valid": True},
        ],
        "additionalInformation": [
            {
                "id": "schema_check",
                "results": [
                    {
                        "schema": SCHEMA,
                        "result": {"valid": True},
                        "source": "Schema was listed in the credentialSchema property of the VC",
                    }
                ],
            }
        ],
    }


GOOD, REVOKED = (True, "", said()), (False, "revoked", said(revoked=True))
UNSIGNED = {"errors": [{"name": "invalid_signature", "message": "The signature is not valid."}]}


def accepts(whole):
    checks = {entry["id"]: entry.get("valid", False) for entry in whole.get("log", [])}
    return bool(checks) and all(valid for name, valid in checks.items() if name != "registered_issuer")


def error_of_list(whole):
    return next(entry["error"]["name"] for entry in whole["log"] if entry["id"] == "revocation_status")


def case(name, credential):
    return {"name": name, "credential": credential}


def changed(credential, change):
    document = json.loads(credential)
    change(document)
    return json.dumps(document)


FORGERIES = {
    "another person's name": lambda d: d["credentialSubject"]["identifier"][0].update(
        identityHash="sha256$" + "0" * 64
    ),
    "a name that was put in": lambda d: d["credentialSubject"].update(name="Otra Persona"),
    "more hours": lambda d: d["credentialSubject"].update(creditsEarned=40),
    "another course": lambda d: d["credentialSubject"]["achievement"].update(name="Otro curso"),
    "another issuer's name": lambda d: d["issuer"].update(name="Otra institución"),
    "another picture of the issuer": lambda d: d["issuer"]["image"].update(id=f"{SITE}/otra.png"),
    "another code": lambda d: d.update(id=f"{SITE}/v/0000000000000/"),
    "an earlier day": lambda d: d.update(validFrom="2020-01-01T00:00:00Z"),
    "another day of award": lambda d: d.update(awardedDate="2020-01-01T00:00:00Z"),
    "a later end": lambda d: d.update(validUntil="2090-01-01T00:00:00Z"),
    "another place in the list": lambda d: d["credentialStatus"].update(statusListIndex="7"),
    "another moment of signing": lambda d: d["proof"][0].update(created="2020-01-01T00:00:00Z"),
}


@pytest.fixture
def course(libraries, key, settings):  # noqa: F811
    settings.ALLOWED_HOSTS = ["*"]
    make_small_course()
    return make_design(validity_months=240)


def test_other_verifiers_accept_ours_and_refuse_changed_or_revoked(course):
    trainer = make_learner("TRA234")
    good, revoked, corrected = (
        issue(make_graduate(code, first_name=name), now=ISSUED)
        for code, name in [("ANA234", "Ana"), ("BER234", "Berta"), ("CAR234", "Carla")]
    )
    revoke_certificate(revoked, reason="Copió", by=trainer, now=timezone.now())
    successor = correct_certificate(
        corrected, printed_name="Carla Coj de la Crus", by=trainer, reason="Una letra", now=timezone.now()
    )
    named = issue(make_graduate("FLO234", first_name="Flor"), now=ISSUED, names_holder=True)
    found = ask(
        [
            case("as it was issued", good.credential),
            case("took the place of another", successor.credential),
            case("names its holder", named.credential),
            case("revoked", revoked.credential),
            case("replaced", corrected.credential),
            *(case(name, changed(good.credential, change)) for name, change in FORGERIES.items()),
            case("a word that no context defines", changed(good.credential, lambda d: d.update(ranking="first"))),
        ],
        answers_for(good.credential),
    )
    # Either would refuse ours too, had it such a word.
    verified, why, whole = found.pop("a word that no context defines")
    assert (verified, why, accepts(whole)) == (False, "Safe mode validation error.", False)
    assert {error["name"] for error in whole["errors"]} == {"jsonld.ValidationError"}
    names = list(found)
    assert {name: found[name] for name in names[:3]} == dict.fromkeys(names[:3], GOOD)
    assert {name: found[name] for name in names[3:5]} == dict.fromkeys(names[3:5], REVOKED)
    assert {name: found[name] for name in names[5:]} == dict.fromkeys(
        FORGERIES, (False, "Invalid signature.", UNSIGNED)
    )


def test_fractional_hours_are_signed_interoperably(course):
    good, texts = issue(make_graduate(), now=ISSUED), {}
    for minutes in (30, 90, 130):
        good.printed["minutes"] = minutes
        texts[minutes] = sign_credential(good, issuer_key())
    hours = [json.loads(text)["credentialSubject"]["creditsEarned"] for text in texts.values()]
    assert hours == [0.5, 1.5, 2.17]
    cases = [case(f"{minutes} minutes", text) for minutes, text in texts.items()]
    assert list(ask(cases, answers_for(*texts.values())).values()) == [GOOD] * 3


def test_other_verifiers_read_every_file_format(course, tmp_path):
    good = issue(make_graduate(), now=ISSUED)
    picture, drawing = (Client().get(f"/v/{good.serial}/insignia.{kind}").content for kind in ("png", "svg"))
    (tmp_path / "c.pdf").write_bytes(bytes(good.pdf))
    subprocess.run(["pdfdetach", "-saveall", "c.pdf"], cwd=tmp_path, check=True, capture_output=True)
    inside = (tmp_path / "credential.json").read_text()
    assert inside == good.credential
    found = ask(
        [
            {"name": "taken out of the PNG", "png": base64.b64encode(picture).decode()},
            {"name": "taken out of the SVG", "svg": drawing.decode()},
            case("taken out of the PDF", inside),
        ],
        answers_for(good.credential),
    )
    assert list(found.values()) == [GOOD] * 3


def test_credentials_verify_after_the_site_moves(course, settings):
    good, revoked = (
        issue(make_graduate(code, first_name=name), now=ISSUED)
        for code, name in [("ANA234", "Ana"), ("BER234", "Berta")]
    )
    saved = answers_for(good.credential)
    kept = {address: answer for address, answer in saved.items() if address.endswith("/did.json")}
    settings.SITE_URL, settings.FORMER_SITE_URLS = NEW, [SITE]
    newer = issue(make_graduate("DOR234", first_name="Dora"), now=ISSUED)
    revoke_certificate(revoked, reason="Copió", by=make_learner("TRA234"), now=timezone.now())
    found = ask(
        [
            case("after a move", good.credential),
            case("issued after the move", newer.credential),
            case("issued before and revoked after the move", revoked.credential),
        ],
        answers_for(good.credential, newer.credential, kept=kept),
    )
    assert list(found.values()) == [GOOD] * 2 + [REVOKED]
    # What was answered before the move is good for a day, also where there is no line.
    assert list(ask([case("with what was answered before the move", good.credential)], saved).values()) == [GOOD]


def test_did_key_credential_verifies_after_https(course, settings):
    settings.SITE_URL = PLAIN
    good, revoked = (issue(make_graduate(code), now=ISSUED) for code in ("ANA234", "BER234"))
    settings.SITE_URL, settings.FORMER_SITE_URLS = NEW, [PLAIN]
    secure = issue(make_graduate("EVA234", first_name="Eva"), now=ISSUED)
    revoke_certificate(revoked, reason="Copió", by=make_learner("TRA234"), now=timezone.now())
    texts = [good.credential, secure.credential]
    assert [json.loads(text)["issuer"]["id"][:8] for text in texts] == ["did:key:", "did:web:"]
    found = ask(
        [
            case("without HTTPS", good.credential),
            case("with HTTPS", secure.credential),
            case("without HTTPS, revoked since", revoked.credential),
        ],
        answers_for(*texts),
    )
    assert list(found.values()) == [GOOD] * 2 + [REVOKED]


def test_other_verifiers_refuse_changed_list_and_missing_key(course, key, monkeypatch):  # noqa: F811
    good = issue(make_graduate(), now=ISSUED)
    answers = answers_for(good.credential)
    address = json.loads(good.credential)["credentialStatus"]["statusListCredential"]
    forged = json.loads(answers[address]["text"]) | {"validUntil": "2090-01-01T00:00:00Z"}
    (found,) = ask(
        [case("a list with a later end", good.credential)],
        answers | {address: answers[address] | {"text": json.dumps(forged)}},
    ).values()
    assert (found[0], "Invalid signature" in found[1], accepts(found[2])) == (False, True, False)
    assert error_of_list(found[2]) == "status_list_signature_error"
    key.unlink()
    make_key()
    assert len(did_document()["verificationMethod"]) == 1
    (found,) = ask([case("a key that is gone", good.credential)], answers_for(good.credential)).values()
    assert (found[0], "has no key" in found[1], found[2]) == (False, True, UNSIGNED)


def test_saved_list_is_accepted_for_a_day(course):
    good = issue(make_graduate(), now=ISSUED)
    answers = answers_for(good.credential)
    address = json.loads(good.credential)["credentialStatus"]["statusListCredential"]
    answers[address]["text"] = signed_list(good.status_list, now=ISSUED)
    (found,) = ask([case("with a list of long ago", good.credential)], answers).values()
    assert (found[0], accepts(found[2])) == (False, False)
    assert error_of_list(found[2]) == "status_list_expired"
