"""What is saved many times at once is written once into the indexes of Wagtail, as if they were built anew."""

from collections import Counter

import pytest
from django.core.management import call_command
from wagtail.models import ReferenceIndex
from wagtail.search.models import IndexEntry

from modules.content.loading.files import read_course
from modules.content.loading.loading import load_course
from quizzes.base.indexing import deferred_indexing
from quizzes.importing.loading import write_import
from quizzes.models import Choice, Question
from tests.factories import make_question
from tests.modules.content import make_content
from tests.quizzes.test_importing import plan, read_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexes")]


@pytest.fixture(autouse=True)
def of_what_migrations_made(db):
    built_anew()
    return indexes()


def rows_of(model):
    """Return the rows of an index without their own numbers, each with how often it stands there."""
    # `title_norm` weighs a title among those that were there when it was written.
    own = {"id", "title_norm"}
    return Counter(
        tuple((name, str(value)) for name, value in row.items() if name not in own) for row in model.objects.values()
    )


def indexes():
    return rows_of(ReferenceIndex), rows_of(IndexEntry)


def built_anew():
    call_command("rebuild_references_index", verbosity=0)
    call_command("wagtail_update_index", verbosity=0)
    return indexes()


def test_after_loading_the_course_they_hold_what_building_them_anew_finds(tmp_path):
    load_course(read_course(make_content(tmp_path), "es"))
    references, words = indexes()
    assert sum(references.values()) > 10
    assert sum(words.values()) > 10
    assert (references, words) == built_anew()


def test_after_an_import_they_hold_what_building_them_anew_finds():
    write_import(plan(read_one("¿Uno?"), read_one("¿Dos?")))
    assert Question.objects.exists()
    assert indexes() == built_anew()


def test_a_question_with_its_options_is_written_once(monkeypatch):
    written = Counter()
    real = ReferenceIndex.create_or_update_for_object

    def note(row):
        written[type(row).__name__, row.pk] += 1
        return real(row)

    monkeypatch.setattr(ReferenceIndex, "create_or_update_for_object", note)
    question = make_question()
    with deferred_indexing():
        written.clear()
        question.text = "¿Qué corresponde ahora?"
        question.save()
        for choice in Choice.objects.all():
            choice.feedback = "Otra vez."
            choice.save()
        question.save_revision().publish()
        assert not [key for key in written if key[0] == "Question"]
    assert written["Question", question.pk] == 1
    assert indexes() == built_anew()


def test_a_part_that_is_saved_alone_is_written_with_its_row():
    question = make_question()
    ReferenceIndex.objects.all().delete()
    with deferred_indexing():
        question.choices.first().save()
    assert indexes()[0] == built_anew()[0]


def test_what_is_saved_and_deleted_inside_is_in_none(of_what_migrations_made):
    with deferred_indexing():
        question = make_question()
        question.delete()
    assert indexes() == of_what_migrations_made


def test_what_fails_writes_nothing_and_the_next_is_written_at_once(of_what_migrations_made):
    def fail():
        with deferred_indexing():
            make_question("M1-Q1")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert indexes() == of_what_migrations_made
    Question.objects.all().delete()
    make_question("M1-Q2")
    assert indexes() == built_anew() != of_what_migrations_made


def test_inside_another_it_is_written_at_the_end_of_the_outer_one(of_what_migrations_made):
    with deferred_indexing():
        with deferred_indexing():
            make_question()
        assert indexes() == of_what_migrations_made
    assert indexes() == built_anew() != of_what_migrations_made
