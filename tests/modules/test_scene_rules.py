import pytest

from modules.text.scene_rules import hints_of

from .factories import choice, scene, step

EVEN = {"consequence": "Ella entra.", "feedback": "Ella entró tranquila."}


def fine_scene():
    first = step(
        "inicio",
        choice("«Pase, allí le dan número».", "fin", **EVEN),
        choice("«Espere aquí un momentito».", "vuelta", rating="harmful", **EVEN),
    )
    ends = [
        choice("«Fue error mío, seño Ana».", **EVEN) | {"ending": "reparado", "cost": True},
        choice("«Así fue siempre, seño Ana».", rating="harmful", **EVEN)
        | {"ending": "calla", "their_side": "«Callé»."},
    ]
    return {"id": "M1-E1", **scene(steps=[first, step("fin", *ends), step("vuelta", *ends)])}


def test_a_scene_that_keeps_the_rules_gets_no_hint():
    assert hints_of(fine_scene()) == []


@pytest.mark.parametrize(
    "change, hint",
    [
        ({"text": "«Pase usted adelante, por favor, que allí con gusto le dan su número»."}, "es mucho más larga"),
        ({"text": "«Pase»."}, "es mucho más corta"),
        ({"text": "«Pase, que allí le dan número»."}, "la opción que cuida es la más larga"),
        ({"feedback": "Hay que saludar."}, "«Hay que» sermonea"),
        ({"feedback": "Le dijo que allí le dan número."}, "repite «allí le dan número» de la opción"),
        ({"feedback": "ella " * 26}, "26 palabras; bastan 25"),
        ({"text": "«Esas pasan después acá».", "rating": "partial"}, "nadie decente elegiría"),
        ({"next": ""}, "no dicen cómo terminan"),
    ],
)
def test_each_rule_names_what_it_would_look_at_again(change, hint):
    value = fine_scene()
    value["steps"][0]["choices"][0] |= change
    assert any(hint in sentence for sentence in hints_of(value)), hints_of(value)


@pytest.mark.parametrize(
    "change, hint",
    [
        ({"feedback": "One should greet her."}, "«should» sermonea"),
        ({"feedback": "She had to wait outside."}, ""),
        ({"text": "“Those women come later on”.", "rating": "partial"}, "nadie decente elegiría"),
        ({"text": "He refuses to look at her now.", "rating": "partial"}, "nadie decente elegiría"),
        ({"feedback": "«Esas» hay que saludar."}, ""),
    ],
)
def test_scenes_in_english_are_looked_at_by_their_own_words(change, hint):
    value = fine_scene()
    value["steps"][0]["choices"][0] |= change
    said = " ".join(hints_of(value, "en"))
    assert hint in said if hint else "sermonea" not in said


def test_a_scene_owes_a_way_back_a_cost_and_the_other_side():
    value = fine_scene()
    for one in value["steps"][1]["choices"] + value["steps"][2]["choices"]:
        one |= {"cost": False, "their_side": ""}
    value["steps"][0]["choices"][1]["next"] = ""
    del value["steps"][2]
    said = " ".join(hints_of(value))
    for words in ("Sin camino de vuelta", "cuidar no le cuesta nada", "qué vivió la otra persona"):
        assert words in said
    value["steps"] = value["steps"][1:]
    assert "Tiene un solo paso" in hints_of(value)[0]
