import re
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings

from quizzes.base.markup import strip_markup
from quizzes.exporting.formats import FORMATS
from quizzes.exporting.parts.percents import full_percents
from quizzes.importing.formats import read_file
from quizzes.importing.loading import write_import
from quizzes.importing.parts.reading import at_line
from quizzes.importing.planning import find_problems, plan_import
from quizzes.models import Question
from tests.factories import spanish

from .handwritten_gift import files

pytestmark = pytest.mark.nightly


drawn = settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
a_few = settings(drawn, max_examples=8)


def words(text):
    return squeeze(strip_markup(text))


def squeeze(text):
    return re.sub(r"\s+", "", text)


def read(file):
    reading = read_file(file.content, format_name="gift")
    by_place = {}
    for question in reading.questions:
        for choice in question.choices:
            choice.text = str(choice.text)
        by_place[question.place] = (question, [str(problem) for problem in find_problems(question)], [])
    for problem in reading.problems:
        by_place[problem.place] = (None, [problem.sentence], [])
    for warning in reading.warnings:
        if warning.place:
            by_place[warning.place][2].append(warning.sentence)
    return by_place


def choices_of(question):
    weighed = question.kind not in ("matching", "ordering", "open")
    percents = full_percents(question) if weighed else [None] * len(question.choices)
    plainly = str if question.kind in ("short_text", "number") else words
    return [
        (
            squeeze(plainly(choice.text)),
            None if percent is None else round(float(percent), 4),
            words(choice.feedback),
            words(choice.match) if question.kind == "matching" else float(choice.tolerance or 0),
        )
        for choice, percent in zip(question.choices, percents, strict=True)
    ]


def meant_choices(meant):
    return [
        (
            squeeze(text),
            None if percent is None else round(percent, 4),
            squeeze(feedback),
            squeeze(more) if meant.kind == "matching" else float(more or 0),
        )
        for text, percent, feedback, more in meant.choices
    ]


@drawn
@given(files())
def test_what_is_written_is_read_as_it_is_meant_or_named_at_its_line(file):
    found = read(file)

    assert len(found) == len(file.blocks)
    for line, topic, block in file.blocks:
        question, problems, warnings = found[at_line(line)]
        if block.problem:
            assert any(block.problem in sentence for sentence in problems), (block.text, problems)
            continue
        meant = block.meant
        assert problems == [], block.text
        assert (question.kind, words(question.text), question.name) == (meant.kind, squeeze(meant.text), meant.name)
        assert (words(question.feedback), question.tags, question.topic) == (squeeze(meant.feedback), meant.tags, topic)
        assert choices_of(question) == meant_choices(meant), block.text
        assert bool(warnings) == bool(meant.warned), warnings
        assert all(meant.warned in sentence for sentence in warnings), warnings


@settings(drawn, max_examples=40)
@given(files())
def test_what_was_read_goes_out_and_comes_back_the_same(file):
    questions = [question for question, problems, _warnings in read(file).values() if not problems]
    assume(questions)
    for number, question in enumerate(questions):
        question.name = question.identifier = f"P-{number}"

    for name in ("gift", "moodle-xml"):
        # An ordering does not come back out of Moodle's GIFT, and either kind was chosen when a question came in.
        sent = [replace(one, either=()) for one in questions if name != "gift" or one.kind != "ordering"]
        content, _losses = FORMATS[name].write(sent)
        if not sent:
            continue
        back = read_file(content, format_name=name)
        for choice in (choice for question in back.questions for choice in question.choices):
            choice.text = str(choice.text)
        assert back.problems == []
        assert [replace(one, place="") for one in back.questions] == [replace(one, place="") for one in sent]


@pytest.mark.django_db
@a_few
@given(files())
def test_a_good_question_beside_a_bad_one_comes_in(file):
    with transaction.atomic():
        plan = plan_import(read_file(file.content, format_name="gift"), locale=spanish())
        done = write_import(plan, only_good=True)
        again = plan_import(read_file(file.content, format_name="gift"), locale=spanish())
        assert len(done.created) == len({row.identifier for row in plan.rows if not row.problems})
        assert {row.state for row in again.rows} <= {"present", "refused"}
        assert Question.objects.filter(live=True).count() == len(done.created)
        transaction.set_rollback(True)
