"""Write what was finished and is not on record: docs/how-to/install.md says when that is of use."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import ngettext

from course.health.refusing import refuse_unready
from course.worker.recording import LOOKED_BACK, record_missing


class Command(BaseCommand):
    help = "Write down what people finished in the last days and is not on record. Safe at any moment; twice is once."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="Look at everybody, and not only at the last days.")

    def handle(self, *, verbosity, **options):
        refuse_unready()
        now = timezone.now()
        rows = record_missing(now=now, since=None if options["all"] else now - LOOKED_BACK)
        if verbosity:
            words = ngettext("%(count)d row was missing.", "%(count)d rows were missing.", rows)
            self.stdout.write(words % {"count": rows})
