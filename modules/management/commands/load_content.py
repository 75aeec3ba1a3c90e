"""Load content files into the CMS: docs/how-to/change-the-course-text.md."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.content.declarations.reading import ContentError
from modules.content.loading.files import languages_in, read_course
from modules.content.loading.loading import load_course
from modules.progress.effects import carry_out, change_of, course_before
from modules.progress.following import holding_back
from modules.progress.telling import tell_difference, tell_outcome, tell_people
from modules.translating.marking import mark_loaded
from quizzes.base.formats import quote


class Command(BaseCommand):
    help = "Load the course from content/ into the CMS. Loading twice is loading once; editors' changes are kept."

    def add_arguments(self, parser):
        parser.add_argument("--directory", default=settings.BASE_DIR / "content", type=Path, help="default: content/")
        parser.add_argument("--language", help="only this language, such as es; default: every folder there is")
        parser.add_argument("--replace", action="store_true", help="replace what editors changed in the CMS, too")
        parser.add_argument(
            "--check", action="store_true", help="only say what is wrong with the files, and whom they would affect"
        )
        whom = parser.add_mutually_exclusive_group()
        whom.add_argument(
            "--from-now-on",
            action="store_true",
            help="what the files ask anew is asked of who begins from now on; default",
        )
        whom.add_argument(
            "--for-those-in-the-middle",
            action="store_true",
            help="it is asked also of those who have begun or are enrolled; who finished has finished",
        )

    def handle(self, *, directory, language, replace, check, for_those_in_the_middle=False, **options):
        directory = Path(directory)
        languages = self.languages_of(directory, language)
        texts = self.read_all(directory, languages)
        if check:
            self.stdout.write(_("The files are in order: %(languages)s.") % {"languages": ", ".join(languages)})
            self.say_whom_they_would_affect(texts, replace)
            return
        with transaction.atomic():
            done, change, outcome = self.load(texts, replace, also_the_middle=for_those_in_the_middle)
        for loaded in done:
            self.say_what_was_done(loaded)
        if change:
            self.say_whom_it_affects(change)
        for sentence in tell_outcome(outcome) if outcome else []:
            self.stdout.write(sentence)

    def load(self, texts, replace, *, also_the_middle=False, **options):
        """Load everything as one change of the course; return ([Loaded], Change or None, Outcome or None)."""
        with holding_back() as waiting:
            before = course_before()
            done = [load_course(text, replace=replace, **options) for text in texts]
            self.mark_translations(done)
            change = change_of(waiting, before)
        if change is None:
            waiting.follow()
            return done, None, None
        return done, change, carry_out(waiting, change, also_the_middle=also_the_middle)

    def mark_translations(self, done):
        original = next((loaded for loaded in done if loaded.language == settings.LANGUAGE_CODE), None)
        for loaded in done:
            mark_loaded(loaded, original, now=timezone.now())

    def say_whom_they_would_affect(self, texts, replace):
        """Load, print the effects and roll back; without a database nobody is affected."""
        try:
            with transaction.atomic():
                _done, change, _outcome = self.load(texts, replace, stores_images=False)
                transaction.set_rollback(True)
        except DatabaseError:
            return
        if change:
            self.say_whom_it_affects(change)
            if change.asks:
                flags = "--from-now-on / --for-those-in-the-middle"
                self.stdout.write(_("For whom it holds, say with: %(flags)s.") % {"flags": flags})

    def say_whom_it_affects(self, change):
        self.stdout.write(_("This changes what the course asks of people:"))
        for sentence in tell_difference(change.difference):
            self.stdout.write(f"  - {sentence}")
        for sentence in tell_people(change):
            self.stdout.write(sentence)

    def languages_of(self, directory, language):
        try:
            languages = [code for code in languages_in(directory) if language in (None, code)]
        except OSError:
            languages = []
        # The site's own language comes first: the others are its translations.
        languages.sort(key=lambda code: (code != settings.LANGUAGE_CODE, code))
        if not languages:
            place = directory / language if language else directory
            raise CommandError(_("There is no content in %(directory)s.") % {"directory": place})
        if unknown := set(languages) - {code for code, _name in settings.LANGUAGES}:
            sentence = _("There is a folder for a language that the site does not have: %(languages)s.")
            raise CommandError(sentence % {"languages": ", ".join(sorted(unknown))})
        return languages

    def read_all(self, directory, languages):
        texts, problems = [], []
        for language in languages:
            try:
                texts.append(read_course(directory, language))
            except ContentError as error:
                problems += error.problems
        if problems:
            for problem in problems:
                self.stderr.write(str(problem))
            count = len(problems)
            message = ngettext(
                "Nothing was loaded: %(count)d problem in the files.",
                "Nothing was loaded: %(count)d problems in the files.",
                count,
            )
            raise CommandError(message % {"count": count})
        return texts

    def say_what_was_done(self, loaded):
        if not loaded.changed:
            self.stdout.write(_("%(language)s: no changes.") % {"language": loaded.language})
        else:
            sentence = _("%(language)s: %(created)d new, %(updated)d updated.")
            counts = {"created": len(loaded.created), "updated": len(loaded.updated)}
            self.stdout.write(sentence % {"language": loaded.language, **counts})
        if loaded.kept:
            self.stdout.write(_("Kept as an editor left it in the CMS (use --replace to take the files’ version):"))
            self.write_names(loaded.kept, loaded.titles)
        if loaded.left:
            self.stdout.write(_("Not in the files any more, still in the CMS (delete it there if it should go):"))
            self.write_names(loaded.left, loaded.titles)

    def write_names(self, names, titles):
        for name in names:
            self.stdout.write(f"  - {_in_words(name, titles)}")


def _in_words(name, titles):
    kind, _colon, place = name.partition(":")
    if kind == "order":
        place = {"language": "language.yaml", "organisation": "directory.yaml"}.get(place, place)
        return _("the order in %(place)s") % {"place": place}
    return f"{name} {quote(titles[name])}" if name in titles else name
