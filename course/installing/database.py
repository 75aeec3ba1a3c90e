"""The machine's own PostgreSQL: who the system says one is, one is there, so there is no password to keep."""

from course.operating.words import say

from . import places
from .site import are_on
from .steps import Command

_AS_POSTGRES = ("runuser", "-u", "postgres", "--")


def own_postgresql():
    """Return the step that makes the role and the database."""
    name = places.DATABASE

    def has(question):
        return lambda machine: machine.asks(*_AS_POSTGRES, "psql", "-XAtc", question) == "1"

    yield Command(
        say("PostgreSQL encendido", "PostgreSQL running"),
        ("systemctl", "enable", "--now", "postgresql"),
        done=lambda machine: are_on(machine, "postgresql.service"),
    )
    yield Command(
        say("La cuenta en PostgreSQL", "The account in PostgreSQL"),
        (*_AS_POSTGRES, "createuser", "--no-superuser", "--no-createdb", "--no-createrole", name),
        done=has(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"),  # noqa: S608 - a name of ours
    )
    yield Command(
        say("La base de datos", "The database"),
        # As templates may have another encoding, on a system without a language.
        (*_AS_POSTGRES, "createdb", "-O", name, "-E", "UTF8", "-T", "template0", "--locale=C.UTF-8", name),
        done=has(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"),  # noqa: S608 - a name of ours
    )
