"""Export questions to a file: docs/how-to/move-a-question-bank.md."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.bank.named import find_locale, find_quiz, find_topic
from quizzes.exceptions import QuizError
from quizzes.exporting.formats import FORMATS
from quizzes.exporting.questions import select_questions
from quizzes.exporting.writing import export_questions
from quizzes.importing.formats import FORMATS as READ_FORMATS


class Command(BaseCommand):
    help = "Write questions of the bank to a file for Moodle or a spreadsheet, and say what it can't hold of them."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="its name says the format: .gift, .xml or .xlsx")
        parser.add_argument("--format", dest="format_name", choices=sorted(FORMATS), help="whatever the name says")
        parser.add_argument("--topic", help="only of this topic and its parts: an identifier, or a path of names")
        parser.add_argument("--quiz", help="only of this quiz, in its order")
        parser.add_argument("--language", help="of the questions, such as es; default: that of the site")

    def handle(self, *, file, format_name, topic, quiz, language, **options):
        format_name = format_name or _format_of(file)
        try:
            locale = find_locale(language)
            questions = select_questions(
                locale=locale,
                topic=find_topic(topic, locale) if topic else None,
                quiz=find_quiz(quiz, locale) if quiz else None,
            )
        except QuizError as error:
            raise CommandError(str(error.sentence)) from None
        exported = export_questions(questions, format_name=format_name)
        if not exported.count:
            raise CommandError(_("There are no questions to export there. Nothing was written."))
        self.write(file, exported.content)
        self.say_what_was_done(file, exported)

    def write(self, file, content):
        try:
            file.write_bytes(content)
        except OSError as error:
            sentence = _("“%(path)s” can’t be written: %(reason)s.")
            raise CommandError(sentence % {"path": file, "reason": error.strerror}) from None

    def say_what_was_done(self, file, exported):
        count = exported.count - exported.left_out
        sentence = ngettext("%(count)d question is in “%(path)s”.", "%(count)d questions are in “%(path)s”.", count)
        self.stdout.write(sentence % {"count": count, "path": file})
        if exported.warnings:
            self.stdout.write(_("What the file can’t hold:"))
        for warning in exported.warnings:
            self.stdout.write(f"  - {warning}")


def _format_of(file):
    suffixes = {suffix: name for name in FORMATS for suffix in READ_FORMATS[name].suffixes}
    if found := suffixes.get(file.suffix.lower()):
        return found
    sentence = _("The name “%(path)s” does not say the format. End it in %(suffixes)s, or give --format.")
    raise CommandError(sentence % {"path": file.name, "suffixes": ", ".join(suffixes)})
