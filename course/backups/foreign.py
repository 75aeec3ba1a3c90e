"""Refuse database objects that no site of ours has, such as triggers.

A backup may come from anybody, and a restore runs what it holds; so everything unknown is refused. Rows are not
checked: their author could make an administrator anyway.
"""

import re

from .exceptions import BackupError

_FOREIGN = "En la base de datos hay algo ajeno al curso / in the database is something foreign to the course: {}"

# --- SQLite ----------------------------------------------------------------------------------------------------------

# Wagtail's search index, kept by three triggers.
_OF_SEARCH = {
    "CREATE VIRTUAL TABLE wagtailsearch_indexentry_fts USING fts5(autocomplete, body, title)",
    "CREATE TRIGGER insert_wagtailsearch_indexentry_fts AFTER INSERT ON wagtailsearch_indexentry BEGIN INSERT INTO "
    "wagtailsearch_indexentry_fts(title, body, autocomplete, rowid) VALUES (NEW.title, NEW.body, NEW.autocomplete, "
    "NEW.id); END",
    "CREATE TRIGGER update_wagtailsearch_indexentry_fts AFTER UPDATE ON wagtailsearch_indexentry BEGIN UPDATE "
    "wagtailsearch_indexentry_fts SET title=NEW.title, body=NEW.body, autocomplete=NEW.autocomplete WHERE "
    "rowid=NEW.id; END",
    "CREATE TRIGGER delete_wagtailsearch_indexentry_fts AFTER DELETE ON wagtailsearch_indexentry BEGIN DELETE FROM "
    "wagtailsearch_indexentry_fts WHERE rowid=OLD.id; END",
}
# SQLite takes kind and name from this text, whatever its list says.
_MADE = {
    "table": re.compile(r"CREATE TABLE ([\"'`]?)(?P<name>[a-z0-9_]+)\1 ?\("),
    "index": re.compile(r"CREATE (?:UNIQUE )?INDEX ([\"'`]?)(?P<name>\w+)\1 ON ", re.ASCII),
}


def refuse_foreign_things(database):
    """Raise `BackupError` unless an SQLite database has only tables and indexes with our lower-case names."""
    for kind, name, text in database.execute("SELECT type, name, sql FROM sqlite_master"):
        of_itself = kind == "index" and text is None
        if not of_itself and text not in _OF_SEARCH and not _is_plain(kind, name, text):
            raise BackupError(_FOREIGN.format(_shown(f"{kind} {name}")))


def _is_plain(kind, name, text):
    made = _MADE[kind].match(str(text)) if kind in _MADE else None
    return made is not None and made["name"] == name


# --- PostgreSQL ------------------------------------------------------------------------------------------------------

