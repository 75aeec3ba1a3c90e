from datetime import date

import pytest
from django.conf import settings
from wagtail.models import Locale, Page

from modules.content.declarations.reading import ContentError
from modules.content.loading.files import read_course
from quizzes.models import SurveyBlock, SurveyStatement
from quizzes.surveys.instrument import read_instrument
from quizzes.surveys.wording import items_of, wording_in_force

from .content import bytes_of, load, make_content, save

pytestmark = pytest.mark.django_db
REAL = settings.BASE_DIR / "content"
SURVEY, IN_ENGLISH = ((REAL / language / "survey.yaml").read_text() for language in ("es", "en"))


def make_survey_alone(tmp_path, text=SURVEY, language="es"):
    folder = tmp_path / "content" / language
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "survey.yaml").write_text(text)
    return tmp_path / "content"


@pytest.fixture
def loaded(tmp_path):
    content = make_survey_alone(tmp_path / "real")
    make_survey_alone(tmp_path / "real", IN_ENGLISH, "en")
    for language in ("es", "en"):
        load(content, language)
    return content


def test_the_survey_of_the_course_asks_what_was_decided_in_both_languages(loaded):
    contents = wording_in_force().contents
    assert contents["languages"] == ["es", "en"]
    assert [(block["id"], block["scoring"], len(block["items"])) for block in contents["blocks"]] == [
        ("A", "agreement", 1),
        *((block, "mean", 4) for block in "BCDE"),
        ("F", "seen", 4),
        ("G", "mean", 4),
        ("Q", "background", 2),
    ]
    directions = {item["id"]: item["direction"] for block in contents["blocks"] for item in block["items"]}
    assert "".join(directions[name] or "." for name in directions) == "-+-+--++---+-++++---+++++.."
    a1 = items_of(wording_in_force(), "pre")[0]
    assert a1["text"]["es"] == "Preferiría no brindar servicios a personas trabajadoras sexuales."
    assert (a1["official"], a1["verified"]) == (True, False)
    assert read_instrument().missing == []


def test_a_language_has_its_survey_before_its_course(tmp_path):
    pages = Page.objects.count()
    loaded = load(make_survey_alone(tmp_path, IN_ENGLISH, "en"), "en")
    assert (len(loaded.created), loaded.kept, Page.objects.count()) == (39, [], pages)
    assert wording_in_force() is None
    assert Locale.objects.filter(language_code="en").exists()


def test_beside_any_other_file_the_course_is_asked_for(tmp_path):
    content = make_survey_alone(tmp_path)
    (content / "es" / "acts.yaml").write_text("- id: M1-C1\n  text: Saluda.\n")
    with pytest.raises(ContentError) as caught:
        read_course(content, "es")
    assert "content/es/course.yaml" in {problem.path for problem in caught.value.problems}


def test_loading_twice_changes_nothing_and_saving_gives_the_same_bytes(tmp_path, loaded):
    before = list(SurveyStatement.objects.order_by("pk").values())
    for language in ("es", "en"):
        again = load(loaded, language)
        assert (again.created, again.updated, again.kept, again.left) == ([], [], [], [])
    assert list(SurveyStatement.objects.order_by("pk").values()) == before
    save(tmp_path / "saved")
    assert bytes_of(tmp_path / "saved") == bytes_of(loaded)


def test_saving_a_survey_without_a_course_removes_no_file_of_the_course(tmp_path, loaded):
    content = make_content(tmp_path / "other")
    before = bytes_of(content)
    save(content)
    assert bytes_of(content) == before | bytes_of(loaded)


def test_what_an_editor_changed_or_deleted_stays_and_the_rest_follows_the_files(tmp_path, loaded):
    SurveyStatement.objects.filter(identifier="B1", locale__language_code="es").update(text="De la editora.")
    SurveyStatement.objects.filter(identifier="G4").delete()
    changed = SURVEY.replace("Tenemos cómo hablar", "Podemos hablar").replace("title: Nuestro centro", "title: Aquí")
    again = load(make_survey_alone(tmp_path, changed))
    assert (again.updated, again.kept) == (["theme:G", "statement:G3"], ["statement:B1", "statement:G4"])
    texts = dict(SurveyStatement.objects.filter(locale__language_code="es").values_list("identifier", "text"))
    assert (texts["B1"], texts["G3"][:14], "G4" in texts) == ("De la editora.", "Podemos hablar", False)


def test_what_was_confirmed_stays_and_taken_from_the_files_anyway_it_is_unconfirmed(tmp_path, loaded):
    a1 = SurveyStatement.objects.get(identifier="A1", locale__language_code="es")
    a1.verify(by="Marta Xicay", on=date(2020, 3, 14))
    a1.save()
    content = make_survey_alone(tmp_path, SURVEY.replace("Preferiría no brindar servicios", "Prefiero no atender"))
    assert load(content).kept == ["statement:A1"]
    a1.refresh_from_db()
    assert a1.is_verified
    load(content, replace=True)
    a1.refresh_from_db()
    assert (a1.text[:19], a1.is_verified, a1.verified_by) == ("Prefiero no atender", False, "")


def test_a_new_statement_stands_where_the_file_has_it(tmp_path, loaded):
    again = load(make_survey_alone(tmp_path, SURVEY.replace("- id: B1\n", "- id: B9\n")))
    assert (again.created, again.left) == (["statement:B9"], ["statement:B1"])
    b = SurveyBlock.objects.get(identifier="B", locale__language_code="es").statements.order_by("sort_order")
    assert list(b.values_list("identifier", flat=True)) == ["B9", "B2", "B3", "B4", "B1"]


MISTAKES = {
    "a code twice": ("code: 2\n", "code: 1\n", "options:", "El código 1 está dos veces."),
    "three answers of agreement": (
        "  - code: 4\n    label: Muy en desacuerdo\n",
        "",
        "options:",
        "Una escala de acuerdo tiene exactamente cuatro respuestas",
    ),
    "a statement without a direction": (
        "al atenderla.\n    direction: +\n",
        "al atenderla.\n",
        "- id: B1",
        "Diga si estar de acuerdo habla a favor",
    ),
    "a direction about a person": (
        "text: 'Mi trabajo es:'\n",
        "text: 'Mi trabajo es:'\n    direction: +\n",
        None,
        "Lo que se pregunta sobre quien contesta no tiene sentido",
    ),
    "a source of what is not official": (
        "al atenderla.\n    direction: +\n",
        "al atenderla.\n    direction: +\n    source: ONUSIDA\n",
        "source: ONUSIDA",
        "Solo una frase de un indicador oficial lleva «source».",
    ),
    "never is not the first answer": (
        "  - code: 1\n    label: Nunca\n",
        "  - code: 4\n    label: Nunca\n",
        None,
        "En una escala de lo que se ha visto, la primera respuesta",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_cannot_be_asked_or_counted_is_told_with_its_line(tmp_path, mistake):
    before, after, near, sentence = MISTAKES[mistake]
    assert before in SURVEY
    text = SURVEY.replace(before, after, 1)
    with pytest.raises(ContentError) as caught:
        read_course(make_survey_alone(tmp_path, text), "es")
    problem = caught.value.problems[0]
    assert sentence in problem.sentence
    assert problem.path == "content/es/survey.yaml"
    if near:
        assert near in text.splitlines()[problem.line - 1]
