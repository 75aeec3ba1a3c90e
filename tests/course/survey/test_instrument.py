from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from course.models import ADMINISTRATORS, SurveyRound
from course.people.roles import EDITORS
from quizzes.base.identifiers import stable_key
from quizzes.kinds import KINDS
from quizzes.models import Question, SurveyBlock, SurveyOption, SurveyScale, SurveyStatement, SurveyWording
from quizzes.surveys.instrument import read_instrument
from quizzes.surveys.wording import items_of, wording_in_force
from tests.factories import make_clinic, make_staff
from tests.quizzes.admin_fields import url
from tests.quizzes.surveys.rows import AGREEMENT, make_scale, make_survey

from .factories import make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    make_survey()


def sign_in(client, role):
    client.force_login(make_staff(role.lower(), role))
    return client


@pytest.fixture
def editor(client, survey):
    return sign_in(client, EDITORS)


@pytest.fixture
def administrator(client, survey):
    return sign_in(client, ADMINISTRATORS)


def row(model, identifier, language="es"):
    return model.objects.get(identifier=identifier, locale__language_code=language)


def statement_fields(statement=None, **more):
    fields = {"identifier": "B3", "text": "Otra frase.", "direction": "+", "scale": "", "sort_order": "", "source": ""}
    if statement:
        fields |= {
            name: getattr(statement, name) for name in ("identifier", "text", "direction", "sort_order", "source")
        }
        fields |= {"block": statement.block_id, "scale": statement.scale_id or ""}
    else:
        fields["block"] = row(SurveyBlock, "B").pk
    return fields | more


def block_fields(block=None, **more):
    fields = {"identifier": "H", "title": "Otro tema", "scoring": "mean", "waves": ["pre"], "sort_order": ""}
    fields["scale"] = row(SurveyScale, "agreement").pk
    if block:
        names = ("identifier", "title", "scoring", "waves", "sort_order")
        fields |= {name: getattr(block, name) for name in names} | {"scale": block.scale_id}
    return fields | more


def scale_fields(scale, **changed):
    rows = [
        {"id": option.pk, "code": option.code, "kind": option.kind, "label": option.label, "ORDER": place}
        | changed.get(f"of_{option.code}", {})
        for place, option in enumerate(scale.options.all(), start=1)
    ]
    formset = inline_formset(rows, initial=len(rows))
    return nested_form_data({"identifier": scale.identifier, "name": scale.name, "options": formset})


def test_a_statement_is_written_asked_last_in_its_theme_and_gets_a_stable_key(editor):
    assert editor.post(url(SurveyStatement, "add"), statement_fields()).status_code == 302
    b3 = row(SurveyStatement, "B3")
    assert (b3.translation_key, b3.sort_order, b3.text) == (stable_key("statement:B3"), 2, "Otra frase.")
    assert [item["id"] for item in items_of(wording_in_force(), "pre")] == ["A1", "B1", "B2", "B3", "F1"]


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"identifier": "B1"}, "«B1» ya está en uso. Elija otro identificador."),
        ({"identifier": "b3"}, "Escriba una letra mayúscula y un número, por ejemplo «B1»."),
        (
            {"direction": ""},
            "Diga si estar de acuerdo habla a favor de la atención con respeto o en contra: "
            "sin eso no se puede contar.",
        ),
        ({"source": "ONUSIDA"}, "Esto solo lo lleva una frase de un indicador oficial. Déjelo vacío."),
    ],
)
def test_what_cannot_be_counted_is_refused_beside_its_field(editor, fields, sentence):
    assert sentence in editor.post(url(SurveyStatement, "add"), statement_fields(**fields)).text
    assert SurveyStatement.objects.filter(locale__language_code="es").count() == 4


def test_a_statement_has_only_scales_by_which_its_theme_can_be_counted(editor):
    fields = statement_fields(scale=row(SurveyScale, "work").pk)
    page = editor.post(url(SurveyStatement, "add"), fields)
    assert "Una escala de acuerdo tiene exactamente cuatro respuestas" in page.text
    english = statement_fields(block=row(SurveyBlock, "B", "en").pk)
    assert editor.post(url(SurveyStatement, "add"), english).status_code == 200
    assert not SurveyStatement.objects.filter(identifier="B3").exists()


