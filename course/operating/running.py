"""Running what the site consists of as the site itself runs: its settings, its account, its code."""

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from . import alone, places
from .environment import read_environment
from .words import Refused, say

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What of the terminal a command may know.
_OF_THE_TERMINAL = ("TERM", "LANG", "LC_ALL", "COLUMNS", "LINES", "TZ")
# How long a look at a file of the account may take.
_LONGEST = 30


class Site(NamedTuple):
    """An installed site: its settings, {name: value}, and the folder of the code that serves it."""

    settings: dict
    code: Path

    def runs_as(self):
        """Return the account and its groups for `subprocess`; nothing where this process is that account already."""
        account = pwd.getpwnam(places.ACCOUNT)
        if os.geteuid() == account.pw_uid:
            return {}
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def surroundings(self):
        """Return the variables that its processes see: no other, whoever types the command."""
        shown = {name: os.environ[name] for name in _OF_THE_TERMINAL if name in os.environ}
        always = {
            "PATH": _PATH,
            "LANG": "C.UTF-8",
            "HOME": self.settings.get("VAR_DIR", "/"),
            "XDG_CACHE_HOME": str(places.CACHE_DIR),
        }
        # Without it `manage.py` would take the settings of a trial, and another database.
        return always | shown | {"DJANGO_SETTINGS_MODULE": "course.settings.production"} | self.settings


def installed_site():
    """Return the site of this machine. Raises Refused for who may not operate it, or where none is."""
    try:
        settings = read_environment(places.SETTINGS)
    except FileNotFoundError as error:
        raise Refused(
            say(
                f"Aquí no hay un sitio instalado: falta {places.SETTINGS}. Instálelo con script/install.",
                f"There is no site installed here: {places.SETTINGS} is missing. Install one with script/install.",
            )
        ) from error
    except PermissionError as error:
        raise Refused(as_root()) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            say(f"{places.SETTINGS} no se puede leer: {error}", f"{places.SETTINGS} cannot be read: {error}")
        ) from error
    if os.geteuid() not in (0, _uid_of_the_account()):
        raise Refused(as_root())
    return Site(settings, places.code_of(places.CURRENT)[0])


def _uid_of_the_account():
    try:
        return pwd.getpwnam(places.ACCOUNT).pw_uid
    except KeyError as error:
        raise Refused(
            say(
                f"Falta la cuenta {places.ACCOUNT}: repita script/install.",
                f"The account {places.ACCOUNT} is missing: repeat script/install.",
            )
        ) from error


def manage(site, *arguments, code=None, **options):
    """Run `manage.py` with these arguments as the site's account and return the CompletedProcess.

    `code` is the folder of another release. `options` are those of `subprocess.run`.
    """
    command, surroundings = _managing(site, arguments, code)
    return subprocess.run(  # noqa: S603 - whoever types it may run anything as this account
        command, check=False, **surroundings, **options
    )


def manage_on(site, *arguments, code=None):
    """Run `manage.py` as `manage` does, but without a terminal, and return its exit code: see `relay`."""
    command, surroundings = _managing(site, arguments, code)
    return relay(command, **surroundings)


def relay(command, *, hear=None, env, **options):
    """Run a command, hand each line that it says to `hear`, who tells it if nobody else is named; return its exit code.

    It needs no terminal, so one that goes away does not end it; Ctrl+C reaches it only through this process, which
    waits for its end.
    """
    hear = hear or tell
    with subprocess.Popen(  # noqa: S603 - as above
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=env | {"PYTHONUNBUFFERED": "1"},
        start_new_session=True,
        pass_fds=alone.held,
        **options,
    ) as running:
        try:
            for line in running.stdout:
                hear(line.rstrip("\n"))
        except BaseException:
            with alone.undisturbed():
                os.killpg(running.pid, signal.SIGTERM)
                running.wait()
            raise
    return running.returncode


def as_the_account(site, *command, **options):
    """Run a command as the site's account, in whose folders root does nothing itself; return the CompletedProcess.

    Raises Refused for one that does not come to its end, such as one that reads what nobody writes to.
    """
    try:
        return subprocess.run(  # noqa: S603 - our own words
            command, check=False, timeout=_LONGEST, stdin=subprocess.DEVNULL, **site.runs_as(), **options
        )
    except subprocess.TimeoutExpired as error:
        words = " ".join(map(str, command))
        raise Refused(say(f"No terminó: {words}", f"It did not end: {words}")) from error


def _managing(site, arguments, code):
    folder, python = places.code_of(code or site.code)
    return [python, "-P", folder / "manage.py", *map(str, arguments)], {
        "env": site.surroundings() | {"PYTHONPATH": str(folder)},
        "umask": 0o077,
        **site.runs_as(),
    }


def database_in_words(settings):
    """Return which database the settings name, without the password."""
    url = settings.get("DATABASE_URL", "")
    if not url or url.startswith("sqlite"):
        path = urlsplit(url).path[1:] if url else f"{settings.get('VAR_DIR', 'var')}/trato-digno.sqlite3"
        return f"SQLite {unquote(path)}"
    parts = urlsplit(url)
    where = unquote(parts.hostname or "localhost") + (f":{parts.port}" if parts.port else "")
    return f"PostgreSQL «{unquote(parts.path[1:])}» {where}"


def as_root():
    command = f"trato {' '.join(sys.argv[1:])}"
    return say(f"Hágalo como root: {command}", f"Do it as root: {command}")


def tell(sentence):
    """Say it to whoever watches; nobody may be there any more."""
    try:
        print(sentence, file=sys.stderr, flush=True)
    except OSError:
        # What was to be said waits in the file, and would fail once more at the end.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stderr.fileno())
