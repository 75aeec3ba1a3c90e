"""All steps in order."""

from pathlib import Path

from course.operating.words import say

from . import places, proxy, units
from .answers import folders_of
from .authority import MakeAuthority
from .environment_file import EnvironmentFile, values_of, variables
from .release import CopyRelease, MakeEnvironment, PutInForce
from .site import Invite, MakeBackupKey, Manage, Prepare, Start, own_postgresql
from .steps import Command, CopiesFolder, File, Folder, Packages

_OWN = (places.ACCOUNT, places.ACCOUNT)
_TRATO = f"""\
#!/bin/sh
# What the site is looked after with, always with its one configuration: `trato` says what there is.
exec env PYTHONPATH={places.CURRENT} PYTHONDONTWRITEBYTECODE=1 {places.PYTHON} -P -m course.operating "$@"
"""


def plan(answers, machine, *, folder, release):
    values = variables(answers) | values_of(machine)
    services = service_files(values, place=answers.place)
    return [
        Packages(*_packages(answers)),
        _account(),
        *(Folder(path) for path in (places.CODE, places.RELEASES, places.ENVIRONMENTS, places.PAGES)),
        *(Folder(values[name], 0o700, _OWN) for name in ("VAR_DIR", "BACKUP_DIR")),
        Folder(places.CACHE_DIR, 0o700, _OWN),
        *(CopiesFolder(path) for path in folders_of(values.get("BACKUP_COPIES", ""))),
        CopyRelease(folder, release),
        MakeEnvironment(folder, release, s3=needs_s3(values)),
        EnvironmentFile(variables(answers)),
        PutInForce(release),
        *(own_postgresql() if answers.database == "postgresql" else ()),
        *([MakeBackupKey()] if answers.backup_key == "yes" else ()),
        Prepare(release),
        Manage(
            say("La llave que firma los certificados", "The key that signs certificates"),
            "make_issuer_key",
            "--if-missing",
            done=_has_issuer_key,
        ),
        *services,
        *(_authority(answers) if answers.https == "local" else ()),
        *proxy.files(answers, f"{values['HOST']}:{values['PORT']}"),
        Start([Path(step.path).name for step in services]),
        proxy.StartProxy(),
        *([proxy.AuthorityPage(answers)] if answers.https == "local" else ()),
        Invite(answers.admin),
    ]


def needs_s3(values):
    return "s3://" in values.get("BACKUP_COPIES", "") or bool(values.get("MEDIA_BUCKET"))


def service_files(values, *, place):
    texts = units.unit_files(
        place=place,
        var_dir=values["VAR_DIR"],
        backup_dir=values["BACKUP_DIR"],
        copies=folders_of(values.get("BACKUP_COPIES", "")),
    )
    unit_files = (File(f"{places.UNITS}/{name}", text) for name, text in texts.items())
    return [File(places.COMMAND, _TRATO, 0o755), *unit_files]


def _packages(answers):
    own = {"sqlite": (), "postgresql": ("postgresql",)}
    # Backups of a remote database need `pg_dump`.
    database = own.get(answers.database, ("postgresql-client",))
    return ("ca-certificates", "caddy", "openssl", "python3-venv", "tzdata", *database)


def _authority(answers):
    yield Folder(places.AUTHORITY)
    yield Folder(f"{places.PAGES}/raiz")
    yield MakeAuthority(answers)


def _account():
    name = places.ACCOUNT
    return Command(
        say("La cuenta del sitio", "The account of the site"),
        (
            *("useradd", "--system", "--user-group", "--no-create-home"),
            *("--home-dir", places.VAR_DIR, "--shell", "/usr/sbin/nologin", name),
        ),
        done=lambda machine: machine.asks("getent", "passwd", name) is not None,
    )


def _has_issuer_key(machine):
    values = values_of(machine)
    folder = values.get("CREDENTIAL_KEYS_DIR") or f"{values.get('VAR_DIR', places.VAR_DIR)}/keys"
    return bool(values.get("CREDENTIAL_KEY")) or machine.at(f"{folder}/issuer.pem").exists()
