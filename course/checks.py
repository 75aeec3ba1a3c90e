"""Checks of `manage.py check --deploy`."""

from email.utils import parseaddr

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from certificates.badges.issuer import is_address
from course.people.sealed_accounts import unreadable_people
from course.roster.job_titles import BrokenTitles, titles_of_the_course

from .models import Cohort, User
from .sealing import has_key


@register(Tags.security, deploy=True)
def site_url_is_https(app_configs, **kwargs):
    error = Error(
        f"SITE_URL is {settings.SITE_URL}, which is not HTTPS.",
        hint="Set the environment variable SITE_URL to the https:// address that people open.",
        id="course.E001",
    )
    return [] if settings.SITE_URL.startswith("https://") else [error]


@register(Tags.security, deploy=True)
def site_url_is_an_address(app_configs, **kwargs):
    error = Error(
        f"SITE_URL is “{settings.SITE_URL}”, which is no address of a site: https://curso.example.gt, perhaps "
        "with a port, and nothing after it.",
        hint="Set the environment variable SITE_URL to the address that people open: docs/reference/settings.md.",
        id="course.E006",
    )
    return [] if is_address(settings.SITE_URL) else [error]


# Not tagged `database`: those are only asked with `--database`, and nobody must forget this one.
@register(Tags.security, deploy=True)
def no_demo_people(app_configs, **kwargs):
    try:
        names = demo_people()
    except DatabaseError as error:
        return [
            Warning(
                f"The database does not answer, so demo people could not be looked for ({type(error).__name__}).",
                hint="Repeat this check where DATABASE_URL is the database of the site.",
                id="course.W001",
            )
        ]
    if not names:
        return []
    return [
        Error(
            f"There are demo people in this database, whose PINs are public: {', '.join(names)}.",
            hint="Start with an empty database, or delete the demo people.",
            id="course.E002",
        )
    ]


@register(Tags.security, deploy=True)
def account_keys_open_every_account(app_configs, **kwargs):
    try:
        unreadable = len(unreadable_people()) if _has_table(User) and _has_table(Authenticator) else 0
    except DatabaseError:
        return []
    if has_key() and not unreadable:
        return []
    said = f"No key opens the PIN or second step of {unreadable} people." if unreadable else "There is no account key."
    return [
        Error(
            said,
            hint="Put the key back from its copy, or make the first: see docs/how-to/keep-the-account-keys.md.",
            id="course.E003",
        )
    ]


@register(Tags.security, deploy=True)
def reminders_can_go_out(app_configs, **kwargs):
    try:
        wanted = _has_table(Cohort) and Cohort.objects.filter(sends_reminders=True).exists()
    except DatabaseError:
        return []
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    warning = Warning(
        "There are groups whose people are to be reminded by e-mail, and this site has no mail to do it with.",
        hint="Set EMAIL_HOST and DEFAULT_FROM_EMAIL: see docs/reference/settings.md.",
        id="course.W002",
    )
    return [warning] if wanted and (not settings.MAIL_GOES_OUT or sender.endswith("@localhost")) else []


@register(Tags.security, deploy=True)
def copies_elsewhere_are_encrypted(app_configs, **kwargs):
    warning = Warning(
        "Backups go to storage elsewhere, with all keys of the site, and are not encrypted.",
        hint="Set BACKUP_RECIPIENTS: see docs/how-to/back-up-and-restore.md.",
        id="course.W003",
    )
    goes_elsewhere = any(target.startswith("s3://") for target in settings.BACKUP_COPIES)
    return [warning] if goes_elsewhere and not settings.BACKUP_RECIPIENTS else []


@register()
def job_titles_can_be_read(app_configs, **kwargs):
    try:
        titles_of_the_course()
    except BrokenTitles as error:
        hint = "See docs/how-to/bring-in-your-staff.md, “Job titles”. Until then roles are guessed without the file."
        return [Warning(str(error), hint=hint, id="course.W005")]
    return []


def demo_people():
    """Return the user codes of the demo people; none before the tables are there."""
    if not _has_table(User):
        return []
    return list(User.objects.filter(is_demo=True).order_by("username").values_list("username", flat=True))


def _has_table(model):
    return model._meta.db_table in connections[DEFAULT_DB_ALIAS].introspection.table_names()
