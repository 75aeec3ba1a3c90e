"""The keys that sign credentials: made by a command, kept outside the database, rotated, noticed when they change."""

import os
import re
import shutil
import stat
import subprocess
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import OperationalError

from certificates.badges.keys import issuer_keys, make_key, new_key_text, unreadable_files
from certificates.checks import a_folder_that_was_named_can_be_read, there_is_a_key_to_sign_with
from certificates.issuing.holder_badges import make_credential_anew
from tests.factories import NOW

from .factories import issue, make_graduate, make_small_course


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "apart" / "keys"
    return settings.CREDENTIAL_KEYS_DIR


def in_base64(pem):
    return b64encode(pem.encode()).decode()


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_command_makes_a_key_that_only_its_owner_can_read(folder, capsys):
    call_command("make_issuer_key")
    path = folder / "issuer-0001.pem"
    assert capsys.readouterr().out.splitlines()[0] == str(path)
    assert (mode_of(path), mode_of(folder)) == (0o600, 0o700)
    assert path.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert re.fullmatch("z6Mk[1-9A-HJ-NP-Za-km-z]{44}", issuer_keys().signing.multibase)


def test_a_key_is_never_overwritten(folder):
    before = make_key().read_bytes()
    with pytest.raises(CommandError, match="There is a key already"):
        call_command("make_issuer_key")
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_where_there_is_a_key_it_is_not_missing(folder, capsys):
    call_command("make_issuer_key", if_missing=True)
    before = (folder / "issuer-0001.pem").read_bytes()
    capsys.readouterr()
    call_command("make_issuer_key", if_missing=True)
    assert capsys.readouterr().out == ""
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


@pytest.mark.django_db
def test_rotating_keeps_only_the_public_half_of_the_key_before(folder):
    make_key()
    first = issuer_keys().signing.multibase
    call_command("make_issuer_key", rotate=True)
    keys = issuer_keys()
    assert keys.signing.multibase != first
    assert [key.multibase for key in keys.keys] == [keys.signing.multibase, first]
    assert "PUBLIC KEY" in (folder / "issuer-0001.pem").read_text()
    assert {path.name: mode_of(path) for path in folder.iterdir()} == {
        "issuer-0001.pem": 0o600,
        "issuer-0002.pem": 0o600,
    }


@pytest.mark.django_db
def test_nothing_is_rotated_while_it_is_not_known_which_secrets_are_needed(folder, monkeypatch):
    before = make_key().read_bytes()
    refuse(monkeypatch, "certificates.models.StatusList.objects.values_list", OperationalError("gone"))
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("make_issuer_key", rotate=True)
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_there_is_nothing_to_rotate_in_an_empty_folder(folder):
    with pytest.raises(CommandError, match="no key to rotate"):
        call_command("make_issuer_key", rotate=True)
    assert list(folder.iterdir()) == []


@pytest.mark.django_db
def test_the_keys_are_read_once_and_again_when_a_file_changes(folder, monkeypatch):
    path, opened = make_key(), []
    read_bytes = type(path).read_bytes
    monkeypatch.setattr(type(path), "read_bytes", lambda self: opened.append(self.name) or read_bytes(self))
    first = issuer_keys()
    assert (issuer_keys(), opened) == (first, ["issuer-0001.pem"])
    make_key(rotate=True)
    assert issuer_keys().signing != first.signing
    (folder / "issuer-0002.pem").unlink()
    assert issuer_keys().signing is None, "the old one is public and signs no more"


@pytest.mark.django_db
def test_check_says_that_there_is_no_key(folder):
    (warning,) = [message for message in run_checks() if message.id.startswith("certificates.")]
    assert (warning.id, str(folder) in warning.msg) == ("certificates.W001", True)
    make_key()
    assert there_is_a_key_to_sign_with(None) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"no key at all", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_check_names_a_file_that_holds_no_key(content):
    path = make_key(rotate=bool(make_key()))
    path.write_bytes(content)
    (warning,) = there_is_a_key_to_sign_with(None)
    assert (warning.id, str(path) in warning.msg) == ("certificates.W002", True)
    keys = issuer_keys()
    assert keys.signing is None, "no older key signs in its place"
    assert len(keys.keys) == 1


