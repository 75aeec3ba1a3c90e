"""Close the attempts whose time is over, so that figures and reports hold them without anybody looking first."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from quizzes.attempts.closing import close_attempts_over


class Command(BaseCommand):
    help = "Close the attempts whose time is over: what was answered is handed in. Safe to run as often as one likes."

    def handle(self, *, verbosity, **options):
        closed = close_attempts_over(now=timezone.now())
        if verbosity:
            self.stdout.write(f"Intentos cerrados / attempts closed: {closed}")
