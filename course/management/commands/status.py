"""Status of the site, as text or JSON. Exit code 1: something is wrong."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils.translation import override

from course.health.database import database_in_words
from course.health.facts import State, in_both_languages
from course.health.looking import LOOKS, ONLY_WHEN_ASKED, is_ready, look_at
from course.operating.words import say
from course.version import release


class Command(BaseCommand):
    help = (
        "Say how the site is: database, keys, clock, disk, worker, mail, certificates. Exit code 1: something is wrong."
    )
    # The command reports the same problems itself, without a database too.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="For programs.")

    def handle(self, **options):
        with override(say("es", "en")):
            self.tell(look_at([*LOOKS, *ONLY_WHEN_ASKED]), options)

    def tell(self, facts, options):
        self.stdout.write(self.as_json(facts) if options["json"] else self.in_words(facts))
        if any(fact.state == State.BAD for fact in facts):
            sys.exit(1)

    def as_json(self, facts):
        told = {"release": release(), "database": database_in_words(), "ready": is_ready(facts)}
        told["facts"] = {fact.name: {"state": fact.state, "said": in_both_languages(fact.said)} for fact in facts}
        return json.dumps(told, ensure_ascii=False, indent=2)

    def in_words(self, facts):
        marks = {State.GOOD: say("bien ", "good"), State.WARNING: say("aviso", "look"), State.BAD: say("MAL  ", "BAD ")}
        lines = [f"Trato digno {release()}", f"{say('Base de datos', 'Database')}: {database_in_words()}", ""]
        lines += dict.fromkeys(f"{marks[fact.state]}  {fact.said}" for fact in facts)
        return "\n".join(lines)
