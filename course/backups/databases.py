"""The database as one file: SQLite by its backup API, PostgreSQL by `pg_dump`."""

import contextlib
import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from typing import BinaryIO, NamedTuple

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from course.errors import DISK_FULL, find_outage

from .exceptions import BackupError
from .foreign import refuse_foreign_things, statements_of

SQLITE, POSTGRESQL = "database.sqlite3.gz", "database.pgdump"
# What does not come back: sessions, and what was only kept for a while, which is read as code (`createcachetable` makes
# the table anew). No name is another's double: `foreign` sees to that.
_LEFT_OUT = ("DELETE FROM django_session", "DROP TABLE IF EXISTS shared_cache")
# Higher levels take longer and save nothing: certificates and pictures are compressed.
_COMPRESSION = 3
_PIECE = 1024 * 1024
_ROOM = 32 * _PIECE
_NOT_USABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Snapshot(NamedTuple):
    """Member name, file and rows of each table; `foreign` is why it could not be restored, or ""."""

    member: str
    size: int
    file: BinaryIO
    rows: dict
    foreign: str


def kind():
    return connections[DEFAULT_DB_ALIAS].vendor


def has_people():
    with _own_connection() as own:
        if "course_user" not in own.introspection.table_names():
            return False
        with own.cursor() as cursor:
            cursor.execute("SELECT 1 FROM course_user LIMIT 1")
            return cursor.fetchone() is not None


@contextlib.contextmanager
def snapshot(folder):
    """Yield the `Snapshot` of the database; its temporary file in `folder` has no name, so nothing is left behind."""
    try:
        with _own_connection() as own, tempfile.TemporaryFile(dir=folder) as file:
            rows = _SNAPSHOT[own.vendor](own, folder, file)
            size, foreign = file.tell(), _foreign_in(own, file)
            file.seek(0)
            yield Snapshot(POSTGRESQL if own.vendor == "postgresql" else SQLITE, size, file, rows, foreign)
    except (DatabaseError, sqlite3.Error) as error:
        if find_outage(error) is DISK_FULL:
            raise BackupError(f"No hay lugar en el disco / there is no room left on the disk: {folder}") from error
        raise BackupError(f"La base de datos no se deja copiar / the database cannot be copied: {error}") from error


def rows_in(member, path, folder):
    """Return {table: rows} of a staged database. Raises `BackupError` if it is damaged or foreign."""
    return (_rows_of_dump if member == POSTGRESQL else _rows_of_copy)(path, folder)


@contextlib.contextmanager
def opened(member, path, folder):
    """Yield the read-only alias of the staged database; None for a dump of PostgreSQL."""
    if member == POSTGRESQL or kind() != "sqlite":
        yield None
        return
    unpacked, alias = _unpacked(path, folder), "backup"
    own = connections[DEFAULT_DB_ALIAS].copy(alias)
    own.settings_dict |= {"NAME": f"file:{unpacked}?mode=ro&immutable=1", "OPTIONS": {}}
    connections[alias] = own
    try:
        yield alias
    finally:
        own.close()
        del connections[alias]
        unpacked.unlink()


def replace(member, path, folder, *, is_own=False):
    """Replace the database atomically; all sessions end, unless it `is_own`: held by this machine."""
    connections[DEFAULT_DB_ALIAS].close()
    (_replace_on_server if member == POSTGRESQL else _replace_file)(path, folder, is_own)


def _foreign_in(own, file):
    try:
        if own.vendor == "sqlite":
            refuse_foreign_things(own.connection)
            return ""
        file.seek(0)
        with _script_of(file, "--schema-only") as script:
            for _ in statements_of(script):
                pass
    except BackupError as error:
        return str(error)
    return ""


@contextlib.contextmanager
def _own_connection():
    own = connections[DEFAULT_DB_ALIAS].copy()
    try:
        yield own
    finally:
        own.close()


def _count(own):
    with own.cursor() as cursor:
        rows = {}
        for table in sorted(own.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {own.ops.quote_name(table)}")  # noqa: S608 - a name it gave itself
            rows[table] = cursor.fetchone()[0]
    return rows


# --- SQLite ----------------------------------------------------------------------------------------------------------


def _copy_file(own, folder, file):
    own.ensure_connection()
    descriptor, path = tempfile.mkstemp(prefix=".unfinished-", dir=folder)
    with os.fdopen(descriptor, "rb") as copy:
        target = sqlite3.connect(path)
        with contextlib.closing(target):
            # An open file needs no name and no journal.
            target.execute("PRAGMA journal_mode=OFF")
            target.execute("PRAGMA schema_version").fetchone()
            os.unlink(path)
            # Count and copy the same state, in one step: SQLite restarts a copy after each write.
            own.connection.execute("BEGIN")
            rows = _tables_of(own.connection)
            own.connection.backup(target, pages=-1)
            own.connection.execute("COMMIT")
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_COMPRESSION, mtime=0) as packed:
            shutil.copyfileobj(copy, packed, _PIECE)
    return rows


def _tables_of(database):
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    names = sorted(name for (name,) in tables)
    count = 'SELECT COUNT(*) FROM "{}"'
    return {name: database.execute(count.format(name.replace('"', '""'))).fetchone()[0] for name in names}


def _unpacked(path, folder):
    unpacked = folder / "database.sqlite3"
    try:
        with gzip.open(path) as packed, open(unpacked, "xb") as target:
            while piece := packed.read(_PIECE):
                if shutil.disk_usage(folder).free < _ROOM:
                    raise BackupError("No hay lugar en el disco / there is no room left on the disk.")
                target.write(piece)
    except (EOFError, gzip.BadGzipFile, gzip.zlib.error) as error:
        raise BackupError(f"La base de datos está dañada / the database is damaged: {error}") from error
    return unpacked


