"""Restore a backup of an installed site, with services stopped."""

import contextlib
import json
import os
import re
from pathlib import Path

from course.atomic_files import write_atomically

from . import places, services
from .alone import alone, undisturbed
from .environment import KEYS_AMONG_SETTINGS, line_of, parse_environment
from .running import Site, as_the_account, for_the_account, installed_site, manage, manage_on, tell
from .upgrading import cut_off, under_way
from .words import Refused, say

_LONGEST_START = 120
_LONGEST_SETTINGS = 1_000_000


def restore(site, words):
    """Run `restore_backup` with `words`, and return its exit code. Raises Refused."""
    if {"-h", "--help"} & set(words):
        return manage(site, "restore_backup", "--help").returncode
    with alone(), contextlib.ExitStack() as stack:
        if under_way():
            raise Refused(cut_off())
        # The account may not read other folders or a USB stick: give it copies.
        words = [for_the_account(site, stack, word) for word in words]
        settings = Path(site.settings["VAR_DIR"]) / "restored" / "settings.json"
        as_the_account(site, "rm", "-f", settings)
        units = services.units_to_start()
        tell(say("Deteniendo el sitio…", "Stopping the site…"))
        services.stop_all()
        try:
            status = manage_on(site, "restore_backup", "--unattended", *words)
            if not status:
                if "--without-keys" not in words:
                    site = _with_keys_of_before(site, keys_of_before(site, settings))
                _must_be_prepared(site)
        finally:
            with undisturbed():
                services.start(units)
        if services.SITE in units and not services.wait_until_ready(site.settings, seconds=_LONGEST_START):
            raise Refused(services.not_ready())
        return status


def set_line(text, name, value):
    """Return the text with `name` set, or removed for "". Raises Refused for a value of several lines."""
    lines, found = text.split("\n"), parse_environment(text)
    set_before = [one for one in lines if re.match(rf"[ \t]*{name}[ \t]*=", one)]
    kept = "\n".join(one for one in lines if one not in set_before).rstrip("\n")
    changed = "\n".join(filter(None, [kept, value and line_of(name, value)])) + "\n"
    was = {name: found.pop(name)} if name in found else {}
    if parse_environment("\n".join(set_before)) != was or parse_environment(changed) != found | (
        {name: value} if value else {}
    ):
        raise Refused(
            say(
                f"{places.SETTINGS}: hay valores de varias líneas; cambie {name} a mano.",
                f"{places.SETTINGS}: values go over several lines; change {name} by hand.",
            )
        )
    return changed


def _with_keys_of_before(site, was):
    if not was:
        return site
    wanted = {name: was.get(name, "") for name in KEYS_AMONG_SETTINGS}
    changed = {name: value for name, value in wanted.items() if value != site.settings.get(name, "")}
    if not changed:
        return site
    text = places.SETTINGS.read_bytes().decode()
    kept = places.SETTINGS.with_name(f"{places.SETTINGS.name}.before-restore")
    write_atomically(kept, text)
    for name, value in changed.items():
        text = set_line(text, name, value)
    found = places.SETTINGS.stat()
    mode, owner = found.st_mode & 0o777, (found.st_uid, found.st_gid)
    write_atomically(places.SETTINGS, text, mode=mode, give=lambda beside: os.chown(beside, *owner))
    names = ", ".join(changed)
    tell(
        say(
            f"Como en el respaldo: {names} ({places.SETTINGS}). Lo de antes: {kept}",
            f"As in the backup: {names} ({places.SETTINGS}). What was before: {kept}",
        )
    )
    return Site(installed_site().settings, site.code)


def _must_be_prepared(site):
    if manage_on(site, "prepare_site"):
        raise Refused(
            say("El respaldo volvió, y no se pudo preparar.", "The backup is back, and could not be prepared.")
        )


def keys_of_before(site, path):
    """Return the keys among the restored settings, {} without any, as the account reads them."""
    try:
        read = as_the_account(site, "head", "-c", str(_LONGEST_SETTINGS), path, capture_output=True, text=True)
        found = json.loads(read.stdout) if read.returncode == 0 else {}
        was = {name: found[name] for name in found.keys() & set(KEYS_AMONG_SETTINGS)}
        for name, value in was.items():
            line_of(name, value)
    except (Refused, ValueError, TypeError, AttributeError) as error:
        raise Refused(
            say(
                f"El respaldo volvió, y {path} no se puede leer: compare a mano {', '.join(KEYS_AMONG_SETTINGS)} en "
                f"{places.SETTINGS}.",
                f"The backup is back, and {path} cannot be read: compare {', '.join(KEYS_AMONG_SETTINGS)} in "
                f"{places.SETTINGS} by hand.",
            )
        ) from error
    return was
