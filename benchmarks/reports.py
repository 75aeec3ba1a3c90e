"""Measure the reports: `script/with-postgres .venv/bin/python -m benchmarks.reports [--people 100000]`.

Fills two new sites on the PostgreSQL server of DATABASE_URL, of 1,000 people and of so many, with a year in which nine
of ten began and six of ten finished: 300 health centres, 1,000 groups, 4,000 sessions, a row of the record for each
module. Asks for the report of a month and of the year, and for the registers, as an administrator, as the lead of an
area and as a trainer. Prints from one run what each takes at both sizes (the quickest of several times), what it costs
processors on the average (this one's and PostgreSQL's: that stands even while others work), its queries and its weight.
Ends with 1 where the number of queries differs.
"""

import os
import sys
import time

from .desk import processor_seconds
from .site import new_site
from .sizes import at_two_sizes

STAFF = ("ADMIN2", "LEAD22", "TRAIN2")
AREAS, CLINICS, GROUPS, SESSIONS, MODULES = 20, 300, 1000, 4000, 8
SECONDS_A_PAGE, MOST_TIMES = 2, 10
# What an administrator waits for the report of a month, and anybody for any page of these.
AIM, LONGEST = 0.3, 1.0


def main():
    at_two_sizes(
        "benchmarks.reports",
        description=__doc__.splitlines()[0],
        counted="people",
        measure_site=measure_site,
        report=report,
        needs_postgresql=True,
    )


