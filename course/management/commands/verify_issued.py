"""Check every issued certificate: docs/explanation/certificates.md."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates.issuing.rechecking import Totals, recheck_all
from course.operating.words import say

_PROGRESS_EVERY = 1000


class Command(BaseCommand):
    help = (
        "Check every issued certificate: facts, PDF, credential, seal, images, address."
        " Exit code 1: something is wrong."
    )
    # The command reports problems of certificates itself.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="The alias of the database.")

    def handle(self, *, database, **options):
        with override(say("es", "en")):
            tally = Totals()
            for tally, certificate, faults in recheck_all(using=database):
                for fault in faults:
                    self.stdout.write(f"{certificate.grouped_serial}: {fault.sentence}")
                if tally.checked % _PROGRESS_EVERY == 0:
                    self.stdout.write(_("%(count)d certificates so far…") % {"count": tally.checked})
            self.tell(tally)
        if tally.faulty:
            sys.exit(1)

    def tell(self, tally):
        told = [(_("Certificates checked: %(count)d"), tally.checked), (_("With problems: %(count)d"), tally.faulty)]
        told += [
            (sentence, count)
            for sentence, count in (
                (_("With a digest that no key signed: %(count)d"), tally.without_digest_key),
                (_("Credentials: %(count)d"), tally.credentials),
                (_("Seals: %(count)d"), tally.with_signature),
            )
            if count
        ]
        if settings.SEAL_TSA_URL:
            told.append((_("Seals without a time stamp: %(count)d"), tally.unstamped))
        for sentence, count in told:
            self.stdout.write(sentence % {"count": count})
        for address, count in sorted(tally.at_other_address.items()):
            self.stdout.write(
                _("With an address in the QR where this site no longer answers, %(address)s: %(count)d")
                % {"address": address, "count": count}
            )
        if tally.at_other_address:
            self.stdout.write(
                _(
                    "Put such an address into FORMER_SITE_URLS while its name is yours. If the name is lost, these are"
                    " verified by typing the code at the present address: docs/how-to/make-the-issuer-key.md."
                )
            )
