"""Measure the certificates of a group: `python -m benchmarks.batch [--sizes 50 200 500]`.

Makes people who finished the real course, lets the worker's own function issue and print them, and print them again,
each in a process of its own as the worker is one. Prints seconds; the seconds of processors, which a busy machine does
not stretch; how many certificates issued one after the other, warm, those are worth; and the most memory of the worker
and of one of its copies. Credentials are signed, files are not sealed. DATABASE_URL chooses the database.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from .site import new_site

WARM = 20
_BEFORE = 4


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 200, 500], help="people in a group")
    parser.add_argument("--make", metavar="BATCH", help="what the process of its own does")
    parser.add_argument("--warm", metavar="KEYS", help="what the process of its own does")
    arguments = parser.parse_args()
    if arguments.make:
        print(json.dumps(make(arguments.make)))
    elif arguments.warm:
        print(json.dumps(issue_warm(json.loads(arguments.warm))))
    else:
        report(arguments.sizes)


def report(sizes):
    with new_site():
        from django.core.management import call_command

        call_command("prepare_site", verbosity=0)
        call_command("make_issuer_key", verbosity=0)
        people = Graduates()
        one = in_a_process("--warm", json.dumps([person.pk for person in people.make(WARM + _BEFORE)]))
        print(f"one certificate, issued warm: {1000 * one:.0f} ms of a processor\n")
        print(f"{'':24}{'seconds':>10}{'processor':>11}{'of one warm':>13}{'worker':>10}{'a copy':>10}{'a lot':>10}")
        for size in sizes:
            group = people.make(size)
            for name in ("issued and printed", "printed again"):
                seconds, processor, worker, copy, length = in_a_process("--make", people.ask(group))
                ratio = f"{processor / one:.0f} ({processor / one / size:.0%})"
                memory = f"{worker:8.0f}MB{copy:8.0f}MB{length / 1e6:8.1f}MB"
                print(f"{size:4} {name:19}{seconds:10.1f}{processor:11.1f}{ratio:>13}{memory}")


class Graduates:
    """People who finished every module, written in bulk."""

    def __init__(self):
        from django.contrib.auth import get_user_model

        from modules.progress.outline import course_outline

        self.made = 0
        self.outline = course_outline()
        self.trainer = get_user_model().objects.create_user("TRAINER", first_name="Marta", last_name="Ajú")

    def make(self, count):
        from django.contrib.auth import get_user_model
        from django.utils import timezone

        from course.models import Clinic
        from modules.models import LessonRead
        from quizzes.models import Attempt

        then = timezone.now() - timedelta(days=1)
        clinics = [Clinic.objects.get_or_create(name=f"Centro de Salud número {n}")[0] for n in range(3)]
        model, numbers = get_user_model(), range(self.made, self.made + count)
        people = model.objects.bulk_create(
            model(
                username=f"G{n}",
                first_name="Ana Lucía",
                last_name=f"Coj {'abcdefghij'[n % 10]}x de la Cruz",
                sort_key=f"coj {n:04}",
                role="recepcion",
                clinic=clinics[n % 3],
            )
            for n in numbers
        )
        self.made += count
        LessonRead.objects.bulk_create(
            LessonRead(learner=person, lesson_key=lesson.key, read_at=then)
            for person in people
            for module in self.outline
            for lesson in module.lessons
        )
        taken = {"snapshot": {}, "language": "es", "submitted_at": then, "grade": 100, "passed": True}
        Attempt.objects.bulk_create(
            Attempt(learner=person, quiz_key=module.quiz_key, **taken)
            for person in people
            for module in self.outline
            if module.quiz_key
        )
        return people

    def ask(self, people):
        """Ask for the certificates of all of these people and return the key of the job."""
        from django.utils import timezone

        from course.groups.certificate_batches import Which, request_certificates
        from course.models import Cohort, Job

        # A second request within ten seconds would get the first job.
        Job.objects.update(requested_at=timezone.now() - timedelta(hours=1))
        group, _new = Cohort.objects.get_or_create(name="Medición")
        how = {"which": Which.ALL, "by": self.trainer, "language": "es", "now": timezone.now()}
        return str(request_certificates(group, people, **how).pk)


def in_a_process(*arguments):
    command = [sys.executable, "-m", "benchmarks.batch", *arguments]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def issue_warm(keys):
    """Issue to these people one after the other; return a processor's seconds for one, without the first few."""
    import django

    django.setup()
    from course.groups.certificate_batches import IssueOrder, issue_one

    trainer = keys[0]
    for key in keys[:_BEFORE]:
        issue_one(IssueOrder(key, trainer, "es"))
    begun = time.process_time()
    reasons = [issue_one(IssueOrder(key, trainer, "es"))[1] for key in keys[_BEFORE:]]
    assert not any(reasons), reasons
    return (time.process_time() - begun) / (len(keys) - _BEFORE)


def make(key):
    """Run a job as the worker does; return (seconds, processor seconds, MB of worker, MB of copy, bytes of a lot)."""
    import django

    django.setup()
    from django.utils import timezone

    from course.groups.certificate_batches import lots_of, print_lot
    from course.jobs import run_job
    from course.models import Job

    begun, used = time.perf_counter(), sum(os.times()[:4])
    run_job.call(key)
    seconds, processor = time.perf_counter() - begun, sum(os.times()[:4]) - used
    worker, copy = most_memory(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    job = Job.objects.get(pk=key)
    assert len(job.result["certificates"]) == job.total, (job.problem, job.result)
    lot = print_lot(job, lots_of(job)[0], by=job.requested_by, now=timezone.now())
    return seconds, processor, worker, copy, len(lot)


def most_memory():
    """Return the most MB that this process took since it began, without what it was made from."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    main()
