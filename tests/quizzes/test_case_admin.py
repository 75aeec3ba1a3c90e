"""Cases in the CMS: written, shared by two to six questions, listed, used, and kept while questions need them."""

import pytest
from lxml import html
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale
from wagtail_localize.models import Translation, TranslationSource

from quizzes.bank.changes import find_unfinished, place_questions
from quizzes.identity import stable_key
from quizzes.models import Case, Question
from tests.factories import make_case, make_learner, make_question, make_quiz

from .admin_fields import errors_beside, errors_of, listed, question_fields, url
from .factories import start

pytestmark = pytest.mark.django_db


def case_fields(identifier="M1-C1", **more):
    fields = {"identifier": identifier, "title": "En la puerta", "text": "Llega una señora.", "dialogue": ""}
    return fields | {"image": "", "image_text": "", "action-publish": "1"} | more


def draft(fields):
    return {name: value for name, value in fields.items() if name != "action-publish"}


def edit_question(question, **more):
    rows = [
        {"id": choice.pk, "text": choice.text, "is_correct": choice.is_correct} for choice in question.choices.all()
    ]
    return question_fields(identifier=question.identifier, choices=rows, initial=len(rows), **more)


def chosen_case(page):
    return html.fromstring(page.text).xpath('//*[@name="case"]')[0].value


def places(case):
    return list(case.questions.order_by("case_place").values_list("identifier", "case_place"))


def test_a_case_waits_as_a_draft_until_two_questions_share_it(editor_client):
    page = editor_client.post(url(Case, "add"), case_fields())
    assert errors_of(page) == [
        "Un caso lo comparten de dos a seis preguntas, y este tiene 0. Elíjalo en más preguntas."
    ]
    assert editor_client.post(url(Case, "add"), draft(case_fields())).status_code == 302
    case = Case.objects.get()
    assert (case.translation_key, case.live) == (stable_key("case:M1-C1"), False)
    # The form of a new question knows its case, and without a place it comes at the end.
    assert chosen_case(editor_client.get(f"{url(Question, 'add')}?case={case.pk}")) == str(case.pk)
    assert editor_client.get(f"{url(Question, 'add')}?case={'9' * 30}").status_code == 200
    for identifier in ("M1-Q1", "M1-Q2"):
        sent = question_fields(identifier=identifier, case=str(case.pk), case_place="")
        assert editor_client.post(url(Question, "add"), sent).status_code == 302
    assert places(case) == [("M1-Q1", 1), ("M1-Q2", 2)]
    page = editor_client.get(url(Case, "edit", case.pk))
    assert page.text.index("M1-Q1</a>") < page.text.index("M1-Q2</a>")
    first, second = case.questions.order_by("case_place")
    assert page.text.count(f'name="place_{first.pk}"') == 1
    page = editor_client.post(url(Case, "edit", case.pk), case_fields() | {f"place_{first.pk}": "cero"})
    assert errors_of(page) == ["Un lugar en el caso es un número desde 1."]
    sent = case_fields() | {f"place_{first.pk}": "2", f"place_{second.pk}": "1"}
    assert editor_client.post(url(Case, "edit", case.pk), sent).status_code == 302
    case.refresh_from_db()
    assert case.live
    assert places(case) == [("M1-Q2", 1), ("M1-Q1", 2)]
    # Who did it stands in the history of the question.
    first.refresh_from_db()
    assert (first.has_unpublished_changes, first.latest_revision.content["case_place"]) == (False, 2)


def test_a_seventh_question_is_refused_in_a_draft_too_and_so_is_a_case_with_seven(editor_client):
    case, late = make_case("C", 6), make_question("Late")
    full = "El caso «C · En la puerta» ya tiene seis preguntas. Elija otro, o saque antes una de él."
    for fields in (edit_question(late, case=str(case.pk)), draft(edit_question(late, case=str(case.pk)))):
        page = editor_client.post(url(Question, "edit", late.pk), fields)
        assert errors_beside(page) == {"case": full}
    late.case = case
    assert find_unfinished(late) == full
    late.save()
    page = editor_client.post(url(Case, "edit", case.pk), case_fields("C"))
    assert errors_of(page) == ["Un caso lo comparten de dos a seis preguntas, y este tiene 7. Saque algunas de él."]
    assert find_unfinished(case.questions.first()) == full


def test_drafts_of_published_questions_count(editor_client):
    case = Case.objects.create(identifier="C", title="T", text="x", locale=Locale.get_default(), live=False)
    for question in (make_question("A"), make_question("B")):
        sent = draft(edit_question(question, case=str(case.pk)))
        assert editor_client.post(url(Question, "edit", question.pk), sent).status_code == 302
    assert not case.questions.exists()
    assert editor_client.post(url(Case, "edit", case.pk), case_fields("C")).status_code == 302


