"""Software of other people verifies our credentials, and refuses what it should: `tests/interop/run` shows it.

Needs Node.js ≥ 20 and npm, which `script/setup --dev` installs; the libraries come by the lock beside this file at the
first run.
"""

import base64
import copy
import json
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from certificates.badges.identity import did_document
from certificates.badges.keys import make_key
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from tests.certificates.conftest import key  # noqa: F401 - a fixture
from tests.certificates.factories import issue, make_design, make_graduate, make_small_course
from tests.certificates.signing import ISSUED, SITE, fetch
from tests.factories import make_learner

HERE = Path(__file__).parent
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
]


def ask(cases, *lists):
    """Return {name: (verified, why)} by the verifier, which sees only what the site answers."""
    addresses = {f"{SITE}/.well-known/did.json", *lists}
    asked = {"documents": {address: fetch(address).decode() for address in addresses}, "cases": cases}
    answer = subprocess.run(
        ["node", "verify.mjs"], cwd=HERE, input=json.dumps(asked), check=True, capture_output=True, text=True
    )
    results = json.loads(answer.stdout)
    for result in results:
        print(f"{'verified' if result['verified'] else 'refused ':8}  {result['name']:45} {result['why']}")
    return {result["name"]: (result["verified"], result["why"]) for result in results}


def case(name, credential):
    return {"name": name, "credential": credential}


def list_of(certificate):
    return json.loads(certificate.credential)["credentialStatus"]["statusListCredential"]


def changed(credential, change):
    document = json.loads(credential)
    change(document)
    return json.dumps(document)


FORGERIES = {
    "another person's name": lambda d: d["credentialSubject"]["identifier"][0].update(
        identityHash="sha256$" + "0" * 64
    ),
    "another course": lambda d: d["credentialSubject"]["achievement"].update(name="Otro curso"),
    "another issuer's name": lambda d: d["issuer"].update(name="Otra institución"),
    "another code": lambda d: d.update(id=f"{SITE}/v/0000000000000/"),
    "an earlier day": lambda d: d.update(validFrom="2020-01-01T00:00:00Z"),
    "a later end": lambda d: d.update(validUntil="2090-01-01T00:00:00Z"),
    "another place in the list": lambda d: d["credentialStatus"].update(statusListIndex="7"),
    "another moment of signing": lambda d: d["proof"].update(created="2020-01-01T00:00:00Z"),
}


def test_other_software_verifies_ours_and_refuses_what_was_changed_or_revoked(libraries, key):  # noqa: F811
    make_small_course()
    make_design(validity_months=240)
    trainer = make_learner("TRA234")
    good, annulled, corrected = (
        issue(make_graduate(code, first_name=name), now=ISSUED)
        for code, name in [("ANA234", "Ana"), ("BER234", "Berta"), ("CAR234", "Carla")]
    )
    annul_certificate(annulled, reason="Copió", by=trainer, now=timezone.now())
    successor = correct_certificate(
        corrected, printed_name="Carla Coj de la Crus", by=trainer, reason="Una letra", now=timezone.now()
    )
    make_key(rotate=True)
    newer = issue(make_graduate("DOR234", first_name="Dora"), now=ISSUED)
    png = Client().get(f"/v/{good.serial}/insignia.png").content
    results = ask(
        [
            case("signed by the key before the last", good.credential),
            case("signed by the present key", newer.credential),
            case("took the place of another", successor.credential),
            {"name": "taken out of the baked PNG", "png": base64.b64encode(png).decode()},
            case("annulled", annulled.credential),
            case("replaced", corrected.credential),
            *(case(name, changed(good.credential, change)) for name, change in FORGERIES.items()),
        ],
        list_of(good),
    )
    assert [name for name, (verified, _why) in results.items() if verified] == [
        "signed by the key before the last",
        "signed by the present key",
        "took the place of another",
        "taken out of the baked PNG",
    ]
    assert {results["annulled"][1], results["replaced"][1]} == {"revoked"}
    assert {results[name][1] for name in FORGERIES} == {"Invalid signature."}


def test_other_software_refuses_a_list_that_was_changed_and_a_key_that_is_gone(libraries, key, monkeypatch):  # noqa: F811
    make_small_course()
    good = issue(make_graduate(), now=ISSUED)
    assert ask([case("before", good.credential)], list_of(good)) == {"before": (True, "")}
    true_list = json.loads(fetch(list_of(good)))
    forged = copy.deepcopy(true_list)
    forged["validUntil"] = "2090-01-01T00:00:00Z"
    monkeypatch.setattr("certificates.pages.credentials.signed_list", lambda *_args, **_named: json.dumps(forged))
    verified, why = ask([case("a changed list", good.credential)], list_of(good))["a changed list"]
    assert (verified, "Invalid signature" in why) == (False, True)
    make_key(rotate=True)
    key.unlink()
    assert len(did_document()["verificationMethod"]) == 1
    verified, why = ask([case("a key that is gone", good.credential)], list_of(good))["a key that is gone"]
    assert (verified, "has no key" in why) == (False, True)
