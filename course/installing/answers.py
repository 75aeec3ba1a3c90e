"""Answers, their parsing and the sentences about invalid ones."""

import ipaddress
import re
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from course.operating.words import Refused, say

from . import places

PLACES = ("clinic", "server")
HTTPS = ("acme", "files", "local")
MAIL_TLS = ("starttls", "tls", "none")
_IN_SPANISH = {"clinic": "clínica", "server": "servidor", "files": "archivos", "none": "ninguno"}
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LOCAL_ENDINGS = ("lan", "local", "internal", "home", "localhost", "test", "invalid", "example", "arpa", "intranet")
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")


@dataclass(frozen=True)
class Answers:
    place: str
    address: str
    database: str
    https: str
    certificate: str = ""
    key: str = ""
    contact: str = ""
    mail_host: str = ""
    mail_port: str = ""
    mail_tls: str = ""
    mail_user: str = ""
    mail_password: str = ""
    mail_from: str = ""
    errors_to: str = ""
    backup_copies: str = ""
    backup_recipients: str = ""
    backup_key: str = ""
    admin: str = ""

    @property
    def is_number(self):
        return is_number(self.address)


def is_number(address):
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True


def in_words(choice):
    return say(_IN_SPANISH.get(choice, choice), choice)


def one_of(*values):
    meant = {value: value for value in values} | {_IN_SPANISH[value]: value for value in values if value in _IN_SPANISH}
    meant |= {word.replace("í", "i"): value for word, value in meant.items()}

    def check(value):
        if value.lower() not in meant:
            known = ", ".join(map(in_words, values))
            raise Refused(f"«{value}»: hay {known}.", f"“{value}”: there are {known}.")
        return meant[value.lower()]

    return check


def yes_or_no(value):
    meant = {"sí": "yes", "si": "yes", "s": "yes", "y": "yes", "yes": "yes", "n": "no", "no": "no"}.get(value.lower())
    if meant is None:
        raise Refused(f"«{value}»: responda sí o no.", f"“{value}”: answer yes or no.")
    return meant


def address(value):
    """Return a name or an IPv4 address, also from `https://curso.example.gt/`."""
    bare = value.removeprefix("https://").removeprefix("http://").rstrip("/").lower()
    refused = Refused(
        f"«{value}»: escriba solo el nombre, como curso.salud.example, o la dirección IPv4, como 192.168.1.10; sin "
        "puerto, sin carpeta, sin tildes ni ñ.",
        f"“{value}”: write the name alone, such as course.health.example, or the IPv4 address, such as "
        "192.168.1.10; without a port, a folder or accents.",
    )
    if is_number(bare):
        if ipaddress.ip_address(bare).version == 6:
            raise refused
        return bare
    labels = bare.split(".")
    if len(bare) > 253 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        raise refused
    return bare


def database(value):
    """Return `sqlite`, `postgresql`, or the URL of a PostgreSQL server that names its database."""
    if value in ("sqlite", "postgresql"):
        return value
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("postgres", "postgresql") and parts.netloc and len(parts.path) > 1
        good = good and (parts.port or True) and not re.search(r"\s", value)
    except ValueError:
        good = False
    if not good:
        # The value is not repeated: it may contain a password.
        raise Refused(
            "Eso no nombra una base de datos: escriba sqlite, postgresql o "
            "postgres://persona:contraseña@servidor/base. Los signos de la contraseña que no son letras ni números "
            "van como %XX.",
            "That names no database: write sqlite, postgresql or postgres://person:password@host/name. Signs of "
            "the password that are neither letters nor digits are written as %XX.",
        )
    return value


def host(value):
    labels = value.lower().split(".")
    if value and not is_number(value) and not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(f"«{value}» no es el nombre de un servidor de correo.", f"“{value}” is no name of a mail server.")
    return value.lower()


def port(value):
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise Refused(f"«{value}»: un puerto es un número, como 587.", f"“{value}”: a port is a number, such as 587.")
    return value


def mail_address(value):
    if value and not re.fullmatch(r"[^@\s,<>\"]+@[^@\s,<>\"]+", value):
        raise Refused(
            f"«{value}»: una dirección de correo, como curso@salud.example.", f"“{value}”: one address of mail."
        )
    return value


