"""Delete expired data: docs/how-to/install.md says how often."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from course.cleanup import clean_up, repair_training_records
from course.health.watching import refuse_unready


class Command(BaseCommand):
    help = "Remove PDFs that can be made again, written lists, expired PINs and sessions. Safe at any moment."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Say what would go, and leave it.")

    def handle(self, *, dry_run, verbosity, **options):
        refuse_unready()
        now = timezone.now()
        removed = clean_up(now=now, dry_run=dry_run)
        recorded = 0 if dry_run else repair_training_records(now=now)
        if verbosity == 0:
            return
        self.stdout.write(_("Would be removed:") if dry_run else _("Removed:"))
        for label, count in removed:
            self.stdout.write(f"{count:>8}  {label}")
        if recorded:
            self.stdout.write(f"{recorded:>8}  {_('missing rows of the training record')}")
