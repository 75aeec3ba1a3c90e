from datetime import date

import pytest
from django.db import IntegrityError, transaction
from wagtail.models import Locale

from quizzes.models import SurveyBlock, SurveyOption, SurveyScale, SurveyStatement, SurveyWording
from quizzes.surveys.instrument import read_instrument
from quizzes.surveys.wording import digest_of, items_of, options_of, text_in, wording_in_force
from tests.quizzes.factories import translate

from . import rows
from .rows import make_block, make_scale, make_statement, make_survey

pytestmark = pytest.mark.django_db

AGREEMENT = [{"code": code, "kind": kind, "label": {"es": es, "en": en}} for code, kind, es, en in rows.AGREEMENT]
AGREEMENT_IN_ENGLISH = [option | {"label": option["label"]["en"]} for option in AGREEMENT]
A1 = {
    "id": "A1",
    "text": {"es": "Preferiría no atender.", "en": "I would prefer not to."},
    "direction": "-",
    "official": True,
    "verified": False,
}


def test_the_wording_holds_what_is_asked_in_every_language_in_order():
    make_survey()
    wording = wording_in_force()
    contents = wording.contents
    assert contents["languages"] == ["es", "en"]
    assert contents["scales"]["agreement"] == AGREEMENT
    assert contents["scales"]["work"][0]["label"] == {"es": "Clínica", "en": "Clinical"}
    assert contents["blocks"][0] == {
        "id": "A",
        "title": {"es": "Servicios", "en": "Services"},
        "scoring": "agreement",
        "scale": "agreement",
        "waves": ["pre", "post", "seg"],
        "items": [A1],
    }
    asked = {block["id"]: [(item["id"], item.get("scale")) for item in block["items"]] for block in contents["blocks"]}
    assert asked == {"A": [("A1", None)], "B": [("B1", None), ("B2", None)], "Q": [("F1", "work")]}
    assert read_instrument().missing == []


def test_the_same_words_are_one_wording_and_other_words_another_one():
    make_survey()
    first = wording_in_force()
    assert (wording_in_force(), SurveyWording.objects.count()) == (first, 1)
    SurveyStatement.objects.filter(identifier="B1", locale__language_code="es").update(text="Me siento en paz.")
    second = wording_in_force()
    assert second != first
    first.refresh_from_db()
    assert text_in(items_of(first, "pre")[1]["text"], "es") == "Me siento tranquila."
    SurveyStatement.objects.filter(identifier="B1", locale__language_code="es").update(text="Me siento tranquila.")
    assert wording_in_force() == first


def test_the_digest_says_the_same_of_what_the_database_gives_back():
    make_survey()
    wording = SurveyWording.objects.get(pk=wording_in_force().pk)
    assert digest_of(wording.contents) == wording.digest
    assert digest_of({"b": 1, "a": {"d": 2, "c": 3}}) == digest_of({"a": {"c": 3, "d": 2}, "b": 1})


def test_what_lacks_its_words_in_a_language_is_asked_in_that_of_the_site():
    make_survey()
    SurveyStatement.objects.filter(identifier="B2", locale__language_code="en").delete()
    SurveyOption.objects.filter(code="0", locale__language_code="en").delete()
    instrument = read_instrument()
    assert instrument.missing == [("en", "agreement 0"), ("en", "B2")]
    assert instrument.is_complete
    b2 = items_of(wording_in_force(), "pre")[2]
    assert b2["text"] == {"es": "Busco a otra persona.", "en": "Busco a otra persona."}


def test_a_survey_of_another_language_alone_is_none():
    assert wording_in_force() is None
    english = Locale.objects.get(language_code="en")
    scale = make_scale("agreement", AGREEMENT_IN_ENGLISH, locale=english)
    block = make_block("B", "Willingness", scale, locale=english)
    make_statement("B1", "I feel at ease.", block, direction="+", locale=english)
    assert wording_in_force() is None
    assert read_instrument().mistakes == ["Todavía no hay ninguna frase."]


def test_a_survey_that_cannot_be_counted_is_none_and_says_why():
    make_survey()
    SurveyOption.objects.filter(code="3", scale__identifier="agreement").delete()
    assert wording_in_force() is None
    [mistake] = read_instrument().mistakes
    assert mistake.startswith("agreement: Una escala de acuerdo tiene exactamente cuatro respuestas que se cuentan")


def test_a_wave_that_asks_nothing_keeps_the_survey_from_being_asked():
    make_survey()
    SurveyBlock.objects.filter(locale__language_code="es").exclude(identifier="B").update(waves=["pre"])
    assert wording_in_force() is None
    [mistake] = read_instrument().mistakes
    assert mistake.startswith("Nada se pregunta en la ronda «Al terminar».")


