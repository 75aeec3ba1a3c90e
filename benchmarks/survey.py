"""Measure the results of the survey: `python -m benchmarks.survey [--people 100000]`.

On SQLite, or on the server of DATABASE_URL (script/with-postgres), makes two sites, of 1,000 people and of so many in
clinics of about 330, with three waves closed in each and a lot of every wave and clinic. Asks for the results of the
country, an area and a clinic, for the page that shows them, and for their workbook. Prints from one run what each takes
at both sizes (the quickest of several times), what it costs processors on the average, its queries and its weight. Ends
with 1 where the number of queries differs.
"""

import random
import time

from .desk import processor_seconds
from .site import new_site
from .sizes import at_two_sizes

A_CLINIC, AREAS, WAVES = 333, 20, ("pre", "post", "seg")
VARIANTS = 6
SECONDS, MOST_TIMES = 2, 15
# What anybody waits for the figures of the country and their page, and for a file.
AIM, LONGEST = 0.3, 1.0


def main():
    at_two_sizes(
        "benchmarks.survey",
        description=__doc__.splitlines()[0],
        counted="people",
        measure_site=measure_site,
        report=report,
    )


def measure_site(people):
    with new_site():
        from django.core.management import call_command

        from course.models import User
        from course.survey.results import results_of

        call_command("prepare_site", verbosity=0)
        edition, area, clinic = fill(people)
        admin = User.objects.create(username="ADMIN2", is_staff=True, is_superuser=True, last_name="Mide")
        figures = {
            f"figures of the {name}": measure(lambda place=place: (results_of(place, edition), 0)[1])
            for name, place in [("country", None), ("area", area), ("clinic", clinic)]
        }
        return figures | {name: measure(asking(admin, path)) for name, path in pages(area)}


def pages(area):
    """Return [(name, address)]."""
    from django.urls import reverse

    page = reverse("desk_survey_results")
    return [
        ("page of the country", page),
        ("page of an area", f"{page}?area={area.key}"),
        ("workbook of the country", reverse("desk_survey_results_xlsx")),
    ]


def asking(who, path):
    """Return what asks for a page and gives its bytes."""
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")

    def ask():
        reply = client.get(path)
        if reply.status_code != 200:
            raise SystemExit(f"{path} answered {reply.status_code}")
        return len(reply.content)

    return ask


def measure(work):
    """Return (seconds, the least of several times; of processors, the mean; queries; bytes)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    work()
    with CaptureQueriesContext(connection) as captured:
        size = work()
        queries = len(captured)
    times, spent, busy = [], 0, processor_seconds()
    while spent < SECONDS and len(times) < MOST_TIMES:
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
        spent += times[-1]
    return min(times), (processor_seconds() - busy) / len(times), queries, size


def fill(people):
    """Make the clinics, and lots that repeat a few that were counted of chance answers; return one of each place."""
    from course.models import Area, Clinic, SurveyLot
    from modules.models import Edition
    from quizzes.models import SurveyWording
    from quizzes.surveys.tally import tally
    from tests.survey_factories import CLOSED, contents, make_sheets

    chance = random.Random(1)
    wording = SurveyWording.objects.create(digest="b" * 64, contents=contents())
    edition = Edition.objects.order_by("number").last()
    areas = [Area.objects.create(name=f"Área {n:02}") for n in range(AREAS)]
    clinics = [
        Clinic.objects.create(name=f"Centro {n:03}", area=areas[n % AREAS]) for n in range(max(people // A_CLINIC, 1))
    ]
    counted = {
        wave: [
            tally(wording.contents, wave, make_sheets(chance, A_CLINIC, wave, better=better))
            for _variant in range(VARIANTS)
        ]
        for wave, better in zip(WAVES, (0, 0.5, 0.4), strict=True)
    }
    SurveyLot.objects.bulk_create(
        SurveyLot(
            clinic=clinic,
            area=clinic.area,
            edition=edition,
            wave=wave,
            wording=wording,
            people=A_CLINIC,
            figures=counted[wave][number % VARIANTS],
            closed_on=CLOSED,
        )
        for wave in WAVES
        for number, clinic in enumerate(clinics)
    )
    return edition, areas[0], clinics[0]


def report(few, many):
    """Print the table; return what has another number of queries on the bigger site."""
    print(f"{'':28}{'ms, few':>9}{'many':>9}{'ratio':>7}{'of processors':>15}{'queries':>9}{'KB':>8}  aim")
    differing = []
    for name, (seconds, busy, queries, size) in many.items():
        before, _busy, queries_before, _size = few[name]
        aim = LONGEST if name.startswith("workbook") else AIM
        figures = f"{1000 * before:9.1f}{1000 * seconds:9.1f}{seconds / before:7.2f}{1000 * busy:15.1f}"
        missed = ": missed" if min(seconds, busy) > aim else ""
        print(f"{name:28}{figures}{queries:9}{size / 1000:8.1f}  ≤ {1000 * aim:.0f} ms{missed}")
        if queries != queries_before:
            differing.append(name)
            print(f"   FAULT  {queries_before} queries on the smaller site")
    return differing


if __name__ == "__main__":
    main()
