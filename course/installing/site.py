"""Steps for the site: database, commands, units, first administrator."""

import re
from pathlib import Path

from course.operating import running, services
from course.operating.words import Refused, say

from . import places, units
from .environment_file import append, values_of
from .machine import digest_of, failed
from .steps import Command, Step

_LONGEST_START = 120


class Manage(Step):
    """`manage.py …` of the active release, as the account of the site, with its variables."""

    only_on_the_machine = True

    def __init__(self, title, *arguments, done):
        self.title, self.arguments, self._done = title, arguments, done

    def is_done(self, machine):
        return self._done(machine)

    def shown(self, machine):
        yield "$ trato manage " + " ".join(self.arguments)

    def do(self, machine):
        return manage(machine, *self.arguments)


def manage(machine, *arguments, given=""):
    site = running.Site(values_of(machine), Path(places.CURRENT))
    done = running.manage(site, *arguments, input=given, capture_output=True, text=True)
    if done.returncode:
        raise failed(["trato", "manage", *arguments], done)
    return done.stdout


class Prepare(Manage):
    def __init__(self, release):
        super().__init__(
            say("La base de datos y el texto del curso", "The database and the text of the course"),
            "prepare_site",
            done=lambda machine: machine.record.facts.get("prepared") == release,
        )
        self._release = release

    def do(self, machine):
        super().do(machine)
        machine.record.facts["prepared"] = self._release


class MakeBackupKey(Step):
    """Its public half stays here; people keep the secret half, which is shown once."""

    only_on_the_machine = True

    def __init__(self):
        self.title = say("La llave de los respaldos", "The key of the backups")
        self.secret = ""

    def is_done(self, machine):
        return bool(values_of(machine).get("BACKUP_RECIPIENTS"))

    def shown(self, machine):
        yield "$ trato manage make_backup_key"
        yield f"{places.ENVIRONMENT_FILE} + BACKUP_RECIPIENTS"

    def do(self, machine):
        said = manage(machine, "make_backup_key")
        secret, public = re.search(r"AGE-SECRET-KEY-1[0-9A-Z]+", said), re.search(r"age1[0-9a-z]{58}", said)
        if not secret or not public:
            raise Refused("No se pudo hacer la llave.", "The key could not be made.")
        # Shown before it is used: a key that nobody wrote down would lock the backups.
        print(
            say(
                "\n*** LLAVE DE LOS RESPALDOS: imprímala o cópiela ahora y guárdela bajo llave. Se muestra otra "
                f"vez al final, y después nunca. ***\n    {secret[0]}\n",
                f"\n*** KEY OF THE BACKUPS: print or copy it now and lock it away. It is shown once more at the "
                f"end, then never. ***\n"
                f"    {secret[0]}\n",
            )
        )
        append(machine, "BACKUP_RECIPIENTS", public[0])
        self.secret = secret[0]


class Start(Step):
    only_on_the_machine = True

    def __init__(self, names):
        self.running = [name for name in names if name in (units.SITE, units.WORKER)]
        self.timers = [name for name in names if name.endswith(".timer")]
        self.title = say("Encender", "Start")

    def wanted_timers(self, machine):
        has_mail = bool(values_of(machine).get("EMAIL_HOST"))
        return [name for name in self.timers if has_mail or "reminders" not in name]

    def is_done(self, machine):
        facts = machine.record.facts
        if "restart_site" in facts or facts.get("started_with") != _settings_digest(machine):
            return False
        return are_on(machine, *self.running, *self.wanted_timers(machine))

    def shown(self, machine):
        yield "$ systemctl daemon-reload"
        yield "$ systemctl enable --now " + " ".join([*self.running, *self.wanted_timers(machine)])
        yield "$ systemctl restart " + " ".join(self.running)

    def do(self, machine):
        machine.run(["systemctl", "daemon-reload"])
        machine.run(["systemctl", "enable", *self.running, *self.wanted_timers(machine)])
        machine.run(["systemctl", "restart", *self.running, *self.wanted_timers(machine)])
        wait_until_it_answers(machine)
        machine.record.facts.pop("restart_site", None)
        machine.record.facts["started_with"] = _settings_digest(machine)


def are_on(machine, *units):
    # systemctl succeeds if any of the units is.
    asked = (machine.asks("systemctl", what, *units) for what in ("is-enabled", "is-active"))
    return [set((said or "").split()) for said in asked] == [{"enabled"}, {"active"}]


def _settings_digest(machine):
    path = machine.at(places.ENVIRONMENT_FILE)
    return digest_of(path.read_bytes()) if path.exists() else None


def wait_until_it_answers(machine):
    if services.wait_until_ready(values_of(machine), seconds=_LONGEST_START):
        return
    last = machine.asks("journalctl", "-u", units.SITE, "-n", "15", "--no-pager", "-o", "cat") or ""
    raise Refused(f"El sitio no responde. Dice:\n{last}", f"The site does not answer. It says:\n{last}")


class Invite(Step):
    only_on_the_machine = True

    def __init__(self, code):
        self.code, self.link = code, ""
        self.title = say("Quien administra", "The administrator")

    def is_done(self, machine):
        return "invited" in machine.record.facts

    def shown(self, machine):
        yield f"$ trato manage invite_administrator {self.code} --if-none"

    def do(self, machine):
        self.link = manage(machine, "invite_administrator", self.code, "--if-none").strip()
        machine.record.facts["invited"] = self.code


_AS_POSTGRES = ("runuser", "-u", "postgres", "--")


def own_postgresql():
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
        # `template0`: other templates may have another encoding.
        (*_AS_POSTGRES, "createdb", "-O", name, "-E", "UTF8", "-T", "template0", "--locale=C.UTF-8", name),
        done=has(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"),  # noqa: S608 - a name of ours
    )
