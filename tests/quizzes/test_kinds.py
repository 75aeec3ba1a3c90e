import random

import pytest
from django.http import QueryDict

from quizzes.base.identifiers import stable_key
from quizzes.exceptions import ResponseTooLong, UnreadableResponse
from quizzes.kinds import KINDS, get_kind
from quizzes.kinds.base import shuffled
from quizzes.kinds.gaps import build_pieces, gap_context, get_gaps
from quizzes.kinds.hotspot import get_hotspots
from quizzes.kinds.typed import Typed
from quizzes.models import Choice
from quizzes.question_forms.export import describe_response
from tests.factories import make_question, make_quiz

from .factories import CHOICES, address, choice_key, make_item, make_kind, start

pytestmark = pytest.mark.django_db

JUNK = ["nobody", "' OR 1=1 --", "\x00", 7, 1.5, True, [["x"]], [None], [{}], {"x": "y"}, {"x": {}}, {"": 1}]
JUNK += [["a"] * 1000]


def test_frozen_item_has_all_that_page_and_review_need():
    item = make_item("single", needs_checking=True)
    options = {option.pop("text"): option for option in item.pop("options")}
    assert item == {
        "key": str(stable_key("Q-single")),
        "identifier": "Q-single",
        "kind": "single",
        "text": "¿Qué corresponde en Q-single?",
        "feedback": "La retroalimentación general.",
        "needs_checking": True,
        "sources": ["S42"],
        "marks": 1,
    }
    assert options == {
        choice["text"]: {
            "key": str(stable_key(f"Q-single/{choice['identifier']}")),
            "feedback": choice["feedback"],
            "right": choice.get("is_correct", False),
        }
        for choice in CHOICES["single"]
    }


def test_options_are_shuffled_with_given_random():
    question = make_kind("multiple")
    orders = {
        tuple(o["text"] for o in KINDS["multiple"].freeze(question, random.Random(n))["options"]) for n in range(30)
    }
    again = [KINDS["multiple"].freeze(question, random.Random(3)) for _time in range(2)]
    assert len(orders) > 10
    assert again[0] == again[1]
    kept = KINDS["multiple"].freeze(question, random.Random(3), shuffle=False)
    assert [option["text"] for option in kept["options"]] == [choice["text"] for choice in CHOICES["multiple"]]


def test_true_and_false_are_not_shuffled():
    question = make_kind("true_false")
    for n in range(10):
        item = KINDS["true_false"].freeze(question, random.Random(n))
        assert [option["text"] for option in item["options"]] == ["Verdadero", "Falso"]


def test_steps_and_matches_are_always_shuffled():
    steps, pairs = make_kind("ordering"), make_kind("matching")
    for n in range(60):
        ordering = KINDS["ordering"].freeze(steps, random.Random(n), shuffle=False)
        matching = KINDS["matching"].freeze(pairs, random.Random(n), shuffle=False)
        assert [option["place"] for option in ordering["options"]] != [1, 2, 3, 4]
        assert [match["key"] for match in matching["matches"]] != [option["match"] for option in matching["options"]]


def test_unchanged_shuffle_is_rotated_by_one():
    class Lazy:
        def shuffle(self, items):
            pass

    assert shuffled("abcd", Lazy()) == ["b", "c", "d", "a"]
    assert shuffled("a", Lazy()) == ["a"]
    # Two pairs that always stood crossed would tell which belong together.
    assert shuffled("ab", Lazy()) == ["a", "b"]


def test_radius_does_not_reveal_right_place_before_review():
    item, kind = make_item("places"), KINDS["places"]
    assert not any(mark.rx or mark.ry for mark in get_hotspots(item))
    assert [mark.rx for mark in get_hotspots(item, kind.review(item, [])) if mark.rx] == ["8%"]
    for option in item["options"]:
        option["radius"] = "8"
    assert {mark.rx for mark in get_hotspots(item)} == {"8%"}


def test_marking_guide_is_frozen_for_manually_marked_kinds_only():
    assert make_item("open", marking_guide="Busque el saludo")["marking_guide"] == "Busque el saludo"
    assert "marking_guide" not in make_item("single", marking_guide="Busque el saludo")
    assert "marking_guide" not in make_item("open", identifier="SIN", marking_guide="")


