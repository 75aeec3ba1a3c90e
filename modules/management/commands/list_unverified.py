"""Print the facts to verify locally: docs/how-to/change-the-course-text.md."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.reviews.unverified import unverified_items
from quizzes.base.formats import quote


class Command(BaseCommand):
    help = "List what the course in the CMS says that nobody has verified locally yet."

    def add_arguments(self, parser):
        parser.add_argument("--language", default="es", help="default: es")
        parser.add_argument("--format", default="text", choices=["text", "md"], help="text, or a table in Markdown")

    def handle(self, *, language, format, **options):
        items = unverified_items(language, today=timezone.localdate())
        write = self.write_table if format == "md" else self.write_text
        write(items)
        if format == "text":
            count = len(items)
            sentence = ngettext("%(count)d thing to verify.", "%(count)d things to verify.", count)
            self.stdout.write(sentence % {"count": count})

    def write_text(self, items):
        for item in items:
            self.stdout.write(f"{item.name} {quote(item.title)} · {item.place}\n    {item.sentence}")

    def write_table(self, items):
        headings = [_("Where"), _("Place in it"), _("What it says"), _("Verified"), _("By"), _("Date")]
        self.stdout.write(f"| {' | '.join(headings)} |\n|{'---|' * len(headings)}")
        for item in items:
            cells = [f"{item.name} {quote(item.title)}", item.place, item.sentence, "☐", "", ""]
            self.stdout.write(f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |")
