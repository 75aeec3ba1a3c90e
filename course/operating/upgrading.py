"""Another version in the place of this one: made beside it, tried, and taken back by itself when something fails.

A backup is made first, while people work. Then the site stands still and its database is put by, so that going back
loses nothing that anybody saved. Whatever step fails, the database, the code and the services of before are put back.
What an upgrade is at stands in a file, so that one that was cut off, by a power cut say, can be taken back too.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from course.disk import lead_to, write_whole

from . import places, services
from .running import Site, manage, tell
from .words import Refused, say

# Loading the site takes some seconds, on an old computer many.
_LONGEST_START = 120
# How `back_up` ends when the backup is there and a copy of it is not.
_NOT_COPIED = 3


class UnderWay(NamedTuple):
    """What an upgrade needs to be taken back: kept in a file while it goes on."""

    old: str
    new: str
    units: list
    is_migrating: bool = False

    def keep(self):
        write_whole(places.UNDER_WAY, json.dumps(self._asdict()))
        return self


def upgrade(site, folder):
    """Put the version in `folder` in the place of the present one. Raises Refused; all is as before then."""
    if under_way():
        raise Refused(
            say(
                "Una actualización quedó a medias. Deshágala primero: trato upgrade --go-back",
                "An upgrade was cut off. Take it back first: trato upgrade --go-back",
            )
        )
    tell(say("Preparando la versión nueva…", "Making the new version…"))
    known = {path.resolve() for path in places.RELEASES.iterdir()}
    release = make_release(Path(folder))
    if release == site.code:
        raise Refused(
            say(f"Esta versión ya está en uso: {release.name}", f"This version is in use already: {release.name}")
        )
    tell(say("¿Acepta los ajustes?", "Does it take the settings?"))
    checked = manage(site, "check", code=release)
    _must(checked, say("La versión nueva no acepta los ajustes.", "The new version refuses the settings."))
    _back_up(site)
    _outlive_the_terminal()
    at = UnderWay(str(site.code), str(release), services.active_units() if services.are_kept() else [])
    try:
        _prepare(site, release, at.keep())
        _put_in_place(release)
        _start(site, at)
    except (Refused, OSError, KeyboardInterrupt) as error:
        tell(str(error) or say("Interrumpida.", "Interrupted."))
        tell(say("Volviendo a la versión de antes…", "Going back to the version before…"))
        go_back(site)
        # What is mended is another version.
        if release not in known:
            shutil.rmtree(release, ignore_errors=True)
        raise Refused(
            say(
                "La actualización no se hizo; el sitio está como antes.",
                "The upgrade was not done; the site is as before.",
            )
        ) from error
    places.UNDER_WAY.unlink()
    manage(site, "hold_database", "--forget", code=release)
    _forget_releases_but(site.code, release)
    tell(say(f"Listo: {release.name}", f"Done: {release.name}"))


def _outlive_the_terminal():
    """Let a line that drops end nothing, and whoever ends this process have it go back first."""

    def stop(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)


def go_back(site):
    """Take an upgrade back that failed or was cut off. Raises Refused when that does not succeed either."""
    at = under_way()
    if at is None:
        raise Refused(say("No hay nada que deshacer.", "There is nothing to take back."))
    old = Site(site.settings, Path(at.old))
    try:
        if services.are_kept():
            services.stop(services.active_units())
        if at.is_migrating:
            put_back = manage(old, "hold_database", "--put-back")
            _must(put_back, say("La base de datos no se pudo devolver.", "The database could not be put back."))
            # Its static files are those of the new version by now.
            prepared = manage(old, "prepare_site", "--no-backup", "--no-content")
            _must(
                prepared, say("La versión de antes no se pudo preparar.", "The version before could not be prepared.")
            )
        _put_in_place(old.code)
        _start(old, at)
    except (Refused, OSError) as error:
        raise Refused(
            say(
                f"{error}\nTampoco se pudo volver atrás; nada se perdió. Cuando esté resuelto, repita: trato upgrade "
                "--go-back",
                f"{error}\nGoing back failed too; nothing is lost. When it is mended, run: trato upgrade --go-back",
            )
        ) from error
    places.UNDER_WAY.unlink()


def under_way():
    """Return the `UnderWay` of an upgrade that has not come to its end, or None."""
    try:
        return UnderWay(**json.loads(places.UNDER_WAY.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def make_release(folder):
    """Make a release of the code in `folder`, with its environment, and return its folder; what is made stays.

    The code makes itself: an older version cannot know what a newer one needs.
    """
    if not (folder / "course" / "installing").is_dir():
        raise Refused(
            say(
                f"{folder}: no es una carpeta con el código del curso.",
                f"{folder}: it is no folder with the code of the course.",
            )
        )
    made = subprocess.run(
        [sys.executable, "-P", "-m", "course.installing.pieces", "release"],
        env=os.environ | {"PYTHONPATH": str(folder.resolve())},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if made.returncode:
        raise Refused(say("La versión nueva no se pudo preparar.", "The new version could not be made."))
    return Path(made.stdout.strip().splitlines()[-1]).resolve()


def _back_up(site):
    tell(say("Copia de seguridad…", "Backup…"))
    made = manage(site, "back_up").returncode
    if made == _NOT_COPIED:
        tell(say("Se sigue: la copia está en esta máquina.", "Going on: the backup is on this machine."))
    elif made:
        raise Refused(say("Sin copia de seguridad no se actualiza.", "Without a backup nothing is upgraded."))


def _prepare(site, release, at):
    """Stop the site, put its database by and bring it up to the new version."""
    tell(say("Deteniendo el sitio…", "Stopping the site…"))
    if services.are_kept():
        services.stop(at.units)
    held = manage(site, "hold_database")
    _must(held, say("La base de datos no se pudo apartar.", "The database could not be put by."))
    at = at._replace(is_migrating=True).keep()
    tell(say("Preparando la base de datos…", "Preparing the database…"))
    prepared = manage(site, "prepare_site", "--no-backup", code=release)
    _must(prepared, say("La base de datos no se pudo preparar.", "The database could not be prepared."))
    checked = manage(site, "check", "--deploy", "--fail-level", "ERROR", "--database", "default", code=release)
    _must(checked, say("La revisión encontró errores.", "The check found errors."))


def _put_in_place(release):
    """Let `current` name this release, at once, and install the services as it wants them."""
    lead_to(places.CURRENT, os.path.relpath(release, places.HOME))
    code, _python = places.code_of(release)
    written = subprocess.run(
        [sys.executable, "-P", "-m", "course.installing.pieces", "services"],
        env=os.environ | {"PYTHONPATH": str(code)},
        check=False,
    )
    _must(written, say("Los servicios no se pudieron instalar.", "The services could not be installed."))


def _start(site, at):
    if not services.are_kept():
        return
    tell(say("Iniciando…", "Starting…"))
    services.start(at.units)
    if services.SITE in at.units and not services.wait_until_ready(site.settings, seconds=_LONGEST_START):
        raise Refused(services.not_ready())


def _forget_releases_but(*kept):
    """Remove the other releases, and environments that none of those that stay uses."""
    for path in places.RELEASES.iterdir():
        if path.resolve() not in kept:
            shutil.rmtree(path)
    used = {(path / ".venv").resolve() for path in places.RELEASES.iterdir()}
    for path in places.ENVIRONMENTS.iterdir():
        if path.resolve() not in used:
            shutil.rmtree(path)


def _must(done, sentence):
    if done.returncode:
        raise Refused(sentence)