def test_picks_are_keys_of_options():
    single, multiple, text = make_item("single"), make_item("multiple"), make_item("short_text")
    right = choice_key(single, "Saludar")
    assert KINDS["single"].picks(single, right) == KINDS["single"].right_picks(single) == [right]
    assert KINDS["single"].picks(single, "") == []
    both = KINDS["multiple"].right_response(multiple)
    for picked in (KINDS["multiple"].picks(multiple, both), KINDS["multiple"].right_picks(multiple)):
        assert sorted(picked) == sorted(both)
    whole, half, anything = (option["key"] for option in text["options"])
    typed = {words: KINDS["short_text"].picks(text, words) for words in ("Estigma", "discriminación", "otra cosa", "")}
    assert typed == {"Estigma": [whole], "discriminación": [half], "otra cosa": [anything], "": []}
    assert KINDS["short_text"].right_picks(text) == [whole]
    ordering = make_item("ordering")
    in_place = KINDS["ordering"].right_response(ordering)
    assert KINDS["ordering"].right_picks(ordering) == [f"{key}:{place}" for key, place in in_place.items()]
    assert KINDS["ordering"].picks(ordering, {"of another question": 1}) == []


def test_two_items_may_share_a_match():
    question = make_kind("matching")
    question.choices.add(Choice(text="Otra marca", match="Etiqueta que expone", sort_order=9, locale=question.locale))
    item = KINDS["matching"].freeze(question, random.Random(1))
    assert len(item["options"]) == 4
    matches = sorted(match["text"] for match in item["matches"])
    assert matches == ["Culpar a la persona", "Etiqueta que expone", "Evitación"]
    assert KINDS["matching"].score(item, KINDS["matching"].right_response(item)) == 1


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: repr(junk)[:20])
def test_junk_is_refused_with_message(name, junk):
    item = make_item(name)
    if isinstance(KINDS[name], Typed) and junk in JUNK[:2]:
        assert KINDS[name].read(item, junk) == junk
        return
    with pytest.raises(UnreadableResponse) as refusal:
        KINDS[name].read(item, junk)
    words = "No pudimos leer esta respuesta, así que no se cambió nada. Elija de nuevo su respuesta y guárdela."
    assert str(refusal.value) == words


@pytest.mark.parametrize("name", list(KINDS))
def test_response_to_another_question_is_refused(name):
    item, other = make_item(name), make_item(name, identifier="OTHER")
    response = KINDS[name].right_response(other)
    if response and not isinstance(KINDS[name], Typed):
        with pytest.raises(UnreadableResponse):
            KINDS[name].read(item, response)


@pytest.mark.parametrize("place", [0, 5, -1, 1.5, True, "1.0", "²", "9" * 400, None, [1]])
def test_position_must_be_among_positions(place):
    item = make_item("ordering")
    with pytest.raises(UnreadableResponse):
        KINDS["ordering"].read(item, {choice_key(item, "Saludar"): place})


def test_open_answer_keeps_every_character():
    item, kind = make_item("open"), KINDS["open"]
    assert kind.read(item, " Uno\r\n\r\nDos «ñ» **no** 🌽\rtres \n") == "Uno\n\nDos «ñ» **no** 🌽\ntres"
    assert len(kind.read(item, "ñ" * 20_000)) == 20_000
    with pytest.raises(ResponseTooLong) as refusal:
        kind.read(item, "ñ" * 20_345)
    assert str(refusal.value).startswith("Su respuesta tiene 20,345 caracteres y se pueden guardar 20,000 a lo más")


def test_multiple_response_is_distinct_and_in_snapshot_order():
    item = make_item("multiple")
    keys = [option["key"] for option in item["options"]]
    assert KINDS["multiple"].read(item, [keys[3], keys[0], keys[3]]) == [keys[0], keys[3]]


def rows(item, response):
    return {
        row.text: (row.verdict, row.given, row.expected, row.feedback) for row in get_kind(item).review(item, response)
    }


def test_review_of_choice_shows_chosen_and_right_options_with_feedback():
    item = make_item("single")
    assert rows(item, choice_key(item, "Callar")) == {
        "Saludar": ("missed", "", "", "Así se recibe a toda persona [S42]."),
        "Callar": ("wrong", "", "", "El silencio se entiende como permiso."),
        "Preguntar en voz alta": ("left", "", "", "La pregunta expone."),
    }


def test_review_of_ordering_is_in_right_order():
    item = make_item("ordering")
    response = {choice_key(item, "Saludar"): 1, choice_key(item, "Escuchar"): 3}
    assert list(rows(item, response).items()) == [
        ("Saludar", ("right", "1", "1", "Primero se saluda.")),
        ("Escuchar", ("wrong", "3", "2", "Luego se escucha.")),
        ("Atender", ("missed", "", "3", "Después se atiende.")),
        ("Despedirse", ("missed", "", "4", "Al final, la despedida.")),
    ]


