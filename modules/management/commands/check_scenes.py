"""Say how the scenes of the content files keep the craft of scenes: docs/how-to/change-the-course-text.md."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from modules.content.loading.files import read_pieces
from modules.management.measuring import add_what_is_measured
from modules.text.scene_rules import hints_of, measures_of


class Command(BaseCommand):
    help = "Measure the scenes of content/. Needs no database. Fails where something is worse than what is held."

    def add_arguments(self, parser):
        add_what_is_measured(parser)
        parser.add_argument("--module", help="only this module, such as m3; nothing is held against it")
        parser.add_argument("--hints", action="store_true", help="say of each scene what to look at again")
        parser.add_argument("--accept", action="store_true", help="hold what is so today in scenes.json")
        parser.add_argument("--strict", action="store_true", help="fail wherever a limit of the guide is not met")

    def handle(self, *, directory, language, module, hints, accept, strict, **options):
        directory = Path(directory)
        scenes = [
            block["scenario"]
            for name, piece in read_pieces(directory, language).items()
            if module is None or name.startswith(f"{module.lower()}/")
            for block in piece.get("body", [])
            if "scenario" in block
        ]
        if not scenes:
            raise CommandError(_("There is nothing to measure."))
        measures = measures_of(scenes, language)
        for measure in measures:
            self.stdout.write(write_measure(measure))
        for scene in scenes if hints else []:
            self.stdout.write(
                "\n".join([f"\n{scene['id']} · {scene['title']}", *(f"  - {one}" for one in hints_of(scene, language))])
            )
        place = directory / "scenes.json"
        held = json.loads(place.read_text()) if place.exists() else {}
        if accept:
            held[language] = {measure.key: measure.share for measure in measures if not measure.holds}
            place.write_text(json.dumps(held, indent=2, sort_keys=True) + "\n")
            self.stdout.write(_("Written to %(place)s.") % {"place": place})
        elif module is None:
            self.refuse(measures, {} if strict else held.get(language, {}))

    def refuse(self, measures, held):
        """Fail where a limit of the guide is not met, unless it is no worse than what is held."""
        worse = [
            measure
            for measure in measures
            if not measure.holds and measure.is_worse_than(held.get(measure.key, measure.limit))
        ]
        if worse:
            raise CommandError(
                "\n".join([_("Worse than before, or than the guide allows:"), *map(write_measure, worse)])
            )


def write_measure(measure):
    """Return a line such as «✓ 24 of 40 (60.0 %; at least 60 %): scenes where a mistake can be mended»."""
    words = _("%(mark)s %(count)d of %(total)d (%(share)s%%; at least %(limit)d%%): %(name)s")
    if not measure.is_least:
        words = _("%(mark)s %(count)d of %(total)d (%(share)s%%; at most %(limit)d%%): %(name)s")
    return words % {
        "mark": "✓" if measure.holds else "✕",
        "count": measure.count,
        "total": measure.total,
        "share": measure.share,
        "limit": measure.limit,
        "name": measure.name,
    }
