"""Queue reminders by e-mail; for a timer of the server."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from course.health.watching import refuse_unready
from course.reminders.asking import due_for_letters, due_in, groups_to_remind, remind_group, request_case_letters


class Command(BaseCommand):
    help = (
        "Queue e-mail reminders for people on the call lists, in the groups that have them turned on. The worker"
        " (manage.py work) sends them. No one gets more than one a week."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="List who would be reminded; send nothing.")

    def handle(self, *, dry_run, **options):
        if not settings.MAIL_GOES_OUT:
            raise CommandError(
                "Este sitio no envía correos: falta EMAIL_HOST / this site sends no mail: EMAIL_HOST is missing."
            )
        refuse_unready()
        now, people = timezone.now(), 0
        for cohort in groups_to_remind(now=now):
            due = due_in(cohort, now=now) if dry_run else remind_group(cohort, now=now)
            # The output of a timer is logged: user codes are printed in a dry run alone.
            codes = " ".join(sorted(one.learner.username for one in due)) if dry_run else ""
            self.stdout.write(f"{cohort}: {len(due)}{' · ' if codes else ''}{codes}")
            people += len(due)
        cases = due_for_letters(now=now) if dry_run else request_case_letters(now=now)
        if cases:
            self.stdout.write(f"Repasos / reviews: {len(cases)}")
        people += len(cases)
        outcome = "se enviarían / would be sent" if dry_run else "van a salir / are on their way"
        self.stdout.write(f"Recordatorios que {outcome}: {people}")