_SETS = {
    "SET statement_timeout = 0;",
    "SET lock_timeout = 0;",
    "SET idle_in_transaction_session_timeout = 0;",
    "SET transaction_timeout = 0;",
    "SET client_encoding = 'UTF8';",
    "SET standard_conforming_strings = on;",
    "SELECT pg_catalog.set_config('search_path', '', false);",
    "SET check_function_bodies = false;",
    "SET xmloption = content;",
    "SET client_min_messages = warning;",
    "SET row_security = off;",
    "SET default_tablespace = '';",
    "SET default_table_access_method = heap;",
}
_NAME, _TABLE = r'(?:[a-z_][a-z0-9_]*|"[^"\\\n]+")', r"public\.[a-z_][a-z0-9_]*"
_NAMES = rf"\({_NAME}(?:, {_NAME})*\)"
_TYPE = (
    r"(?:bigint|boolean|bytea|character varying(?:\(\d+\))?|date|double precision|inet|integer|interval|jsonb"
    r"|numeric(?:\(\d+,\d+\))?|smallint|text|time without time zone|timestamp with time zone|tsvector|uuid)"
)
_COLLATED = r'(?: COLLATE pg_catalog\."C")?'
_COLUMN = rf"    {_NAME} {_TYPE}{_COLLATED}(?: NOT NULL)?{_COLLATED}"
_CHECK = rf"    CONSTRAINT {_NAME} CHECK \((?P<expression>.+)\)"
_IDENTITY = r"""
    SEQUENCE NAME {table}
    START WITH \d+
    INCREMENT BY \d+
    NO MINVALUE
    NO MAXVALUE
    CACHE \d+
"""
_PART = re.compile(rf"{_COLUMN}|{_CHECK}")
_CREATE_TABLE = re.compile(rf"CREATE TABLE {_TABLE} \(\n(?P<parts>.+)\n\);", re.DOTALL)
_CREATE_INDEX = re.compile(rf"CREATE (?:UNIQUE )?INDEX {_NAME} ON {_TABLE} USING (?:btree|gin) (?P<expression>.+);")
_COPY = re.compile(rf"COPY public\.(?P<table>[a-z_][a-z0-9_]*) {_NAMES} FROM stdin;")
_DEFERRED = r"(?: DEFERRABLE INITIALLY DEFERRED)?"
_PLAIN = re.compile(
    rf"ALTER TABLE {_TABLE} ALTER COLUMN {_NAME} ADD GENERATED (?:BY DEFAULT|ALWAYS) AS IDENTITY \("
    + _IDENTITY.format(table=_TABLE)
    + r"\);"
    + rf"|ALTER TABLE ONLY {_TABLE}\n    ADD CONSTRAINT {_NAME} (?:PRIMARY KEY|UNIQUE) {_NAMES}{_DEFERRED};"
    + rf"|ALTER TABLE ONLY {_TABLE}\n    ADD CONSTRAINT {_NAME} FOREIGN KEY {_NAMES} REFERENCES {_TABLE}{_NAMES}"
    + rf"(?: ON DELETE (?:CASCADE|SET NULL))?{_DEFERRED};"
    + rf"|SELECT pg_catalog\.setval\('{_TABLE}', \d+, (?:true|false)\);"
)
# Tokens of a condition: they can write no comment, no end and no psql command.
_TOKEN = re.compile(
    r" |'[^'\\]*'|\"[^\"\\]+\"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|\d+(?:\.\d+)?"
    r"|(?P<open>[(])|(?P<close>[)])|[,\[\]]|::|<=|>=|<>|[<>=]|#>>?|->>?|@>"
)
# Words allowed before a parenthesis; any other would call a function.
_BEFORE_PARENTHESIS = {"AND", "OR", "NOT", "IN", "ANY", "WHERE", "lower", "upper", "varying", "numeric"}
# psql's commands are off until the same random word comes again: a dump cannot know it.
_RESTRICT = re.compile(rb"\\(un)?restrict [A-Za-z0-9]+\n")
_LONGEST = 256 * 1024


def statements_of(script):
    """Yield (bytes, table, is a row) of `pg_restore` output. Raises `BackupError` at anything foreign."""
    lines = enumerate(script, start=1)
    for number, line in lines:
        if line == b"\n" or line.startswith(b"--"):
            continue
        if _RESTRICT.fullmatch(line):
            yield line, None, False
            continue
        statement, began = line, number
        while not statement.endswith(b";\n"):
            number, line = next(lines, (number, b""))
            statement += line
            if not line or len(statement) > _LONGEST:
                raise _foreign_line(began, statement)
        table = _table_filled_by(statement, began)
        yield statement, table, False
        if table:
            yield from _rows_of(table, lines, began)


def _rows_of(table, lines, began):
    for number, line in lines:
        if line == b"\\.\n":
            yield line, table, False
            return
        # psql's other ends of rows; inside rows these are escaped.
        if line.startswith(b"\\.") or b"\r" in line or b"\0" in line:
            raise _foreign_line(number, line)
        yield line, table, True
    raise _foreign_line(began, b"COPY")


def _table_filled_by(statement, number):
    try:
        text = statement.decode().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise _foreign_line(number, statement) from error
    if found := _COPY.fullmatch(text):
        return found["table"]
    if text in _SETS or _PLAIN.fullmatch(text):
        return None
    if (found := _CREATE_INDEX.fullmatch(text)) and _is_condition(found["expression"]):
        return None
    if (found := _CREATE_TABLE.fullmatch(text)) and all(map(_is_part, found["parts"].split(",\n"))):
        return None
    raise _foreign_line(number, statement)


def _is_part(text):
    found = _PART.fullmatch(text)
    return found is not None and (found["expression"] is None or _is_condition(found["expression"]))


def _is_condition(text):
    depth, place, before = 0, 0, "("
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found or (found["open"] and before not in _BEFORE_PARENTHESIS and not _may_open(before)):
            return False
        depth += bool(found["open"]) - bool(found["close"])
        if depth < 0:
            return False
        place, before = found.end(), found[0] if found[0] != " " else before
    return depth == 0


def _may_open(before):
    return not (before[-1].isalnum() or before[-1] in "_\"'")


def _foreign_line(number, statement):
    shown = _shown(statement[:80].decode(errors="replace"))
    return BackupError(_FOREIGN.format(f"línea / line {number}: {shown}"))


def _shown(text):
    return "".join(sign if sign.isprintable() else " " for sign in text[:80]).strip()
