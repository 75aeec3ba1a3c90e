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
def indexes_of_migrations(db):
    rebuild_indexes()
    return indexes()


def rows_of(model):
    # `title_norm` weighs a title among those that were there when it was written.
    own = {"id", "title_norm"}
    return Counter(
        tuple((name, str(value)) for name, value in row.items() if name not in own) for row in model.objects.values()
    )


def indexes():
    return rows_of(ReferenceIndex), rows_of(IndexEntry)


def rebuild_indexes():
    call_command("rebuild_references_index", verbosity=0)
    call_command("wagtail_update_index", verbosity=0)
    return indexes()


def test_indexes_after_loading_equal_rebuilt_indexes(tmp_path):
    load_course(read_course(make_content(tmp_path), "es"))
    references, words = indexes()
    assert sum(references.values()) > 10
    assert sum(words.values()) > 10
    assert (references, words) == rebuild_indexes()


def test_indexes_after_import_equal_rebuilt_indexes():
    write_import(plan(read_one("¿Uno?"), read_one("¿Dos?")))
    assert Question.objects.exists()
    assert indexes() == rebuild_indexes()


def test_question_with_options_is_indexed_once(monkeypatch):
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
    assert indexes() == rebuild_indexes()


def test_option_saved_alone_is_indexed():
    question = make_question()
    ReferenceIndex.objects.all().delete()
    with deferred_indexing():
        question.choices.first().save()
    assert indexes()[0] == rebuild_indexes()[0]


def test_saved_and_deleted_row_is_not_indexed(indexes_of_migrations):
    with deferred_indexing():
        question = make_question()
        question.delete()
    assert indexes() == indexes_of_migrations


def test_failed_block_indexes_nothing(indexes_of_migrations):
    def fail():
        with deferred_indexing():
            make_question("M1-Q1")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert indexes() == indexes_of_migrations
    Question.objects.all().delete()
    make_question("M1-Q2")
    assert indexes() == rebuild_indexes() != indexes_of_migrations


def test_nested_block_is_indexed_at_end_of_outer_one(indexes_of_migrations):
    with deferred_indexing():
        with deferred_indexing():
            make_question()
        assert indexes() == indexes_of_migrations
    assert indexes() == rebuild_indexes() != indexes_of_migrations
