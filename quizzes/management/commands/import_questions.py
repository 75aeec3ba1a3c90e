"""Import questions from a file: docs/how-to/move-a-question-bank.md."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quizzes.bank.named import NotFound, find_locale, find_quiz, find_topic
from quizzes.base.formats import quote
from quizzes.base.markup import strip_markup
from quizzes.exceptions import QuizError
from quizzes.importing.cases import ALL
from quizzes.importing.files import read_bytes
from quizzes.importing.formats import FORMATS, read_file
from quizzes.importing.loading import NotImported, write_import
from quizzes.importing.parts.reading import order_of
from quizzes.importing.parts.topics import split_category
from quizzes.importing.planning import plan_import

_STATES = {
    "new": lambda: pgettext("question of a file", "new"),
    "present": lambda: pgettext("question of a file", "already there"),
    "refused": lambda: pgettext("question of a file", "refused"),
}


class Command(BaseCommand):
    help = "Import a file of questions into the bank: all of it or, when something is wrong, nothing. Twice is once."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the file; - reads standard input")
        parser.add_argument("--format", dest="format_name", default="auto", choices=["auto", *sorted(FORMATS)])
        parser.add_argument("--dry-run", action="store_true", help="show what would be done, and write nothing")
        parser.add_argument("--only-good", action="store_true", help="import the good questions, list the rest")
        parser.add_argument(
            "--no-cases", action="store_true", help="make no cases of texts that stand before questions"
        )
        parser.add_argument("--topic", help="put all of it there: an identifier, or a path such as Trato/Puerta")
        parser.add_argument("--make-topic", action="store_true", help="make the topic if there is none")
        parser.add_argument("--quiz", help="add the questions at the end of this quiz, by its identifier")
        parser.add_argument("--language", help="of the questions, such as es; default: that of the site")

    def handle(self, *, file, format_name, dry_run, only_good, topic, make_topic, quiz, language, **options):
        try:
            locale = find_locale(language)
            quiz = find_quiz(quiz, locale) if quiz else None
            reading = read_file(read_bytes(file), name=file.name, format_name=format_name)
            plan = self.plan(reading, locale, topic, make_topic, ALL if options["no_cases"] else ())
            if options["verbosity"]:
                self.list_plan(plan)
            if dry_run:
                self.end_dry_run(plan, only_good)
            else:
                self.say_what_was_done(write_import(plan, only_good=only_good, quiz=quiz), quiz)
        except NotImported as error:
            raise CommandError(_refusal(error.plan)) from None
        except QuizError as error:
            raise CommandError(str(error.sentence)) from None

    def plan(self, reading, locale, topic, make_topic, without):
        if not topic:
            return plan_import(reading, locale=locale, without_cases=without)
        try:
            return plan_import(reading, locale=locale, topic=find_topic(topic, locale), without_cases=without)
        except NotFound as error:
            if not make_topic:
                raise NotFound(f"{error.sentence} {_('With --make-topic it is made.')}") from None
        path = split_category(topic)
        for read in (*reading.questions, *reading.quizzes):
            read.topic = (*path, *read.topic)
        return plan_import(reading, locale=locale, without_cases=without)

    def list_plan(self, plan):
        for planned in plan.quizzes:
            is_new = not planned.present
            state = pgettext("quiz of a file", "new") if is_new else pgettext("quiz of a file", "already there")
            self.stdout.write(" · ".join([planned.read.place, state, planned.identifier, quote(planned.read.title)]))
        for planned in (planned for planned in plan.cases if not planned.is_left_out):
            is_new = planned.state == "new"
            state = (
                pgettext("case of a file", "new case") if is_new else pgettext("case of a file", "case already there")
            )
            count = ngettext("%(n)d question", "%(n)d questions", len(planned.rows)) % {"n": len(planned.rows)}
            parts = [planned.read.place, state, planned.identifier, quote(planned.read.title), count]
            self.stdout.write(" · ".join(parts))
        for row in sorted(plan.rows, key=lambda row: order_of(row.read.place)):
            where = " / ".join([*([plan.topic.name] if plan.topic else []), *row.topic])
            parts = [row.read.place, _STATES[row.state](), row.kind_label, row.identifier, where]
            text = " ".join(strip_markup(row.read.text).split())[:70]
            self.stdout.write(" · ".join([*(str(part) for part in parts if part), quote(text)]))
        if plan.problems:
            self.stderr.write(_("What can’t be imported:"))
        for problem in plan.problems:
            self.stderr.write(f"  - {problem}")
        if plan.warnings:
            self.stdout.write(_("What to look at:"))
        for warning in plan.warnings:
            self.stdout.write(f"  - {warning}")

    def end_dry_run(self, plan, only_good):
        counts = {"new": len(plan.rows_that_are("new")), "present": len(plan.rows_that_are("present"))}
        sentence = _("Nothing was written. New: %(new)d; already there: %(present)d; refused: %(refused)d.")
        self.stdout.write(sentence % {**counts, "refused": len(_refused(plan.problems))})
        if plan.problems and not only_good:
            raise CommandError(_refusal(plan))

    def say_what_was_done(self, done, quiz):
        count = len(done.created)
        made = ngettext("%(count)d question was imported.", "%(count)d questions were imported.", count)
        self.stdout.write(made % {"count": count})
        if present := len(done.present):
            self.stdout.write(_("Already in the bank, and left as they are: %(count)d.") % {"count": present})
        if drafts := sum(not question.live for question in done.created):
            self.stdout.write(_("Waiting as drafts for an editor: %(count)d.") % {"count": drafts})
        if done.topics:
            self.stdout.write(_("New topics: %(topics)s.") % {"topics": ", ".join(t.name for t in done.topics)})
        if done.cases:
            names = ", ".join(case.identifier for case in done.cases)
            self.stdout.write(_("New cases: %(cases)s.") % {"cases": names})
        if done.quizzes:
            names = ", ".join(quiz.identifier for quiz in done.quizzes)
            self.stdout.write(_("New quizzes: %(quizzes)s.") % {"quizzes": names})
        if quiz:
            sentence = _("Added to “%(quiz)s”: %(count)d.")
            self.stdout.write(sentence % {"quiz": quiz.title, "count": done.added})
        if done.refused:
            self.stdout.write(_("Left out, as listed: %(count)d.") % {"count": len(_refused(done.refused))})


def _refused(problems):
    return {(problem.place, problem.name) for problem in problems}


def _refusal(plan):
    count = len(_refused(plan.problems))
    sentence = ngettext(
        "Nothing was imported: %(count)d question can’t be. Mend the file, or import the good ones with --only-good.",
        "Nothing was imported: %(count)d questions can’t be. Mend the file, or import the good ones with --only-good.",
        count,
    )
    return sentence % {"count": count}
