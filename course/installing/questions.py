"""Questions with flags and defaults, asked by flags or at the terminal."""

import getpass
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from course.operating.words import Refused, say

from . import answers as check
from .answers import in_words


@dataclass(frozen=True)
class Question:
    """`usual` and `is_asked` take the earlier answers as a dictionary."""

    name: str
    flag: str
    words: str
    means: str
    check: Callable[[str], str]
    usual: Callable[[dict], str | None] = field(default=lambda known: "")
    is_asked: Callable[[dict], bool] = field(default=lambda known: True)
    variables: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    is_secret: bool = False

    @property
    def in_one_line(self):
        end = "" if self.words.endswith(("?", ".")) else "."
        return f"{self.words}{end} {self.means}".strip()


def has_mail(known):
    return bool(known.get("mail_host"))


def questions(*, own_address):
    return [
        Question(
            "place",
            "for",
            say("¿Para qué es?", "What is it for?"),
            say(
                "clínica: una computadora de un centro de salud, que hace también otras cosas. servidor: uno para un "
                "área o más.",
                "clinic: one computer of a health centre, which does other things too. server: one for "
                "a health area or more.",
            ),
            check.one_of(*check.PLACES),
            lambda known: "clinic",
            variables=("SERVE_WORKER", "WEB_CONCURRENCY", "PRINTING_PROCESSES"),
            choices=check.PLACES,
        ),
        Question(
            "address",
            "address",
            say("¿Con qué dirección se abre?", "At which address is it opened?"),
            say(
                "El nombre o el número que la gente escribe. Queda impreso en tarjetas y certificados, así que debe "
                "durar: un número, solo si el router siempre le da el mismo.",
                "The name or number that people type. It is "
                "printed on cards and certificates, so it should last: a number only if the router always gives it.",
            ),
            check.address,
            lambda known: own_address if known["place"] == "clinic" else None,
            variables=("SITE_URL", "ALLOWED_HOSTS"),
        ),
        Question(
            "https",
            "https",
            say("¿Quién responde por la dirección (HTTPS)?", "Who vouches for the address (HTTPS)?"),
            say(
                "acme: una autoridad pública, por internet, sola y gratis. archivos: un certificado que usted tiene. "
                "local: esta máquina; cada teléfono instala una vez su certificado.",
                "acme: a public authority, over the "
                "internet, by itself and free. files: a certificate that you have. local: this machine; each phone "
                "installs its certificate once.",
            ),
            check.one_of(*check.HTTPS),
            lambda known: "local" if known["place"] == "clinic" else "acme",
            choices=check.HTTPS,
        ),
        Question(
            "certificate",
            "certificate",
            say("Archivo del certificado", "File of the certificate"),
            say("PEM, con los de quien lo emitió después.", "PEM, with those of who issued it after it."),
            check.file,
            lambda known: None,
            lambda known: known["https"] == "files",
        ),
        Question(
            "key",
            "key",
            say("Archivo de su llave", "File of its key"),
            say("PEM, sin contraseña.", "PEM, no password."),
            check.file,
            lambda known: None,
            lambda known: known["https"] == "files",
        ),
        Question(
            "contact",
            "acme-mail",
            say("Correo para la autoridad", "Mail for the authority"),
            say(
                "Le escribe si algo va a vencer. Puede quedar vacío.",
                "It writes when something is about to expire. May stay empty.",
            ),
            check.mail_address,
            is_asked=lambda known: known["https"] == "acme",
        ),
        Question(
            "database",
            "database",
            say("¿Qué base de datos?", "Which database?"),
            say(
                "sqlite: un archivo; basta para una clínica. postgresql: se instala aquí. O la dirección de una: "
                "postgres://persona:contraseña@servidor/base.",
                "sqlite: a file; enough for a clinic. postgresql: installed "
                "here. Or the address of one: postgres://person:password@host/name.",
            ),
            check.database,
            lambda known: "sqlite" if known["place"] == "clinic" else "postgresql",
            variables=("DATABASE_URL",),
        ),
        Question(
            "mail_host",
            "mail-host",
            say("Servidor de correo", "Mail server"),
            say(
                "Para recordatorios y avisos de fallas. Vacío: sin correo; se puede poner después.",
                "For reminders and reports of failures. Empty: no mail; it can be added later.",
            ),
            check.host,
            variables=("EMAIL_HOST",),
        ),
        Question(
            "mail_tls",
            "mail-tls",
            say("¿Cómo se cifra el correo?", "How is the mail encrypted?"),
            say(
                "starttls: puerto 587. tls: puerto 465. ninguno: sin cifrar, solo dentro de una red propia.",
                "starttls: port 587. tls: port 465. none: not at all, within an own network only.",
            ),
            check.one_of(*check.MAIL_TLS),
            lambda known: "starttls",
            has_mail,
            ("EMAIL_USE_TLS", "EMAIL_USE_SSL"),
            check.MAIL_TLS,
        ),
        Question(
            "mail_port",
            "mail-port",
            say("Puerto del correo", "Port of the mail server"),
            "",
            check.port,
            lambda known: {"starttls": "587", "tls": "465", "none": "25"}[known["mail_tls"]],
            has_mail,
            ("EMAIL_PORT",),
        ),
        Question(
            "mail_from",
            "mail-from",
            say("Dirección de quien escribe", "The sender's address"),
            say(
                "La ve quien recibe un recordatorio: que no diga de qué trata el curso.",
                "Whoever is reminded sees it: let it not say what the course is about.",
            ),
            check.mail_address,
            lambda known: None,
            has_mail,
            ("DEFAULT_FROM_EMAIL",),
        ),
        Question(
            "mail_user",
            "mail-user",
            say("Cuenta en ese servidor", "Account at that server"),
            say("Vacío si no pide ninguna.", "Empty if it wants none."),
            str,
            is_asked=has_mail,
            variables=("EMAIL_HOST_USER",),
        ),
        Question(
            "mail_password",
            "mail-password-file",
            say("Contraseña de esa cuenta", "Password of that account"),
            say("No se ve al escribirla.", "It is not shown."),
            str,
            lambda known: None,
            lambda known: bool(known.get("mail_user")),
            variables=("EMAIL_HOST_PASSWORD",),
            is_secret=True,
        ),
        Question(
            "errors_to",
            "errors-to",
            say("¿A quién se avisa cuando una página falla?", "Who is told when a page fails?"),
            say(
                "Direcciones de correo, separadas por comas. Vacío: a nadie.",
                "Addresses of mail, separated by commas. Empty: nobody.",
            ),
            check.mail_addresses,
            is_asked=has_mail,
            variables=("ADMINS",),
        ),
        Question(
            "backup_copies",
            "backup-copies",
            say("¿Otra copia de los respaldos?", "Another copy of the backups?"),
            say(
                "Cada noche se guarda uno en esta máquina. Una carpeta de otro disco (/mnt/disco/respaldos) o "
                "s3://bucket: si el disco muere, se salva. Varias, con comas. Vacío: ninguna.",
                "Every night one is kept on this machine. A "
                "folder on another disk (/mnt/disk/backups) or s3://bucket saves it when the disk dies. Several, with "
                "commas. Empty: none.",
            ),
            check.copies,
            variables=("BACKUP_COPIES",),
        ),
        Question(
            "backup_recipients",
            "backup-recipients",
            say("Llave pública para cifrarlos", "Public key to encrypt them for"),
            say(
                "Si ya tiene una de age (age1…). Vacío: se decide enseguida si se hace una.",
                "If you have one of age (age1…). Empty: the next question makes one.",
            ),
            check.recipients,
            variables=("BACKUP_RECIPIENTS",),
        ),
        Question(
            "backup_key",
            "backup-key",
            say("¿Hacer ahora una llave para cifrarlos?", "Make a key to encrypt them now?"),
            say(
                "sí: se muestra una vez, se imprime y se guarda bajo llave; sin ella nadie abre los respaldos, usted "
                "tampoco. no: quedan sin cifrar.",
                "yes: it is shown once, to be printed and locked away; without it nobody "
                "opens the backups, nor do you. no: they stay unencrypted.",
            ),
            check.yes_or_no,
            lambda known: say("sí", "yes") if known.get("backup_copies") else "no",
            lambda known: not known.get("backup_recipients"),
            choices=(say("sí", "yes"), "no"),
        ),
        Question(
            "admin",
            "admin",
            say("Código de quien administra", "Code of the first administrator"),
            say(
                "Con él inicia sesión. Al final se imprime un enlace con el que elige su contraseña, una sola vez.",
                "To sign in with. At the end a link is printed by which the person chooses a password, once.",
            ),
            check.user_code,
            lambda known: "ADMIN",
        ),
    ]