def test_review_of_matching_names_both_halves():
    item = make_item("matching")
    matches = {match["text"]: match["key"] for match in item["matches"]}
    response = {choice_key(item, text): matches["Evitación"] for text in ("«TS» en rojo", "Doble guante")}
    assert rows(item, response) == {
        "«TS» en rojo": ("wrong", "Evitación", "Etiqueta que expone", "La marca expone."),
        "«Se lo buscan»": ("missed", "", "Culpar a la persona", "La frase culpa."),
        "Doble guante": ("right", "Evitación", "Evitación", "Las precauciones son iguales."),
    }


def test_review_of_gaps_names_each_and_shows_whole_text():
    item, kind = make_item("gaps"), KINDS["gaps"]
    response = kind.read(item, {"1": choice_key(item, "paciente"), "2": "molestias **fuertes**"})
    rows = kind.review(item, response)
    assert [(row.number, row.text, row.verdict, row.given, row.typed, row.expected, row.feedback) for row in rows] == [
        ("1", "La persona … llega con", "partly", "paciente", None, "usuaria", "Aún no ha consultado."),
        ("2", "llega con … y consulta", "partly", "", "molestias **fuertes**", "dolor", "Dice menos."),
        ("3", "y consulta …", "missed", "", None, "por primera vez", "Es lo que se ve."),
    ]
    told = build_pieces(item, rows)
    assert told["lead"] == "Escriba la nota sin etiquetas."
    assert [(piece.html, piece.row and piece.said) for piece in told["pieces"]] == [
        ("La <strong>persona ", "paciente"),
        ("</strong> llega con ", "molestias **fuertes**"),
        (" y consulta ", ""),
        (".", None),
    ]
    assert describe_response(item, response) == [
        "La persona … llega con: paciente",
        "llega con … y consulta: molestias **fuertes**",
    ]


def test_gaps_are_in_text_order_and_accepted_answers_unshuffled():
    question = make_kind("gaps", text="Va [[3]], va [[1]].")
    for n in range(20):
        item = KINDS["gaps"].freeze(question, random.Random(n))
        assert [gap.number for gap in get_gaps(item)] == [3, 1]
        typed = [option["text"] for option in item["options"] if option["gap"] == 2]
        assert typed == ["dolor", "molestia*"]
    visible = KINDS["gaps"].visible_options(make_item("gaps", identifier="OTRA"))
    assert [option["text"] for option in visible][3:] != typed


def test_typed_gap_is_limited_and_absent_from_statistics():
    item, kind = make_item("gaps"), KINDS["gaps"]
    key = choice_key(item, "dolor")
    assert kind.picks(item, {"2": "DOLOR"}) == [f"2:{key}"]
    assert kind.picks(item, {"2": "Doña Marta"}) == []
    right = [option for option in item["options"] if option["text"] in ("usuaria", "dolor", "por primera vez")]
    assert kind.right_picks(item) == [f"{option['gap']}:{option['key']}" for option in right]
    with pytest.raises(ResponseTooLong):
        kind.read(item, {"2": "ñ" * 201})
    form = QueryDict("gap-1=x&gap-2=" + "y" * 201)
    assert kind.draft(form) == {"1": "x", "2": "y" * 201}


def test_review_of_places_has_numbers_of_picture():
    item, kind = make_item("places"), KINDS["places"]
    chosen = [choice_key(item, "La ventanilla"), choice_key(item, "La puerta")]
    rows = kind.review(item, kind.read(item, chosen))
    names = [option["text"] for option in item["options"]]
    assert [(row.number, row.text) for row in rows] == [(str(n), name) for n, name in enumerate(names, start=1)]
    verdicts = {"La ventanilla": "right", "La pizarra": "missed", "La puerta": "wrong"}
    assert [row.verdict for row in rows] == [verdicts[name] for name in names]
    marks = {mark.key: (mark.is_right, mark.is_chosen) for mark in get_hotspots(item, rows)}
    assert [marks[choice_key(item, name)] for name in verdicts] == [(True, True), (True, False), (False, True)]


def begins(found, sentences):
    return [str(one)[: len(said)] for one, said in zip(found, sentences, strict=True)] == sentences


def place(x, y, *, right=False, text="x", **more):
    return Choice(text=text, x=x, y=y, is_correct=right, **more)


