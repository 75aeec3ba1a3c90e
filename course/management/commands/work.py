"""The worker beside the site: makes what pages asked for and takes longer than a page may."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from course.health.refusing import wait_until_ready
from course.health.signs import signs_of_life
from course.worker.taking_up import take_up_again

# A worker that did so many ends, so that whoever keeps it running begins a fresh one.
_TASKS = 200
_KEPT_DAYS = 14
_BACKEND = "background"


class Command(BaseCommand):
    help = "Do in the background what pages ask for, such as the certificates of a group. Keep it running."
    # They were made when the site was set up, and would be repeated at every fresh start.
    requires_system_checks = []

    def handle(self, **options):
        wait_until_ready()
        with signs_of_life():
            self.work()

    def work(self):
        call_command(
            "prune_db_task_results", "--backend", _BACKEND, min_age_days=_KEPT_DAYS, queue_name="*", verbosity=0
        )
        take_up_again(now=timezone.now())
        call_command("tidy", verbosity=0)
        call_command(
            "db_worker", "--backend", _BACKEND, max_tasks=_TASKS, startup_delay=False, reload=False, verbosity=0
        )