def measure_site(people):
    with new_site():
        from django.core.management import call_command
        from django.db import connection

        from course.models import User

        begun = time.perf_counter()
        call_command("prepare_site", verbosity=0)
        if not User.objects.filter(username__in=STAFF).exists():
            fill(people)
            print(f"   filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
                # Else the server writes out what was filled while the first pages are measured.
                cursor.execute("CHECKPOINT")
        return {name: measure_page(who, path) for name, who, path in pages()}


def pages():
    """Return [(name, who, address)]."""
    from django.urls import reverse
    from django.utils import timezone

    from course.models import User

    admin, lead, trainer = (User.objects.get(username=code) for code in STAFF)
    today = timezone.localdate()
    month = f"?desde={today.replace(day=1)}&hasta={today}"
    asked = {
        "report": reverse("desk_report") + month,
        "report of a year": reverse("desk_report") + "?periodo=este-ano",
        "certificates": reverse("desk_certificates"),
        "attendance": reverse("desk_attendances"),
    }
    people = [("all", admin), ("area", lead), ("groups", trainer)]
    found = [(f"{whose}: {name}", who, path) for whose, who in people for name, path in asked.items()]
    files = [("report, XLSX", "desk_report_xlsx"), ("certificates, CSV", "desk_certificates_csv")]
    return found + [(f"all: {name}", admin, reverse(address)) for name, address in files]


def measure_page(who, path):
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
        content = b"".join(reply.streaming_content) if reply.streaming else reply.content
        return time.perf_counter() - begun, len(content)

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


def fill(people):
    """Multiply a person, a group, a certificate: what each page counts, spread over the year until now."""
    from django.utils import timezone

    from certificates.models import Certificate
    from course.models import Area, Attendance, Clinic, Cohort, Enrolment, Session, User
    from modules.models import Edition, ModuleStart, Registration, TrainingRecord

    now = timezone.now()
    areas = [Area.objects.create(name=f"Área {n:02}") for n in range(AREAS)]
    clinics = [Clinic.objects.create(name=f"Centro {n:03}", area=areas[n % AREAS]) for n in range(CLINICS)]
    groups = [Cohort.objects.create(name=f"Grupo {n:04}", clinic=clinics[n % CLINICS]) for n in range(GROUPS)]
    _admin, lead, trainer = (
        User.objects.create(
            username=code, first_name="Mide", last_name=code, is_staff=True, is_superuser=code == STAFF[0]
        )
        for code in STAFF
    )
    areas[0].leads.add(lead)
    trainer.cohorts_trained.set(groups[:3])
    edition = Edition.objects.order_by("number").last()
    person = User.objects.create(username="PRIMERA", first_name="Ana", last_name="Coj", role="clinica")
    # Whoever is the n-th of all: the group, its clinic and area, the job, the days of the year.
    group, clinic, area = f"{groups[0].pk} + n % {GROUPS}", f"(n % {GROUPS}) % {CLINICS}", f"(n % {GROUPS}) % {AREAS}"
    role = "(ARRAY['clinica','labfar','recepcion','apoyo','jefatura'])[1 + n % 5]"
    began = "now() - (n %% 365) * interval '1 day'".replace("%%", "%")
    finished = "now() - (n % 360) * interval '1 day' + (n % 40) * interval '1 hour'"
    first = person.pk + 1
    multiply(
        person, people, username="'P' || n", id=f"{first} + n", key="gen_random_uuid()", role=role,
        job_title="'Cargo ' || n % 60", clinic_id=f"{clinics[0].pk} + {clinic}",
    )  # fmt: skip
    learner = f"{first} + n"
    multiply(
        Enrolment.objects.create(learner=person, cohort=groups[0], enrolled_at=now), people,
        learner_id=learner, cohort_id=group, key="gen_random_uuid()", enrolled_at="now() - interval '370 days'",
    )  # fmt: skip
    # The trainer's groups have somebody who did not finish on either site: what is asked of them is asked on both.
    Enrolment.objects.create(learner_id=person.pk + people, cohort=groups[0], enrolled_at=now)
    places = {
        "role": role,
        "job_title": "'Cargo ' || n % 60",
        "clinic": f"'Centro ' || {clinic}",
        "clinic_key": keys_of(Clinic, f"{clinics[0].pk} + {clinic}"),
        "area": f"'Área ' || {area}",
        "area_key": keys_of(Area, f"{areas[0].pk} + {area}"),
        "cohort": f"'Grupo ' || n % {GROUPS}",
        "cohort_key": keys_of(Cohort, group),
    }
    multiply(
        ModuleStart.objects.create(learner=person, started_at=now), people * 9 // 10,
        learner_id=learner, key="gen_random_uuid()", started_at=began + " - interval '20 days'", **places,
    )  # fmt: skip
    who_finished = people * 6 // 10
    registration = Registration.objects.create(learner=person, edition=edition)
    numbered = multiply(
        registration, who_finished, id=f"{registration.pk} + 1 + n", learner_id=learner, key="gen_random_uuid()"
    )
    assert numbered == who_finished
    of_registration = f"{registration.pk} + 1 + n"
    record = TrainingRecord.objects.create(learner=person, registration=registration, edition=edition, finished_at=now)
    key = "md5('record' || n)::uuid"
    multiply(
        record, who_finished, learner_id=learner, registration_id=of_registration, finished_at=finished, key=key,
        **places,
    )  # fmt: skip
    for module in edition.contents[:MODULES]:
        multiply(
            record, who_finished, learner_id=learner, registration_id=of_registration, finished_at=finished,
            key="gen_random_uuid()", module_key=f"'{module['key']}'::uuid", **places,
        )  # fmt: skip
    certificate = Certificate.objects.create(
        serial="0000000000000", learner=person, course_key=edition.course_key, edition=edition.number,
        record_key=record.key,
        issued_at=now, language="es", sort_key="coj", pdf=os.urandom(3000), sha256="0" * 64, printed=PRINTED,
    )  # fmt: skip
    multiply(
        certificate, who_finished, serial="'1' || lpad(n::text, 12, '0')", learner_id=learner, record_key=key,
        issued_at=finished, awarded_at=finished,
    )  # fmt: skip
    session = Session.objects.create(cohort=groups[0], made_by=trainer)
    multiply(
        session, SESSIONS, id=f"{session.pk} + 1 + n", cohort_id=group, key="gen_random_uuid()",
        token="gen_random_uuid()", held_on="(now() - (n % 365) * interval '1 day')::date",
    )  # fmt: skip
    # Whoever is the n-th comes to the first session of the own group, and every second to the next.
    attendance = Attendance.objects.create(session=session, learner=person, how="tapped")
    for nth in (0, 1):
        multiply(
            attendance, people // (1 + nth), learner_id=learner,
            session_id=f"{session.pk} + 1 + n % {GROUPS} + {GROUPS * nth}",
        )  # fmt: skip


PRINTED = {
    "name": "Ana Coj",
    "role": "Enfermería",
    "clinic": "Centro de Salud",
    "date": "2026-03-14",
    "finished": "2026-03-14",
    "minutes": 600,
    "text": ["x" * 60] * 4,
}


def keys_of(model, pk):
    return f"(SELECT key FROM {model._meta.db_table} WHERE id = {pk})"


def multiply(row, times, **columns):
    """Insert `times` copies of a row, numbered n from 0, with other values in these columns; return how many."""
    from django.db import connection

    table = row._meta.db_table
    names = [field.column for field in row._meta.concrete_fields if field.column != "id" or "id" in columns]
    values = ", ".join(columns.get(name, f't."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({quoted}) SELECT {values} FROM "{table}" t, generate_series(0, {times - 1}) n'
            f" WHERE t.id = {row.pk}"
        )
        count = cursor.rowcount
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), (SELECT max(id) FROM \"{table}\"))")
    return count


def report(few, many):
    """Print the table; return the pages whose number of queries differs."""
    print(f"{'page':32}{'ms, few':>9}{'many':>9}{'ratio':>7}{'of processors':>15}{'queries':>9}{'KB':>8}  aim")
    differing = []
    for name, (seconds, busy, queries, size) in many.items():
        before, _busy, queries_before, _size = few[name]
        aim = AIM if name.endswith(": report") else LONGEST
        figures = f"{1000 * before:9.1f}{1000 * seconds:9.1f}{seconds / before:7.2f}{1000 * busy:15.1f}"
        # A long file is read some at a time, and comes while it is read.
        streams = name.endswith(": certificates, CSV")
        held = "" if streams else f"≤ {1000 * aim:.0f} ms{': missed' if busy > aim else ''}"
        print(f"{name:32}{figures}{queries:9}{size / 1000:8.1f}  {held}")
        if queries != queries_before and not streams:
            differing.append(name)
            print(f"   FAULT  {queries_before} queries on the smaller site")
    return differing


if __name__ == "__main__":
    main()
