"""A health centre that has answered the survey three times, so that its results can be looked at."""

import random
from datetime import timedelta

from django.db import transaction

from course.models import Clinic, Wave
from course.survey.closing import close_clinic
from course.survey.passing import put_in
from course.survey.rounds import locked_round
from modules.models import Edition
from quizzes.surveys.reading import ANSWER, blocks_in, scale_of
from quizzes.surveys.wording import wording_in_force

# How many answered, how many days ago the wave was closed, and how much of the way people had gone.
WAVES = {Wave.PRE: (26, 130, 0.0), Wave.POST: (23, 100, 0.8), Wave.SEG: (21, 4, 0.6)}


@transaction.atomic
def make_survey(admin, *, now):
    """Let people of a centre of their own answer, and close its waves; nothing where no survey is loaded."""
    wording, edition = wording_in_force(), Edition.objects.order_by("number").last()
    if wording is None or edition is None:
        return
    clinic = Clinic.objects.get_or_create(
        name="Centro de Salud de Palencia", municipality="Palencia", department="Guatemala"
    )[0]
    for wave, (people, days_ago, way) in WAVES.items():
        chance = random.Random(wave)  # noqa: S311 - the same answers every time
        round_ = locked_round(clinic, edition, wave, wording=wording)
        for number in range(people):
            put_in(round_, _sheet(wording.contents, wave, way, chance, clinical=number % 2 == 0))
        close_clinic(clinic, edition, wave, by=admin, now=now - timedelta(days=days_ago))


def _sheet(contents, wave, way, chance, *, clinical):
    """Return a sheet; the farther the `way`, from 0 to 1, the more respectful."""
    sheet = {"F1": "1" if clinical else "2", "F2": chance.choice("122")}
    for block in blocks_in(contents, wave):
        for item in block["items"]:
            codes = [one["code"] for one in scale_of(contents, block, item) if one["kind"] == ANSWER]
            if item["id"] not in sheet and codes:
                # Of what respects, agreeing is better and stands first; of what was seen, often is better, and last.
                begins_well = (item["direction"] == "+") != (block["scoring"] == "seen")
                sheet[item["id"]] = _answer(codes, begins_well, way, chance)
    return sheet


def _answer(codes, begins_well, way, chance):
    place = chance.gauss(0.45 - 0.25 * way, 0.22)
    place = place if begins_well else 1 - place
    return codes[min(len(codes) - 1, max(0, int(place * len(codes))))]
