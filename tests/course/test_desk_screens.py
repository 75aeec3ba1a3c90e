"""No page of the desk is missing among the screens that `python -m benchmarks.pictures` takes pictures of."""

from benchmarks.desk_screens import OF_AN_AREA, PAGES
from tests.course.test_addresses import TABLE
from tests.everyone import PEOPLE

TRAINER, ADMINISTRATOR = list(PEOPLE).index("T"), list(PEOPLE).index("S")
# What is fetched, and what the worker's progress is asked of.
FILES = {"desk_person_file", "desk_roster_template", "desk_sign_in_sheet", "desk_batch_list", "desk_survey_sheet"}
ENDINGS = ("_xlsx", "_csv", "_pdf", "_state")
# It needs a scenario, which the course of the table has none of.
SHOWN_THOUGH_THE_TABLE_REFUSES = {"desk_scene"}


def pages_open_to(place):
    names = {name for name, row in TABLE.items() if name.startswith("desk_") and row[place] == "+"}
    return {name for name in names - FILES if not name.endswith(ENDINGS)}


def test_every_page_of_the_desk_has_its_picture():
    trainers = pages_open_to(TRAINER)
    assert set(PAGES) - SHOWN_THOUGH_THE_TABLE_REFUSES == trainers
    assert set(OF_AN_AREA) == pages_open_to(ADMINISTRATOR) - trainers