def test_an_rsa_key_is_none_of_ours(folder):
    path = make_key()
    made = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA"], capture_output=True, check=True)
    path.write_bytes(made.stdout)
    assert [warning.id for warning in there_is_a_key_to_sign_with(None)] == ["certificates.W002"]


def refuse(monkeypatch, name, error=None):
    """Make a call fail, of the system as for another account: tests may run as root, who can read everything."""

    def refused(*arguments, **named):
        raise error or PermissionError(13, "Permission denied")

    monkeypatch.setattr(name, refused)


@pytest.mark.parametrize("call", ["os.listdir", "pathlib.Path.read_bytes"])
def test_a_key_that_may_not_be_read_is_a_warning_and_no_crash(monkeypatch, call):
    make_key()
    refuse(monkeypatch, call)
    (warning,) = there_is_a_key_to_sign_with(None)
    assert (warning.id, "Permission denied" in warning.msg) == ("certificates.W002", True)
    assert issuer_keys().signing is None


def test_a_change_of_mode_is_noticed(folder):
    path = make_key()
    key = issuer_keys()
    os.chmod(path, 0o400)
    assert issuer_keys() is not key


def test_a_deployment_stops_when_the_folder_it_names_holds_no_usable_key(settings, monkeypatch):
    assert [error.id for error in a_folder_that_was_named_can_be_read(None)] == ["certificates.E001"]
    make_key()
    assert a_folder_that_was_named_can_be_read(None) == []
    refuse(monkeypatch, "os.listdir")
    assert [error.id for error in a_folder_that_was_named_can_be_read(None)] == ["certificates.E001"]
    settings.CREDENTIAL_KEYS_DIR = settings.VAR_DIR / "keys"
    assert a_folder_that_was_named_can_be_read(None) == [], "nobody named a folder: check warns and no more"


@pytest.mark.parametrize("write", [lambda pem: pem, lambda pem: pem.replace("\n", "\\n"), in_base64])
def test_keys_that_are_given_do_what_those_in_the_folder_do_and_the_newest_is_the_first(settings, folder, write):
    first = make_key().read_text()
    assert issuer_keys().signing.multibase
    from_folder = issuer_keys().keys
    newest = b64decode(new_key_text()).decode()
    settings.CREDENTIAL_KEYS = ",".join(map(write, [newest, first]))
    shutil.rmtree(folder)
    keys = issuer_keys()
    assert keys.problems == ()
    assert keys.signing == keys.keys[0]
    assert keys.keys[1].multibase == from_folder[0].multibase
    assert unreadable_files() == (2, [])
    assert there_is_a_key_to_sign_with(None) == a_folder_that_was_named_can_be_read(None) == []
    with pytest.raises(CommandError, match="CREDENTIAL_KEYS"):
        call_command("make_issuer_key", rotate=True)
    assert not folder.exists()


@pytest.mark.parametrize("given", ["nonsense", "bm9uc2Vuc2U=", "-----BEGIN X-----\nbm8=\n-----END X-----"])
def test_what_is_given_and_is_no_key_is_said_without_repeating_it(settings, given):
    settings.CREDENTIAL_KEYS = f"{new_key_text()},{given}" if "BEGIN" not in given else given
    assert issuer_keys().signing is None
    (warning,) = there_is_a_key_to_sign_with(None)
    assert warning.msg.startswith("Number ")
    assert given not in warning.msg
    assert [error.id for error in a_folder_that_was_named_can_be_read(None)] == ["certificates.E001"]


@pytest.mark.django_db
def test_no_row_of_the_database_holds_the_secret_key(folder):
    pem = make_key().read_text()
    secret = load_pem_private_key(pem.encode(), password=None).private_bytes_raw()
    make_small_course()
    certificate = issue(make_graduate())
    make_credential_anew(certificate, names_holder=True, by=certificate.learner, now=NOW)
    written = (pem.splitlines()[1], secret.hex(), b64encode(secret).decode().rstrip("="), repr(secret)[2:-1])
    for model in apps.get_models():
        rows = repr(list(model.objects.values_list()))
        assert not [form for form in written if form in rows], model
