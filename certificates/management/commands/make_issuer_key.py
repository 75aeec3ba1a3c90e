"""Make the key that signs the credentials of certificates, or the next one."""

from django.core.management.base import BaseCommand, CommandError

from certificates.keys import KeyRefused, make_key


class Command(BaseCommand):
    help = "Make the key that signs credentials, in CREDENTIAL_KEYS_DIR. An existing key is never overwritten."
    # The checks would say that the key is missing.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--rotate", action="store_true", help="Make the next key; what the one before signed stays good."
        )

    def handle(self, *, rotate, **options):
        try:
            made = make_key(rotate=rotate)
        except (KeyRefused, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{made}\nBack it up now, apart from the database: docs/how-to/make-the-issuer-key.md")
