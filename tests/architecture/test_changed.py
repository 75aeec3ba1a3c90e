"""`script/test --quick`: a change finds the tests of its room, however they get at it."""

import pytest

from tests.changed import ROOT, concerned_by, room_of


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("course/groups/marking.py", "course.groups"),
        ("quizzes/importing/formats/gift.py", "quizzes.importing.formats"),
        ("course/templates/desk/cards.html", "course.desk"),
        ("course/static/desk.js", "course.desk"),
        ("certificates/templates/certificates/verify.html", "certificates"),
        ("course/settings/base.py", "course"),
        ("course/middleware.py", "course"),
        ("docs/explanation/architecture.md", None),
    ],
)
def test_a_path_belongs_to_a_room(path, room):
    assert room_of(path) == room


@pytest.mark.parametrize(
    ("changed", "found", "left_out"),
    [
        # By an import, by the name of an address, by the address of the admin, and itself.
        ("course/groups/marking.py", "course/test_desk_marking.py", "quizzes/test_gift.py"),
        ("course/desk/place_views.py", "course/test_desk_places.py", "quizzes/test_scoring.py"),
        ("course/cms/people.py", "course/test_people_admin.py", "quizzes/test_scoring.py"),
        ("tests/quizzes/test_gift.py", "quizzes/test_gift.py", "quizzes/test_scoring.py"),
        ("docs/README.md", "architecture/test_layers.py", "quizzes/test_scoring.py"),
    ],
)
def test_a_change_concerns_the_tests_of_its_room(changed, found, left_out):
    concerned = concerned_by([changed])
    assert ROOT / "tests" / found in concerned
    assert ROOT / "tests" / left_out not in concerned
    assert (ROOT / "tests" / left_out).exists()
