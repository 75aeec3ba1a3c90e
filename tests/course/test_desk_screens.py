from benchmarks.desk_screens import OF_AN_AREA, PAGES
from tests.test_access import COLUMNS, ours, row_of

FILES = {
    "desk_person_file",
    "desk_roster_template",
    "desk_sign_in_sheet",
    "desk_job_file",
    "desk_certificates_lot",
    "desk_survey_sheet",
}
ENDINGS = ("_xlsx", "_csv", "_pdf", "_state")
NO_PICTURE = {"desk_issue_certificate"}


def pages_open_to(who):
    place, names = COLUMNS.index(who), {one.name for one in ours() if one.name.startswith("desk_")}
    return {name for name in names - FILES - NO_PICTURE if not name.endswith(ENDINGS) and row_of(name)[0][place] == "+"}


def test_every_page_of_the_desk_has_its_picture():
    assert set(PAGES) == pages_open_to("T")
    assert set(OF_AN_AREA) == pages_open_to("S") - pages_open_to("T")
