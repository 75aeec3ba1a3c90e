"""Write the CMS back to content files: docs/how-to/change-the-course-text.md."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Locale

from modules.content.declarations.reading import ContentError
from modules.content.loading.files import read_course
from modules.content.writing.files import NothingToSave, PartlyTranslated, save_course
from modules.models import CoursePage
from quizzes.models import SurveyStatement


class Command(BaseCommand):
    help = "Write the public course of the CMS to content/, in the form that load_content reads."

    def add_arguments(self, parser):
        parser.add_argument("--directory", default=settings.BASE_DIR / "content", type=Path, help="default: content/")
        parser.add_argument(
            "--language", help="only this language, such as es; default: every one with a course or a survey"
        )

    def handle(self, *, directory, language, **options):
        directory = Path(directory)
        courses, surveys = CoursePage.objects.live().values("locale"), SurveyStatement.objects.values("locale")
        locales = Locale.objects.filter(Q(pk__in=courses) | Q(pk__in=surveys))
        languages = [language] if language else sorted(locales.values_list("language_code", flat=True))
        if not languages:
            raise CommandError(_("There is no course in the CMS. Load one first, with load_content."))
        for code in languages:
            try:
                saved = save_course(code, directory)
            except NothingToSave:
                sentence = _("There is no public course in the CMS in the language “%(language)s”.")
                raise CommandError(sentence % {"language": code}) from None
            except PartlyTranslated:
                sentence = _("%(language)s: only a part is translated, so it stays in the CMS and in its backups.")
                if language:
                    raise CommandError(sentence % {"language": code}) from None
                self.stdout.write(sentence % {"language": code})
                continue
            except OSError as error:
                sentence = _("The files cannot be written: %(reason)s.")
                raise CommandError(sentence % {"reason": error}) from None
            self.say_what_was_done(saved)
            self.warn_of_problems(directory, code)

    def say_what_was_done(self, saved):
        if saved.written or saved.removed:
            sentence = _("%(language)s: %(written)d files written, %(unchanged)d as they were.")
            counts = {"written": len(saved.written), "unchanged": saved.unchanged}
            self.stdout.write(sentence % {"language": saved.language, **counts})
        else:
            self.stdout.write(_("%(language)s: no changes.") % {"language": saved.language})
        self.list_names(saved.written)
        self.list_names(saved.removed, _("Removed, because nothing of the CMS belongs in these files any more:"))
        self.list_names(saved.nameless, _("Not saved, because these pages have no identifier:"))
        self.list_names(saved.foreign, _("These folders are not in the CMS; delete them if they should go:"))

    def warn_of_problems(self, directory, language):
        try:
            read_course(directory, language)
        except ContentError as error:
            self.stderr.write(_("Correct this in the CMS; load_content would refuse it:"))
            for problem in error.problems:
                self.stderr.write(f"  - {problem}")

    def list_names(self, names, heading=None):
        if names and heading:
            self.stdout.write(heading)
        for name in names:
            self.stdout.write(f"  - {name}")
