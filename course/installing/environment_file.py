"""`/etc/trato-digno.env`: answers, and secrets that are made once."""

import re
import secrets

from course.operating.environment import line_of, read_environment
from course.operating.words import Refused, say

from . import places
from .steps import Step, write

_HEAD = """\
# Trato digno: what differs by place. docs/reference/settings.md says what each line is.
# Nothing may stand after a value, no remark either. After a change: script/install --yes
"""
SECRETS = ("SECRET_KEY",)


def variables(answers):
    """Return {name: value} for these answers; a secret's value is None."""
    wanted = {
        "DJANGO_SETTINGS_MODULE": "course.settings.production",
        "SECRET_KEY": None,
        "SITE_URL": f"https://{answers.address}",
        "ALLOWED_HOSTS": answers.address,
        "DATABASE_URL": database_url(answers.database),
        "VAR_DIR": places.VAR_DIR,
        "BACKUP_DIR": places.BACKUP_DIR,
        "HOST": places.HOST,
        "PORT": str(places.PORT),
        "WEB_CONCURRENCY": "1" if answers.place == "clinic" else "2",
    }
    if answers.place == "clinic":
        wanted |= {"SERVE_WORKER": "1", "PRINTING_PROCESSES": "1"}
    if answers.https == "local":
        # A replacement machine has another authority, whose certificate is fetched by plain HTTP.
        wanted["HSTS_SECONDS"] = "3600"
    optional = _mail(answers) | {
        "ADMINS": answers.errors_to,
        "BACKUP_COPIES": answers.backup_copies,
        "BACKUP_RECIPIENTS": answers.backup_recipients,
    }
    return wanted | {name: value for name, value in optional.items() if value}


def _mail(answers):
    if not answers.mail_host:
        return {}
    encrypted = {"starttls": "EMAIL_USE_TLS", "tls": "EMAIL_USE_SSL"}.get(answers.mail_tls)
    return {
        "EMAIL_HOST": answers.mail_host,
        "EMAIL_PORT": answers.mail_port,
        "DEFAULT_FROM_EMAIL": answers.mail_from,
        "EMAIL_HOST_USER": answers.mail_user,
        "EMAIL_HOST_PASSWORD": answers.mail_password,
    } | ({encrypted: "1"} if encrypted else {})


def database_url(database):
    return {
        "sqlite": f"sqlite:///{places.VAR_DIR}/trato-digno.sqlite3",
        "postgresql": f"postgres://%2Frun%2Fpostgresql/{places.DATABASE}",
    }.get(database, database)


def values_of(machine):
    path = machine.at(places.ENVIRONMENT_FILE)
    try:
        return read_environment(path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        problem = f"{places.ENVIRONMENT_FILE}: {error.strerror}"
        raise Refused(f"{problem}. Hágalo como root.", f"{problem}. Do it as root.") from error


class EnvironmentFile(Step):
    def __init__(self, wanted):
        self.wanted = wanted
        self.title = say("Configuración", "Settings")

    def missing(self, machine):
        known = values_of(machine).keys() | set(machine.record.variables)
        return {name: value for name, value in self.wanted.items() if name not in known}

    def is_done(self, machine):
        return not self.missing(machine)

    def shown(self, machine):
        yield f"{places.ENVIRONMENT_FILE}  0640 root:{places.ACCOUNT}"
        made = say("(se genera)", "(is generated)")
        for name, value in self.missing(machine).items():
            yield f"    {name}={made}" if value is None else f"    {shown_line(name, value)}"

    def do(self, machine):
        missing = self.missing(machine)
        path = machine.at(places.ENVIRONMENT_FILE)
        before = path.read_text(encoding="utf-8") if path.exists() else _HEAD
        if not before.endswith("\n"):
            before += "\n"
        lines = (line_of(name, new_secret() if value is None else value) for name, value in missing.items())
        write(machine, places.ENVIRONMENT_FILE, before + "".join(f"{line}\n" for line in lines), 0o640, _GROUP)
        machine.record.variables = sorted({*machine.record.variables, *self.wanted})
        machine.note_change()


_GROUP = ("root", places.ACCOUNT)


def shown_line(name, value):
    """Return the line with passwords masked: an address may have one before `@` or after `?`."""
    hides = "PASSWORD" in name or ("://" in value and re.search(r"[@?]", value))
    return line_of(name, "…" if hides else value)


def append(machine, name, value):
    EnvironmentFile({name: value}).do(machine)


def new_secret():
    return secrets.token_urlsafe(48)