def _rows_of_copy(path, folder):
    unpacked = _unpacked(path, folder)
    try:
        with contextlib.closing(sqlite3.connect(f"file:{unpacked}?mode=ro&immutable=1", uri=True)) as database:
            refuse_foreign_things(database)
            found = database.execute("PRAGMA integrity_check").fetchall()
            if found != [("ok",)]:
                raise sqlite3.DatabaseError(found[0][0])
            return _tables_of(database)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"La base de datos está dañada / the database is damaged: {error}") from error
    finally:
        unpacked.unlink()


def _replace_file(path, folder, is_own):
    unpacked = _unpacked(path, folder)
    with contextlib.closing(sqlite3.connect(unpacked)) as source:
        if not is_own:
            _leave_out(source)
        try:
            _overwrite(source)
        except (DatabaseError, sqlite3.DatabaseError) as error:
            told = error if isinstance(error, sqlite3.Error) else error.__cause__
            if getattr(told, "sqlite_errorcode", 0) & 0xFF not in _NOT_USABLE:
                raise BackupError(
                    f"La base de datos está en uso: detenga el sitio / it is in use: stop the site ({error})."
                ) from error
            _set_aside()
            _overwrite(source)


def _leave_out(source):
    refuse_foreign_things(source)
    try:
        for statement in _LEFT_OUT:
            source.execute(statement)
        source.commit()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"La base de datos está dañada / the database is damaged: {error}") from error


def _overwrite(source):
    with _own_connection() as own:
        own.ensure_connection()
        source.backup(own.connection, pages=-1)


def _set_aside():
    present = str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(present + ending, f"{present}.damaged{ending}")


# --- PostgreSQL ------------------------------------------------------------------------------------------------------

# Only our tables: extensions and objects of others stay.
_DROP_TABLES = """
BEGIN;
SET LOCAL lock_timeout = '30s';
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', name);
  END LOOP;
END $$;
"""
_LEAVE_OUT = "SET search_path = public;\n" + "".join(f"{statement};\n" for statement in _LEFT_OUT)


def _dump(own, folder, file):
    check_program("pg_dump", own)
    with own.cursor() as cursor:
        # Count and dump the same state.
        cursor.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        same = cursor.fetchone()[0]
        command, environment = _command("pg_dump", own, "-Fc", "--no-owner", "--no-privileges", f"--snapshot={same}")
        _run(command, env=environment, stdout=file)
        file.seek(0, os.SEEK_END)
        return _count(own)


def check_program(program, own=None):
    if not shutil.which(program):
        raise BackupError(f"Falta {program}: apt-get install postgresql-client / {program} is missing.")
    if own is None:
        return
    said = subprocess.run(  # noqa: S603 - one of three programs
        [program, "--version"], check=True, capture_output=True, text=True
    ).stdout
    major = int(re.search(r"\) (\d+)", said)[1])
    own.ensure_connection()
    if major < (server := own.pg_version // 10000):
        raise BackupError(
            f"{program} es de la versión {major} y el servidor de la {server}: instale postgresql-client-{server} / "
            f"{program} is of version {major}, the server of {server}."
        )


def _command(program, own, *options):
    arguments, environment = own.client.settings_to_cmd_args_env(own.settings_dict, [])
    return [program, *options, *arguments[1:]], os.environ | (environment or {}) | {"LC_ALL": "C"}


def _run(command, **options):
    done = subprocess.run(  # noqa: S603 - what comes from outside are the settings
        command, check=False, stderr=subprocess.PIPE, **options
    )
    if done.returncode:
        raise BackupError(f"{command[0]}: {_last_line(done.stderr)}")


def _last_line(said):
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["?"])[0]


@contextlib.contextmanager
def _script_of(dump, *more):
    check_program("pg_restore")
    options = ["--schema=public", "--no-owner", "--no-privileges", "--no-comments"]
    command = ["pg_restore", "-f", "-", *options, *more]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - our own file
            command, stdin=dump, stdout=subprocess.PIPE, stderr=said, env=os.environ | {"LC_ALL": "C"}
        ) as restoring,
    ):
        try:
            yield restoring.stdout
        except BackupError:
            # A damaged dump may end in half a statement, which is not foreign.
            if restoring.stdout.read(1) or not restoring.wait():
                raise
        restoring.stdout.close()
        if restoring.wait():
            said.seek(0)
            raise BackupError(f"La base de datos está dañada / the database is damaged: {_last_line(said.read())}")


def _rows_of_dump(path, _folder):
    rows = {}
    with path.open("rb") as dump, _script_of(dump) as script:
        for _, table, is_row in statements_of(script):
            if table:
                rows[table] = rows.get(table, 0) + is_row
    return rows


def _replace_on_server(path, _folder, is_own):
    with _own_connection() as own, tempfile.TemporaryFile() as said:
        check_program("psql")
        command, environment = _command("psql", own, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-")
        with (
            contextlib.suppress(BrokenPipeError),
            subprocess.Popen(  # noqa: S603 - what comes from outside are the settings
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=environment
            ) as psql,
        ):
            psql.stdin.write(_DROP_TABLES.encode())
            with path.open("rb") as dump, _script_of(dump) as script:
                if is_own:
                    shutil.copyfileobj(script, psql.stdin, _PIECE)
                else:
                    psql.stdin.writelines(statement for statement, *_ in statements_of(script))
                    psql.stdin.write(_LEAVE_OUT.encode())
            psql.stdin.write(b"COMMIT;\n")
            psql.stdin.close()
        if psql.returncode:
            said.seek(0)
            raise BackupError(f"psql: {_last_line(said.read())}")


_SNAPSHOT = {"sqlite": _copy_file, "postgresql": _dump}
