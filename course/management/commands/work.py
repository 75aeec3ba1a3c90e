"""Background worker."""

from importlib import import_module

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from course.health.signs import signs_of_life
from course.health.watching import wait_until_ready
from course.jobs import requeue_unfinished
from course.reminders import tasks as reminders

_MAX_TASKS = 200
_RESULT_DAYS = 14
_BACKEND = "background"
# Importing them registers what makes each kind of job.
JOB_MODULES = ("course.cards", "course.groups.certificate_batches", "course.paper.printing", "course.roster.importing")


class Command(BaseCommand):
    help = "Do in the background what pages ask for, such as the certificates of a group. Keep it running."
    requires_system_checks = []

    def handle(self, **options):
        for module in JOB_MODULES:
            import_module(module)
        wait_until_ready()
        with signs_of_life():
            self.work()

    def work(self):
        call_command(
            "prune_db_task_results", "--backend", _BACKEND, min_age_days=_RESULT_DAYS, queue_name="*", verbosity=0
        )
        requeue_unfinished(now=timezone.now())
        reminders.take_up_again(now=timezone.now())
        call_command("tidy", verbosity=0)
        call_command(
            "db_worker", "--backend", _BACKEND, max_tasks=_MAX_TASKS, startup_delay=False, reload=False, verbosity=0
        )
