"""Look anew at every certificate that was issued: docs/explanation/certificates.md. Exit code 1: something is wrong.

It is said in one language, that of the terminal, as `trato` speaks.
"""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates.issuing.rechecking import Tally, recheck_all
from course.operating.words import say

_TELL_EVERY = 1000


class Command(BaseCommand):
    help = (
        "Look anew at every certificate that was issued: facts, PDF, credential, seal, images, address."
        " Exit code 1: something is wrong."
    )
    # It finds by itself what is wrong with certificates.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="The alias of the database.")

    def handle(self, *, database, **options):
        with override(say("es", "en")):
            tally = Tally()
            for tally, certificate, faults in recheck_all(using=database):
                for fault in faults:
                    self.stdout.write(f"{certificate.grouped_serial}: {fault.sentence}")
                if tally.checked % _TELL_EVERY == 0:
                    self.stdout.write(_("%(count)d certificates so far…") % {"count": tally.checked})
            self.tell(tally)
        if tally.faulty:
            sys.exit(1)

    def tell(self, tally):
        told = [
            (_("Certificates looked at: %(count)d"), tally.checked),
            (_("Something is wrong with: %(count)d"), tally.faulty),
        ]
        told += [
            (sentence, count)
            for sentence, count in (
                (_("With a digest that no key signed: %(count)d"), tally.unsigned),
                (_("Credentials: %(count)d"), tally.credentials),
                (_("Seals: %(count)d"), tally.sealed),
            )
            if count
        ]
        if settings.SEAL_TSA_URL:
            told.append((_("Seals without a time stamp: %(count)d"), tally.unstamped))
        for sentence, count in told:
            self.stdout.write(sentence % {"count": count})
        for address, count in sorted(tally.at_lost.items()):
            self.stdout.write(
                _("With an address in the QR at which this site answers no more, %(address)s: %(count)d")
                % {"address": address, "count": count}
            )
        if tally.at_lost:
            self.stdout.write(
                _(
                    "Put such an address into FORMER_SITE_URLS while its name is yours. If the name is lost, these are"
                    " verified by typing the code at the present address: docs/how-to/make-the-issuer-key.md."
                )
            )
