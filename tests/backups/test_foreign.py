import gzip
import io
import json
import sqlite3
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from course.backups import foreign
from course.backups.exceptions import BackupError
from course.backups.foreign import refuse_foreign_things, statements_of
from course.backups.making import back_up
from course.backups.state import last_backup
from tests.factories import NOW

from .conftest import every_file, every_row, manage, rewritten, sealed_anew


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads a file of SQLite")
def test_what_our_migrations_make_is_no_stranger(db):
    connection.ensure_connection()
    database = connection.connection
    refuse_foreign_things(database)
    texts = {text for (text,) in database.execute("SELECT sql FROM sqlite_master")}
    assert texts >= foreign._OF_SEARCH


HIDDEN = "INSERT INTO sqlite_master VALUES ({}, 'ours', 'ours', 0, '{}')"
HOSTILE_FILES = {
    "view": ("CREATE VIEW course_user AS SELECT 1 AS id", "view course_user"),
    "trigger": ("CREATE TRIGGER t AFTER INSERT ON ours BEGIN DELETE FROM ours; END", "trigger t"),
    "trigger of another text": (
        "CREATE TRIGGER insert_wagtailsearch_indexentry_fts AFTER INSERT ON ours BEGIN DELETE FROM ours; END",
        "trigger insert_wagtailsearch_indexentry_fts",
    ),
    "virtual table": ("CREATE VIRTUAL TABLE words USING fts5(a)", "table words"),
    "virtual table of our name": (
        "CREATE VIRTUAL TABLE wagtailsearch_indexentry_fts USING fts5(autocomplete, body, content='ours')",
        "table wagtailsearch_indexentry_fts",
    ),
    "double": ('CREATE TABLE "SHARED_CACHE" (cache_key text)', "table SHARED_CACHE"),
    "name in other signs": ("CREATE TABLE [ours two] (id integer)", "table ours two"),
    "double under another name": (HIDDEN.format("'table'", 'CREATE TABLE "SHARED_CACHE" (a)'), "table ours"),
    "view called a table": (HIDDEN.format("'table'", "CREATE VIEW ours2 AS SELECT 1"), "table ours"),
    "trigger called an index": (
        HIDDEN.format("'index'", "CREATE TRIGGER ours AFTER INSERT ON ours BEGIN SELECT 1; END"),
        "index ours",
    ),
    "nothing at all": (HIDDEN.format("''", "CREATE TABLE ours (id)"), "ours"),
    "signs of a terminal": ('CREATE TABLE "\x1b[2Jx" (a)', r"table  \[2Jx$"),
}


@pytest.mark.parametrize(("statement", "named"), HOSTILE_FILES.values(), ids=HOSTILE_FILES)
def test_a_file_that_holds_more_than_tables_and_indexes_of_ours_is_refused(tmp_path, statement, named):
    database = sqlite3.connect(tmp_path / "file.sqlite3")
    database.execute("CREATE TABLE ours (id integer)")
    database.execute('CREATE INDEX "ours_id" ON "ours" ("id")')
    refuse_foreign_things(database)
    database.execute("PRAGMA writable_schema = ON")
    database.execute(statement)
    with pytest.raises(BackupError, match=named):
        refuse_foreign_things(database)