def test_more_statements_than_fit_into_an_envelope_keep_it_from_being_asked():
    make_survey()
    block = SurveyBlock.objects.get(identifier="B", locale__language_code="es")
    for number in range(57):
        make_statement(f"{'CDE'[number // 20]}{number % 20 + 1}", "Otra frase.", block, direction="+")
    assert read_instrument().mistakes[0].startswith("La encuesta tiene 61 frases.")


def test_what_a_wave_asks_is_read_of_the_wording():
    make_survey()
    wording = wording_in_force()
    assert [item["id"] for item in items_of(wording, "pre")] == ["A1", "B1", "B2", "F1"]
    first, last = items_of(wording, "post")
    assert first == A1 | {"scale": "agreement", "block": "A", "scoring": "agreement"}
    assert (last["scale"], last["block"], last["scoring"]) == ("work", "Q", "background")
    assert options_of(wording, first) == AGREEMENT
    assert [option["code"] for option in options_of(wording, last)] == ["1", "2"]


@pytest.mark.parametrize("language, words", [("es", "Sí"), ("en", "Yes"), ("en-gb", "Yes"), ("fr", "Sí"), (None, "Sí")])
def test_words_are_read_in_a_language_or_in_that_of_the_site(language, words):
    assert text_in({"en": "Yes", "es": "Sí"}, language) == words


def test_a_wording_holds_what_was_deleted_since():
    make_survey()
    wording = wording_in_force()
    SurveyStatement.objects.all().delete()
    SurveyBlock.objects.all().delete()
    SurveyScale.objects.all().delete()
    wording.refresh_from_db()
    assert [item["id"] for item in items_of(wording, "pre")] == ["A1", "B1", "B2", "F1"]
    assert wording_in_force() is None


def test_an_official_wording_is_confirmed_as_it_stands_and_no_other():
    make_survey()
    spanish, english = SurveyStatement.objects.filter(identifier="A1").order_by("-locale__language_code")
    spanish.verify(by="Marta Xicay", on=date(2026, 3, 14))
    spanish.save()
    assert items_of(wording_in_force(), "pre")[0]["verified"] is False
    english.verify(by="Marta Xicay", on=date(2026, 3, 14))
    english.save()
    assert items_of(wording_in_force(), "pre")[0]["verified"] is True
    SurveyStatement.objects.filter(pk=spanish.pk).update(text="Otra redacción.")
    spanish.refresh_from_db()
    assert (spanish.is_verified, items_of(wording_in_force(), "pre")[0]["verified"]) == (False, False)


def test_an_official_wording_is_confirmed_with_its_answers_in_their_order():
    make_survey()
    for row in SurveyStatement.objects.filter(identifier="A1"):
        row.verify(by="Marta Xicay", on=date(2026, 3, 14))
        row.save()
    a1 = SurveyStatement.objects.get(identifier="A1", locale__language_code="es")

    def is_confirmed():
        again = SurveyStatement.objects.get(pk=a1.pk)
        assert items_of(wording_in_force(), "pre")[0]["verified"] is again.is_verified
        return again.is_verified

    assert is_confirmed()
    options = list(a1.block.scale.options.exclude(code="0"))
    for option, label in zip(options, [one.label for one in options][::-1], strict=True):
        SurveyOption.objects.filter(pk=option.pk).update(label=label)
    assert not is_confirmed()
    for option in options:
        SurveyOption.objects.filter(pk=option.pk).update(label=option.label)
    assert is_confirmed()
    work = SurveyScale.objects.get(identifier="work", locale=a1.locale)
    SurveyStatement.objects.filter(pk=a1.pk).update(scale=work)
    assert not SurveyStatement.objects.get(pk=a1.pk).is_verified


@pytest.mark.postgres
def test_who_confirmed_and_when_stand_together_in_the_database():
    make_survey()
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyStatement.objects.filter(identifier="A1").update(verified_by="Marta Xicay")


def test_wagtail_localize_translates_the_words_and_keeps_how_they_are_counted():
    make_survey()
    for model in (SurveyStatement, SurveyBlock, SurveyScale):
        model.objects.filter(locale__language_code="en").delete()
    english = Locale.objects.get(language_code="en")
    a1 = SurveyStatement.objects.get(identifier="A1")
    a1.verify(by="Marta Xicay", on=date(2026, 3, 14))
    a1.save()
    for row in (a1.block.scale, a1.block, a1):
        translate(row, english)
    copy = a1.get_translation(english)
    assert (copy.identifier, copy.text, copy.direction) == ("A1", "EN Preferiría no atender.", "-")
    assert (copy.is_verified, copy.verified_by, copy.block.title) == (False, "", "EN Servicios")
    assert (copy.block.waves, copy.block.scale.name) == (["pre", "post", "seg"], "EN agreement")
    last = list(copy.block.scale.options.values_list("code", "kind", "label"))[-1]
    assert last == ("0", "no_answer", "EN Prefiero no responder")
    assert items_of(wording_in_force(), "post")[0]["text"]["en"] == "EN Preferiría no atender."
