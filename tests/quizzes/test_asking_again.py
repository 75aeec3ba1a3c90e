"""What a question that was missed leads to: its lesson, and where it is indispensable, another one of the same act."""

import random

import pytest

from quizzes.identity import stable_key
from quizzes.kinds import kind_of
from quizzes.models import Act
from tests.factories import spanish
from tests.quizzes.factories import make_kind

pytestmark = pytest.mark.django_db


def make_act(identifier="M2-C3", text="Avisa ese día y no investiga", **fields):
    return Act.objects.get_or_create(
        identifier=identifier,
        locale=spanish(),
        defaults={"text": text, "translation_key": stable_key(f"act:{identifier}"), **fields},
    )[0]


def make_marked(kind="single", identifier="M2-Q1", *, act=None, lesson="M2-L4#la-ruta", **fields):
    """Make a question that is about an act and has a lesson, as has its last option; nobody passes who misses it."""
    fields = {"is_indispensable": True, "act": act or make_act(), "lesson": lesson} | fields
    question = make_kind(kind, identifier, **fields)
    choices = list(question.choices.all())
    if choices:
        choices[-1].lesson = "M2-L1"
        question.choices = choices
        question.save()
    return question


def freeze(question):
    return kind_of({"kind": question.kind}).freeze(question, random.Random(7))


def test_a_paper_holds_the_act_the_lesson_and_what_is_indispensable_unless_a_person_marks_it():
    item = freeze(make_marked())
    assert (item["act"], item["lesson"]) == (
        {"id": "M2-C3", "text": "Avisa ese día y no investiga"},
        "M2-L4#la-ruta",
    )
    assert item["indispensable"]
    assert [option.get("lesson") for option in item["options"]].count("M2-L1") == 1
    assert "indispensable" not in freeze(make_marked("open", "M2-Q2"))
    assert not {"act", "lesson", "indispensable"} & freeze(make_kind("single", "M2-Q3")).keys()
