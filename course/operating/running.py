"""Run programs as the installed site runs: its settings, account and code."""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from . import alone, places
from .environment import read_environment
from .words import Refused, say

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OF_THE_TERMINAL = ("TERM", "LANG", "LC_ALL", "COLUMNS", "LINES", "TZ")
_LONGEST = 30


class Site(NamedTuple):
    settings: dict
    code: Path

    def runs_as(self):
        """Return account and groups for `subprocess`; {} if this process is that account."""
        account = pwd.getpwnam(places.ACCOUNT)
        if os.geteuid() == account.pw_uid:
            return {}
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def surroundings(self):
        """Return the whole environment of its processes; the caller's is not passed on."""
        shown = {name: os.environ[name] for name in _OF_THE_TERMINAL if name in os.environ}
        always = {
            "PATH": _PATH,
            "LANG": "C.UTF-8",
            "HOME": self.settings.get("VAR_DIR", "/"),
            "XDG_CACHE_HOME": str(places.CACHE_DIR),
        }
        # Without it `manage.py` uses the trial's settings and database.
        return always | shown | {"DJANGO_SETTINGS_MODULE": "course.settings.production"} | self.settings


def installed_site():
    """Return the site of this machine. Raises Refused without rights, or without a site."""
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
    """Run `manage.py`, of the release `code`, as the site's account and return the CompletedProcess."""
    command, surroundings = _managing(site, arguments, code)
    return subprocess.run(  # noqa: S603 - whoever types it may run anything as this account
        command, check=False, **surroundings, **options
    )


def manage_on(site, *arguments, code=None):
    """Run `manage.py` as `manage` does, but without a terminal; return its exit code: see `relay`."""
    command, surroundings = _managing(site, arguments, code)
    return relay(command, **surroundings)


def relay(command, *, hear=None, env, **options):
    """Run a command, pass each line of its output to `hear` (default: print it); return its exit code.

    It has no terminal, so a lost one does not end it; on Ctrl+C this process waits for its end.
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
    """Run a command as the site's account. Raises Refused if it does not end in time."""
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
    try:
        print(sentence, file=sys.stderr, flush=True)
    except OSError:
        # The buffer would fail again at exit.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stderr.fileno())


def for_the_account(site, stack, word):
    """Return a path of the file that the account can read, valid while `stack` is open.

    Root must not follow paths that the account can change, nor write into its folders: it would lend its rights.
    Returns `word` itself if it is no file. Raises Refused for a file that the account may have planted.
    """
    path = Path(os.path.abspath(word))
    if word.startswith("-") or not path.is_file():
        return word
    who = site.runs_as()
    if not who or _can_read(path, who):
        return str(path)
    groups = os.getgrouplist(places.ACCOUNT, who["group"])
    if not is_out_of_reach(path, uid=who["user"], groups=groups):
        raise Refused(
            say(
                f"{path}: la cuenta {places.ACCOUNT} puede cambiar ese camino, o pasa por un enlace. Copie el archivo "
                "a una carpeta de root, como /root, y dé ese.",
                f"{path}: the account {places.ACCOUNT} can change that path, or it leads over a link. Copy the file "
                "into a folder of root's, such as /root, and give that one.",
            )
        )
    try:
        return str(_copy(path, group=who["group"], stack=stack))
    except OSError as error:
        raise Refused(f"{error.filename or path}: {error.strerror}") from error


def is_out_of_reach(path, *, uid, groups):
    """Whether the account can replace neither the file or folder nor one above it."""
    for step in (path, *path.parents):
        found = step.lstat()
        writes = found.st_mode & stat.S_IWOTH or (found.st_gid in groups and found.st_mode & stat.S_IWGRP)
        # In a sticky folder such as /tmp, accounts can remove only their own files.
        if stat.S_ISLNK(found.st_mode) or found.st_uid == uid or (writes and not found.st_mode & stat.S_ISVTX):
            return False
    # A hard link could be another user's file.
    return path.is_dir() or path.lstat().st_nlink == 1


def forget_brought():
    """Remove copies left by killed processes, unless one is in use."""
    with contextlib.suppress(FileNotFoundError, BlockingIOError), _held(fcntl.LOCK_EX | fcntl.LOCK_NB):
        for folder in places.BROUGHT.iterdir():
            shutil.rmtree(folder)


def _can_read(path, who):
    command = ["test", "-r", path]
    return not subprocess.run(command, check=False, **who).returncode  # noqa: S603 - a file that root names


def _copy(path, *, group, stack):
    places.BROUGHT.mkdir(mode=0o700, exist_ok=True)
    places.BROUGHT.chmod(0o711)
    stack.enter_context(_held(fcntl.LOCK_SH))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=places.BROUGHT)))
    copy = folder / path.name
    with (
        os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as source,
        os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target,
    ):
        shutil.copyfileobj(source, target)
        os.fchown(target.fileno(), 0, group)
        os.fchmod(target.fileno(), 0o640)
    os.chown(folder, 0, group)
    folder.chmod(0o710)
    return copy


@contextlib.contextmanager
def _held(how):
    opened = os.open(places.BROUGHT, os.O_RDONLY)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)
