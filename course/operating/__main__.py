"""`trato`: everything that whoever looks after an installed site does with it."""

import argparse
import os
import subprocess
import sys

from . import services
from .restoring import restore
from .running import Refused, database_in_words, installed_site, manage, say
from .upgrading import go_back, under_way, upgrade

_HELP = """\
trato status            cómo está el sitio; termina con 1 si algo anda mal / how the site is; ends with 1 if not well
trato backup            hace una copia de seguridad ahora / backs the site up now; --check la revisa / checks one
trato restore ARCHIVO   vuelve a una copia de seguridad / brings a backup back
trato upgrade CARPETA   pone la versión nueva que está en la carpeta / puts the new version in the folder in place
trato manage …          manage.py con los ajustes del sitio / with the site's settings
trato logs              qué escribieron los servicios / what the services wrote; -f lo sigue / follows it
"""


def main():
    parser = argparse.ArgumentParser(
        prog="trato", usage=_HELP, description=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=sorted(COMMANDS))
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    try:
        site = installed_site()
        say(f"{site.settings.get('SITE_URL', '?')} · {database_in_words(site.settings)} · {_version_of(site)}")
        if under_way() and "--go-back" not in asked.rest:
            say("Una actualización quedó a medias / an upgrade was cut off: sudo trato upgrade --go-back")
        sys.exit(COMMANDS[asked.what](site, asked.rest))
    except Refused as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def show_status(site, rest):
    """Say how the site and its services are."""
    status = manage(site, "status", *rest).returncode
    failed = services.failed_units() if services.are_kept() else []
    for name in failed:
        say(f"✗ {name}: falló / failed. sudo trato logs")
    return 1 if status or failed else 0


def back_up(site, rest):
    return manage(site, "back_up", *rest).returncode


def bring_back(site, rest):
    """Bring a backup back."""
    _only_root()
    return restore(site, rest)


def put_another_version(site, rest):
    """Put another version in the place of this one, or take an upgrade back that was cut off."""
    _only_root()
    parser = argparse.ArgumentParser(prog="trato upgrade")
    parser.add_argument("folder", nargs="?", help="La carpeta con el código nuevo / the folder with the new code.")
    parser.add_argument("--go-back", action="store_true", help="Deshace una que quedó a medias / takes back a cut one.")
    asked = parser.parse_args(rest)
    if asked.go_back:
        go_back(site)
    elif asked.folder:
        upgrade(site, asked.folder)
    else:
        parser.error("CARPETA / folder?")
    return 0


def _only_root():
    if os.geteuid():
        raise Refused(f"Hágalo con sudo / do it with sudo: sudo trato {' '.join(sys.argv[1:])}")


def run_manage(site, rest):
    return manage(site, *rest).returncode


def show_logs(site, rest):
    """Show what the services wrote, the last hour of it, or as journalctl is told."""
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
