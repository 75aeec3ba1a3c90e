import json
import random
import sys
from textwrap import dedent

import pytest

from quizzes import kinds
from quizzes.attempts.responses import responses_of
from quizzes.bank.previews import preview_question
from quizzes.models import Attempt, Question
from tests.factories import make_question, make_quiz

from .factories import address, start

pytestmark = pytest.mark.django_db

FILE = '''
    """Yes or no: asked without options."""

    from fractions import Fraction

    from .base import MISSED, RIGHT, WRONG, Kind, ReviewRow, require_key


    class YesNo(Kind):
        """The response is yes or no; yes is right."""

        name = "yes_no"
        place = 55
        label = "Yes or no"
        help = "No options."

        def freeze_choices(self, choices, chance, *, shuffle):
            return {"options": []}

        def read_form(self, item, form):
            return self.read(item, form.get("choice", ""))

        def read(self, item, response):
            return require_key(("yes", "no"), response) if response else ""

        def score(self, item, response):
            return Fraction(response == "yes")

        def review(self, item, response):
            verdict = {"yes": RIGHT, "no": WRONG}.get(response, MISSED)
            return [ReviewRow("Yes", verdict, "Because it is so.")]

        def right_response(self, item):
            return "yes"

        def check_options(self, choices):
            if choices:
                yield "It has no options."
'''
TEMPLATE = """<label><input type="radio" name="{{ prefix }}choice" value="yes"
{% if response == "yes" %} checked{% endif %}>
Yes</label> <label><input type="radio" name="{{ prefix }}choice" value="no">No</label>"""


@pytest.fixture
def yes_no(tmp_path, monkeypatch, settings):
    (tmp_path / "yes_no.py").write_text(dedent(FILE))
    folder = tmp_path / "templates" / "quizzes" / "kinds"
    folder.mkdir(parents=True)
    (folder / "yes_no.html").write_text(TEMPLATE)
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    found = kinds.discover()
    monkeypatch.setitem(kinds.KINDS, "yes_no", found["yes_no"])
    monkeypatch.setattr(kinds, "SCORED", [*kinds.SCORED, "yes_no"])
    settings.TEMPLATES = [
        engine | {"DIRS": [*engine.get("DIRS", []), tmp_path / "templates"]} for engine in settings.TEMPLATES
    ]
    yield found
    sys.modules.pop("quizzes.kinds.yes_no", None)
    del kinds.yes_no


def test_kinds_are_discovered_in_stable_order():
    names = "single multiple true_false ordering matching gaps places short_text number open reflection"
    assert " ".join(kinds.discover()) == " ".join(kinds.KINDS) == names
    assert [name for name, _label in kinds.choices()] == list(kinds.KINDS)


def test_new_kind_is_ordered_by_place(yes_no):
    assert list(yes_no).index("yes_no") == list(yes_no).index("short_text") - 1
    assert ("yes_no", "Yes or no") in Question._meta.get_field("kind").flatchoices


@pytest.mark.parametrize("layout", ["one", "all"])
def test_new_kind_is_asked_scored_and_reviewed(yes_no, learner, learner_client, layout):
    question = make_question("Q1", kind="yes_no", choices=[])
    attempt = start(learner, make_quiz("m1", [question], layout=layout))
    (item,) = attempt.snapshot["questions"]
    assert (item["kind"], item["options"], item["marks"]) == ("yes_no", [], 1)
    page = learner_client.get(address("attempt_question", attempt.pk, 1)).text
    prefix = f"q-{item['key']}-" if layout == "all" else ""
    assert f'name="{prefix}choice" value="yes"' in page
    fields = {"page": "1"} if layout == "all" else {"question": item["key"]}
    fields |= {f"{prefix}shown": json.dumps(""), f"{prefix}choice": "yes", "go": "finish"}
    learner_client.post(address("attempt_question", attempt.pk, 1), fields)
    assert responses_of(attempt) == {item["key"]: "yes"}
    learner_client.post(address("attempt_submit", attempt.pk))
    assert Attempt.objects.get().grade == 100
    assert "Because it is so." in learner_client.get(address("attempt_answers", attempt.pk)).text


def test_new_kind_is_previewed_and_validated(yes_no):
    question = make_question("Q1", kind="yes_no", choices=[])
    assert preview_question(question, "")["mistakes"] == []
    (row,) = preview_question(question, "review")["reviewed"].rows
    assert (row.verdict, row.feedback) == ("right", "Because it is so.")
    wrong = make_question("Q2", kind="yes_no")
    assert preview_question(wrong, "")["mistakes"] == ["It has no options."]
    assert yes_no["yes_no"].freeze(question, random.Random(1))["kind"] == "yes_no"
