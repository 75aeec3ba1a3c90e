"""A backup brought back: the services stand still, and the settings that must be as they were become so."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from course.disk import write_whole

from . import places, services
from .environment import KEYS_AMONG_SETTINGS, line_of
from .running import Site, installed_site, manage, tell
from .words import Refused, say

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
        raise Refused(services.not_ready())
    return status


def set_line(text, name, value):
    """Return the text of a file of settings with `name` set to `value`, or without it for ""; all else stays."""
    line = line_of(name, value)
    if "\\\n" in text or re.search(r"=\s*[\"'][^\"'\n]*\n", text):
        raise Refused(
            say(
                f"{places.SETTINGS}: hay valores de varias líneas; cambie {name} a mano.",
                f"{places.SETTINGS}: values go over several lines; change {name} by hand.",
            )
        )
    lines = [one for one in text.splitlines() if not re.match(rf"\s*{name}\s*=", one)]
    return "\n".join([*lines, line] if value else lines) + "\n"


def _with_settings_of_before(site, was):
    """Put the keys among the settings back as they were in the backup, and return the site with them."""
    wanted = {name: was.get(name, "") for name in KEYS_AMONG_SETTINGS}
    changed = {name: value for name, value in wanted.items() if value != site.settings.get(name, "")}
    if not changed:
        return site
    text = places.SETTINGS.read_text(encoding="utf-8")
    kept = places.SETTINGS.with_name(f"{places.SETTINGS.name}.before-restore")
    shutil.copy2(places.SETTINGS, kept)
    for name, value in changed.items():
        text = set_line(text, name, value)
    found = places.SETTINGS.stat()
    mode, owner = found.st_mode & 0o777, (found.st_uid, found.st_gid)
    write_whole(places.SETTINGS, text, mode=mode, give=lambda beside: os.chown(beside, *owner))
    names = ", ".join(changed)
    tell(
        say(
            f"Como en la copia: {names} ({places.SETTINGS}). Lo de antes: {kept}",
            f"As in the backup: {names} ({places.SETTINGS}). What was before: {kept}",
        )
    )
    return Site(installed_site().settings, site.code)


def _must_be_prepared(site):
    if manage(site, "prepare_site").returncode:
        raise Refused(say("La copia volvió, y no se pudo preparar.", "The backup is back, and could not be prepared."))


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
