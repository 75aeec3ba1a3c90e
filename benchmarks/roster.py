"""Measure a long list of staff: `python -m benchmarks.roster [--rows 5000]`.

Makes a workbook of so many people and lets the site's own functions read it, plan it and write it, into a group that
has nobody; then a list that changes all of them, and one that changes nobody. Beside them, bare INSERTs of as many
accounts and enrolments in one transaction, in the same run: ratios carry over from machine to machine. While a list is
written, another process saves something every few milliseconds, as a learner's answer does: its longest wait is how
long the list keeps others from writing. DATABASE_URL chooses the database.
"""

import argparse
import io
import multiprocessing
import os
import time

from .site import new_site

ROLES = ["Enfermera", "Médico", "Guardián", "Recepcionista", "Directora"]
OTHER_ROLES = ROLES[1:] + ROLES[:1]
SYLLABLES = ["ba", "do", "fi", "ku", "la", "mo", "pi", "ru", "te", "na"]
ONLY_ONE = 0.2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000, help="people on the list")
    report(parser.parse_args().rows)


def report(rows):
    with new_site():
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        bare = insert_bare(rows)
        print(f"{rows:,} bare INSERTs of an account and an enrolment, one transaction: {bare:.2f} s\n")
        print(f"{'':22}{'read':>8}{'planned':>9}{'written':>9}{'in all':>9}{'of bare':>9}{'others wait':>13}")
        group = make_group()
        for name, content in (
            ("everybody is new", workbook(rows, ROLES)),
            ("everybody changes", workbook(rows, OTHER_ROLES)),
            ("nobody changes", workbook(rows, OTHER_ROLES)),
        ):
            *parts, waited = bring_in(group, content)
            figures = "".join(f"{seconds:8.2f}s" for seconds in [*parts[1:], sum(parts)])
            print(f"{name:22}{parts[0]:7.2f}s{figures}{sum(parts) / bare:9.1f}{1000 * waited:10.0f} ms")


def make_group():
    from django.contrib.auth import get_user_model

    from course.models import Clinic, Cohort

    trainer = get_user_model().objects.create_user("TRAINER", first_name="Marta", last_name="Ajú", is_staff=True)
    group = Cohort.objects.create(name="Medición", clinic=Clinic.objects.create(name="Centro de Salud"))
    group.trainers.add(trainer)
    return group


def workbook(rows, roles):
    """Return the bytes of a list of staff; the roles tell one list from another."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Apellidos", "Nombres", "Puesto", "Centro de salud"])
    for number in range(rows):
        # No two sound alike: those would be asked about.
        surname = "".join(SYLLABLES[int(digit)] for digit in f"{number:05}")
        sheet.append([surname.title(), "Ana Lucía", roles[number % 5], "Centro de Salud"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bring_in(group, content):
    """Read, plan and write a list; return the seconds of each, and the longest that another process waited to write."""
    from django.utils import timezone

    from course.roster.importing import confirm_list, plan_fingerprint
    from course.roster.reading import read_list
    from course.roster.uploads import bring_sheets, plan_of

    trainer = group.trainers.get()
    begun = time.perf_counter()
    upload = bring_sheets(group, read_list(content), name="lista.xlsx", by=trainer, now=timezone.now())
    read = time.perf_counter()
    shown = plan_fingerprint(plan_of(upload))
    planned = time.perf_counter()
    with another_writer() as waits:
        started = time.perf_counter()
        confirm_list(upload, shown=shown, by=trainer, now=timezone.now())
        written = time.perf_counter()
    return read - begun, planned - read, written - started, max(waits)


class another_writer:
    """A process that saves something every few milliseconds while the block lasts; gives the seconds of each."""

    def __enter__(self):
        context = multiprocessing.get_context("spawn")
        self.waits, self.stop, ready = [], context.Event(), context.Event()
        self.door, there = context.Pipe()
        self.process = context.Process(target=write_often, args=(there, ready, self.stop))
        self.process.start()
        ready.wait()
        time.sleep(ONLY_ONE)
        return self.waits

    def __exit__(self, *_error):
        self.stop.set()
        self.waits += self.door.recv()
        self.process.join()


def write_often(door, ready, stop):
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.db import transaction
    from django.utils import timezone

    trainer = get_user_model().objects.filter(username="TRAINER")
    waits = []
    while not stop.is_set():
        begun = time.perf_counter()
        with transaction.atomic():
            trainer.update(last_login=timezone.now())
        waits.append(time.perf_counter() - begun)
        ready.set()
        time.sleep(0.005)
    door.send(waits)


def insert_bare(rows):
    """Insert accounts and enrolments as plain SQL, one after the other in one transaction, and take them out again."""
    from django.contrib.auth import get_user_model
    from django.db import connection, transaction

    from course.models import Cohort, Enrolment

    group = Cohort.objects.create(name="Vacío")
    user, enrolment = get_user_model()._meta, Enrolment._meta
    people = [get_user_model()(pk=1_000_000 + n, username=f"BARE{n}", sort_key=f"{n:05}") for n in range(rows)]
    enrolled = [Enrolment(pk=1_000_000 + n, learner=person, cohort=group) for n, person in enumerate(people)]
    with transaction.atomic():
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            for meta, things in ((user, people), (enrolment, enrolled)):
                fields = meta.local_concrete_fields
                names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
                places = ", ".join(["%s"] * len(fields))
                values = [
                    [field.get_db_prep_save(getattr(thing, field.attname), connection) for field in fields]
                    for thing in things
                ]
                cursor.executemany(f"INSERT INTO {meta.db_table} ({names}) VALUES ({places})", values)
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    return seconds


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    main()
