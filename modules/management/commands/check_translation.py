"""Compare a language of the content files with the Spanish: docs/how-to/change-the-course-text.md."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.content.comparing.files import compare_language


class Command(BaseCommand):
    help = "Say what a translation of content/ lacks and where it is not like the original. Needs no database."

    def add_arguments(self, parser):
        parser.add_argument("--directory", default=settings.BASE_DIR / "content", type=Path, help="default: content/")
        parser.add_argument("--language", required=True, help="the translation, such as en")
        parser.add_argument("--original", default=settings.LANGUAGE_CODE, help="default: es")
        parser.add_argument("--module", help="only this module, such as m3; what is not there yet is no fault")
        parser.add_argument(
            "--part", action="store_true", help="only a part is translated: what is missing is no fault"
        )
        parser.add_argument("--strict", action="store_true", help="what is missing is a fault in any case")
        parser.add_argument("--quiet", action="store_true", help="say nothing of what is only worth a look")

    def handle(self, *, directory, language, original, module, part, strict, quiet, **options):
        directory = Path(directory)
        if language == original:
            raise CommandError(_("A language is not compared with itself."))
        for code in (original, language):
            if not (directory / code).is_dir():
                raise CommandError(_("There is no folder %(place)s.") % {"place": directory / code})
        files = compare_language(directory, language, original=original, module=module, is_part=part)
        if not files:
            raise CommandError(_("There is nothing to compare."))
        for file in files:
            self.write_file(file, quiet)
        missing = [file.name for file in files if file.is_missing]
        if missing:
            self.stdout.write(_("Not there yet: %(names)s") % {"names": ", ".join(missing)})
        self.judge(files, missing if strict or not (module or part) else [])

    def write_file(self, file, quiet):
        shown = file.faults if quiet else file.differences
        if shown:
            marks = {True: "✕", False: "·"}
            self.stdout.write("\n".join([file.name, *(f"  {marks[one.is_fault]} {one}" for one in shown)]))

    def judge(self, files, missing):
        faults = sum(len(file.faults) for file in files) + len(missing)
        warnings = sum(len(file.warnings) for file in files)
        looks = ngettext("%(count)d thing to look at", "%(count)d things to look at", warnings) % {"count": warnings}
        if faults:
            found = ngettext("%(count)d fault", "%(count)d faults", faults) % {"count": faults}
            raise CommandError(_("%(faults)s, %(warnings)s.") % {"faults": found, "warnings": looks})
        compared = sum(not file.is_missing for file in files)
        words = ngettext(
            "%(count)d file says the same as the original; %(warnings)s.",
            "%(count)d files say the same as the original; %(warnings)s.",
            compared,
        )
        self.stdout.write(words % {"count": compared, "warnings": looks})