def test_a_theme_has_a_scale_and_directions_by_which_it_can_be_counted(editor):
    page = editor.post(url(SurveyBlock, "add"), block_fields(scale=row(SurveyScale, "work").pk, waves=[]))
    assert "Marque al menos una." in page.text
    assert "Una escala de acuerdo tiene exactamente cuatro" in page.text
    about = row(SurveyBlock, "Q")
    page = editor.post(url(SurveyBlock, "edit", about.pk), block_fields(about, scoring="mean"))
    assert page.text.count("F1: ") == 2
    about.refresh_from_db()
    assert about.scoring == "background"


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({f"of_{code}": {"DELETE": "on"} for code in "234"}, "Una escala tiene dos respuestas o más que se cuentan."),
        ({"of_4": {"code": "x"}}, "Un código es una sola cifra, del 0 al 9."),
        ({"of_4": {"code": "3"}}, "El código 3 está dos veces. Dele a cada respuesta uno propio."),
        ({"of_4": {"DELETE": "on"}}, "Una escala de acuerdo tiene exactamente cuatro respuestas que se cuentan"),
        ({"of_1": {"ORDER": 9}}, "Una escala de acuerdo tiene exactamente cuatro respuestas que se cuentan"),
        (
            {"of_0": {"kind": "not_applicable"}, "of_4": {"kind": "not_applicable"}},
            "Solo una respuesta puede significar «No aplica: el trabajo no permite verlo».",
        ),
    ],
)
def test_the_answers_of_a_scale_can_be_told_apart_and_counted(editor, changed, sentence):
    scale = row(SurveyScale, "agreement")
    assert sentence in editor.post(url(SurveyScale, "edit", scale.pk), scale_fields(scale, **changed)).text
    assert list(scale.options.values_list("code", flat=True)) == ["1", "2", "3", "4", "0"]


def test_a_new_scale_has_answers_with_stable_keys(editor):
    options = [
        {"id": "", "code": one[0], "kind": one[1], "label": one[2], "ORDER": place}
        for place, one in enumerate(AGREEMENT, start=1)
    ]
    fields = nested_form_data({"identifier": "otra", "name": "Otra", "options": inline_formset(options)})
    assert editor.post(url(SurveyScale, "add"), fields).status_code == 302
    keys = row(SurveyScale, "otra").options.values_list("translation_key", flat=True)
    assert list(keys) == [stable_key(f"scale:otra/{code}") for code in "12340"]


def test_an_editor_reads_that_a_wording_is_unconfirmed_and_cannot_confirm_it(editor):
    a1 = row(SurveyStatement, "A1")
    page = editor.get(url(SurveyStatement, "edit", a1.pk))
    assert 'name="verified_' not in page.text
    assert "Lo anota una persona administradora." in page.text
    sent = statement_fields(a1, verified_by="Elena", verified_on="2020-03-14")
    assert editor.post(url(SurveyStatement, "edit", a1.pk), sent).status_code == 302
    assert row(SurveyStatement, "A1").is_verified is False


def confirm(client, **more):
    a1 = row(SurveyStatement, "A1")
    fields = statement_fields(a1, verified_by="Marta Xicay", verified_on="2020-03-14")
    return client.post(url(SurveyStatement, "edit", a1.pk), fields | more)


def test_an_administrator_confirms_the_words_as_they_stand_also_pasted_at_once(administrator):
    assert confirm(administrator).status_code == 302
    a1 = row(SurveyStatement, "A1")
    assert (a1.is_verified, a1.verified_by, a1.verified_on) == (True, "Marta Xicay", date(2020, 3, 14))
    assert confirm(administrator, text="La redacción oficial.", verified_on="2020-03-20").status_code == 302
    a1.refresh_from_db()
    assert (a1.text, a1.is_verified, a1.verified_on) == ("La redacción oficial.", True, date(2020, 3, 20))
    confirm(administrator, verified_by="", verified_on="")
    assert row(SurveyStatement, "A1").verified_text == ""


def test_who_confirmed_and_when_go_together_and_not_before_their_day(administrator):
    for fields, sentence in [
        ({"verified_on": ""}, "Escriba el día en que se comparó con la oficial."),
        ({"verified_by": ""}, "Escriba quién la comparó con la oficial ese día."),
        ({"verified_on": "2999-01-01"}, "Ese día todavía no ha llegado."),
    ]:
        assert sentence in confirm(administrator, **fields).text
    assert row(SurveyStatement, "A1").verified_by == ""


