"""Notices and next steps at the end."""

from course.operating.words import Refused, say

from . import places, proxy
from .authority import address_of_certificate, fingerprint
from .site import Invite, MakeBackupKey, manage


def look(machine, answers):
    """Check the site as a visitor and by its own check; problems become notices."""
    try:
        manage(machine, "check", "--deploy", "--fail-level", "WARNING")
    except Refused as problem:
        machine.notices.append(str(problem))
    if lacking := proxy.lines_that_lack(machine, answers):
        machine.notices += [_about_line(line) for line in lacking]
    elif problem := proxy.problem_with_https(machine, answers):
        machine.notice(
            f"https://{answers.address} todavía no responde ({problem}). {_why(answers)} Caddy lo intenta solo, "
            "una y otra vez: journalctl -u caddy",
            f"https://{answers.address} does not answer yet ({problem}). {_why(answers)} Caddy goes on trying: "
            "journalctl -u caddy",
        )


def _about_line(line):
    if line == proxy.OPTIONS_IMPORT:
        where = say("En las opciones, el primer bloque { } de", "In the options, the first block { } of")
    else:
        where = say("Al final de", "At the end of")
    return say(
        f"{where} {proxy.CADDYFILE} falta la línea: {line}   Después: systemctl restart caddy",
        f"{where} {proxy.CADDYFILE} a line is missing: {line}   Then: systemctl restart caddy",
    )


def _why(answers):
    if answers.https != "acme":
        return ""
    return say(
        "El nombre tiene que llevar a esta máquina, y los puertos 80 y 443 estar abiertos desde internet.",
        "The name has to lead to this machine, and ports 80 and 443 have to be open from the internet.",
    )


def what_next(machine, answers, steps):
    yield say(f"\nEl curso está en https://{answers.address}", f"\nThe course is at https://{answers.address}")
    # First: a device that does not trust this machine opens no link.
    for step in steps:
        if isinstance(step, proxy.AuthorityPage) and step.code:
            yield from _about_the_authority(machine, answers, step)
    for step in steps:
        if isinstance(step, Invite) and step.link:
            yield say(
                f"\nAbra una vez este enlace, en las próximas 48 horas, y elija la contraseña de {step.code}:\n   "
                f"{step.link}",
                f"\nOpen this link once, within 48 hours, and choose the password of {step.code}:\n   {step.link}",
            )
        if isinstance(step, MakeBackupKey) and step.secret:
            yield say(
                f"\n*** LLAVE DE LOS RESPALDOS, por última vez: sin ella nadie los abre. ***\n   {step.secret}",
                f"\n*** KEY OF THE BACKUPS, for the last time: without it nobody opens them. ***\n   {step.secret}",
            )
    keeps_authority = f", {places.AUTHORITY}" if answers.https == "local" else ""
    yield say(
        f"\nGuarde aparte, bajo llave, una copia de {places.ENVIRONMENT_FILE}{keeps_authority} y de las llaves en "
        f"{places.VAR_DIR}: keys y account-keys; no junto a los respaldos.\n"
        "Cada día:  trato status     Respaldo ahora:  trato backup     Qué más hay:  trato",
        f"\nKeep a copy of {places.ENVIRONMENT_FILE}{keeps_authority} and of the keys in {places.VAR_DIR}, keys and "
        "account-keys, apart and locked away, not beside the backups.\n"
        "Every day:  trato status     Backup now:  trato backup     What else:  trato",
    )


def _about_the_authority(machine, answers, step):
    yield say(
        "\nCada teléfono y computadora instala una vez el certificado de esta máquina, antes de abrir el curso:",
        "\nEach phone and computer installs this machine's certificate once, before it opens the course:",
    )
    yield f"   {address_of_certificate(answers.address)}\n{step.code}"
    yield f"   SHA-256 {fingerprint(step.certificate(machine))}"
    yield say(
        f"   Cómo, para imprimir: http://{answers.address}/raiz/", f"   How, to print: http://{answers.address}/raiz/"
    )