TABLE = "CREATE TABLE public.ours (\n    id integer NOT NULL{}\n);"
CHECKED = TABLE.format(",\n    CONSTRAINT c CHECK ({})")
INDEX = "CREATE INDEX i ON public.ours USING btree {};"
KNOWN = [
    TABLE.format(""),
    TABLE.format(',\n    "order" character varying(9) NOT NULL COLLATE pg_catalog."C"'),
    CHECKED.format("((a IS NULL) OR ((b)::text = 'it''s; -- no'::text))"),
    INDEX.format("(lower((a)::text), b DESC) WHERE ((c)::text = ANY ((ARRAY['x'::text])::text[]))"),
    'COPY public.ours (id, "order") FROM stdin;\n1\t\\\\! id\n\\.',
    "\\restrict abcDEF123",
    "-- \\! id",
]
HOSTILE_STATEMENTS = [
    "\\! touch ran", "\\o |sh", "\\i /etc/passwd", "\\copy public.ours from program 'id'", "\\restrict a b",
    "SET lock_timeout = 0; \\! touch ran", "SET lock_timeout = 0;\\g |sh", "SET lock_timeout = :x;",
    CHECKED.format("(id = :x)"), CHECKED.format("(a = `id`)"), CHECKED.format("(a = 'x\\\\!')"),
    "COPY public.ours FROM PROGRAM 'id';", "COPY public.ours (id) FROM PROGRAM 'id';",
    "COPY public.ours (id) TO PROGRAM 'id';", "COPY (SELECT 1) TO PROGRAM 'id';", "COPY public.ours (id) TO '/tmp/x';",
    "COPY pg_catalog.pg_authid (rolname) FROM stdin;", "COPY public.ours (id) FROM stdin WHERE true;",
    "SELECT pg_catalog.lo_export(1, '/tmp/x');", "SELECT pg_catalog.pg_read_file('/etc/passwd');",
    "SELECT pg_catalog.setval('public.ours', (SELECT 1), true);",
    "SELECT pg_catalog.set_config('search_path', 'public', false);",
    "DO $$ BEGIN END $$;", "CALL public.p();", "LOAD 'x';", "ALTER SYSTEM SET archive_command = 'id';",
    "CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';", "CREATE VIEW public.v AS SELECT 1;",
    "CREATE MATERIALIZED VIEW public.v AS SELECT 1;", "CREATE RULE r AS ON SELECT TO public.ours DO NOTHING;",
    "CREATE TRIGGER t BEFORE INSERT ON public.ours EXECUTE FUNCTION public.f();",
    "CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION public.f();", "CREATE EXTENSION plpython3u;",
    "CREATE OPERATOR public.= (FUNCTION = public.f, LEFTARG = text, RIGHTARG = text);",
    "CREATE CAST (text AS integer) WITH INOUT;", "CREATE DOMAIN public.d AS text;", "CREATE TYPE public.t AS (a text);",
    "CREATE POLICY p ON public.ours;", "CREATE SCHEMA s;", "CREATE SEQUENCE public.s;", "CREATE ROLE r SUPERUSER;",
    "CREATE PUBLICATION p FOR ALL TABLES;", "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;",
    "CREATE SERVER s FOREIGN DATA WRAPPER f;", "CREATE AGGREGATE public.a (text) (SFUNC = f, STYPE = text);",
    "GRANT ALL ON public.ours TO PUBLIC;", "ALTER TABLE public.ours OWNER TO postgres;", "ALTER ROLE r SUPERUSER;",
    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;", "SET ROLE postgres;", "SET SESSION AUTHORIZATION x;",
    "SET session_replication_role = replica;", "SET search_path = public;", "SET client_encoding = 'SJIS';",
    "SET standard_conforming_strings = off;", "INSERT INTO public.ours VALUES (1);", "DELETE FROM public.ours;",
    "COMMIT;", "BEGIN;", "TRUNCATE public.ours;", "DROP TABLE public.ours;", "SECURITY LABEL ON TABLE x IS 'y';",
    "CREATE TABLE public.ours AS SELECT 1;", "CREATE TABLE public.ours (\n    id\n) AS SELECT (1\n);",
    "CREATE TABLE public.ours (\n    id integer\n)\nINHERITS (public.course_user);",
    "CREATE TABLE public.\"Ours\" (\n    id integer\n);", "CREATE TABLE other.ours (\n    id integer\n);",
    "CREATE TEMPORARY TABLE ours (\n    id integer\n);", "CREATE TABLE public.ours (\n    id public.t\n);",
    TABLE.format(" DEFAULT public.f()"), TABLE.format(" DEFAULT pg_catalog.lo_import('/etc/passwd')"),
    TABLE.format(" GENERATED ALWAYS AS (f(1)) STORED"), TABLE.format(",\n    LIKE public.course_user"),
    CHECKED.format("query_to_xml('x')"), CHECKED.format("(query_to_xml ('x') IS NULL)"), CHECKED.format("public.f(id)"),
    CHECKED.format('("query_to_xml"(\'x\') IS NULL)'), CHECKED.format("true)) AS SELECT (f((1"),
    CHECKED.format("true -- )"), CHECKED.format("true /* )"), CHECKED.format("true; DROP TABLE x"),
    CHECKED.format("$$a$$ = a"), CHECKED.format("a OPERATOR(public.=) b"), CHECKED.format("(true"),
    INDEX.format("(f(id))"), INDEX.format("(id) WHERE (f(id))"), INDEX.format("(id);\nSELECT 1"),
    INDEX.format("(id) WITH (fillfactor='1')"), "CREATE INDEX i ON public.ours USING evil (id);",
    "ALTER TABLE ONLY public.ours\n    ADD CONSTRAINT c CHECK (f(id));",
    "ALTER TABLE ONLY public.ours\n    ADD CONSTRAINT c EXCLUDE USING gist (id WITH =);",
    "ALTER TABLE public.ours DISABLE TRIGGER ALL;", "ALTER TABLE public.ours ENABLE ROW LEVEL SECURITY;",
    "SET lock_timeout = 0; SET lock_timeout = 0;", "SET lock_timeout = 0", "CREATE TABLE public.ours (",
    # Rows that end for psql alone, or never.
    "COPY public.ours (id) FROM stdin;\n1\n\\.\r\n\\! touch ran\n\\.", "COPY public.ours (id) FROM stdin;\n1\0\n\\.",
    "COPY public.ours (id) FROM stdin;\n\\.x\n\\.", "COPY public.ours (id) FROM stdin;\n1",
    "COPY public.ours (id) FROM stdin;\n1\n\\.\n\\! touch ran",
]  # fmt: skip