def test_changing_the_words_takes_the_confirmation_away_whoever_changes_them(administrator):
    confirm(administrator)
    confirm(administrator, text="Otras palabras.")
    a1 = row(SurveyStatement, "A1")
    assert (a1.text, a1.verified_by, a1.verified_on, a1.verified_text) == ("Otras palabras.", "", None, "")
    confirm(administrator)
    sign_in(administrator, EDITORS)
    a1.refresh_from_db()
    administrator.post(url(SurveyStatement, "edit", a1.pk), statement_fields(a1, source="ONUSIDA"))
    assert row(SurveyStatement, "A1").is_verified is True
    administrator.post(url(SurveyStatement, "edit", a1.pk), statement_fields(a1, text="Un cambio."))
    a1.refresh_from_db()
    assert (a1.is_verified, a1.verified_by) == (False, "")


def test_words_changed_past_the_form_are_not_confirmed_by_saving_it(administrator):
    confirm(administrator)
    SurveyStatement.objects.filter(identifier="A1").update(text="Cambiada en otra parte.")
    a1 = row(SurveyStatement, "A1")
    assert "Marta Xicay" not in administrator.get(url(SurveyStatement, "edit", a1.pk)).text
    administrator.post(url(SurveyStatement, "edit", a1.pk), statement_fields(a1, verified_by="", verified_on=""))
    a1.refresh_from_db()
    assert (a1.is_verified, a1.verified_by) == (False, "")


def test_a_translation_follows_what_is_the_same_in_every_language(editor):
    b1, english = row(SurveyStatement, "B1"), row(SurveyStatement, "B1", "en")
    changed = statement_fields(b1, block=row(SurveyBlock, "A").pk, direction="-", sort_order=7)
    assert editor.post(url(SurveyStatement, "edit", b1.pk), changed).status_code == 302
    english.refresh_from_db()
    assert (english.block, english.direction, english.sort_order) == (row(SurveyBlock, "A", "en"), "-", 7)
    assert english.text == "I feel at ease."
    block = row(SurveyBlock, "B")
    editor.post(url(SurveyBlock, "edit", block.pk), block_fields(block, waves=["seg"], sort_order=9))
    assert (row(SurveyBlock, "B", "en").waves, row(SurveyBlock, "B", "en").sort_order) == (["seg"], 9)


def test_the_answers_of_a_translated_scale_follow(editor):
    scale = row(SurveyScale, "agreement")
    changed = scale_fields(
        scale, of_0={"kind": "not_applicable", "code": "9", "DELETE": ""}, of_1={"label": "Sí, mucho"}
    )
    assert editor.post(url(SurveyScale, "edit", scale.pk), changed).status_code == 302
    english = row(SurveyScale, "agreement", "en").options.values_list("code", "kind", "label")
    assert list(english)[-1] == ("9", "not_applicable", "I prefer not to answer")
    scale = row(SurveyScale, "work")
    SurveyOption.objects.create(scale=scale, locale=scale.locale, code="3", label="Tercera", sort_order=9)
    scale = row(SurveyScale, "work")
    editor.post(url(SurveyScale, "edit", scale.pk), scale_fields(scale, of_2={"DELETE": "on"}))
    assert list(row(SurveyScale, "work", "en").options.values_list("code", flat=True)) == ["1"]
    assert read_instrument().missing == [("en", "work 3")]


def test_a_translation_is_only_of_words(editor):
    english = row(SurveyStatement, "B1", "en")
    changed = statement_fields(english, text="I am at ease.", direction="-", sort_order=50)
    assert editor.post(url(SurveyStatement, "edit", english.pk), changed).status_code == 302
    english.refresh_from_db()
    assert (english.text, english.direction, english.sort_order) == ("I am at ease.", "+", 0)


def test_another_language_gets_what_the_site_has_in_its_own(editor):
    english = {"block": row(SurveyBlock, "B", "en").pk, "text": "Something else."}
    address = f"{url(SurveyStatement, 'add')}?locale=en"
    page = editor.post(address, statement_fields(**english))
    assert "Escríbala primero en el idioma propio del sitio: allí se dice cómo se cuenta." in page.text
    editor.post(url(SurveyStatement, "add"), statement_fields())
    assert read_instrument().missing == [("en", "B3")]
    assert editor.post(address, statement_fields(**english)).status_code == 302
    assert read_instrument().missing == []
    assert items_of(wording_in_force(), "pre")[3]["text"] == {"es": "Otra frase.", "en": "Something else."}


def delete(client, thing):
    return client.post(url(type(thing), "delete", thing.pk), follow=True).text