@pytest.mark.parametrize(
    ("choices", "sentences"),
    [
        ([place(1, 2, right=True), place(3, 4)], []),
        ([place(1, 2, right=True)], ["Deje al menos una opción que no sea correcta."]),
        ([place(1, 2, right=True), place(1, 2)], ["Dos lugares están en el mismo punto de la imagen."]),
        (
            [place(1, None, right=True), place(101, 4)],
            ["Diga dónde está en la imagen: desde la izquierda y desde arriba,"],
        ),
        ([place(1, 2, right=True), place(3, 4, radius=-1)], ["El radio es un porcentaje del ancho de la imagen,"]),
        ([place(n, n, right=n == 0) for n in range(13)], ["Una imagen lleva doce lugares a lo más"]),
        ([place(1, 2, right=True, text=" "), place(3, 4)], ["Una opción no tiene texto."]),
    ],
)
def test_places_are_validated(choices, sentences):
    assert begins(KINDS["places"].check(choices, has_image=True), sentences)
    without = [*sentences, "Este tipo de pregunta muestra lugares en una imagen: elíjala."]
    assert begins(KINDS["places"].check(choices, has_image=False), without)


def gap(number, *, right=True, fraction=None):
    return Choice(text=f"x{number}", gap=number, is_correct=right, fraction=fraction)


@pytest.mark.parametrize(
    ("text", "choices", "sentences"),
    [
        ("La [[1]] y [[2]].", [gap(1), gap(1, right=False), gap(2)], []),
        ("La [[1]].", [gap(1), gap(1), gap(1, right=False)], ["Espacio 1: Marque exactamente una opción"]),
        ("La [[1]].", [gap(1, fraction=50)], ["Espacio 1: Dé 100\xa0% por lo menos a una opción: así nadie podría"]),
        ("La.", [], ["Escriba [[1]], [[2]]… en el texto donde falta algo."]),
        ("[[1]] [[1]]", [gap(1)], ["El espacio [[1]] está dos veces en el texto: dele otro número a uno."]),
        ("[[1]] [[2]]", [gap(1)], ["El espacio [[2]] no tiene opciones."]),
        ("[[1]]", [gap(1), gap(4)], ["El texto no tiene el espacio [[4]]."]),
        ("[[1]]", [gap(1), gap(None)], ["Escriba a qué espacio del texto pertenece esta opción."]),
    ],
)
def test_gaps_are_validated(text, choices, sentences):
    assert begins(KINDS["gaps"].check(choices, text=text), sentences)


def test_matching_needs_two_pairs_and_allows_extra_matches():
    pair, extra = Choice(text="x", match="y"), Choice(text=" ", match="z")

    def sentences(*choices):
        return [str(sentence) for sentence in KINDS["matching"].check(list(choices))]

    assert sentences(pair, pair) == sentences(pair, pair, extra) == []
    assert sentences(pair, extra) == ["Una pregunta de relacionar necesita al menos dos parejas."]
    assert sentences(pair, pair, Choice(text="", match="y"), Choice(text="", match="z", feedback="?")) == [
        "Lo que no se une con nada se une con otra opción: escriba algo distinto.",
        "Nadie leería la retroalimentación de lo que no se une con nada: déjela vacía.",
    ]
    assert sentences(pair, pair, Choice(text="", match=" ")) == [
        "Una opción no tiene texto.",
        "Escriba para cada opción con qué se une.",
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lea.\n«La [[1]] llega por [[2]]. Dice [[3]]».", ["«La … llega por", "llega por … Dice", "Dice …"]),
        ("[[1]], [[2]]", ["…", "…"]),
    ],
)
def test_gap_label_has_words_around_it(text, names):
    item = {"text": text, "options": [{"gap": 1}, {"gap": 2}, {"gap": 3}]}
    assert [gap_context(item, gap) for gap in get_gaps(item)] == names


def test_gap_like_text_is_reported():
    choice = Choice(text="x", gap=1, is_correct=True)
    said = KINDS["gaps"].check([choice], text="[[1]] [[0]] [[01]] [[ 2 ]] [[99999]] [[tamizaje]] [[0]]")
    sentence = "«{}» no es un espacio: escríbalos como [[1]], del 1 al 99."
    assert list(said) == [sentence.format(mark) for mark in ("[[0]]", "[[01]]", "[[ 2 ]]", "[[99999]]")]


@pytest.mark.parametrize("kind", ["multiple", "places"])
@pytest.mark.parametrize(
    ("shares", "costs"), [([50, 50, 0, 0, 0], False), ([50, 50, -25, 0, 0], True), ([None] * 5, True)]
)
def test_page_mentions_penalty_only_if_there_is_one(learner, learner_client, kind, shares, costs):
    choices = [
        choice | {"is_correct": n < 2, "fraction": shares[n], "identifier": "abcde"[n]}
        for n, choice in enumerate(CHOICES[kind])
    ]
    attempt = start(learner, make_quiz("m1", [make_question("Q1", kind=kind, choices=choices)]))
    page = learner_client.get(address("attempt_question", attempt.pk, 1)).text
    assert ("resta puntos" in page) == costs
