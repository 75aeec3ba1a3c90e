"""Say what questions and scenes give away, and fail where it is more than before: docs/reference/guessing.md."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from modules.content.declarations.problems import ContentError
from modules.content.loading.files import read_course
from modules.guessing.from_cms import pools_of_cms
from modules.guessing.from_files import pools_of_files
from modules.management.measuring import add_what_is_measured
from quizzes.guessing.bayes import telling_words
from quizzes.guessing.measuring import measure_pools
from quizzes.guessing.ratchet import above_limits, compare
from quizzes.guessing.strategies import TOLD
from quizzes.guessing.telling import VERDICTS, tell_measured, write_interval, write_points
from quizzes.wording.quoting import quoted


class Command(BaseCommand):
    help = "Measure what somebody earns who guesses cleverly. Reads content/, and the database where asked to."

    def add_arguments(self, parser):
        add_what_is_measured(parser)
        parser.add_argument("--database", action="store_true", help="what the CMS has published instead of the files")
        parser.add_argument("--held", type=Path, help="what may not get worse; default: guessing.json beside the files")
        parser.add_argument("--only", metavar="NAME", help="show this module or quiz, such as M3")
        parser.add_argument("--all", action="store_true", help="show every strategy")
        parser.add_argument("--questions", action="store_true", help="show which strategies find each question")
        parser.add_argument("--words", type=int, metavar="COUNT", help="show so many words that tell right from wrong")
        parser.add_argument("--accept", action="store_true", help="write what is so today into the file")
        parser.add_argument("--strict", action="store_true", help="fail wherever the verdict is «guessable»")

    def handle(self, *, directory, language, database, held, only, accept, strict, **options):
        measured = list(measure_pools(self.read_pools(directory, language, database)).values())
        if not measured:
            raise CommandError(_("There is nothing to measure."))
        shown = [one for one in measured if only is None or one.pool.identifier.lower() == only.lower()]
        if not shown:
            raise CommandError(_("Nothing is called “%(name)s”.") % {"name": only})
        for one in shown:
            self.write_pool(one, **options)
        place = held or directory / "guessing.json"
        if accept:
            self.keep(place, language, measured)
        elif strict:
            self.refuse_guessable(measured)
        else:
            self.hold(place, language, measured)

    def read_pools(self, directory, language, database):
        if database:
            return pools_of_cms(language)
        try:
            return pools_of_files(read_course(directory, language))
        except ContentError as error:
            raise CommandError(str(error)) from error

    def write_pool(self, one, *, all, questions, words, **options):
        heading = _("%(title)s: %(count)d, by chance %(chance).0f of 100. %(verdict)s.") % {
            "title": one.pool.title,
            "count": one.count,
            "chance": one.chance,
            "verdict": VERDICTS[one.verdict],
        }
        self.stdout.write(f"{heading}\n    {tell_measured(one)}")
        if all:
            for figure in one.figures:
                points, interval = write_points(figure.advantage), write_interval(figure)
                told = TOLD[figure.strategy]
                self.stdout.write(f"    {figure.strategy:<24} {points:>4} {interval:<11} {figure.surely:>6.1f}  {told}")
        for found in telling_words(one.pool.items, words or 0):
            said = _("%(right)d of %(count)d options with it are right") % {
                "right": found.right,
                "count": found.right + found.wrong,
            }
            self.stdout.write(f"    {quoted(found.word)}: {said}")
        if questions:
            for item, found in zip(one.pool.items, one.found, strict=True):
                self.stdout.write(f"    {item.identifier}: {', '.join(found) or '–'}")

    def keep(self, place, language, measured):
        kept = self.read_held(place)
        kept[language] = above_limits(measured)
        place.write_text(json.dumps(kept, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
        self.stdout.write(_("Written to %(place)s.") % {"place": place})

    def read_held(self, place):
        return json.loads(place.read_text()) if place.exists() else {}

    def refuse_guessable(self, measured):
        lines = [
            f"{one.pool.title}: {figure.strategy} {write_points(figure.advantage)} {write_interval(figure)}"
            for one in measured
            for figure in one.figures
            if figure.is_guessable
        ]
        if lines:
            raise CommandError(_("These can be guessed:") + "\n" + "\n".join(lines))

    def hold(self, place, language, measured):
        worse, better = compare(measured, self.read_held(place).get(language, {}))
        if worse:
            raise CommandError("\n".join(tell_worse(change) for change in worse))
        if better:
            count, names = len(better), ", ".join(sorted({change.measured.pool.title for change in better}))
            sentence = _(
                "Better than what is held: %(count)d (%(names)s). Hold that: manage.py check_guessing --accept"
            )
            self.stdout.write(sentence % {"count": count, "names": names})
        else:
            self.stdout.write(_("No worse than what is held."))


def tell_worse(change):
    """Return which strategy got worse where, by how much, and what that means."""
    figures = {
        "title": change.measured.pool.title,
        "strategy": change.strategy,
        "told": TOLD[change.strategy],
        "held": change.held,
        "now": change.now,
        "by": change.by,
    }
    if change.measured.pool.scope.is_whole:
        return (
            _(
                "%(title)s: “%(strategy)s” (%(told)s) earns %(now).1f points of 100 above chance; %(held).1f were "
                "allowed, so it is %(by).1f too many. Change the options, not the limit."
            )
            % figures
        )
    return (
        _(
            "%(title)s: “%(strategy)s” (%(told)s) surely earns %(now).1f points of 100 above chance; %(held).1f were "
            "allowed, so it is %(by).1f too many. Change the options, not the limit."
        )
        % figures
    )