def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            # Sends nothing; selects the route to an address for documentation (RFC 5737).
            line.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return line.getsockname()[0]


def given_by_flags(questions, flags):
    """Return {name: checked answer} of the flags that were given; a secret's flag names a file."""
    given = {}
    for question in questions:
        value = getattr(flags, question.flag.replace("-", "_"))
        if value is not None:
            given[question.name] = _checked(question, _first_line(value) if question.is_secret else value)
    return given


def _first_line(path):
    try:
        return Path(path).read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"No se puede leer {path}.", f"{path} cannot be read.") from error


def answered(questions, known, *, ask):
    """Return {name: answer}: known ones, else of `ask(question, usual)`, else the default."""
    found = {}
    for question in questions:
        if question.name in known:
            found[question.name] = known[question.name]
        elif question.is_asked(found):
            found[question.name] = _answer(question, question.usual(found), ask)
    return found


def _answer(question, usual, ask):
    if ask:
        return ask(question, usual)
    if usual is None:
        raise Refused(f"Falta --{question.flag}: {question.means}", f"--{question.flag} is missing: {question.means}")
    return _checked(question, usual) if usual else usual


def ask_at_the_terminal(question, usual):
    print(f"\n{question.words}", file=sys.stderr)
    if question.means:
        print(f"  {question.means}", file=sys.stderr)
    shown = "/".join(map(in_words, question.choices))
    prompt = f"  {shown} [{in_words(usual)}]: " if shown else f"  [{usual}]: " if usual else "  : "
    while True:
        try:
            typed = getpass.getpass(prompt) if question.is_secret else _read(prompt)
        except EOFError:
            raise Refused("No se respondió; no se hizo nada.", "No answer; nothing was done.") from None
        try:
            if not typed.strip() and usual is None:
                raise Refused("Hace falta una respuesta.", "An answer is needed.")
            return _checked(question, typed.strip() or usual)
        except Refused as refused:
            print(f"  {refused}", file=sys.stderr)


def _read(prompt):
    print(prompt, end="", file=sys.stderr, flush=True)
    if not (line := sys.stdin.readline()):
        raise EOFError
    return line.rstrip("\n")


def _checked(question, value):
    if not value.isprintable():
        raise Refused(
            f"--{question.flag}: una sola línea, sin signos que no se ven.",
            f"--{question.flag}: one line, without signs that cannot be seen.",
        )
    return question.check(value.strip())
