"""Keep a snapshot of the database during an upgrade, and restore it: for `trato upgrade`."""

from django.core.management.base import BaseCommand, CommandError

from course.backups.exceptions import BackupError
from course.backups.holding import forget_held_database, hold_database, put_back_database


class Command(BaseCommand):
    help = "Make a snapshot of the database for an upgrade; `trato upgrade` uses it while the site is stopped."
    requires_system_checks = []

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--put-back", action="store_true", help="Restore the snapshot.")
        what.add_argument("--forget", action="store_true", help="Remove the snapshot.")

    def handle(self, *, put_back, forget, **options):
        try:
            (put_back_database if put_back else forget_held_database if forget else hold_database)()
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
