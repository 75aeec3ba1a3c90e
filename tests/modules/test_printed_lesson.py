import re
from io import BytesIO

import pikepdf
import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from modules.models import LessonPage, ModulePage
from modules.pdf.worksheets import paginate_cards
from quizzes.models import Competency
from tests.factories import finish_course, make_cohort, make_course, make_learner, make_lesson, make_module, spanish

from .factories import choice, make_organisation, make_source, make_term, scene, step

pytestmark = pytest.mark.django_db

SHEET = "/es/hoja-de-leccion/m1/3/"


@pytest.fixture
def module():
    make_source("S42", title="Un estudio", publisher="La editorial", year="2020", address="https://ejemplo.org/s42")
    make_term("estigma", term="Estigma", definition="Una marca que otros ponen.")
    return make_module(make_course(modules=0), 1, lessons=2, quiz=False)


def sheet_of(client, address=SHEET):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    html = answer.text
    return html[html.index("<article") : html.index("</article>")]


def words_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_sheet_lists_terms_and_sources(learner_client, module):
    make_lesson(module, 3, [("text", "<p>El [[estigma]] aleja [S42]. El horario cambia [VL].</p>")])
    html = sheet_of(learner_client)
    assert 'El <span class="term">estigma</span> aleja' in html
    assert "<button" not in html
    assert words_of(html) == (
        "Trato digno · 1. Módulo de prueba 1 · Parte 3 de 3 Lección 3 Nombre Centro de salud Fecha "
        "El estigma aleja [S42] . El horario cambia sin verificar . "
        "Palabras de esta lección Estigma. Una marca que otros ponen. "
        "Fuentes S42 Un estudio. La editorial, 2020. https://ejemplo.org/s42"
    )


def test_sheet_with_reflection_has_no_field_for_name(learner_client, module):
    make_lesson(module, 3, [("text", "<p>Hola.</p>"), ("reflection", {"prompt": "¿Qué haría?", "feedback": ""})])
    words = words_of(sheet_of(learner_client))
    assert "Lección 3 Centro de salud Fecha Hola." in words
    assert "Nombre" not in words


def test_scene_on_paper_does_not_reveal_best_choice(learner_client, module):
    make_lesson(module, 3, [("scenario", two_steps())])
    thinking, outcomes = sheet_of(learner_client).split('class="sheet-outcomes"')
    assert "Cuida" not in thinking
    assert "Hace daño" not in thinking
    assert "Saludar" in thinking
    assert "La persona sonríe" not in thinking
    assert "La persona sonríe" in outcomes
    assert outcomes.index('<b class="letter">A</b>') < outcomes.index('<b class="letter">B</b>')
    following = outcomes[outcomes.index('class="following"') :]
    assert following.index("Ofrecer asiento") < following.index("Descansa")
    assert "Siga con el paso 2" in words_of(outcomes[: outcomes.index('class="following"')])
    assert "Cuida." in words_of(outcomes)
    assert "Hace daño." in words_of(outcomes)


def test_scene_on_paper_names_speaker_other_side_and_rule(learner_client, module):
    Competency.objects.create(identifier="M1-C1", text="Saluda igual a toda persona.", locale=spanish())
    value = two_steps() | {"act": "M1-C1"}
    value["steps"][0]["speaker"] = "Doña Toña, vecina"
    value["steps"][1]["choices"][1] |= {"their_side": "«Me quedé de pie»."}
    make_lesson(module, 3, [("scenario", value)])
    thinking, outcomes = map(words_of, sheet_of(learner_client).split('class="sheet-outcomes"'))
    assert "Doña Toña, vecina: Llega una mujer." in thinking
    assert "¿Y la otra persona? «Me quedé de pie»." in outcomes
    assert outcomes.count("La regla: Saluda igual a toda persona.") == 1


def two_steps():
    opening = step(
        "inicio",
        choice("Saludar", "sala", consequence="La persona sonríe."),
        choice("Callar", rating="harmful", consequence="La persona se va."),
        text="Llega una mujer.",
    )
    then = step(
        "sala",
        choice("Ofrecer asiento", consequence="Descansa."),
        choice("Mirar", rating="partial", consequence="Se incomoda."),
        text="Espera de pie.",
    )
    return scene(steps=[opening, then])


def test_interactive_blocks_are_printed_as_text(learner_client, module):
    make_organisation("pdh", name="PDH", phone="1555", needs=["denuncia_ddhh"])
    body = [
        ("checklist", {"title": "Lista", "items": ["Un punto [S42]."]}),
        ("reflection", {"prompt": "¿Qué haría?", "feedback": "Guárdelo."}),
        ("directory", {"title": "Quién ayuda", "needs": ["denuncia_ddhh"]}),
        ("role_tips", [{"role": "apoyo", "tip": "Salude."}]),
    ]
    make_lesson(module, 3, body)
    html = sheet_of(learner_client)
    for words in ("<input", "<textarea", "<details"):
        assert words not in html
    assert "PDH · 1555 sin verificar" in words_of(html)
    assert "Guardianía, limpieza, mantenimiento, piloto Salude." in words_of(html)
    assert "Después de pensarlo. Guárdelo." in words_of(html)


