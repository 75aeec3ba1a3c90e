import re

import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from modules.blocks.base import place_svg
from modules.blocks.lessons import LessonStream, ScenarioBlock
from modules.blocks.scenarios import PLACES, build_tree, find_problems, find_pronoun

from .factories import choice, scene, step


def steps_of(drawn):
    parts = [part.partition(">") for part in drawn.split()]
    return [step(name, choice("A", leads_to), choice("B")) for name, _arrow, leads_to in parts]


LOST = "Paso inalcanzable: desde el inicio ninguna opción lleva al paso «{}»."
LOOP = "Vuelta sin fin: {} regresa al mismo paso."
PROBLEMS = {
    "a>b b": [],
    "": ["La escena necesita al menos un paso."],
    "inicio>nada": [
        "Callejón sin salida: en el paso «inicio», la opción «A» lleva a «nada» y ningún paso se llama así."
    ],
    "inicio perdido": [LOST.format("perdido")],
    "inicio uno>dos dos>uno": [LOST.format("uno"), LOST.format("dos"), LOOP.format("«uno» → «dos» → «uno»")],
    "a>b b>c c>a": [LOOP.format("«a» → «b» → «c» → «a»")],
    "a>a": [LOOP.format("«a» → «a»")],
    "inicio>paso paso paso": ["2 pasos se llaman «paso»; cada nombre puede estar solo una vez."],
    " ".join(f"p{n}>p{n + 1}" for n in range(3000)) + " p3000": [],
}


@pytest.mark.parametrize(("drawn", "problems"), PROBLEMS.items(), ids=range(len(PROBLEMS)))
def test_problems_of_scene_are_named(drawn, problems):
    assert find_problems(steps_of(drawn)) == problems


def test_each_loop_is_named_once():
    steps = [
        step("a", choice("1", "b"), choice("2", "c")),
        step("b", choice("3", "a"), choice("4", "c")),
        step("c", choice("5", "b"), choice("6")),
    ]
    assert sorted(find_problems(steps)) == [LOOP.format("«a» → «b» → «a»"), LOOP.format("«b» → «c» → «b»")]


def test_step_needs_name_and_two_choices():
    assert find_problems([step("inicio", choice("A", " "), choice("B")), step(" ", choice("C"), choice("D"))])[0] == (
        "El paso 2 no tiene nombre."
    )
    for choices in ([], [choice("Saludar")]):
        assert find_problems([step("inicio", *choices)]) == [
            "Callejón sin salida: el paso «inicio» necesita al menos dos opciones."
        ]


def test_cms_refuses_unplayable_scene_with_every_problem():
    block = ScenarioBlock()
    steps = [step("inicio", choice("Saludar", "paso-9"), choice("Callar")), step("perdido", choice("C"), choice("D"))]
    with pytest.raises(StructBlockValidationError) as refusal:
        block.clean(block.to_python(scene(steps=steps)))
    assert [error.messages for error in refusal.value.non_block_errors.as_data()] == [
        ["Callejón sin salida: en el paso «inicio», la opción «Saludar» lleva a «paso-9» y ningún paso se llama así."],
        ["Paso inalcanzable: desde el inicio ninguna opción lleva al paso «perdido»."],
    ]


def test_cms_accepts_playable_scene_with_all_fields():
    block = ScenarioBlock()
    assert block.clean(block.to_python(scene()))["title"] == "En el portón"
    with pytest.raises(ValidationError):
        block.clean(block.to_python(scene(title="")))


def texts(moment):
    return [option.text for option in moment.options]


def test_order_of_choices_is_stable():
    steps = scene()["steps"]
    assert texts(build_tree("M1-E1", steps)) == texts(build_tree("M1-E1", steps))
    assert sorted(texts(build_tree("M1-E1", steps))) == ["Callar", "Gritar", "Saludar"]


def test_best_choice_is_not_always_first():
    first = [build_tree(f"M1-E{n}", scene()["steps"]).options[0].rating for n in range(40)]
    assert {"best", "partial", "harmful"} == set(first)


def test_choice_leads_to_moment_with_own_group():
    opening = build_tree("M1-E1", scene()["steps"])
    greeting = next(option for option in opening.options if option.text == "Saludar")
    assert opening.group == "escena-m1-e1"
    assert greeting.leads_to.text == "La compañera se ríe."
    assert re.fullmatch(r"escena-m1-e1-[123]", greeting.leads_to.group)
    assert [option.leads_to for option in greeting.leads_to.options] == [None, None]


def test_tree_of_draft_ends_at_loop():
    opening = build_tree("X", [step("inicio", choice("A", "inicio"), choice("B"))])
    assert [option.leads_to for option in opening.options] == [None, None]
    assert build_tree("X", []) is None


def rendered(value, **context):
    block = LessonStream().child_blocks["scenario"]
    return block.render(block.to_python(value), context=context)


