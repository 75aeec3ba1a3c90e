from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.db import connection

from course.checks import account_keys_open_every_account
from course.management.commands.prepare_site import Command
from course.models import Refusal, User
from course.people import sealed_accounts
from course.people.sealed_accounts import seal_accounts
from course.sealing import CannotRead, is_sealed_anew, key_files, make_key, seal, unseal
from tests.factories import PASSWORD, PIN, make_learner, make_trainer

pytestmark = pytest.mark.django_db
MODES = [0o600, 0o700]


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.ACCOUNT_KEYS, settings.ACCOUNT_KEYS_DIR = [], tmp_path / "account-keys"
    settings.PASSWORD_HASHERS = [
        "tests.backups.conftest.QuickSealedHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    return make_key()


def sign_in(client, code="ANA234", pin=PIN):
    return client.post("/accounts/login/", {"login": code, "password": pin})


def everything_kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM course_user")
        passwords = cursor.fetchall()
        cursor.execute("SELECT data FROM mfa_authenticator")
        return str(passwords + cursor.fetchall())


def with_second_step():
    trainer, secret = make_trainer(), generate_totp_secret()
    TOTP.activate(trainer, secret)
    return trainer, secret, RecoveryCodes.activate(trainer)


def code_of(secret):
    return format_hotp_value(hotp_value(secret, list(counters())[1]))


def rotate(*options):
    said = StringIO()
    call_command("rotate_account_keys", *options, stdout=said)
    return said.getvalue()


def test_a_copy_of_the_database_shows_no_hash_and_no_secret(client):
    learner = make_learner()
    _trainer, secret, codes = with_second_step()
    kept = everything_kept()
    seed = unseal(codes.instance.data["seed"])
    for hidden in ("md5$", "pbkdf2", secret, seed, *codes.get_unused_codes(), unseal(learner.password)):
        assert hidden not in kept
    assert kept.count("sealed$") == 4
    assert sign_in(client).status_code == 302


def test_the_key_is_a_file_that_only_the_site_reads(keys):
    assert (keys.name, [path.stat().st_mode & 0o777 for path in (keys, keys.parent)]) == ("account-0001.key", MODES)
    assert len(keys.read_text().strip()) == 64


def test_the_hasher_of_a_site_seals_djangos_own_hash(settings):
    settings.PASSWORD_HASHERS = ["course.people.hashers.SealedPasswordHasher"]
    kept = make_password(PIN)
    assert unseal(kept).startswith("pbkdf2_sha256$")
    assert len(kept) <= User._meta.get_field("password").max_length
    assert not kept.endswith(make_password(PIN))


def test_after_rotating_the_old_key_may_go_and_sessions_stay(client, keys):
    learner = make_learner()
    trainer, secret, _codes = with_second_step()
    sign_in(client)
    said = rotate()
    assert str(keys) in said
    assert "Sealed with the newest key: 4" in said
    keys.unlink()
    assert client.get("/accounts/cuenta/").status_code == 200
    client.logout()
    assert sign_in(client).status_code == 302
    learner.refresh_from_db()
    assert is_sealed_anew(learner.password)
    client.logout()
    sign_in(client, trainer.username, PASSWORD)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.session[SESSION_KEY] == str(trainer.pk)


def test_rotating_that_was_interrupted_goes_on(keys):
    first, second = make_learner(), make_learner("BEA342", "Beatriz", "Ñáñez")
    make_key()
    User.objects.filter(pk=first.pk).update(password=seal(unseal(first.password)))
    assert "Sealed with the newest key: 1" in rotate("--only-seal")
    second.refresh_from_db()
    assert is_sealed_anew(second.password)
    assert len(key_files()) == 2


def test_a_pin_chosen_while_keys_are_rotated_is_kept(monkeypatch):
    learner = make_learner()
    make_key()

    def unseal_late(sealed):
        other = User.objects.get(pk=learner.pk)
        other.set_password("905172")
        other.save(update_fields=["password"])
        return unseal(sealed)

    monkeypatch.setattr(sealed_accounts, "unseal", unseal_late)
    seal_accounts()
    learner.refresh_from_db()
    assert learner.check_password("905172")


@pytest.mark.parametrize("code", ["ANA234", "ZZZ999"])
def test_without_any_key_the_page_says_so_in_words_whoever_tries(client, keys, code):
    make_learner()
    keys.unlink()
    answer = sign_in(client, code)
    assert answer.status_code == 503
    assert "Los PIN no se pueden revisar ahora" in answer.text
    assert Refusal.objects.get().reason == "key"
    assert [error.id for error in account_keys_open_every_account(None)] == ["course.E003"]


def test_with_another_key_than_the_lost_one_nobody_gets_in_and_no_page_breaks(client, keys):
    make_learner()
    sign_in(client)
    keys.unlink()
    make_key()
    assert client.get("/accounts/cuenta/").status_code == 302, "the session is over"
    assert sign_in(client).status_code == 503
    assert "1 people" in account_keys_open_every_account(None)[0].msg


def test_a_second_step_whose_key_is_lost_is_told_in_words(client, keys):
    trainer, secret, _codes = with_second_step()
    sign_in(client, trainer.username, PASSWORD)
    keys.unlink()
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 503


def test_when_a_key_is_lost_accounts_are_given_up_and_get_new_pins(client, keys):
    learner = make_learner()
    trainer, _secret, _codes = with_second_step()
    keys.unlink()
    with pytest.raises(CommandError, match="No key opens the PIN or second step of 2 people"):
        rotate()
    assert "People who need a new PIN: 2" in rotate("--only-seal", "--give-up-unreadable")
    learner.refresh_from_db()
    assert (learner.must_choose_pin, learner.has_usable_password()) == (True, False)
    assert not Authenticator.objects.filter(user=trainer).exists()
    assert account_keys_open_every_account(None) == []


def test_preparing_a_site_makes_the_first_key_and_never_another_in_the_place_of_a_lost_one(keys):
    keys.unlink()
    Command(stdout=StringIO()).make_account_key()
    (first,) = key_files()
    make_learner()
    first.unlink()
    with pytest.raises(CommandError, match="there is no key in"):
        Command(stdout=StringIO()).make_account_key()
    assert key_files() == []


def test_keys_may_come_with_the_environment_the_newest_first(settings):
    settings.ACCOUNT_KEYS = ["old-" + "x" * 40]
    kept = seal("una prueba")
    settings.ACCOUNT_KEYS = ["new-" + "y" * 40, *settings.ACCOUNT_KEYS]
    assert (unseal(kept), is_sealed_anew(kept)) == ("una prueba", False)
    with pytest.raises(CommandError, match="ACCOUNT_KEYS"):
        rotate()
    settings.ACCOUNT_KEYS = ["short"]
    with pytest.raises(CannotRead):
        seal("una prueba")
