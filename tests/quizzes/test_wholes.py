"""Feedback on the answer as a whole: to whoever was right, partly right or not, after the answer and never before."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation

from quizzes.answering.feedback import review_item
from quizzes.exporting.formats.xlsx import write
from quizzes.exporting.questions import gather_questions
from quizzes.importing.formats import read_file
from quizzes.importing.loading import write_import
from quizzes.importing.parts.reading import Reading
from quizzes.importing.planning import plan_import
from quizzes.kinds import SCORED, kind_of
from quizzes.models import Question
from tests.factories import make_quiz, spanish

from .factories import choice_key, give, item_of, make_item, make_kind, make_source, start, submit

pytestmark = pytest.mark.django_db

SAID = {"right_feedback": "Así se abre la puerta [S42].", "partly_feedback": "Va bien.", "wrong_feedback": "Relea."}


def keys_of(item, *texts):
    return [choice_key(item, text) for text in texts]


def test_each_verdict_reads_its_own_words_and_only_these():
    item = make_item("multiple", **SAID)
    both = keys_of(item, "Ocultar síntomas", "Llegar tarde")
    for response, said in (
        (both, "Así se abre la puerta [S42]."),
        (both[:1], "Va bien."),
        (keys_of(item, "Volver antes"), "Relea."),
        ([], "Relea."),
    ):
        assert review_item(1, item, {item["key"]: response}).whole == said
    assert "S42" in item["sources"]


@pytest.mark.parametrize("kind", [*SCORED, "reflection"])
def test_every_kind_that_counts_has_them_and_a_reflection_has_none(kind):
    item = make_item(kind, **SAID)
    assert ("wholes" in item) == (kind != "reflection")
    right = review_item(1, item, {item["key"]: kind_of(item).right_response(item)}, {}, {})
    if right.verdict == "right":
        assert right.whole == SAID["right_feedback"]
    # One with nothing to say has nothing in its papers, as those of before.
    assert "wholes" not in make_item(kind, identifier="Q-2", partly_feedback="  ")
    assert review_item(1, make_item(kind, identifier="Q-3"), {}).whole == ""


def test_what_waits_for_a_marker_says_nothing_yet():
    item = make_item("open", **SAID)
    assert review_item(1, item, {item["key"]: "Saludo."}).whole == ""


def test_the_page_shows_it_after_the_answer_and_not_before(learner, learner_client):
    make_source()
    attempt = start(learner, make_quiz("m1", [make_kind("single", **SAID)]))
    item = item_of(attempt, "single")
    with translation.override("es"):
        question, result = (
            reverse("attempt_question", args=[attempt.pk, 1]),
            reverse("attempt_result", args=[attempt.pk]),
        )
    assert not any(text in learner_client.get(question).text for text in SAID.values())
    give(attempt, item, choice_key(item, "Callar"))
    submit(attempt)
    page = learner_client.get(result).text
    assert "Relea." in page
    assert "Va bien." not in page
    assert "Así se abre" not in page


def test_a_sheet_takes_them_out_and_in_again():
    make_kind("single", **SAID)
    [(read, _row)] = gather_questions(Question.objects.all())
    content, warnings = write([read])
    [back] = read_file(content, name="banco.xlsx").questions
    assert (warnings, replace(back, place="", name=read.name)) == ([], read)
    Question.objects.all().delete()
    write_import(plan_import(Reading([back]), locale=spanish()))
    question = Question.objects.get()
    assert {name: getattr(question, name) for name in SAID} == SAID
