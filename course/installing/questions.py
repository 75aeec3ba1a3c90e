"""The questions, each with its flag, its words, what it means, and what is taken when nobody says otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, field

from course.operating.words import say

from . import answers as check


@dataclass(frozen=True)
class Question:
    """One question. `usual` and `is_asked` take what was answered before, as a dictionary."""

    name: str
    flag: str
    words: str
    means: str
    check: Callable[[str], str]
    usual: Callable[[dict], str | None] = field(default=lambda known: "")
    is_asked: Callable[[dict], bool] = field(default=lambda known: True)
    # The variables in /etc/trato-digno.env that it decides.
    variables: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    is_secret: bool = False

    @property
    def in_one_line(self):
        """What is asked and what it means, for a list of flags."""
        end = "" if self.words.endswith(("?", ".")) else "."
        return f"{self.words}{end} {self.means}".strip()


def has_mail(known):
    return bool(known.get("mail_host"))


def questions(*, own_address):
    """Return all questions in their order; `own_address` is how the network knows this machine."""
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
            check.one_line,
            is_asked=has_mail,
            variables=("EMAIL_HOST_USER",),
        ),
        Question(
            "mail_password",
            "mail-password-file",
            say("Contraseña de esa cuenta", "Password of that account"),
            say("No se ve al escribirla.", "It is not shown."),
            check.one_line,
            # It is needed where there is an account.
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
