"""Measure the trainer's desk: `script/with-postgres .venv/bin/python -m benchmarks.desk [--learners 100000]`.

Makes two sites with the real course and a crowd each, of 1,000 people and of so many, on the server of DATABASE_URL (or
in new SQLite files), and asks in this order for every page of the desk as a trainer of groups of 30, 60 and 350 people,
as the lead of a health area and as an administrator. Prints from one run what each page takes at both sizes (the
quickest of several times), what it costs processors on the average (this one's and, on the same machine, PostgreSQL's:
that stands even while others work), its queries, its weight and the ratios. Ends with 1 where the number of queries
differs.

`--on URL URL` measures two sites that were filled before.
"""

import os
import sys
import time
from pathlib import Path

from .site import new_site
from .sizes import at_two_sizes

LEARNERS_A_CLINIC = 333
GROUPS = (30, 60, 350)
SECONDS_A_PAGE = 3
MOST_TIMES = 15
# Of pages about a group, whatever else the site holds; and what nobody should wait longer for.
RATIO, LONGEST = 1.5, 1.0


def main():
    at_two_sizes(
        "benchmarks.desk",
        description=__doc__.splitlines()[0],
        counted="learners",
        measure_site=measure_site,
        report=report,
    )


def measure_site(learners):
    """Fill the site unless it is; return {page: [what `Desk.measure_page` says, and whether it is about a group]}."""
    with new_site():
        from django.core.management import call_command
        from django.db import connection

        from benchmarks.big_site.filling import fill_site

        begun = time.perf_counter()
        call_command("prepare_site", verbosity=0)
        clinics = -(-learners // LEARNERS_A_CLINIC) if learners < 100_000 else learners // LEARNERS_A_CLINIC
        fill_site(learners, clinics=clinics, certificates=200, out=None)
        print(f"   filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return Desk().measure()


class Desk:
    """The pages of the desk, each as the person who opens it."""

    def __init__(self):
        from benchmarks.big_site.writing import lead_code, trainer_code
        from course.models import User

        self.groups = {size: group_of(size) for size in GROUPS}
        self.trainer = measuring_trainer(User.objects.get(username=trainer_code(0)), self.groups.values())
        self.lead = User.objects.get(username=lead_code(0))
        self.administrator = User.objects.get(username="admin")

    def pages(self):
        """Return [(name, who, address, whether it is about a group)]."""
        from django.urls import reverse

        def at(name, *arguments, query=""):
            return reverse(name, args=arguments) + query

        big, small = self.groups[350].pk, self.groups[30].pk
        person, quiz_key = somebody_stuck(self.groups[350])
        area = self.lead.areas_led.get().pk
        of_group = [
            ("whom to call, and the groups", at("desk_cohorts")),
            ("everybody to call, CSV", at("desk_calls_csv")),
            ("slips", at("desk_slips")),
            ("grid of 30", at("desk_cohort", small)),
            ("grid of 350", at("desk_cohort", big)),
            ("grid of 350, who needs help", at("desk_cohort", big, query="?estado=help")),
            ("each activity of 350", at("desk_activities", big)),
            ("each activity of 350, CSV", at("desk_activities_csv", big)),
            ("grid of 350, XLSX", at("desk_cohort_xlsx", big)),
            ("grid of 350, CSV", at("desk_cohort_csv", big)),
            ("person: why", at("desk_person", big, person)),
            ("summary of own clinics", at("desk_summary")),
            ("certificates of 350", at("desk_cohort_certificates", big)),
            ("cards of 350", at("desk_cards", big)),
            ("sessions", at("desk_sessions", big)),
            ("on paper", at("desk_papers", big)),
            ("a quiz on paper, 350", at("desk_paper", big, quiz_key)),
            ("to mark", at("desk_marking")),
            ("to look at", at("desk_held")),
            ("who did what in a group", at("desk_audit", big)),
            ("who did what", at("desk_all_audit")),
        ]
        of_area = [
            ("area: groups", self.lead, at("desk_cohorts")),
            ("area: summary", self.lead, at("desk_summary")),
            ("area: summary, XLSX", self.lead, at("desk_summary_xlsx")),
            ("area: to mark", self.lead, at("desk_marking")),
            ("area: who did what", self.lead, at("desk_all_audit")),
            ("all: groups", self.administrator, at("desk_cohorts")),
            ("all: summary of an area", self.administrator, at("desk_summary", query=f"?area={area}")),
            ("all: to mark", self.administrator, at("desk_marking")),
            ("all: who did what", self.administrator, at("desk_all_audit")),
            ("all: analysis of the quizzes", self.administrator, at("analysis_list")),
        ]
        return [(name, self.trainer, path, True) for name, path in of_group] + [(*page, False) for page in of_area]

    def measure(self):
        return {name: [*self.measure_page(who, path), about] for name, who, path, about in self.pages()}

    def measure_page(self, who, path):
        """Return (seconds, the least of several times; of processors, the mean; queries; bytes)."""
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        client = Client(HTTP_HOST="localhost")
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")

        def ask():
            begun = time.perf_counter()
            reply = client.get(path)
            if reply.status_code != 200:
                raise SystemExit(f"{path} answered {reply.status_code}")
            return time.perf_counter() - begun, len(reply.content)

        ask()
        with CaptureQueriesContext(connection) as captured:
            ask()
            queries = len(captured)
        times, spent, busy = [], 0, processor_seconds()
        while spent < SECONDS_A_PAGE and len(times) < MOST_TIMES:
            took, size = ask()
            times.append(took)
            spent += took
        return min(times), (processor_seconds() - busy) / len(times), queries, size


def processor_seconds():
    """Return what this process and, where it can be seen, PostgreSQL for it have taken of the processors so far."""
    from django.db import connection

    seconds = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        process = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
        if process.exists():
            # Behind the name in brackets, which may hold spaces, user and system time are the 12th and 13th field.
            fields = process.read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def group_of(size):
    """Return the first group of the crowd with so many people."""
    from django.db.models import Count

    from course.models import Cohort

    of_crowd = Cohort.objects.filter(clinic__area__isnull=False)
    return of_crowd.annotate(people=Count("enrolments")).filter(people=size).earliest("pk")


def measuring_trainer(like, groups):
    """Return a trainer of just these groups, at every size of the site the same."""
    from course.models import User

    trainer, _made = User.objects.get_or_create(
        username="MIDE22", defaults={"first_name": "Mide", "last_name": "Todo", "is_staff": True, "is_demo": True}
    )
    trainer.groups.set(like.groups.all())
    for group in groups:
        group.trainers.add(trainer)
    return trainer


def somebody_stuck(group):
    """Return (a person of the group with most failed attempts at a quiz, the quiz)."""
    from django.db.models import Count

    from quizzes.models import Attempt

    attempts = Attempt.objects.filter(learner__enrolments__cohort=group, passed=False)
    counted = attempts.values("learner_id", "quiz_key").annotate(count=Count("pk"))
    most = counted.order_by("-count", "learner__username", "quiz_key").first()
    return most["learner_id"], most["quiz_key"]


def report(few, many):
    """Print the table; return the pages whose number of queries differs."""
    ways = f"{'ms, few':>9}{'many':>9}{'ratio':>7}"
    print(f"{'page':32}{ways}   of processors{ways}{'queries':>9}{'KB':>8}  aim")
    differing = []
    for name, (seconds, busy, queries, size, about_group) in many.items():
        before, busy_before, queries_before, *_rest = few[name]
        aim = f"≤ {RATIO} times" if about_group else f"≤ {LONGEST:.0f} s"
        missed = seconds > RATIO * before if about_group else seconds > LONGEST
        figures = f"{compare(before, seconds)}{'':16}{compare(busy_before, busy)}{queries:9}{size / 1000:8.1f}"
        print(f"{name:32}{figures}  {aim}{': missed' if missed else ''}")
        if queries != queries_before:
            differing.append(name)
            print(f"   FAULT  {queries_before} queries on the smaller site")
    return differing


def compare(few, many):
    return f"{1000 * few:9.1f}{1000 * many:9.1f}{many / few:7.2f}"


if __name__ == "__main__":
    main()
