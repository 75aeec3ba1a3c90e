import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from course.models import Refusal
from course.offline.encryption import CURVE, InvalidFact, decrypt, encrypt, key_by_id, newest_key
from modules.models import LessonRead

from .devices import deliver, fact_read, sealed, states_of

TEXT = "tests-only-" + "1" * 50
SEALED = (
    "BB09wTBL+10PyEuJeo0XXv5kCU7g9HU+0FOTCPnRRWwdJkZ30kMTBzX68ruuc0Gju9xFALCSc0Ga4NYkd7QYtiWhXWUKpj1xjtZw"
    "wNbfJQkhm1FE0riyFWSkV/dSOFsJfr9aBDW+PuZQMzS6P4kBFU07jLsFTcMv/DI78nMQ7tkszCq/A/HFcw=="
)
VECTOR = {"kind": "read", "palabra": "ñandú 🦩"}


pytestmark = pytest.mark.django_db


def change(row, place):
    whole = bytearray(base64.b64decode(row["sealed"]))
    whole[place] ^= 1
    return row | {"sealed": base64.b64encode(whole).decode()}


def test_what_is_sealed_opens_with_that_key_alone(settings):
    key = newest_key()
    box = encrypt(b"algo", key.point)
    assert decrypt(box, key) == b"algo"
    assert encrypt(b"algo", key.point) != box
    settings.ACCOUNT_KEYS = ["another-" + "2" * 40]
    with pytest.raises(InvalidFact):
        decrypt(box, newest_key())


def test_the_key_of_an_account_key_is_always_the_same(settings):
    settings.ACCOUNT_KEYS = [TEXT]
    key = newest_key()
    assert key.id == "966d761cb8596cb0"
    assert (len(key.point), key.point[0]) == (65, 4)
    assert ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key.point) == key.private.public_key()


def test_a_seal_made_elsewhere_opens(settings):
    settings.ACCOUNT_KEYS = [TEXT]
    assert json.loads(decrypt(SEALED, newest_key())) == VECTOR


def test_an_older_key_opens_as_long_as_it_is_there(settings):
    old = newest_key()
    settings.ACCOUNT_KEYS = ["newer-" + "3" * 40, *settings.ACCOUNT_KEYS]
    assert newest_key().id != old.id
    assert key_by_id(old.id).point == old.point
    settings.ACCOUNT_KEYS = settings.ACCOUNT_KEYS[:1]
    assert key_by_id(old.id) is None


@pytest.mark.parametrize(
    "box", ["", "x", "ñ", "AAAA", base64.b64encode(b"\x04" + b"\x00" * 200).decode(), "=" * 9, "A" * 90_000]
)
def test_what_is_no_seal_is_unreadable(box):
    with pytest.raises(InvalidFact):
        decrypt(box, newest_key())


@pytest.mark.parametrize("place", [0, 40, 70, 90, -1])
def test_one_changed_byte_is_unreadable_and_the_rest_goes_on(ana, lesson, now, place):
    row = sealed(fact_read(ana, lesson.translation_key, now))
    assert states_of(deliver([change(row, place), row], now=now)) == ["unreadable", "ok"]
    assert LessonRead.objects.get().learner == ana


def test_what_was_sealed_for_a_key_that_is_gone_waits_and_whoever_looks_after_the_site_is_told(
    ana, lesson, now, settings
):
    here = settings.ACCOUNT_KEYS
    settings.ACCOUNT_KEYS = ["gone-" + "4" * 40]
    lost = sealed(fact_read(ana, lesson.translation_key, now))
    settings.ACCOUNT_KEYS = here
    good = sealed(fact_read(ana, lesson.translation_key, now))
    assert states_of(deliver([lost, good, {"id": 3, "key": "ñ", "sealed": ""}], now=now)) == ["retry", "ok", "retry"]
    assert [(one.reason, one.times) for one in Refusal.objects.all()] == [("seal", 1)]
    settings.ACCOUNT_KEYS = [*here, "gone-" + "4" * 40]
    assert states_of(deliver([lost], now=now)) == ["again"]


def test_without_any_key_everything_waits(ana, lesson, now, settings):
    row = sealed(fact_read(ana, lesson.translation_key, now))
    settings.ACCOUNT_KEYS = ["short"]
    assert states_of(deliver([row], now=now)) == ["retry"]
    assert not LessonRead.objects.exists()
