import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from quizzes.attempts.grading import grade_manually
from quizzes.base.identifiers import stable_key
from quizzes.exporting.formats.xlsx import write
from quizzes.exporting.questions import gather_questions
from quizzes.importing.formats import read_file
from quizzes.importing.loading import write_import
from quizzes.importing.parts.reading import Reading
from quizzes.importing.planning import plan_import
from quizzes.kinds import SCORED, get_kind
from quizzes.models import Competency, Question
from quizzes.question_forms.export import serialize_attempts
from quizzes.question_forms.feedback import review_item
from tests.factories import make_quiz, make_trainer, spanish

from .factories import (
    NOW,
    address,
    answer_all,
    choice_key,
    give,
    item_of,
    make_item,
    make_kind,
    page_of,
    start,
    submit,
)

pytestmark = pytest.mark.django_db


def make_act(identifier="M2-C3", text="Avisa ese día y no investiga", **fields):
    return Competency.objects.get_or_create(
        identifier=identifier,
        locale=spanish(),
        defaults={"text": text, "translation_key": stable_key(f"act:{identifier}"), **fields},
    )[0]


def make_marked(kind="single", identifier="M2-Q1", *, act=None, lesson="M2-L4#la-ruta", **fields):
    fields = {"is_indispensable": True, "act": act or make_act(), "lesson": lesson} | fields
    question = make_kind(kind, identifier, **fields)
    choices = list(question.choices.all())
    if choices:
        choices[-1].lesson = "M2-L1"
        question.choices = choices
        question.save()
    return question


def freeze(question):
    return get_kind({"kind": question.kind}).freeze(question, random.Random(7))


def test_snapshot_contains_competency_lesson_and_indispensable():
    item = freeze(make_marked())
    assert (item["act"], item["lesson"]) == ({"id": "M2-C3", "text": "Avisa ese día y no investiga"}, "M2-L4#la-ruta")
    assert item["indispensable"]
    assert [option.get("lesson") for option in item["options"]].count("M2-L1") == 1
    assert "indispensable" not in freeze(make_marked("open", "M2-Q2"))
    assert not {"act", "lesson", "indispensable"} & freeze(make_kind("single", "M2-Q3")).keys()


def test_sources_are_superscripts_with_text_for_screen_readers(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_kind("single", "M1-Q1")]))
    answer_all(attempt)
    page = answers_of(learner_client, submit(attempt))
    said = '<span class="visually-hidden">fuente </span><span aria-hidden="true">S</span>42'
    assert f'<sup class="cites">&nbsp;<a class="source" href="#fuente-S42">{said}</a></sup>' in page
    assert "[S42]" not in page


KINDS = ["single", "multiple", "true_false", "ordering", "matching", "gaps", "places", "short_text", "number", "open"]


def wrong_response(item):
    options = item["options"]
    match item["kind"]:
        case "multiple" | "places":
            return [option["key"] for option in options if not option["right"]]
        case "ordering":
            return {option["key"]: option["place"] % len(options) + 1 for option in options}
        case "matching":
            keys = [match["key"] for match in item["matches"]]
            return {option["key"]: next(key for key in keys if key != option["match"]) for option in options}
        case "gaps":
            return {"1": choice_key(item, "sospechosa"), "2": "cansancio", "3": choice_key(item, "de costumbre")}
        case "single" | "true_false":
            return next(option["key"] for option in options if not option["right"])
    return "7" if item["kind"] == "number" else "no sé"


def secrets_of(item):
    options = item["options"]
    if item["kind"] in ("ordering", "matching"):
        told = [option["feedback"] for option in options]
    elif item["kind"] in ("short_text", "number"):
        told = [option["feedback"] for option in options if option["text"] != "*"]
    else:
        told = [option["feedback"] for option in options if option.get("right")]
    return [item["feedback"], *told]


MARKS = ["Es correcta, y no la eligió", "Aquí va", "Respuesta correcta", "Las otras opciones", "feedback-right"]


def answers_of(client, attempt):
    return client.get(address("attempt_answers", attempt.pk)).text


