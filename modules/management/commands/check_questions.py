"""Say how the quizzes of the content files keep the craft of pools: docs/reference/course-text.md."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from modules.content.declarations.problems import ContentError
from modules.content.loading.files import read_course
from modules.management.measuring import add_what_is_measured
from modules.text.question_rules import core, for_role, measures_of_pools, own_part, scored
from quizzes.wording.audiences import Audience

from .check_scenes import write_measure


class Command(BaseCommand):
    help = "Count the pools of content/: how many questions everyone and each job has, and what each question owes."

    def add_arguments(self, parser):
        add_what_is_measured(parser)
        parser.add_argument("--module", help="only this module, such as m3")
        parser.add_argument("--strict", action="store_true", help="fail wherever a limit of the guide is not met")

    def handle(self, *, directory, language, module, strict, **options):
        try:
            course = read_course(Path(directory), language)
        except ContentError as error:
            raise CommandError(str(error)) from error
        asked = [one for one in course.modules if one.quiz and module in (None, one.module["id"].lower())]
        if not asked:
            raise CommandError(_("There is nothing to measure."))
        course.modules[:] = asked
        for one in asked:
            self.stdout.write(self.tell_pool(one))
        measures = measures_of_pools(course)
        self.stdout.write("\n".join(map(write_measure, measures)))
        if strict and (missed := [measure for measure in measures if not measure.holds]):
            raise CommandError("\n".join(map(write_measure, missed)))

    def tell_pool(self, module):
        """Return how many questions there are for whom, and which part is one's own: a line for each module."""
        jobs = ", ".join(
            _("%(job)s %(count)d (%(part).0f%% one’s own)")
            % {"job": role, "count": len(for_role(module.quiz, role)), "part": own_part(module, role)}
            for role in Audience.values
        )
        words = _("%(module)s: %(count)d questions, %(core)d for everyone; %(jobs)s.")
        quiz = module.quiz
        counts = {"count": len(scored(quiz)), "core": len(core(quiz))}
        return words % {"module": module.module["id"], "jobs": jobs, **counts}
