from django.core.management.base import BaseCommand, CommandError

from certificates.badges.keys import KeyExistsError, generate_key_text, issuer_key, make_key


class Command(BaseCommand):
    help = "Make the key that signs credentials, in CREDENTIAL_KEYS_DIR. An existing key is never overwritten."
    # They would warn that the key is missing.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--print", action="store_true", help="Print a new key, for CREDENTIAL_KEY.")
        parser.add_argument("--if-missing", action="store_true", help="Do nothing where there is a key already.")

    def handle(self, *, if_missing, **options):
        if options["print"]:
            self.stdout.write(generate_key_text())
            return
        if if_missing and issuer_key():
            return
        try:
            made = make_key()
        except (KeyExistsError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{made}\nBack it up now, apart from the database: docs/how-to/make-the-issuer-key.md")
