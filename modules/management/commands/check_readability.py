"""Say how easy each lesson of the content files is to read: docs/how-to/change-the-course-text.md."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from modules.content.loading.files import read_pieces
from modules.management.measuring import add_what_is_measured
from modules.text.languages import MEASURED
from modules.text.prose import passages_of_piece
from modules.text.readability import LONG_SENTENCE, measure

_SHORT = {"Fernández Huerta": "F-H"}


class Command(BaseCommand):
    help = "Measure how easy the lessons, the quizzes and the survey of content/ are to read. Needs no database."

    def add_arguments(self, parser):
        add_what_is_measured(parser)
        parser.add_argument("--module", help="only this module, such as m3")
        parser.add_argument(
            "--longest", type=int, default=5, help="how many sentences to show of a text below the mark"
        )
        parser.add_argument("--all", action="store_true", help="show the longest sentences and words of every text")
        parser.add_argument(
            "--fail-under",
            type=float,
            metavar="INDEX",
            help="fail if a lesson without a reason has less; the mark is 70 in Spanish, 60 in English",
        )

    def handle(self, *, directory, language, module, longest, all, fail_under, **options):
        pieces = {
            name: value
            for name, value in read_pieces(Path(directory), language).items()
            if module is None or name.startswith(f"{module.lower()}/")
        }
        if not pieces:
            raise CommandError(_("There is nothing to measure in %(place)s.") % {"place": Path(directory) / language})
        measured = {name: measure(passages_of_piece(value), language) for name, value in pieces.items()}
        self.write_table(measured, pieces, MEASURED[language].indexes)
        mark = MEASURED[language].mark if fail_under is None else fail_under
        below = [name for name, text in measured.items() if text.words and text.index < mark]
        for name in [name for name, text in measured.items() if text.words] if all else below:
            self.write_details(name, measured[name], pieces[name], longest)
        self.write_verdict(below, pieces, mark, MEASURED[language])
        unexplained = [name for name in below if not pieces[name].get("plain_language_reason")]
        if fail_under is not None and unexplained:
            raise CommandError(_("Make these easier, or give a reason: %(names)s") % {"names": ", ".join(unexplained)})

    def write_table(self, measured, pieces, indexes):
        width = max(map(len, measured))
        row = f"{{:<{width}}}  {{:>8}} {{:>8}} {{:>6}} {{:>6}} {{:>5}}  {'{:>7} {:<16} ' * len(indexes)}{{}}"
        heading = [_("text"), _("words"), _("phrases"), _("mean"), _("longest"), f"> {LONG_SENTENCE}"]
        for index in indexes:
            heading += [_SHORT.get(index.name, index.name), _("which is")]
        heading += [_("minutes said / read")]
        self.stdout.write(row.format(*heading))
        for name, text in measured.items():
            said = pieces[name].get("minutes")
            cells = [name, text.words, len(text.sentences), f"{text.words_per_sentence:.1f}"]
            cells += [max((sentence.words for sentence in text.sentences), default=0), len(text.too_long)]
            for judged in text.judged or [None] * len(indexes):
                cells += [f"{judged.value:.1f}", str(judged.label)] if judged else ["–", ""]
            cells += [f"{said} / {text.minutes:.1f}" if said else f"– / {text.minutes:.1f}"]
            self.stdout.write(row.format(*cells))

    def write_details(self, name, text, value, longest):
        self.stdout.write(f"\n{name}: {text.index:.1f} ({text.label})")
        if reason := value.get("plain_language_reason"):
            self.stdout.write(_("  Reason: %(reason)s") % {"reason": reason})
        for sentence in text.longest(longest):
            self.stdout.write(f"  {sentence.words:>3}  {sentence.text}")
        if text.long_words:
            words = ", ".join(f"{word} ({count})" for word, count in text.long_words[:12])
            self.stdout.write(_("  Long words, more than once: %(words)s") % {"words": words})

    def write_verdict(self, below, pieces, mark, language):
        words = {"mark": mark, "label": language.mark_label, "begins": language.mark}
        if not below:
            self.stdout.write(_("\nEvery text reaches %(mark)g (“%(label)s” begins at %(begins)d).") % words)
            return
        self.stdout.write(_("\nBelow %(mark)g (“%(label)s” begins at %(begins)d):") % words)
        for name in below:
            reason = pieces[name].get("plain_language_reason") or _("no reason given")
            self.stdout.write(f"  - {name}: {reason}")
