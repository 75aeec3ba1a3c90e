import os
import re
import shutil
import stat
import subprocess
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from certificates.badges.keys import generate_key_text, issuer_key, issuer_key_error, key_files, make_key
from certificates.checks import check_configured_key, check_issuer_key

from .factories import issue


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "apart" / "keys"
    return settings.CREDENTIAL_KEYS_DIR


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_command_makes_a_key_that_only_its_owner_can_read(folder, capsys):
    call_command("make_issuer_key")
    path = folder / "issuer.pem"
    assert capsys.readouterr().out.splitlines()[0] == str(path)
    assert (mode_of(path), mode_of(folder)) == (0o600, 0o700)
    assert path.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert re.fullmatch("z6Mk[1-9A-HJ-NP-Za-km-z]{44}", issuer_key().multibase)
    assert key_files() == [path]


def test_a_key_is_never_overwritten(folder):
    before = make_key().read_bytes()
    with pytest.raises(CommandError, match="There is a key already"):
        call_command("make_issuer_key")
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_if_missing_keeps_an_existing_key(folder, capsys):
    call_command("make_issuer_key", if_missing=True)
    before = (folder / "issuer.pem").read_bytes()
    capsys.readouterr()
    call_command("make_issuer_key", if_missing=True)
    assert capsys.readouterr().out == ""
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_the_key_is_read_once_and_again_when_its_file_changes(monkeypatch):
    path, opened = make_key(), []
    read_bytes = type(path).read_bytes
    monkeypatch.setattr(type(path), "read_bytes", lambda self: opened.append(self.name) or read_bytes(self))
    first = issuer_key()
    assert (issuer_key(), opened) == (first, ["issuer.pem"])
    path.unlink()
    assert (issuer_key(), issuer_key_error(), key_files()) == (None, "", [])
    make_key()
    assert issuer_key() != first


@pytest.mark.django_db
def test_check_warns_about_missing_key(folder):
    (warning,) = [message for message in run_checks() if message.id.startswith("certificates.")]
    assert (warning.id, str(folder) in warning.msg) == ("certificates.W001", True)
    make_key()
    assert check_issuer_key(None) == []


@pytest.mark.parametrize("algorithm", ["", "RSA"])
def test_check_names_invalid_key_file(algorithm):
    path, content = make_key(), b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    if algorithm:
        content = subprocess.run(
            ["openssl", "genpkey", "-algorithm", algorithm], capture_output=True, check=True
        ).stdout
    path.write_bytes(content)
    (warning,) = check_issuer_key(None)
    assert (warning.id, str(path) in warning.msg) == ("certificates.W002", True)
    assert issuer_key() is None


def refuse(monkeypatch, name):
    def refused(*arguments, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(name, refused)


@pytest.mark.parametrize("call", ["pathlib.Path.stat", "pathlib.Path.read_bytes"])
def test_unreadable_key_is_a_warning(monkeypatch, call):
    make_key()
    refuse(monkeypatch, call)
    (warning,) = check_issuer_key(None)
    assert (warning.id, "Permission denied" in warning.msg) == ("certificates.W002", True)
    assert issuer_key() is None


def test_changed_file_mode_is_noticed():
    path = make_key()
    key = issuer_key()
    os.chmod(path, 0o400)
    assert issuer_key() is not key


def test_deploy_check_fails_without_usable_key(settings, monkeypatch):
    assert [error.id for error in check_configured_key(None)] == ["certificates.E001"]
    make_key()
    assert check_configured_key(None) == []
    refuse(monkeypatch, "pathlib.Path.stat")
    assert [error.id for error in check_configured_key(None)] == ["certificates.E001"]
    settings.CREDENTIAL_KEYS_DIR = settings.VAR_DIR / "keys"
    assert check_configured_key(None) == [], "nobody named a folder: check warns and no more"


@pytest.mark.parametrize(
    "write", [lambda pem: pem, lambda pem: pem.replace("\n", "\\n"), lambda pem: b64encode(pem.encode()).decode()]
)
def test_key_from_setting_works_like_file(settings, folder, write):
    pem = make_key().read_text()
    from_folder = issuer_key()
    shutil.rmtree(folder)
    settings.CREDENTIAL_KEY = write(pem)
    assert issuer_key().multibase == from_folder.multibase
    assert key_files() == check_issuer_key(None) == check_configured_key(None) == []
    with pytest.raises(CommandError, match="CREDENTIAL_KEY"):
        call_command("make_issuer_key")
    assert not folder.exists()


def test_print_option_stores_nothing(settings, folder, capsys):
    call_command("make_issuer_key", print=True)
    settings.CREDENTIAL_KEY = capsys.readouterr().out
    assert issuer_key().multibase.startswith("z6Mk")
    assert not folder.exists()


@pytest.mark.parametrize("given", ["nonsense", "bm9uc2Vuc2U=", "-----BEGIN X-----\nbm8=\n-----END X-----"])
def test_what_is_given_and_is_no_key_is_said_without_repeating_it(settings, given):
    settings.CREDENTIAL_KEY = given
    assert issuer_key() is None
    (warning,) = check_issuer_key(None)
    assert warning.msg.startswith("CREDENTIAL_KEY is no Ed25519 key")
    assert given not in warning.msg
    assert [error.id for error in check_configured_key(None)] == ["certificates.E001"]


def test_two_keys_are_invalid(settings):
    settings.CREDENTIAL_KEY = f"{generate_key_text()},{generate_key_text()}"
    assert (issuer_key(), issuer_key_error() != "") == (None, True)


@pytest.mark.django_db
def test_secret_key_is_never_in_the_database(ana):
    pem = make_key().read_text()
    secret = load_pem_private_key(pem.encode(), password=None).private_bytes_raw()
    issue(ana, names_holder=True)
    written = (pem.splitlines()[1], secret.hex(), b64encode(secret).decode().rstrip("="), repr(secret)[2:-1])
    for model in apps.get_models():
        rows = repr(list(model.objects.values_list()))
        assert not [form for form in written if form in rows], model
