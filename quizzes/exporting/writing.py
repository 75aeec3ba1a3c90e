"""Export of questions to a file."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from quizzes.exporting.parts.losses import LeftOut
from quizzes.importing.parts.reading import Problem

from .formats import FORMATS
from .questions import gather_questions


@dataclass
class Exported:
    """`warnings` name what the format cannot hold, and the questions (of `count`) that are not in the file."""

    content: bytes
    suffix: str
    content_type: str
    count: int
    warnings: list[Problem]

    @property
    def left_out(self):
        return sum(isinstance(warning, LeftOut) for warning in self.warnings)

    @property
    def file_name(self):
        return f"{slugify(_('Questions'))}-{timezone.localdate():%Y-%m-%d}{self.suffix}"


def export_questions(questions, *, format_name):
    writer = FORMATS[format_name]
    gathered = gather_questions(questions, with_images=writer.with_images)
    reads = [read for read, _question in gathered]
    content, warnings = writer.write(reads)
    for read, question in gathered:
        warnings += [read.problem(sentence) for sentence in _find_losses(read, question, writer)]
    order = {read.name: place for place, read in enumerate(reads)}
    warnings.sort(key=lambda warning: order.get(warning.name, -1))
    return Exported(content, writer.suffix, writer.content_type, len(reads), warnings)


def _find_losses(read, question, writer):
    if question.sources.all():
        yield _("Its list of sources stays here; what its texts point to, such as [S42], goes with them.")
    if question.needs_checking:
        yield _("That something in it has to be checked locally is not in the file.")
    if question.image_id and not read.image:
        yield _("Its image is not in the file.")
    if read.case and question.case.image_id and not read.case.image:
        yield _("The image of its case is not in the file.")