def test_ratings_are_shown_only_at_end_of_path():
    greeting = next(option for option in build_tree("M1-E1", scene()["steps"]).options if option.leads_to)
    html = rendered(scene())
    ends = re.findall(r'<div class="path-end">(.*?)</p></div>\n', html, flags=re.DOTALL)
    # Two that end at once, two after the second step, and one for who leaves before it.
    assert len(ends) == 5
    assert html.count('class="rating') == sum(end.count('class="rating') for end in ends) == 2 * 1 + 2 * 2 + 1
    assert [[made.text for made in option.path] for option in greeting.leads_to.options] == [
        ["Saludar", option.text] for option in greeting.leads_to.options
    ]
    assert [made.text for made in greeting.leads_to.path] == ["Saludar"]
    assert html.count("Terminar aquí") == 1
    assert sorted(re.findall(r'<details class="choice ?([^"]*)"', html)) == sorted(
        ["", "end-partial", "end-harmful", "end-best", "end-partial"]
    )


def test_scene_of_one_step_shows_rating_at_once():
    html = rendered(scene(steps=[step("inicio", choice("Saludar"), choice("Callar", rating="harmful"))]))
    assert html.count('class="rating') == 2
    assert "Terminar aquí" not in html


def test_their_side_is_folded_in_short_scene_and_open_in_long_one():
    lived = choice("Callar", rating="harmful", feedback="Ella se enteró de última.") | {"their_side": "«Me siguió»."}
    alone = rendered(scene(steps=[step("inicio", choice("Saludar"), lived)]))
    assert '<details class="their-side"><summary>¿Y ella?</summary><p>«Me siguió».</p></details>' in alone
    later = scene(steps=[step("inicio", choice("Saludar", "fin"), lived), step("fin", choice("A"), choice("B"))])
    assert '<details class="their-side" open><summary>¿Y ella?</summary>' in rendered(later)


@pytest.mark.parametrize(
    "feedback, word",
    [("El dato es de ella.", "she"), ("Él volvió.", "he"), ("Ella llamó; él no.", ""), ("Usted cuidó a ellas.", "")],
)
def test_pronoun_of_patient_comes_from_feedback(feedback, word):
    assert find_pronoun([step("inicio", choice("A", feedback=feedback), choice("B"))]) == word


def test_pronoun_of_patient_in_other_languages():
    steps = [step("inicio", choice("A", feedback="She waits. You don’t look at her."), choice("B", feedback="Él."))]
    assert [find_pronoun(steps, language) for language in ("en", "es", "cak")] == ["she", "he", ""]
    assert find_pronoun([step("inicio", choice("A", feedback="She told him."), choice("B"))], "en") == ""
    asked = step("inicio", choice("A", feedback="She waits.") | {"their_side": "I waited."}, choice("B"))
    assert "¿Y ella?" in rendered(scene(steps=[asked]), language="en")


@pytest.mark.parametrize(
    "text, shown",
    [
        (
            "Una murmura: «Ya vino la otra». Usted oye.",
            'Una murmura: <q class="said">«Ya vino la otra».</q> Usted oye.',
        ),
        ("«Yo le di la mano», dice Rubén.", '<q class="said">«Yo le di la mano»,</q> dice Rubén.'),
        ("Llega. «No ponga eso; me matan».", 'Llega. <q class="said">«No ponga eso; me matan».</q>'),
        ("Llega «Kimberly», que dice tener «18 años ya».", None),
        ("“I shook her hand,” says Rubén.", '<q class="said">“I shook her hand,”</q> says Rubén.'),
        ("Enter “Kimberly”, who says she is “already 18 years old”.", None),
    ],
)
def test_direct_speech_is_marked(text, shown):
    html = rendered(scene(steps=[step("inicio", choice("A"), choice("B"), text=text)]))
    assert f'<p class="scene-text">{shown or text}</p>' in html


def test_speaker_is_shown_with_first_speech():
    said = step("inicio", choice("A"), choice("B"), text="«¿Ya entró la Marleny?»") | {"speaker": "Rubén, agente"}
    assert '<q class="said"><span class="speaker">Rubén, agente:</span> «' in rendered(scene(steps=[said]))


def test_scene_shows_its_place_or_the_place_of_its_role():
    assert place_svg("fila") in rendered(scene() | {"place": "fila"})
    assert place_svg("porton") in rendered(scene(role="apoyo"))
    for name, _label in PLACES:
        drawn = place_svg(name)
        assert len(drawn.encode()) <= 1_536
        assert all(state in drawn for state in ("p-mid", "p-yes", "p-no")), name


def test_rule_is_competency_of_scene():
    acts = {"M1-C1": "Saluda igual a toda persona."}
    assert rendered(scene() | {"act": "M1-C1"}, acts=acts).count("<b>La regla:</b> <span>Saluda igual") == 5
    assert "La regla" not in rendered(scene() | {"act": "M1-C9"}, acts=acts)
    assert "La regla" not in rendered(scene() | {"act": "M1-C1"})


def test_ending_needs_last_choice_and_unknown_ending_needs_their_side():
    early = choice("A", "fin") | {"ending": "calla"}
    unknown = choice("B") | {"ending": "no-se-sabe"}
    fine = [choice("C") | {"ending": "calla"}, choice("D") | {"ending": "no-se-sabe", "their_side": "«No supe»."}]
    assert find_problems([step("inicio", early, unknown), step("fin", *fine)]) == [
        "La opción «A» lleva a un paso; por eso no puede decir cómo termina la escena.",
        "«no-se-sabe» necesita «their_side»: la opción «B» no dice qué vivió la otra persona.",
    ]