def test_a_case_tells_something_and_its_image_is_described(editor_client):
    case = make_case("C", 2)
    page = editor_client.post(url(Case, "edit", case.pk), case_fields("C", text=" "))
    assert errors_of(page) == ["Escriba el caso: un texto, un diálogo o una imagen."]
    image = get_image_model().objects.create(title="sala", file=get_test_image_file())
    page = editor_client.post(url(Case, "edit", case.pk), case_fields("C", text="", image=str(image.pk)))
    assert list(errors_beside(page)) == ["image_text"]
    sent = case_fields("C", text="", image=str(image.pk), image_text="Una sala de espera.")
    assert editor_client.post(url(Case, "edit", case.pk), sent).status_code == 302
    paper = start(make_learner(), make_quiz("m1", [case.questions.first()])).paper
    [frozen] = paper["cases"].values()
    assert frozen["image"]["text"] == "Una sala de espera."
    assert frozen["image"]["digest"]


def test_publishing_says_whom_it_affects_and_a_case_that_is_needed_is_kept(editor_client):
    case = make_case("C", 2)
    quiz = make_quiz("m1", [case.questions.first()])
    start(make_learner(), quiz)
    page = editor_client.post(url(Case, "edit", case.pk), case_fields("C"), follow=True)
    assert "1 persona: 1 en curso" in page.text
    page = editor_client.post(url(Case, "delete", case.pk), follow=True)
    assert "lo comparten preguntas, así que no se eliminó nada" in page.text
    page = editor_client.post(url(Question, "delete", case.questions.last().pk), follow=True)
    assert "si viene con su caso, sáquela del caso" in page.text
    assert Question.objects.count() == 2
    usage = editor_client.get(url(Case, "usage", case.pk)).text
    assert "Se pregunta en cada intento" in usage
    assert "C-2 · ¿Qué corresponde en C-2?" in usage
    Question.objects.update(case=None)
    assert editor_client.post(url(Case, "delete", case.pk)).status_code == 302
    assert not Case.objects.exists()


@pytest.mark.postgres
def test_the_list_of_cases_is_searched_and_filtered(editor_client):
    for n in range(2):
        make_quiz(f"m{n}", [make_case(f"C{n}", 2 + n, title=f"Recepción {n}").questions.first()])
    Case.objects.create(identifier="Z", title="Otro", text="Sin uso", locale=Locale.get_default(), live=False)

    names = ["C0", "C1"]
    assert listed(editor_client, Case) == [*names, "Z"]
    assert (
        listed(editor_client, Case, q="RECEPCION"),
        listed(editor_client, Case, used="used"),
        listed(editor_client, Case, live="false"),
    ) == (names, names, ["Z"])
    assert listed(editor_client, Case, used="unused", q="señora") == []
    page = editor_client.get(url(Case, "list"))
    assert f"?case={Case.objects.get(identifier='C0').pk}" in page.text
    assert listed(editor_client, Question, case=Case.objects.get(identifier="C0").pk) == ["C0-1", "C0-2"]


def test_a_case_is_translated_with_its_questions(editor_client):
    english = Locale.objects.get(language_code="en")
    case = make_case("C", 2)
    for thing in (case, *case.questions.all()):
        source, _created = TranslationSource.get_or_create_from_instance(thing)
        Translation.objects.create(source=source, target_locale=english).save_target(publish=True)
    there = Case.objects.get(locale=english)
    assert (there.identifier, there.translation_key) == ("C", case.translation_key)
    assert [question.identifier for question in there.questions.order_by("case_place")] == ["C-1", "C-2"]


def test_places_of_drafts_and_of_what_is_published_change_together():
    case = make_case("C", 2)
    first, second = case.questions.order_by("pk")
    first.text = "Otra"
    first.save_revision()
    place_questions([second, first], by=None)
    first.refresh_from_db()
    assert (first.case_place, first.latest_revision.content["case_place"], first.has_unpublished_changes) == (
        2,
        2,
        True,
    )
    assert first.text != "Otra"


def test_a_version_of_before_can_be_taken_back_after_its_case_was_deleted(editor_client):
    case = make_case("C", 2)
    question = case.questions.first()
    old = question.save_revision()
    question.case = question.case_place = None
    question.save_revision().publish()
    Question.objects.update(case=None)
    assert editor_client.post(url(Case, "delete", case.pk)).status_code == 302
    assert not Case.objects.exists()
    page = editor_client.get(url(Question, "revisions_revert", question.pk, old.pk))
    assert page.status_code == 200
    assert not chosen_case(page)
    assert f"{question.text}</textarea>" in page.text
