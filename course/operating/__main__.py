"""`trato`: command line of an installed site."""

import argparse
import contextlib
import os
import subprocess
import sys

from . import services
from .alone import is_at_work, tidied_up
from .restoring import restore
from .running import as_root, database_in_words, for_the_account, forget_brought, installed_site, manage, tell
from .upgrading import cut_off, go_back, under_way, upgrade
from .words import Refused, say

_HELP = say(
    """\
trato status            cómo está el sitio; termina con 1 si algo anda mal
trato backup            hace un respaldo ahora; --check revisa el último
trato restore ARCHIVO   vuelve a un respaldo
trato upgrade CARPETA   pone en uso la versión nueva que está en la carpeta
trato manage …          manage.py con los ajustes del sitio
trato logs              qué escribieron los servicios; -f lo sigue
""",
    """\
trato status            how the site is; ends with 1 when something is wrong
trato backup            makes a backup now; --check reads the last one
trato restore FILE      brings a backup back
trato upgrade FOLDER    puts the new version in the folder in use
trato manage …          manage.py with the settings of the site
trato logs              what the services wrote; -f follows it
""",
)


def main():
    what, *rest = sys.argv[1:] or ["help"]
    if what in ("help", "-h", "--help"):
        sys.exit(print(_HELP, end=""))
    if what not in COMMANDS:
        sys.exit(f"{say(f'¿«{what}»?', f'“{what}”?')}\n{_HELP}")
    try:
        site = installed_site()
        tell(f"{site.settings.get('SITE_URL', '?')} · {database_in_words(site.settings)} · {_version_of(site)}")
        if not os.geteuid():
            forget_brought()
            if under_way() and not is_at_work() and "--go-back" not in rest:
                tell(cut_off())
        sys.exit(COMMANDS[what](site, rest))
    except Refused as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def show_status(site, rest):
    status = manage(site, "status", *rest).returncode
    failed, off = (services.failed_units(), services.units_off()) if services.are_kept() else ([], [])
    for name in failed:
        tell(say(f"MAL: {name} falló. trato logs", f"BAD: {name} failed. trato logs"))
    for name in off:
        tell(say(f"MAL: {name} está apagado. systemctl start {name}", f"BAD: {name} is off. systemctl start {name}"))
    return 1 if status or failed or off else 0


def back_up(site, rest):
    with tidied_up(), contextlib.ExitStack() as stack:
        return manage(site, "back_up", *(for_the_account(site, stack, word) for word in rest)).returncode


def bring_back(site, rest):
    _only_root()
    return restore(site, rest)


def put_another_version(site, rest):
    _only_root()
    parser = argparse.ArgumentParser(prog="trato upgrade")
    parser.add_argument(
        "folder", nargs="?", help=say("La carpeta con el código nuevo.", "The folder with the new code.")
    )
    parser.add_argument(
        "--go-back",
        action="store_true",
        help=say("Deshace una que quedó a medias.", "Takes back one that was cut off."),
    )
    asked = parser.parse_args(rest)
    if asked.go_back:
        go_back(site)
    elif asked.folder:
        upgrade(site, asked.folder)
    else:
        parser.error(say("falta la CARPETA", "the folder is missing"))
    return 0


def _only_root():
    if os.geteuid():
        raise Refused(as_root())


def run_manage(site, rest):
    return manage(site, *rest).returncode


def show_logs(site, rest):
    units = [f"--unit={name}" for name in services.units()]
    return subprocess.run(  # noqa: S603 - whoever types it may run journalctl as well
        ["journalctl", *units, *(rest or ["--since=-1h", "--no-pager"])],  # noqa: S607 - as root has it
        check=False,
    ).returncode


def _version_of(site):
    named = site.code / "RELEASE"
    return named.read_text(encoding="utf-8").strip() if named.exists() else str(site.code)


COMMANDS = {
    "status": show_status,
    "backup": back_up,
    "restore": bring_back,
    "upgrade": put_another_version,
    "manage": run_manage,
    "logs": show_logs,
}

if __name__ == "__main__":
    main()
