"""Make demo people and print their sign-ins."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from course.demo.people import demo_accounts, make_demo_people


class Command(BaseCommand):
    help = "Make demo people in every state of the course. Only under the development settings; never twice."

    def add_arguments(self, parser):
        parser.add_argument("--print", action="store_true", dest="show", help="Print the addresses and sign-ins.")

    def handle(self, *, show, verbosity, **options):
        if not settings.DEMO_PEOPLE_ALLOWED:
            raise CommandError(
                "Aquí no se crean personas de prueba / these settings are for real people: no demo people here."
            )
        if make_demo_people(now=timezone.now()) and verbosity:
            self.stdout.write("Personas de prueba creadas / demo people made.")
        if show:
            self.show_sign_ins()

    def show_sign_ins(self):
        write = self.stdout.write
        write("")
        write(f"  Trato digno:  {settings.SITE_URL}/            (curso / course)")
        write(f"                {settings.SITE_URL}/es/grupos/  (mesa de la facilitadora / trainer's desk)")
        write(f"                {settings.SITE_URL}/cms/        (edición / editing)")
        write("")
        for spanish, english, code, pin in demo_accounts():
            write(f"  {spanish} / {english}:".ljust(64) + f"{code}   {pin}")
        write("")
        write("  Ctrl+C para detener / to stop")
        write("")
