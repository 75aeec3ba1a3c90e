"""The report «Escenas»: how all scenes of the CMS together keep the craft of scenes, and what to look at in each."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn

from modules.models import LessonPage
from modules.reviews.unverified import edit_address
from modules.text.prose import scenes_of_page
from modules.text.readability import MEASURED_LANGUAGES
from modules.text.scene_rules import hints_of, measures_of

from .listing import CourseReportView


@dataclass(frozen=True)
class SceneRow:
    """A rule for all scenes with how it is kept, or a scene with what to look at in it."""

    name: str
    address: str | None
    found: str
    wanted: str = ""
    verdict: str = ""


def scene_rows(language=settings.LANGUAGE_CODE):
    """Return the rules, then the published scenes in the order of the course. Two queries."""
    lessons = LessonPage.objects.live().filter(locale__language_code=language).order_by("path")
    scenes = [(lesson, scene) for lesson in lessons for scene in scenes_of_page(lesson)]
    rules = (
        [_row_of_rule(measure) for measure in measures_of([scene for _lesson, scene in scenes], language)]
        if scenes
        else []
    )
    return rules + [
        SceneRow(f"{scene['id']} · {scene['title']}", edit_address(lesson), " ".join(hints_of(scene, language)) or "–")
        for lesson, scene in scenes
    ]


def _row_of_rule(measure):
    words = _("at least %(limit)d%%") if measure.is_least else _("at most %(limit)d%%")
    return SceneRow(
        name=str(measure.name).capitalize(),
        address=None,
        found=f"{measure.count}/{measure.total} · {measure.share}\xa0%",
        wanted=str(words % {"limit": measure.limit}),
        verdict=str(_("It holds") if measure.holds else _("To be mended")),
    )


class ScenesReport(CourseReportView):
    page_title = _("Scenes")
    header_icon = "mask"
    index_url_name = "scenes_report"
    explanation = _(
        "First the rules for all published scenes together, then what to look at again in each. Nothing here refuses a "
        "scene: whoever writes it decides."
    )
    columns = [
        TitleColumn("name", label=_("Rule or scene"), get_url=lambda row: row.address, width="35%"),
        Column("found", label=_("What there is")),
        Column("wanted", label=_("What is wanted")),
        Column("verdict", label=_("Result")),
    ]
    export_headings = {
        "name": _("Rule or scene"),
        "found": _("What there is"),
        "wanted": _("What is wanted"),
        "verdict": _("Result"),
    }
    languages = tuple(MEASURED_LANGUAGES)
    export_filename = "escenas"

    def get_rows(self):
        return scene_rows(self.language)