def mail_addresses(value):
    return ",".join(mail_address(one.strip()) for one in value.split(",") if one.strip())


def recipients(value):
    found = [one.strip() for one in value.split(",") if one.strip()]
    for one in found:
        if not _RECIPIENT.fullmatch(one):
            hint = "AGE-SECRET-KEY-" in one.upper()
            raise Refused(
                "Esa es la llave secreta: guárdela bajo llave y dé aquí la pública, que empieza con age1."
                if hint
                else f"«{one}»: la llave pública de age empieza con age1 y tiene 62 signos.",
                "That is the secret key: lock it away and give the public one here, which begins with age1."
                if hint
                else f"“{one}”: the public key of age begins with age1 and has 62 signs.",
            )
    return ",".join(found)


def copies(value):
    """Return folders and `s3://bucket/prefix`, separated by commas."""
    found = [one.strip() for one in value.split(",") if one.strip()]
    for one in found:
        if re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./+=@-]*)?", one):
            continue
        inside = any(one == place or one.startswith(place + "/") for place in (places.VAR_DIR, places.BACKUP_DIR))
        if not re.fullmatch(r"/[\w ./+=@-]+", one) or ".." in one or inside:
            raise Refused(
                f"«{one}»: la ruta entera de una carpeta en otro disco, como /mnt/respaldo, o s3://bucket/carpeta.",
                f"“{one}”: the whole path of a folder on another disk, such as /mnt/backup, or s3://bucket/prefix.",
            )
    return ",".join(found)


def folders_of(backup_copies):
    return [one for one in copies(backup_copies).split(",") if one.startswith("/")]


def user_code(value):
    if value and not re.fullmatch(r"[\w.@+-]{3,150}", value):
        raise Refused(
            f"«{value}»: un código de tres letras o números al menos, sin espacios, como JEFA21.",
            f"“{value}”: a code of three letters or digits at least, without spaces, such as JEFA21.",
        )
    return value


def file(value):
    if not Path(value).is_file():
        raise Refused(f"No hay archivo {value}.", f"There is no file {value}.")
    return str(Path(value).resolve())


def check_together(answers):
    """Refuse answers that are valid alone but not together."""
    if answers.https == "acme":
        _check_public_name(answers.address)
    if answers.https == "files":
        _check_certificate(answers)
    if answers.mail_host and answers.mail_user and not answers.mail_password:
        raise Refused(
            "La cuenta de correo necesita su contraseña: --mail-password-file ARCHIVO.",
            "The account of mail needs its password: --mail-password-file FILE.",
        )
    if answers.backup_key == "yes" and answers.backup_recipients:
        raise Refused(
            "O una llave nueva (--backup-key yes) o la que ya tiene (--backup-recipients), no las dos.",
            "Either a new key (--backup-key yes) or the one you have (--backup-recipients), not both.",
        )


def _check_public_name(name):
    if is_number(name) or "." not in name or name.rpartition(".")[2] in _LOCAL_ENDINGS:
        raise Refused(
            f"Nadie de fuera conoce «{name}», así que ninguna autoridad da un certificado para ese nombre. Use "
            "--https local, o --https files con un certificado propio.",
            f"Nobody outside knows “{name}”, so that no authority gives a certificate for it. Use --https local, "
            "or --https files with a certificate of your own.",
        )


def _check_certificate(answers):
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(answers.certificate, answers.key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise Refused(
            f"{answers.certificate} y {answers.key} no van juntos, no son PEM, o la llave pide una contraseña.",
            f"{answers.certificate} and {answers.key} do not belong together, are no PEM, or the key wants a password.",
        ) from error
    for question, spanish, english in (_is_for(answers.address), (("-checkend", "0"), "está vencido", "has expired")):
        asked = subprocess.run(  # noqa: S603 - our own words
            ["openssl", "x509", "-noout", "-in", answers.certificate, *question],  # noqa: S607 - as root has it
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode or "does NOT match" in asked.stdout:
            raise Refused(f"El certificado {answers.certificate} {spanish}.", f"{answers.certificate} {english}.")


def _is_for(name):
    question = ("-checkip" if is_number(name) else "-checkhost", name)
    return question, f"no es para {name}", f"is not for {name}"


def _no_password():
    raise ValueError("a password is asked for")