def test_longer_lesson_has_smaller_type(learner_client, module):
    for letters, size in ((1000, "roomy"), (2200, "even"), (3000, "tight"), (6000, "least")):
        LessonPage.objects.filter(slug="3").delete()
        make_lesson(module, 3, [("text", f"<p>{'a ' * (letters // 2)}</p>")])
        assert f'class="sheet sheet-{size}"' in sheet_of(learner_client)


def test_warning_heads_the_sheet(learner_client, module):
    lesson = make_lesson(module, 3)
    lesson.warning = "Habla de violencia."
    lesson.save()
    assert "Antes de leer. Habla de violencia." in words_of(sheet_of(learner_client))


def test_lesson_and_sheet_link_to_each_other(learner_client, module):
    html = learner_client.get("/es/m1/2/").text
    address = reverse("printed_lesson", args=["m1", "2"])
    assert f'href="{address}"' in html
    assert 'href="/es/m1/2/"' in learner_client.get(address).text
    for missing in (["m1", "9"], ["m9", "1"]):
        assert learner_client.get(reverse("printed_lesson", args=missing)).status_code == 404


PRACTICE = [
    ("phrase", {"role": "apoyo", "moment": "Llega alguien", "words": "«Buenos días»."}),
    ("phrase", {"role": "clinica", "moment": "Empieza la consulta", "words": "«¿Qué la trae hoy?»."}),
    ("phrase", {"role": "", "moment": "Preguntan por alguien", "words": "«No damos razón»."}),
    ("pair_card", {"role": "apoyo", "line": "«¿Ya entró mi prima?».", "insists": "«Es urgente»."}),
    ("pair_card", {"role": "labfar", "line": "«Deme el resultado».", "insists": "«Soy su esposo»."}),
    ("moment", {"role": "clinica", "text": "voy a preguntar"}),
    *(("moment", {"role": "apoyo", "text": f"momento {number}"}) for number in range(4)),
    ("moment", {"role": "", "text": "me incomoda"}),
    ("act", {"role": "", "text": "saludo igual"}),
    ("act", {"role": "apoyo", "text": "aviso adentro"}),
]


@pytest.fixture
def practised():
    make_course(modules=1, lessons=1, quiz=False)
    module = ModulePage.objects.get()
    module.practice = [{"type": kind, "value": value} for kind, value in PRACTICE]
    module.save()
    return module


def signed_in(client, role):
    client.force_login(make_learner(f"{role or 'nadie'}1", cohort=make_cohort(role), role=role))
    return client


def test_own_role_comes_first_and_others_are_folded(client, practised):
    page = signed_in(client, "apoyo").get(reverse("practice", args=["m1"])).text
    own, others = page.index("«Buenos días»"), page.index("¿Qué la trae hoy?")
    assert own < page.index("«No damos razón»") < page.index('<details class="disclosure"') < others
    assert page.index("¿Ya entró mi prima?") < page.index("«Deme el resultado»")
    halves = re.findall(r'type="checkbox" autocomplete="off"><span>([^<]+)<', page)
    assert halves == ["momento 0", "momento 1", "momento 2", "momento 3", "aviso adentro", "saludo igual"]


def test_practice_cards_cannot_be_submitted(client, practised):
    page = signed_in(client, "labfar").get(reverse("practice", args=["m1"])).text
    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main
    fields = re.findall(r"<(?:input|textarea|select)[^>]*>", main)
    assert fields
    assert not [field for field in fields if "name=" in field or 'autocomplete="off"' not in field]


def test_cards_print_four_to_a_page_with_empty_cards(client, practised):
    answer = signed_in(client, "apoyo").get(reverse("practice_pdf", args=["m1"]), {"papel": "a4"})
    with pikepdf.open(BytesIO(answer.content)) as pdf:
        [page] = pdf.pages
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert paginate_cards([]) == [[[None, None], [None, None]]]
    assert paginate_cards([1, 2, 3]) == [[[1, 2], [3, None]]]
    assert paginate_cards([1, 2, 3, 4, 5]) == [[[1, 2], [3, 4]], [[5, None], [None, None]]]


def test_module_links_to_practice_only_with_content(client, practised):
    address = reverse("practice", args=["m1"])
    assert address in signed_in(client, "labfar").get("/es/m1/").text
    course = reverse("my_course")
    assert address not in client.get(course).text
    finish_course(get_user_model().objects.get(username="labfar1"))
    assert address in client.get(course).text
    practised.practice = []
    practised.save()
    assert address not in client.get("/es/m1/").text
    assert client.get(address).status_code == client.get(reverse("practice", args=["no-hay"])).status_code == 404
