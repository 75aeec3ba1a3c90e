"""Put the database by before an upgrade, put it back after one that failed: for `trato upgrade`."""

from django.core.management.base import BaseCommand, CommandError

from course.backups.exceptions import BackupError
from course.backups.holding import forget_held_database, hold_database, put_back_database


class Command(BaseCommand):
    help = "Put the database by while an upgrade lasts; `trato upgrade` uses it while the site stands still."
    # The database may be of another version than the code.
    requires_system_checks = []

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--put-back", action="store_true", help="Put it in the place of the present one.")
        what.add_argument("--forget", action="store_true", help="Remove what was put by.")

    def handle(self, *, put_back, forget, **options):
        try:
            (put_back_database if put_back else forget_held_database if forget else hold_database)()
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
