"""Put restored keys and settings in place; existing ones are moved aside."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from certificates.badges.keys import key_files as issuer_key_files
from certificates.badges.keys import keys_folder
from course.atomic_files import write_atomically
from course.operating.environment import KEYS_AMONG_SETTINGS
from course.sealing import key_files as account_key_files

from . import contents
from .exceptions import BackupError


def put_keys_in_place(staged):
    """Put the keys of a staged backup in place; return sentences about those that failed."""
    said = []
    _replace_keys(keys_folder(), issuer_key_files(), staged / contents.ISSUER_KEYS)
    _replace_keys(Path(settings.ACCOUNT_KEYS_DIR), account_key_files(), staged / contents.ACCOUNT_KEYS)
    said += _put_seal(staged)
    _put_settings(staged)
    return said


def settings_in(path):
    """Return {name: value} of a backup's settings. Raises `BackupError` for a key that no line can hold."""
    try:
        was = json.loads(path.read_text(encoding="utf-8"))
        keys = [was["SECRET_KEY"], *(was.get(name, "") for name in KEYS_AMONG_SETTINGS)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        keys = [None]
    if not all(isinstance(key, str) and key.isprintable() for key in keys):
        raise BackupError("El archivo está dañado: sus llaves no se leen / the file is damaged: its keys.")
    return was


def different_settings():
    """Return (names of settings that differ and must be restored, the file with their old values)."""
    path = _restored() / "settings.json"
    was = settings_in(path)
    is_now = {name: os.environ.get(name, "") for name in KEYS_AMONG_SETTINGS} | {"SECRET_KEY": settings.SECRET_KEY}
    if getattr(settings, "SECRET_KEY_FILE", None):
        is_now["SECRET_KEY"] = was.get("SECRET_KEY", "")
    return tuple(name for name in KEYS_AMONG_SETTINGS if was.get(name, "") != is_now[name]), path


def _restored():
    folder = settings.VAR_DIR / "restored"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _replace_keys(folder, present, staged):
    brought = {path.name: path for path in sorted(staged.iterdir())} if staged.exists() else {}
    if not brought:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = [path for path in present if not _holds(path, brought.get(path.name))]
    if aside:
        replaced = Path(tempfile.mkdtemp(prefix="replaced-", dir=folder))
        for path in aside:
            shutil.copy2(path, replaced / path.name)
    for name, path in brought.items():
        write_atomically(folder / name, path.read_bytes())
    for path in aside:
        if path.name not in brought:
            path.unlink()


def _holds(path, other):
    return other is not None and path.read_bytes() == other.read_bytes()


def _put_seal(staged):
    key, certificate = staged / contents.SEAL_KEY, staged / contents.SEAL_CERTIFICATE
    if not key.exists():
        return []
    places = settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE
    if all(places):
        try:
            for content, place in zip((key, certificate), map(Path, places), strict=True):
                if not place.exists() or not _holds(place, content):
                    write_atomically(place, content.read_bytes())
            return []
        except OSError:
            pass
    kept = [_restored() / "seal-key.pem", _restored() / "seal-certificate.pem"]
    for content, place in zip((key, certificate), kept, strict=True):
        write_atomically(place, content.read_bytes())
    return [
        f"El sello está en {kept[0]} y {kept[1]}: póngalo donde lo dicen / the seal lies there: put it where "
        "SEAL_KEY_FILE, SEAL_CERTIFICATE_FILE say."
    ]


def _put_settings(staged):
    for name in (contents.SETTINGS, contents.ENVIRONMENT):
        if (staged / name).exists():
            write_atomically(_restored() / Path(name).name, (staged / name).read_bytes())
    if path := getattr(settings, "SECRET_KEY_FILE", None):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(path, settings_in(staged / contents.SETTINGS)["SECRET_KEY"].encode() + b"\n")
