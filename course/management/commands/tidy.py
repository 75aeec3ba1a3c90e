"""Remove what can be made again or is of no use any more: docs/how-to/install.md says how often."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from course.cleanup import record_missing, tidy
from course.health.refusing import refuse_unready


class Command(BaseCommand):
    help = "Remove PDFs that can be made again, written lists, expired PINs and sessions. Safe at any moment."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Say what would go, and leave it.")

    def handle(self, *, dry_run, verbosity, **options):
        refuse_unready()
        now = timezone.now()
        removed = tidy(now=now, dry_run=dry_run)
        # Whatever finished something through a door that does not write it down.
        recorded = 0 if dry_run else record_missing(now=now)
        if verbosity == 0:
            return
        self.stdout.write(_("Would go:") if dry_run else _("Gone:"))
        for words, count in removed:
            self.stdout.write(f"{count:>8}  {words}")
        if recorded:
            self.stdout.write(f"{recorded:>8}  {_('rows that the record of training lacked')}")
