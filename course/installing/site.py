"""Steps with the site itself: its commands as its own account, its units, its first administrator."""

import re
from pathlib import Path

from course.operating import running, services
from course.operating.words import Refused, say

from . import places, units
from .environment_file import append, values_of
from .machine import digest_of, failed
from .steps import Step

_LONGEST_START = 120


class Manage(Step):
    """`manage.py …` of the release in force, as the account of the site, with its variables."""

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
    """Run a command of the site and return what it says."""
    site = running.Site(values_of(machine), Path(places.CURRENT))
    done = running.manage(site, *arguments, input=given, capture_output=True, text=True)
    if done.returncode:
        raise failed(["trato", "manage", *arguments], done)
    return done.stdout


class Prepare(Manage):
    """Tables, static files, the text of the course; no people."""

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
    """A key for backups: its public half stays here, its secret half is shown once and kept by people."""

    only_on_the_machine = True

    def __init__(self):
        self.title = say("La llave de los respaldos", "The key of the backups")
        # For the last lines, where nothing follows that takes it off the screen.
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
            raise Refused(say("No se pudo hacer la llave.", "The key could not be made."))
        # Shown first: a key that nobody wrote down would lock the backups for ever.
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
    """What keeps running, and the timers."""

    only_on_the_machine = True

    def __init__(self, names):
        self.running = [name for name in names if name in (units.SITE, units.WORKER)]
        self.timers = [name for name in names if name.endswith(".timer")]
        self.title = say("Encender", "Start")

    def wanted_timers(self, machine):
        """Return the timers to start: reminders need a mail server."""
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
    """Whether each of these units runs and is begun at each start of the machine."""
    # systemctl is content when one of them is.
    asked = (machine.asks("systemctl", what, *units) for what in ("is-enabled", "is-active"))
    return [set((said or "").split()) for said in asked] == [{"enabled"}, {"active"}]


def _settings_digest(machine):
    path = machine.at(places.ENVIRONMENT_FILE)
    return digest_of(path.read_bytes()) if path.exists() else None


def wait_until_it_answers(machine):
    """Wait until the site is ready."""
    if services.wait_until_ready(values_of(machine), seconds=_LONGEST_START):
        return
    last = machine.asks("journalctl", "-u", units.SITE, "-n", "15", "--no-pager", "-o", "cat") or ""
    raise Refused(say(f"El sitio no responde. Dice:\n{last}", f"The site does not answer. It says:\n{last}"))


class Invite(Step):
    """The first administrator's link, which opens once."""

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