def test_what_others_need_is_not_deleted(editor):
    said = delete(editor, row(SurveyBlock, "B"))
    assert "El tema «B · Disposición» tiene frases, así que no se borró nada: B1, B2." in said
    said = delete(editor, row(SurveyScale, "agreement"))
    assert "La escala «agreement» se usa, así que no se borró nada: A, B, Q. Deles otra primero." in said
    assert "se borró nada: F1." in delete(editor, row(SurveyScale, "work"))
    assert (SurveyBlock.objects.count(), SurveyScale.objects.count()) == (6, 4)


def test_a_statement_is_deleted_in_every_language_and_stays_where_it_was_asked(editor):
    wording = wording_in_force()
    delete(editor, row(SurveyStatement, "B2", "en"))
    assert row(SurveyStatement, "B2")
    delete(editor, row(SurveyStatement, "B1"))
    assert not SurveyStatement.objects.filter(identifier="B1").exists()
    wording.refresh_from_db()
    assert [item["id"] for item in items_of(wording, "pre")] == ["A1", "B1", "B2", "F1"]
    assert [item["id"] for item in items_of(wording_in_force(), "pre")] == ["A1", "B2", "F1"]


def test_a_theme_and_a_scale_that_nothing_needs_are_deleted(editor):
    for identifier in ("B1", "B2"):
        delete(editor, row(SurveyStatement, identifier))
    delete(editor, row(SurveyBlock, "B"))
    delete(editor, make_scale("sola", []))
    assert not SurveyBlock.objects.filter(identifier="B").exists()
    assert not SurveyScale.objects.filter(identifier="sola").exists()


def overview(client, query=""):
    page = client.get(reverse("survey_overview:index") + query)
    assert page.status_code == 200
    return " ".join(page.text.split())


def test_the_whole_survey_is_looked_at_in_each_wave_and_language(editor):
    page = overview(editor)
    for words in (
        "<strong>B1</strong> Me siento tranquila.",
        "Muy de acuerdo · De acuerdo",
        "Redacción oficial por confirmar: A1.",
    ):
        assert words in page
    assert "Completa: la próxima ronda que se abra pregunta lo que está abajo." in page
    assert "Todavía no se ha abierto ninguna ronda: nada está fijo." in page
    page = overview(editor, "?wave=post&language=en")
    assert "<strong>A1</strong> I would prefer not to." in page
    assert "I feel at ease." not in page
    assert "<strong>B1</strong> Me siento tranquila." in overview(editor, "?wave=x&language=fr")


def test_what_is_lacking_stands_above_it(editor):
    SurveyStatement.objects.filter(identifier="B2", locale__language_code="en").delete()
    assert "Inglés: sin palabras, así que se pregunta en el idioma propio del sitio: B2." in overview(editor)
    SurveyOption.objects.filter(code="4").delete()
    assert "Así no se puede preguntar, y no se abre ninguna ronda nueva:" in overview(editor)
    SurveyStatement.objects.filter(locale__language_code="en").delete()
    assert (
        "Inglés: no hay nada escrito; a todas las personas se les pregunta en el idioma propio del sitio."
        in overview(editor)
    )
    SurveyStatement.objects.all().delete()
    page = overview(editor)
    assert "Todavía no hay ninguna frase." in page
    assert "En esta ronda no se pregunta nada." in page


def make_rounds(number, wording, *, day):
    SurveyWording.objects.filter(pk=wording.pk).update(made_at=datetime(2020, 3, day, 18, tzinfo=UTC))
    edition = make_edition()
    for _number in range(number):
        clinic = make_clinic(f"Centro {SurveyRound.objects.count()}")
        SurveyRound.objects.create(clinic=clinic, edition=edition, wave="pre", wording=wording, public_key=bytes(32))


def test_what_rounds_keep_is_said_with_what_is_different_now(editor):
    make_rounds(2, wording_in_force(), day=14)
    page = overview(editor)
    assert "2 rondas usan la redacción de ahora, que está así desde el 14 de marzo de 2020." in page
    b1 = row(SurveyStatement, "B1")
    editor.post(url(SurveyStatement, "edit", b1.pk), statement_fields(b1, text="Distinta."))
    editor.post(url(SurveyStatement, "add"), statement_fields())
    make_rounds(1, wording_in_force(), day=20)
    page = overview(editor)
    assert "1 ronda usa la redacción de ahora, que está así desde el 20 de marzo de 2020." in page
    older = "2 rondas usan la redacción anterior, del 14 de marzo de 2020, y la conservan. Ahora son distintas: B1, B3."
    assert older in page


def test_no_quiz_can_ask_a_statement(editor):
    assert not issubclass(SurveyStatement, Question)
    assert not {"likert", "scale", "agreement"} & set(KINDS)
