"""Add new attempts to the statistics of questions."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from quizzes.analysis.counts import count_new_attempts, quizzes_with_attempts, recount


class Command(BaseCommand):
    help = "Add learners to the item analysis, where ten or more of a quiz are not included yet."

    def add_arguments(self, parser):
        parser.add_argument("--rebuild", action="store_true", help="First recount those included, as after an import.")

    def handle(self, *, rebuild, verbosity, **options):
        for quiz_key in quizzes_with_attempts():
            if rebuild:
                recount(quiz_key, now=timezone.now())
            people = 0
            while added := count_new_attempts(quiz_key, now=timezone.now()):
                people += added
            if verbosity:
                self.stdout.write(f"{quiz_key}: +{people}")
