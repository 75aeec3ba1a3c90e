"""A backup brought back: the services stand still, and the settings that must be as they were become so."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import places, services
from .environment import line_of
from .running import Refused, Site, installed_site, manage, say

# Without these as they were, cards are void, nobody signs in or badges cannot be checked.
_AS_THEY_WERE = ("SECRET_KEY", "ACCOUNT_KEYS", "CREDENTIAL_KEYS")
_LONGEST_START = 120


def restore(site, words):
    """Bring a backup back as `restore_backup` is told by `words`, and return its exit code. Raises Refused."""
    if {"-h", "--help"} & set(words):
        return manage(site, "restore_backup", "--help").returncode
    active = services.active_units() if services.are_kept() else []
    restored = Path(site.settings["VAR_DIR"]) / "restored" / "settings.json"
    before = _read_as_the_account(site, restored)
    with contextlib.ExitStack() as stack:
        # The account of the site may not look into everybody's folders, or at a stick: it gets copies.
        words = [for_the_account(site, stack, word) for word in words]
        services.stop(active)
        try:
            status = manage(site, "restore_backup", "--unattended", *words).returncode
            after = _read_as_the_account(site, restored)
            if not status and "--without-keys" not in words and after not in ("", before):
                site = _with_settings_of_before(site, json.loads(after))
            if not status:
                _must_be_prepared(site)
        finally:
            if active:
                services.start(active)
    if services.SITE in active and not services.wait_until_ready(site.settings, seconds=_LONGEST_START):
        raise Refused("El sitio no quedó listo / the site is not ready: trato status · trato logs")
    return status


def set_line(text, name, value):
    """Return the text of a file of settings with `name` set to `value`, or without it for ""; all else stays."""
    line = line_of(name, value)
    if "\\\n" in text or re.search(r"=\s*[\"'][^\"'\n]*\n", text):
        raise Refused(f"{places.SETTINGS}: cambie {name} a mano / change it by hand: values go over several lines.")
    lines = [one for one in text.splitlines() if not re.match(rf"\s*{name}\s*=", one)]
    return "\n".join([*lines, line] if value else lines) + "\n"


def _with_settings_of_before(site, was):
    """Put the keys among the settings back as they were in the backup, and return the site with them."""
    changed = {name: was.get(name, "") for name in _AS_THEY_WERE if was.get(name, "") != site.settings.get(name, "")}
    if not changed:
        return site
    text = places.SETTINGS.read_text(encoding="utf-8")
    kept = places.SETTINGS.with_name(f"{places.SETTINGS.name}.before-restore")
    shutil.copy2(places.SETTINGS, kept)
    for name, value in changed.items():
        text = set_line(text, name, value)
    _replace(places.SETTINGS, text)
    say(f"Como en la copia / as in the backup: {', '.join(changed)} ({places.SETTINGS}). Antes / before: {kept}")
    return Site(installed_site().settings, site.code)


def _replace(path, text):
    """Write a file anew, whole, with the mode and owner that it had."""
    found = path.stat()
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(handle, found.st_mode & 0o777)
        os.fchown(handle, found.st_uid, found.st_gid)
        file.write(text)
    Path(beside).replace(path)


def _must_be_prepared(site):
    if manage(site, "prepare_site").returncode:
        raise Refused("La copia volvió, y no se pudo preparar / the backup is back, and could not be prepared.")


def _read_as_the_account(site, path):
    """Return the text of a file as the site's account reads it, "" where it does not: its folders are its own."""
    command = ["cat", path]
    read = subprocess.run(  # noqa: S603 - our own words
        command, capture_output=True, text=True, check=False, **site.runs_as()
    )
    return read.stdout if read.returncode == 0 else ""


def for_the_account(site, stack, word):
    """Return the path of a copy that the site's account reads, where `word` is a file that it cannot; else the word."""
    path = Path(word)
    if word.startswith("-") or not path.is_file():
        return word
    if not (who := site.runs_as()):
        return str(path.resolve())
    command = ["test", "-r", path.resolve()]
    readable = subprocess.run(command, check=False, **who)  # noqa: S603 - a file that root names
    if not readable.returncode:
        return str(path.resolve())
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=site.settings["BACKUP_DIR"], prefix=".brought-")))
    copy = Path(shutil.copyfile(path, folder / path.name))
    for one in (folder, copy):
        os.chown(one, who["user"], who["group"])
    return str(copy)
