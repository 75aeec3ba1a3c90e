"""Measure the item analysis: `python -m benchmarks.figures [--answers 1000000]`.

On the database of DATABASE_URL (or a new SQLite file) with the real course, gives the quiz of a module a thousand
answers and then so many, written in bulk. At each size it counts the figures, as `manage.py count_figures` does, and
asks for the pages of the analysis in this process. Prints from one run how long counting took, from nothing and by ten
people, and what the pages take at both sizes with their ratio. Ends with 1 where counting by steps and from nothing
differ, or where the plan of a page's query reads a table of answers from end to end.
"""

import argparse
import re
import sys
import time
from statistics import median

from .crowd import Crowd
from .site import new_site

FEW = 1000
TIMES = 15
# What grows with every person; the plan of no query may read one of these whole.
GROWING = "quizzes_attempt|quizzes_answer|quizzes_answerwrite|quizzes_heldwrite|course_user"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=1_000_000, help="how many answers there are at last")
    arguments = parser.parse_args()
    with new_site():
        from django.core.management import call_command
        from django.db import connection

        from quizzes.analysis.counts import has_new_people

        call_command("prepare_site", verbosity=0)
        crowd = Crowd()
        pages = Pages(crowd)
        crowd.grow_to(FEW)
        count(crowd)
        few = pages.measure()
        report_seeding(crowd, arguments.answers)
        faults = measure_counting(crowd)
        print(f"the quiz's page, first after that: {1000 * seconds(pages.ask, pages.paths['quiz']):8.0f} ms")
        look = 1000 * seconds(has_new_people, crowd.quiz.translation_key)
        print(f"to look for new people:            {look:8.1f} ms")
        many = pages.measure()
        report(few, many)
        faults += pages.scans()
        print(f"{connection.vendor}: {len(faults)} faults")
        for fault in faults:
            print(f"   FAULT  {fault}")
    sys.exit(1 if faults else 0)


def report_seeding(crowd, answers):
    took = seconds(crowd.grow_to, answers)
    print(
        f"{crowd.answers} answers of {crowd.people} people in {crowd.attempts} attempts, written in {took:.0f} s",
        flush=True,
    )


def seconds(work, *arguments):
    begun = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begun


def count(crowd):
    """Count whoever waits, as the command does."""
    from django.utils import timezone

    from quizzes.analysis.counts import count_new_attempts

    while count_new_attempts(crowd.quiz.translation_key, now=timezone.now()):
        pass


def measure_counting(crowd):
    """Print how long counting takes; return what is wrong with it."""
    from django.utils import timezone

    from quizzes.analysis.counts import recount

    print(f"counted, 500 people a transaction: {seconds(count, crowd):8.1f} s")
    crowd.add_attempts(crowd.add_people(10))
    print(f"counted, ten more people:          {1000 * seconds(count, crowd):8.0f} ms")
    in_steps = everything(crowd)
    anew = seconds(lambda: recount(crowd.quiz.translation_key, now=timezone.now()))
    print(f"counted from nothing:              {anew:8.1f} s")
    return [] if everything(crowd) == in_steps else ["counting by steps and from nothing differ"]


def everything(crowd):
    """Return all that the figures say of the quiz."""
    from quizzes.models import ItemChoices, ItemScores, QuizStatistics

    of_quiz = {"quiz_key": crowd.quiz.translation_key}
    return (
        QuizStatistics.objects.get(**of_quiz).people,
        sorted(ItemScores.objects.filter(**of_quiz).values_list("question_key", "fraction", "rest", "people")),
        sorted(ItemChoices.objects.filter(**of_quiz).values_list("question_key", "option", "people")),
    )


class Pages:
    """The pages of the analysis, as an administrator asks for them."""

    def __init__(self, crowd):
        from django.contrib.auth import get_user_model
        from django.test import Client
        from django.urls import reverse

        self.client = Client(HTTP_HOST="localhost")
        self.client.force_login(
            get_user_model().objects.create_superuser("JEFA22", password=None),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        identifier, key = crowd.quiz.identifier, crowd.snapshot["questions"][0]["key"]
        self.paths = {
            "list": reverse("analysis_list"),
            "quiz": reverse("quiz_analysis", args=[identifier]),
            "question": reverse("question_analysis", args=[identifier, key]),
            "CSV": reverse("quiz_analysis_csv", args=[identifier]),
        }

    def ask(self, path):
        reply = self.client.get(path)
        if reply.status_code != 200:
            raise SystemExit(f"{path} answered {reply.status_code}")

    def measure(self):
        """Return {page: (seconds of the page, seconds in the database, queries)}, the medians of several."""
        return {name: self.measure_page(path) for name, path in self.paths.items()}

    def measure_page(self, path):
        self.ask(path)
        page = median(seconds(self.ask, path) for _time in range(TIMES))
        queries = self.queries_of(path)
        return page, median(seconds(run_again, queries) for _time in range(TIMES)), len(queries)

    def queries_of(self, path):
        """Return [(SQL, parameters)] of what a page reads."""
        from django.db import connection

        asked = []

        def keep(execute, sql, parameters, many, context):
            asked.append((sql, parameters))
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(keep):
            self.ask(path)
        return [(sql, parameters) for sql, parameters in asked if sql.startswith("SELECT")]

    def scans(self):
        """Return the lines of the plans that read a growing table from end to end; pages look for new people, too."""
        from django.core.cache import caches
        from django.db import connection

        explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        # SQLite names the tables of Django's subqueries U0, U1…
        whole = re.compile(rf"SCAN ({GROWING}|U\d+)\b|Seq Scan on ({GROWING})\b")
        faults = []
        for name, path in self.paths.items():
            caches["figures"].clear()
            for sql, parameters in self.queries_of(path):
                with connection.cursor() as cursor:
                    cursor.execute(explain + sql, parameters)
                    plan = [str(row[-1]) for row in cursor.fetchall()]
                faults += [f"{name}: {line.strip()}" for line in plan if whole.search(line)]
        return faults


def run_again(queries):
    """Ask the database for the same once more, to the last row."""
    from django.db import connection

    with connection.cursor() as cursor:
        for sql, parameters in queries:
            cursor.execute(sql, parameters)
            cursor.fetchall()


def report(few, many):
    print(f"{'page':10}{'queries':>9}{'ms, few':>10}{'ms, all':>10}{'ratio':>8}{'database, few':>16}{'all':>8}")
    for name, (page, database, queries) in many.items():
        before, database_before, _queries = few[name]
        figures = f"{1000 * before:10.1f}{1000 * page:10.1f}{page / before:8.2f}"
        print(f"{name:10}{queries:9}{figures}{1000 * database_before:16.1f}{1000 * database:8.1f}")


if __name__ == "__main__":
    main()
