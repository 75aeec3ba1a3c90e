"""Encrypt the PINs and second steps of all accounts with a new key."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from course.people import sealed_accounts
from course.sealing import has_key, key_files, make_key


class Command(BaseCommand):
    # The checks would say that a key is missing.
    requires_system_checks = []
    help = (
        "Make a new key, seal all PINs and second steps with it, and say what the files of older keys are still for. "
        "May be interrupted: --only-seal goes on with the newest key there is."
    )

    def add_arguments(self, parser):
        parser.add_argument("--only-seal", action="store_true", help="Make no key: seal with the newest there is.")
        parser.add_argument(
            "--give-up-unreadable",
            action="store_true",
            help="When a key is lost: take away the PINs and second steps that no key opens; new ones are given.",
        )

    def handle(self, *, only_seal, give_up_unreadable, **options):
        if settings.ACCOUNT_KEYS and not only_seal:
            raise CommandError("The keys are in ACCOUNT_KEYS: put a new one first there, then run this --only-seal.")
        if not only_seal:
            self.stdout.write(f"New key: {make_key()}")
        if not has_key():
            raise CommandError(f"There is no key in {settings.ACCOUNT_KEYS_DIR}.")
        if give_up_unreadable:
            self.stdout.write(f"People who need a new PIN: {sealed_accounts.give_up_unreadable()}")
        self.stdout.write(f"Sealed with the newest key: {sealed_accounts.seal_accounts()}")
        if unreadable := len(sealed_accounts.unreadable_people()):
            raise CommandError(
                f"No key opens the PIN or second step of {unreadable} people. Put the right key back, or, if it is "
                "lost, run this again with --only-seal --give-up-unreadable and give new PINs."
            )
        for path in key_files()[1:]:
            self.stdout.write(
                "Needed some months more for what waits on telephones without a line, "
                f"and for copies of the database made before: {path}"
            )
