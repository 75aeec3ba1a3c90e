"""Close expired attempts, so that statistics and reports include them."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from quizzes.attempts.closing import close_expired_attempts


class Command(BaseCommand):
    help = "Close attempts whose time is over and submit their answers. Safe to repeat."

    def handle(self, *, verbosity, **options):
        closed = close_expired_attempts(now=timezone.now())
        if verbosity:
            self.stdout.write(f"Intentos cerrados / attempts closed: {closed}")
