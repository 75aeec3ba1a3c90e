"""Checks: database, its version, the clock."""

import pkgutil
import re
from datetime import timedelta
from functools import cache
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import CertificateEvent
from course.errors import DATABASE_DAMAGED, DATABASE_GONE, NEWER_DATABASE, UNMIGRATED, WRONG_CLOCK, find_outage
from course.models import AuditEntry, SignIn
from course.version import typed
from quizzes.models import AnswerWrite

from .facts import bad, filled, good, moment

# Clocks of machines that share a database differ a little.
TOLERANCE = timedelta(minutes=5)
# Tables whose rows are written at the moment in this field.
_FACTS = ((AuditEntry, "at"), (SignIn, "at"), (AnswerWrite, "received_at"), (CertificateEvent, "at"))
_NUMBER = re.compile(r"\d+")


def database_in_words():
    found = connections[DEFAULT_DB_ALIAS].settings_dict
    if found["ENGINE"].endswith("sqlite3"):
        return f"SQLite {found['NAME']}"
    place = f"{found['HOST'] or 'localhost'}{':' if found['PORT'] else ''}{found['PORT']}"
    return f"PostgreSQL {found['USER']}@{place}/{found['NAME']}"


def database_answers():
    connection = connections[DEFAULT_DB_ALIAS]
    # SQLite opens its file only to read from a table.
    question = "SELECT count(*) FROM sqlite_master" if connection.vendor == "sqlite" else "SELECT 1"
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            cursor.fetchone()
    except Error as error:
        outage = find_outage(error)
        if outage is DATABASE_DAMAGED:
            return bad("database", DATABASE_DAMAGED.reason, DATABASE_DAMAGED)
        return bad("database", _does_not_answer(outage, error))
    return good("database", _("The database answers."))


def _does_not_answer(outage, error):
    if outage is DATABASE_GONE:
        return silent()
    what = outage.title if outage else type(error).__name__
    return filled(_("The database does not answer (%(what)s)."), what=what)


def silent():
    return _("The database does not answer.")


def migrations_fit():
    missing, newer = compare_migrations()
    if newer:
        said = _("The database is newer than this version of the site: %(names)s. Install the newer version again.")
        return bad("migrations", filled(said, names=_few(newer)), NEWER_DATABASE)
    if missing:
        said = _(
            "The database is not of this version yet: %(count)s migrations are missing (%(names)s). "
            "Run %(command)s, after a backup."
        )
        told = filled(said, count=len(missing), names=_few(missing), command=typed("prepare_site"))
        return bad("migrations", told, UNMIGRATED)
    return good("migrations", _("The database is of this version."))


def compare_migrations():
    """Return (missing, newer) migrations as `app.name`, without importing any: that takes long and memory."""
    known, applied = migrations_of_this_code(), _applied_migrations()
    last = {app: max(map(_number, names), default=0) for app, names in known.items()}
    missing = [f"{app}.{name}" for app, names in known.items() for name in names if (app, name) not in applied]
    newer = [f"{app}.{name}" for app, name in applied if app in last and _number(name) > last[app]]
    return sorted(missing), sorted(newer)


@cache
def migrations_of_this_code():
    """Return {app: {migration names}}, by the files at the first call in this process."""
    found = {}
    for config in apps.get_app_configs():
        module, _explicit = MigrationLoader.migrations_module(config.label)
        try:
            package = import_module(module)
        except ModuleNotFoundError:
            continue
        files = pkgutil.iter_modules(package.__path__)
        found[config.label] = frozenset(one.name for one in files if not one.ispkg and one.name[0] not in "_~")
    return found


def _applied_migrations():
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())


def _number(name):
    found = _NUMBER.match(name)
    return int(found[0]) if found else 0


def _few(names):
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def clock_is_right():
    """The clock must not be before the last fact in the database, except in a known period (CLOCK_AHEAD_UNTIL)."""
    now, known = timezone.now(), settings.CLOCK_AHEAD_UNTIL
    last = [model.objects.order_by("-pk").values_list(field, flat=True).first() for model, field in _FACTS]
    ahead = max((at for at in last if at and at > now + TOLERANCE and not (known and at <= known)), default=None)
    if ahead is None:
        return good("clock", _("The clock is later than the last thing that was saved."))
    said = _(
        "The clock says %(now)s, and the last thing was saved on %(last)s. Set the clock. If it is right now and was "
        "wrong then, set CLOCK_AHEAD_UNTIL=%(until)s."
    )
    until = f"{ahead + timedelta(minutes=1):%Y-%m-%dT%H:%MZ}"
    return bad("clock", filled(said, now=moment(now), last=moment(ahead), until=until), WRONG_CLOCK)
