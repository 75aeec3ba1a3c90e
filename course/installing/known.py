"""Answers from the present environment file, which a person may have changed."""

from pathlib import Path
from urllib.parse import urlsplit

from course.operating.words import Refused

from . import answers as check
from . import places, proxy
from .environment_file import database_url, variables

RECORDED = ("https", "certificate", "key", "contact", "admin")
_OF_VARIABLES = {
    "mail_host": "EMAIL_HOST",
    "mail_port": "EMAIL_PORT",
    "mail_user": "EMAIL_HOST_USER",
    "mail_password": "EMAIL_HOST_PASSWORD",
    "mail_from": "DEFAULT_FROM_EMAIL",
    "errors_to": "ADMINS",
    "backup_copies": "BACKUP_COPIES",
    "backup_recipients": "BACKUP_RECIPIENTS",
}


def known_answers(machine, values):
    known = {name: machine.record.answers[name] for name in RECORDED if name in machine.record.answers}
    for name, installed in (("certificate", proxy.CERTIFICATE), ("key", proxy.KEY)):
        # Its source may be gone.
        if known.get(name) and not Path(known[name]).is_file():
            known[name] = str(machine.at(installed))
    if not values:
        return known
    known |= {name: values.get(variable, "") for name, variable in _OF_VARIABLES.items()}
    known["mail_tls"] = "starttls" if values.get("EMAIL_USE_TLS") else "tls" if values.get("EMAIL_USE_SSL") else "none"
    known["place"] = "clinic" if values.get("SERVE_WORKER") == "1" else "server"
    known["address"] = _address_of(values)
    known["database"] = _database_of(values)
    return known | {"backup_key": "no"}


def _address_of(values):
    site_url = values.get("SITE_URL", "")
    parts = urlsplit(site_url)
    if parts.scheme != "https" or not parts.hostname or parts.port or parts.path:
        raise Refused(
            f"{places.ENVIRONMENT_FILE} dice SITE_URL={site_url}. Escriba ahí https:// y el nombre, sin puerto, "
            "y repita.",
            f"{places.ENVIRONMENT_FILE} says SITE_URL={site_url}. Write https:// and the name there, without a "
            "port, and try again.",
        )
    return check.address(parts.hostname)


def _database_of(values):
    url = values.get("DATABASE_URL", "")
    if not url or url.startswith("sqlite"):
        return "sqlite"
    return "postgresql" if url == database_url("postgresql") else url


def refuse_what_the_file_says_otherwise(questions, given, answers, values):
    """Refuse flags that contradict the file: people alone change its lines."""
    wanted = variables(answers)
    for question in questions:
        if question.name not in given:
            continue
        for name in question.variables:
            if name in values and values[name] != wanted.get(name):
                raise Refused(
                    f"En {places.ENVIRONMENT_FILE} ya hay una línea {name}=… que dice otra cosa que "
                    f"--{question.flag}. Cambie esa línea y repita sin --{question.flag}.",
                    f"{places.ENVIRONMENT_FILE} has a line {name}=… that says otherwise than --{question.flag}. "
                    f"Change that line and try again without --{question.flag}.",
                )
