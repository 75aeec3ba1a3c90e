"""Make demo people on one's own computer, and say how to sign in as each."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from course.demo import STAFF_PASSWORD, make_demo_people, sign_ins
from course.demo_crowd import CrowdExists, RealPeople, lead_code, make_crowd, trainer_code

# As many as a health centre with its posts has.
LEARNERS_A_CLINIC = 333
SAY_EVERY = 5000


class Command(BaseCommand):
    help = "Make demo people in every state of the course. Only under the development settings; never twice."

    def add_arguments(self, parser):
        parser.add_argument("--print", action="store_true", dest="show", help="Print the addresses and sign-ins.")
        parser.add_argument("--learners", type=int, default=0, help="A crowd of so many people beside them.")
        parser.add_argument("--clinics", type=int, default=0, help="In how many clinics the crowd works.")
        parser.add_argument("--seed", type=int, default=1, help="Another seed makes another crowd.")
        parser.add_argument(
            "--certificates", type=int, default=20, help="How many of the crowd get a certificate: each takes a while."
        )

    def handle(self, *, show, verbosity, **options):
        if not settings.DEMO_PEOPLE_ALLOWED:
            raise CommandError(
                "Aquí no se crean personas de prueba / these settings are for real people: no demo people here."
            )
        if make_demo_people(now=timezone.now()) and verbosity:
            self.stdout.write("Personas de prueba creadas / demo people made.")
        if options["learners"]:
            self.make_crowd(verbosity, **options)
        if show:
            self.show_sign_ins()

    def make_crowd(self, verbosity, *, learners, clinics, seed, certificates, **options):
        if min(learners, clinics, certificates) < 0:
            raise CommandError("Los números no pueden ser negativos / the numbers can't be negative.")
        begun = time.monotonic()

        def say(done):
            if verbosity and (done == learners or done // SAY_EVERY > say.said // SAY_EVERY):
                seconds = time.monotonic() - begun
                self.stdout.write(f"{done} / {learners} personas / people ({seconds:.0f} s)")
            say.said = done

        say.said = 0
        clinics = clinics or -(-learners // LEARNERS_A_CLINIC)
        now = timezone.now().replace(microsecond=0)
        try:
            make_crowd(learners, clinics, now=now, seed=seed, certificates=certificates, say=say)
        except RealPeople as real:
            raise CommandError(
                "Hay personas que no son de prueba: no se agrega nada / there are people who are no demo people:"
                " nothing is added."
            ) from real
        except CrowdExists:
            self.stdout.write("Ya hay una multitud; no cambia nada / there is a crowd already; nothing changes.")
            return
        if verbosity:
            self.stdout.write(f"{trainer_code(0)}, {lead_code(0)}: {STAFF_PASSWORD}")

    def show_sign_ins(self):
        write = self.stdout.write
        write("")
        write(f"  Trato digno:  {settings.SITE_URL}/            (curso / course)")
        write(f"                {settings.SITE_URL}/es/grupos/  (mesa de la facilitadora / trainer's desk)")
        write(f"                {settings.SITE_URL}/cms/        (edición / editing)")
        write("")
        for spanish, english, code, pin in sign_ins():
            write(f"  {spanish} / {english}:".ljust(64) + f"{code}   {pin}")
        write("")
        write("  Ctrl+C para detener / to stop")
        write("")