def script_of(statement):
    return io.BytesIO(f"--\n-- A dump\n--\n\nSET lock_timeout = 0;\n{statement}\n".encode())


def test_of_a_script_only_what_makes_our_tables_is_passed_on():
    for statement in KNOWN:
        passed = b"".join(one for one, *_ in statements_of(script_of(statement)))
        assert passed.decode() == "SET lock_timeout = 0;\n" + (f"{statement}\n" * (statement[:2] != "--"))
    let_through = []
    for statement in HOSTILE_STATEMENTS:
        try:
            list(statements_of(script_of(statement)))
        except BackupError as error:
            if not foreign_at(str(error), statement):
                let_through.append((statement, str(error)))
        else:
            let_through.append(statement)
    assert let_through == []
    with pytest.raises(BackupError, match="line 6"):
        list(statements_of(io.BytesIO(script_of("SELECT 1").getvalue() + b"\xff;\n")))


def foreign_at(said, statement):
    line = int(said.partition("line ")[2].partition(":")[0])
    return 6 <= line <= 6 + statement.count("\n") and "\n" not in said and said.isprintable()


def put_stranger_in(manifest, folder):
    if connection.vendor == "sqlite":
        name = "database.sqlite3.gz"
        plain = folder / "plain.sqlite3"
        plain.write_bytes(gzip.decompress((folder / name).read_bytes()))
        stranger = sqlite3.connect(plain)
        stranger.execute(
            "CREATE TRIGGER t AFTER DELETE ON django_session BEGIN UPDATE course_user SET is_staff = 1; END"
        )
        stranger.commit()
        stranger.close()
        (folder / name).write_bytes(gzip.compress(plain.read_bytes(), 1))
    else:
        name = "database.pgdump"
        known = b"CREATE INDEX attempts_to_mark ON public.quizzes_attempt USING btree (learner_id) WHERE"
        content = (folder / name).read_bytes()
        assert content.count(known) == 1
        (folder / name).write_bytes(content.replace(known, b"\\! touch ran".ljust(len(known) - 1) + b"\n"))
    sealed_anew(manifest, folder, name)


def cut_the_database(manifest, folder):
    name = manifest["database"]["member"]
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    sealed_anew(manifest, folder, name)


@pytest.mark.postgres
def test_a_backup_of_a_stranger_is_refused_by_name_and_what_was_cached_is_never_read(machines, site, monkeypatch):
    machines.settings.CACHES = machines.settings.CACHES | {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}
    }
    call_command("createcachetable")
    # A cache holds objects as Python writes them, which run code when they are read.
    cache.set("probe", "of before")
    made = back_up(now=NOW).file
    machines.run_on("second")
    monkeypatch.chdir(machines.folder)
    manage("restore_backup", made)
    assert cache.get("probe") is None
    cache.set("probe", "of now")
    assert cache.get("probe") == "of now", "the table is there again"
    rows, files = every_row(), every_file()
    named = r"trigger t$" if connection.vendor == "sqlite" else r"line \d+: \\! touch ran"
    stranger = rewritten(made, put_stranger_in)
    for command in (["back_up", "--check", stranger], ["restore_backup", stranger, "--replace"]):
        with pytest.raises(CommandError, match=named):
            manage(*command)
    with pytest.raises(CommandError, match="the database is damaged"):
        manage("restore_backup", str(rewritten(made, cut_the_database)), "--replace")
    assert (every_row(), every_file()) == (rows, files)
    assert not Path(machines.settings.BACKUP_DIR).exists(), "nothing was even begun"
    assert not (machines.folder / "ran").exists()
    # Of the site's own it is said at once, and not in an emergency.
    for statement, said in (("CREATE VIEW seen AS SELECT 1 AS id", "foreign to the course: "), ("DROP VIEW seen", "")):
        with connection.cursor() as cursor:
            cursor.execute(statement)
        manage("back_up")
        assert (said in last_backup().problem, bool(last_backup().problem)) == (True, bool(said))


def test_keys_that_are_no_line_of_settings_are_refused_before_anything_is_touched(machines, site):
    made = back_up(now=NOW).file
    rows = every_row()
    wrong = [{"SECRET_KEY": 7}, {"SECRET_KEY": "a\nDEBUG=1"}, {"SECRET_KEY": "a", "ACCOUNT_KEYS": ["b"]}, {}, [], 1]
    for kept in wrong:

        def put(manifest, folder, kept=kept):
            (folder / "settings/settings.json").write_text(json.dumps(kept))
            sealed_anew(manifest, folder, "settings/settings.json")

        with pytest.raises(CommandError, match="the file is damaged: its keys"):
            manage("restore_backup", str(rewritten(made, put)), "--replace")
    assert every_row() == rows
    # Without them it is a database.
    manage("restore_backup", str(rewritten(made, put)), "--replace", "--no-backup", "--without-keys")
