"""All checks, and one run of them."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from .backup import backup_is_made, backups_are_safe, restore_is_over, upgrade_is_over
from .database import clock_is_right, database_answers, migrations_fit
from .facts import State, bad, filled
from .keys import account_keys_open, issuer_key_is_read, seal_is_good, seals_are_stamped, survey_keys_open
from .outside import certificate_lasts, mail_goes_out
from .room import there_is_room
from .signs import worker_lives


class Look(NamedTuple):
    name: str
    find: Callable
    is_needed: bool = True
    asks_database: bool = True


DATABASE = Look("database", database_answers)
MIGRATIONS = Look("migrations", migrations_fit)
LOOKS = [
    Look("restore", restore_is_over, asks_database=False),
    Look("upgrade", upgrade_is_over, asks_database=False),
    DATABASE,
    MIGRATIONS,
    Look("account_keys", account_keys_open),
    Look("issuer_key", issuer_key_is_read, asks_database=False),
    Look("clock", clock_is_right),
    Look("disk", there_is_room, asks_database=False),
    # The worker may run on another machine.
    Look("worker", worker_lives, is_needed=False),
    Look("backup", backup_is_made, is_needed=False, asks_database=False),
]
# Slow checks, or of other servers: not for frequent probes.
ONLY_WHEN_ASKED = [
    # A matter of setup: no alarm at night.
    Look("copies", backups_are_safe, is_needed=False, asks_database=False),
    Look("seal", seal_is_good, is_needed=False, asks_database=False),
    Look("survey_keys", survey_keys_open, is_needed=False),
    Look("time_stamps", seals_are_stamped, is_needed=False, asks_database=False),
    Look("mail", mail_goes_out, is_needed=False, asks_database=False),
    Look("certificate", certificate_lasts, is_needed=False, asks_database=False),
]
NEEDED = {look.name for look in LOOKS if look.is_needed}


def look_at(looks):
    """Return a fact for each look; if the database is wrong, nothing more is asked of it."""
    facts, may_ask = [], True
    for look in looks:
        if look.asks_database and not may_ask:
            continue
        fact = _found_by(look)
        facts.append(fact)
        if look in (DATABASE, MIGRATIONS) and fact.state == State.BAD:
            may_ask = False
    return facts


def _found_by(look):
    try:
        return look.find()
    except Exception as error:
        return bad(look.name, filled(_("This could not be looked at (%(what)s)."), what=type(error).__name__))


def is_ready(facts):
    return not any(fact.state == State.BAD and fact.name in NEEDED for fact in facts)


def refusal_in(facts):
    return next((fact for fact in facts if fact.outage), None)
