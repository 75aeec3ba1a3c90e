"""Make the key that signs the credentials of certificates, or the next one."""

from django.core.management.base import BaseCommand, CommandError

from certificates.badges.keys import KeyRefused, issuer_keys, make_key, new_key_text


class Command(BaseCommand):
    help = "Make the key that signs credentials, in CREDENTIAL_KEYS_DIR. An existing key is never overwritten."
    # The checks would say that the key is missing.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--rotate", action="store_true", help="Make the next key; what the one before signed stays good."
        )
        parser.add_argument("--print", action="store_true", help="Print a new key, to put first in CREDENTIAL_KEYS.")
        parser.add_argument("--if-missing", action="store_true", help="Do nothing where there is a key already.")

    def handle(self, *, rotate, if_missing, **options):
        if options["print"]:
            self.stdout.write(new_key_text())
            return
        if if_missing and issuer_keys().keys:
            return
        try:
            made = make_key(rotate=rotate)
        except (KeyRefused, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{made}\nBack it up now, apart from the database: docs/how-to/make-the-issuer-key.md")