@pytest.fixture
def whole_quiz(db):
    questions = []
    for kind in KINDS:
        wholes = {"partly_feedback": f"En parte {kind}.", "wrong_feedback": f"Mire otra vez {kind}."}
        questions.append(make_kind(kind, f"M1-{kind}", feedback=f"Lo correcto en {kind}.", **wholes))
    return make_quiz("m1", questions, pass_mark=80)


def fail(learner, quiz, *, now=NOW):
    attempt = start(learner, quiz, now=now)
    for item in attempt.snapshot["questions"]:
        give(attempt, item, wrong_response(item))
    attempt = submit(attempt, now=now + timedelta(minutes=5))
    return mark_open(attempt, 0)


def mark_open(attempt, fraction):
    item = item_of(attempt, "open")
    more = {"comment": "", "reason": "", "seen": 0, "by": make_trainer(f"t{attempt.pk}"[:20]), "now": timezone.now()}
    grade_manually(attempt, item["key"], fraction=fraction, **more)
    attempt.refresh_from_db()
    return attempt


def test_result_tells_right_answers_and_export_of_own_data_does_not(learner, learner_client, whole_quiz):
    attempt = fail(learner, whole_quiz)
    page = answers_of(learner_client, attempt)
    own = json.dumps(list(serialize_attempts(learner)), default=str, ensure_ascii=False)
    for item in attempt.snapshot["questions"]:
        assert secrets_of(item)[0] in page.replace("&quot;", '"')
        assert [text for text in [*secrets_of(item), f"En parte {item['kind']}."] if text and text in own] == []
    assert "Es correcta, y no la eligió" in page
    assert [mark for mark in MARKS if mark in own] == []
    # In the order in which the steps were given, not the right one.
    ordering = item_of(attempt, "ordering")
    given = [o["text"] for o in sorted(ordering["options"], key=lambda o: o["place"] % 4)]
    places = [own.index(step) for step in given]
    assert places == sorted(places)


SAID = {"right_feedback": "Así se abre la puerta [S42].", "partly_feedback": "Va bien.", "wrong_feedback": "Relea."}


def test_overall_feedback_depends_on_verdict():
    item = make_item("multiple", **SAID)
    both = [choice_key(item, text) for text in ("Ocultar síntomas", "Llegar tarde")]
    responses = (both, both[:1], [choice_key(item, "Volver antes")], [])
    said = [review_item(1, item, {item["key"]: response}).overall_feedback for response in responses]
    assert said == ["Así se abre la puerta [S42].", "Va bien.", "Relea.", "Relea."]
    assert "S42" in item["sources"]
    pending = make_item("open", **SAID)
    assert review_item(1, pending, {pending["key"]: "Saludo."}).overall_feedback == ""


@pytest.mark.parametrize("kind", [*SCORED, "reflection"])
def test_scored_kinds_have_overall_feedback(kind):
    item = make_item(kind, **SAID)
    assert ("wholes" in item) == (kind != "reflection")
    right = review_item(1, item, {item["key"]: get_kind(item).right_response(item)}, {}, {})
    if right.verdict == "right":
        assert right.overall_feedback == SAID["right_feedback"]
    assert "wholes" not in make_item(kind, identifier="Q-2", partly_feedback="  ")
    assert review_item(1, make_item(kind, identifier="Q-3"), {}).overall_feedback == ""


def test_overall_feedback_is_shown_after_submission_only(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_kind("single", **SAID)]))
    item = item_of(attempt, "single")
    asked = learner_client.get(page_of(attempt)).text
    give(attempt, item, choice_key(item, "Callar"))
    page = answers_of(learner_client, submit(attempt))
    said = ("Relea.", "Va bien.", "Así se abre")
    assert [[words in text for words in said] for text in (asked, page)] == [[False] * 3, [True, False, False]]


def test_spreadsheet_round_trip_preserves_overall_feedback():
    make_kind("single", **SAID)
    [(read, _row)] = gather_questions(Question.objects.all())
    content, warnings = write([read])
    [back] = read_file(content, name="banco.xlsx").questions
    assert (warnings, replace(back, place="", name=read.name)) == ([], read)
    Question.objects.all().delete()
    write_import(plan_import(Reading([back]), locale=spanish()))
    question = Question.objects.get()
    assert {name: getattr(question, name) for name in SAID} == SAID
