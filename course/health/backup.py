"""Checks: last backup, its copies, interrupted restores and upgrades."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from course.backups.holding import is_half_done
from course.backups.state import interrupted_restore, last_backup
from course.errors import UNMIGRATED
from course.version import typed

from .facts import bad, filled, good, moment, warning

# A day, and two hours of tolerance.
OLDEST = timedelta(hours=26)


def backup_is_made():
    if not settings.BACKUP_DIR:
        return good("backup", _("No backups are made here: BACKUP_DIR is not set."))
    last = last_backup()
    if last is None:
        return warning("backup", filled(_("There is no backup in %(folder)s yet."), folder=settings.BACKUP_DIR))
    said = filled(_("The last backup was made on %(when)s."), when=moment(last.when))
    problems = [last.problem, *(f"{copy.target}: {copy.problem}" for copy in last.copies if copy.problem)]
    if problem := next(filter(None, problems), ""):
        return bad("backup", filled("%(said)s %(problem)s", said=said, problem=problem))
    if not last.whole:
        return bad("backup", filled(_("%(said)s It is not whole."), said=said))
    return (warning if timezone.now() - last.when > OLDEST else good)("backup", said)


def backups_are_safe():
    if not settings.BACKUP_DIR:
        return good("copies", _("No backups are made here: BACKUP_DIR is not set."))
    if not settings.BACKUP_COPIES:
        return warning("copies", _("Backups lie on this machine alone: they die with its disk. See BACKUP_COPIES."))
    if not settings.BACKUP_RECIPIENTS:
        return warning("copies", _("Copies of backups are not encrypted: whoever finds one has the whole site."))
    return good("copies", _("Backups are copied elsewhere, encrypted."))


def restore_is_over():
    if folder := interrupted_restore():
        said = filled(
            _("A restore was interrupted (%(folder)s): run %(command)s again."),
            folder=folder,
            command=typed("restore_backup"),
        )
        return bad("restore", said, UNMIGRATED)
    return good("restore", _("No restore was interrupted."))


def upgrade_is_over():
    if is_half_done():
        return bad("upgrade", _("An upgrade was cut off: run trato upgrade --go-back."), UNMIGRATED)
    return good("upgrade", _("No upgrade was cut off."))
