"""Restore a backup, after everything in it was checked.

Order: missing media, the database in one transaction, keys, changed media. An interrupted restore is marked and
the same command continues it; until then the site is neither prepared nor backed up.
"""

import contextlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

from . import contents, databases
from .checking import check_rows
from .exceptions import BackupError
from .making import Made, back_up, one_at_a_time, sentence_of
from .opening import Manifest, read_backup
from .restored_keys import different_settings, put_keys_in_place, settings_in
from .state import interrupted_restore


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    before: Made | None
    with_keys: bool
    different: tuple[str, ...]
    settings_file: Path | None
    said: tuple[str, ...]


def restore(path, *, now, identity=None, replace=False, without_keys=False, backup_first=True):
    """Restore a backup and return `Restored`. Raises `BackupError`, also without `replace` if an account exists."""
    folder = settings.VAR_DIR / "restoring"
    resumed = interrupted_restore() is not None
    with one_at_a_time(settings.VAR_DIR):
        try:
            _empty(folder)
            staged = folder / "staged"
            staged.mkdir()
            manifest = read_backup(path, identity=identity, into=staged, wanted=lambda name: True)
            with_keys = manifest.has_keys and not without_keys
            _refuse(manifest, staged, may_replace=replace or resumed)
            if with_keys:
                settings_in(staged / contents.SETTINGS)
            # Not of a new machine: a nearly empty backup would become the newest.
            is_kept = backup_first and not resumed and not _is_empty()
            before = back_up(now=now, spare=path, copied=False) if is_kept else None
            said = _put_in_place(folder, staged, manifest, path, with_keys=with_keys)
        except OSError as error:
            raise BackupError(sentence_of(error, folder)) from error
        finally:
            if not (folder / "ready").exists():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                shutil.rmtree(folder / "staged", ignore_errors=True)
    different, settings_file = different_settings() if with_keys else ((), None)
    return Restored(manifest, before, with_keys, different, settings_file, tuple(said))


def _empty(folder):
    folder.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(folder / "staged", ignore_errors=True)


def _refuse(manifest, staged, *, may_replace):
    here = connections[DEFAULT_DB_ALIAS].vendor
    if manifest.kind != here:
        raise BackupError(
            f"El respaldo es de una base de datos {manifest.kind} y este sitio usa {here} / the backup is of another "
            "kind of database."
        )
    if unknown := newer_migrations(manifest.migrations):
        raise BackupError(
            f"El respaldo es de una versión más nueva ({manifest.version}): actualice primero el curso / it is of a "
            f"newer version: upgrade the course first ({', '.join(unknown)})."
        )
    check_rows(manifest, staged)
    if not may_replace and not _is_empty():
        raise BackupError(
            "En este sitio ya hay personas: --replace las sustituye, con un respaldo de lo que hay / there are people "
            "here already: --replace puts the backup in their place, after a backup of what is here."
        )


def newer_migrations(migrations):
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    last = {}
    for app, name in known:
        last[app] = max(last.get(app, ""), name[:4])
    return [f"{app}.{name}" for app, name in migrations if (app, name) not in known and name[:4] > last.get(app, "")]


def _is_empty():
    try:
        return not databases.has_people()
    except DatabaseError:
        return False


def _put_in_place(folder, staged, manifest, path, *, with_keys):
    media = [name for name in manifest.members if name.startswith(contents.MEDIA)]
    media = {name.removeprefix(contents.MEDIA): staged / name for name in media}
    present = set(contents.media_names())
    mark = folder / "ready"
    mark.write_text(json.dumps({"file": str(path)}), encoding="utf-8")
    added = []
    try:
        for name in sorted(set(media) - present):
            added.append(name)
            _save_media(name, media[name])
        databases.replace(manifest.database, staged / manifest.database, staged)
    except Exception:
        for name in added:
            with contextlib.suppress(Exception):
                default_storage.delete(name)
        mark.unlink()
        raise
    said = put_keys_in_place(staged) if with_keys else []
    for name in sorted(present - set(media)):
        default_storage.delete(name)
    for name in sorted(present & set(media)):
        if not _is_same(name, media[name]):
            default_storage.delete(name)
            _save_media(name, media[name])
    mark.unlink()
    return said


def _save_media(name, path):
    with path.open("rb") as file:
        saved = default_storage.save(name, File(file))
    if saved != name:
        default_storage.delete(saved)
        raise BackupError(f"No se puede guardar con su nombre / it cannot be kept under its name: {name}")


def _is_same(name, path):
    with default_storage.open(name) as present, path.open("rb") as staged:
        while True:
            one, other = present.read(1024 * 1024), staged.read(1024 * 1024)
            if one != other:
                return False
            if not one:
                return True
