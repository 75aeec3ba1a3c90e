"""Upgrade an installed site, and roll back by itself when a step fails.

After a backup the site stops and its database is held, so that going back loses nothing. Progress is in a file,
so that an upgrade interrupted by a power cut can be rolled back too.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from course.atomic_files import replace_symlink, write_atomically

from . import places, services
from .alone import alone, undisturbed
from .running import Site, as_the_account, manage_on, relay, tell
from .words import Refused, say

_LONGEST_START = 120
# Exit code of `back_up` when a copy failed.
_NOT_COPIED = 3
# No table touched yet; tables unusable; new version may be in use.
BEGUN, MIGRATING, STARTED = "begun", "migrating", "started"


class UnderWay(NamedTuple):
    old: str
    new: str
    units: list
    stage: str = BEGUN

    def keep(self):
        write_atomically(places.UNDER_WAY, json.dumps(self._asdict()))
        return self


def upgrade(site, folder):
    """Upgrade to the version in `folder`. Raises Refused after a rollback."""
    with alone():
        if under_way():
            raise Refused(cut_off())
        tell(say("Preparando la versión nueva…", "Making the new version…"))
        known = {path.resolve() for path in places.RELEASES.iterdir()}
        release = make_release(Path(folder))
        if release == site.code:
            raise Refused(
                say(f"Esta versión ya está en uso: {release.name}", f"This version is in use already: {release.name}")
            )
        tell(say("¿Acepta los ajustes?", "Does it take the settings?"))
        checked = manage_on(site, "check", code=release)
        _must(checked, say("La versión nueva no acepta los ajustes.", "The new version refuses the settings."))
        tell(say("Respaldo…", "Backup…"))
        _back_up(site, say("Sin respaldo no se actualiza.", "Without a backup nothing is upgraded."))
        at = UnderWay(str(site.code), str(release), services.units_to_start()).keep()
        try:
            at = _prepare(site, release, at)
            _put_in_place(release)
            _start_new(site, at)
        except (Refused, OSError, KeyboardInterrupt) as error:
            with undisturbed():
                tell(str(error) or say("Interrumpida.", "Interrupted."))
                tell(say("Volviendo a la versión de antes…", "Going back to the previous version…"))
                _take_back(site, under_way(), by_itself=True)
                if release not in known:
                    shutil.rmtree(release, ignore_errors=True)
            raise Refused(
                say(
                    "La actualización no se hizo; el sitio está como antes.",
                    "The upgrade was not done; the site is as before.",
                )
            ) from error
        _end(site, at)


def go_back(site):
    """Roll back an interrupted upgrade, or finish one that lacks only its end. Raises Refused."""
    with alone():
        at = under_way()
        if at is None:
            raise Refused(say("No hay nada que deshacer.", "There is nothing to take back."))
        if at.stage == STARTED and services.are_kept() and _is_ready(site):
            tell(
                say(
                    "La versión nueva ya está en uso y anda bien: no se deshace, se termina.",
                    "The new version is in use and is well: it is not taken back, its upgrade is ended.",
                )
            )
            _end(site, at)
        else:
            _take_back(site, at)
            tell(say("Deshecha: el sitio está como antes.", "Taken back: the site is as before."))


def under_way():
    try:
        return UnderWay(**json.loads(places.UNDER_WAY.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def cut_off():
    return say(
        "Una actualización quedó a medias. Resuélvala primero: trato upgrade --go-back",
        "An upgrade was cut off. See to it first: trato upgrade --go-back",
    )


def make_release(folder):
    """Install a release from the code in `folder` and return its folder; idempotent.

    The new code installs itself: an older version cannot know what it needs.
    """
    if not (folder / "course" / "installing").is_dir():
        raise Refused(
            say(
                f"{folder}: no es una carpeta con el código del curso.",
                f"{folder}: it is no folder with the code of the course.",
            )
        )
    said = []
    status = _of_the_installer("release", folder.resolve(), hear=said.append)
    if status:
        for line in said:
            tell(line)
    _must(status, say("La versión nueva no se pudo preparar.", "The new version could not be made."))
    return Path(said[-1]).resolve()


def _of_the_installer(piece, code, *, hear=None):
    command = [sys.executable, "-P", "-m", "course.installing.pieces", piece]
    return relay(command, hear=hear, env=os.environ | {"PYTHONPATH": str(code)})


def _back_up(site, otherwise, *, code=None):
    made = manage_on(site, "back_up", code=code)
    if made == _NOT_COPIED:
        tell(say("Se sigue: el respaldo está en esta máquina.", "Going on: the backup is on this machine."))
    else:
        _must(made, otherwise)


def _prepare(site, release, at):
    tell(say("Deteniendo el sitio…", "Stopping the site…"))
    services.stop_all()
    held = manage_on(site, "hold_database")
    _must(held, say("La base de datos no se pudo apartar.", "The database could not be put by."))
    at = at._replace(stage=MIGRATING).keep()
    tell(say("Preparando la base de datos…", "Preparing the database…"))
    prepared = manage_on(site, "prepare_site", "--no-backup", code=release)
    _must(prepared, say("La base de datos no se pudo preparar.", "The database could not be prepared."))
    checked = manage_on(site, "check", "--deploy", "--fail-level", "ERROR", "--database", "default", code=release)
    _must(checked, say("La revisión encontró errores.", "The check found errors."))
    return at


def _put_in_place(release):
    replace_symlink(places.CURRENT, os.path.relpath(release, places.HOME))
    written = _of_the_installer("services", places.code_of(release)[0])
    _must(written, say("Los servicios no se pudieron instalar.", "The services could not be installed."))


def _start_new(site, at):
    at._replace(stage=STARTED).keep()
    _must(_mark(site, "rm", "-f"), say("Las páginas no se pudieron abrir.", "The pages could not be opened."))
    _start(site, at)


def _mark(site, *command):
    return as_the_account(site, *command, Path(site.settings["VAR_DIR"], places.HALF_DONE)).returncode


def _start(site, at):
    tell(say("Iniciando…", "Starting…"))
    services.start(at.units)
    if services.are_kept() and services.SITE in at.units and not _is_ready(site):
        raise Refused(services.not_ready())


def _is_ready(site):
    return services.wait_until_ready(site.settings, seconds=_LONGEST_START)


def _end(site, at):
    new = Path(at.new)
    places.UNDER_WAY.unlink()
    manage_on(site, "hold_database", "--forget", code=new)
    _forget_releases_but(Path(at.old), new)
    tell(say(f"Listo: {new.name}", f"Done: {new.name}"))


def _take_back(site, at, *, by_itself=False):
    old = Site(site.settings, Path(at.old))
    try:
        services.stop_all()
        if at.stage == STARTED:
            _keep_what_was_done(site, at, by_itself=by_itself)
            _must(_mark(site, "touch"), say("Las páginas no se pudieron cerrar.", "The pages could not be shut."))
            at = at._replace(stage=MIGRATING).keep()
        if at.stage != BEGUN:
            put_back = manage_on(old, "hold_database", "--put-back")
            _must(put_back, say("La base de datos no se pudo devolver.", "The database could not be put back."))
            # The static files are the new version's by now.
            prepared = manage_on(old, "prepare_site", "--no-backup", "--no-content")
            _must(
                prepared, say("La versión de antes no se pudo preparar.", "The previous version could not be prepared.")
            )
        _put_in_place(old.code)
        # From now on people may save data: the database must not be put back again.
        at = at._replace(stage=BEGUN).keep()
        forgotten = manage_on(old, "hold_database", "--forget")
        _must(forgotten, say("Las páginas no se pudieron abrir.", "The pages could not be opened."))
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


def _keep_what_was_done(site, at, *, by_itself):
    tell(say("Respaldo de lo que se hizo con la versión nueva…", "Backup of what was done with the new version…"))
    try:
        _back_up(
            site,
            say(
                "Sin un respaldo de lo que hay ahora no se deshace.",
                "Without a backup of what is here nothing is undone.",
            ),
            code=at.new,
        )
    except Refused as problem:
        # Shortly after the start nearly nothing was saved, and people wait.
        if not by_itself:
            raise
        tell(problem)


def _forget_releases_but(*kept):
    for path in places.RELEASES.iterdir():
        if path.resolve() not in kept:
            shutil.rmtree(path)
    used = {(path / ".venv").resolve() for path in places.RELEASES.iterdir()}
    for path in places.ENVIRONMENTS.iterdir():
        if path.resolve() not in used:
            shutil.rmtree(path)


def _must(status, sentence):
    if status:
        raise Refused(sentence)
