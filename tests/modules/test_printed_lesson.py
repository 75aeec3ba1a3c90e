import re

import pytest
from django.urls import reverse

from modules.models import LessonPage
from quizzes.models import Act
from tests.factories import make_course, make_learner, make_lesson, make_module, make_staff, spanish

from .factories import choice, make_organisation, make_source, make_term, scene, step

pytestmark = pytest.mark.django_db

SHEET = "/es/hoja-de-leccion/m1/3/"


@pytest.fixture
def module():
    make_source("S42", title="Un estudio", publisher="La editorial", year="2020", address="https://ejemplo.org/s42")
    make_term("estigma", term="Estigma", definition="Una marca que otros ponen.")
    course = make_course(modules=0)
    return make_module(course, 1, lessons=2, quiz=False)


def sheet_of(client, address=SHEET):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    html = answer.content.decode()
    return html[html.index("<article") : html.index("</article>")]


def words_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_text_is_laid_out_with_its_sources_and_words_at_the_foot(learner_client, module):
    make_lesson(module, 3, [("text", "<p>El [[estigma]] aleja [S42]. El horario cambia [VL].</p>")])
    html = sheet_of(learner_client)
    assert 'El <span class="term">estigma</span> aleja' in html
    assert "<button" not in html
    assert words_of(html) == (
        "Trato digno · 1. Módulo de prueba 1 · Lección 3 de 3 Lección 3 Nombre Centro de salud Fecha "
        "El estigma aleja [S42] . El horario cambia sin verificar . "
        "Palabras de esta lección Estigma. Una marca que otros ponen. "
        "Fuentes S42 Un estudio. La editorial, 2020. https://ejemplo.org/s42"
    )


def test_no_name_is_asked_for_on_a_sheet_with_a_reflection(learner_client, module):
    make_lesson(module, 3, [("text", "<p>Hola.</p>"), ("reflection", {"prompt": "¿Qué haría?", "feedback": ""})])
    words = words_of(sheet_of(learner_client))
    assert "Lección 3 Centro de salud Fecha Hola." in words
    assert "Nombre" not in words


def test_a_scene_is_laid_out_without_giving_the_best_choice_away(learner_client, module):
    make_lesson(module, 3, [("scenario", two_steps())])
    html = sheet_of(learner_client)
    thinking, outcomes = html.split('class="sheet-outcomes"')
    assert "Cuida" not in thinking
    assert "Hace daño" not in thinking
    assert "Saludar" in thinking
    assert "La persona sonríe" not in thinking
    assert "La persona sonríe" in outcomes
    assert outcomes.index('<b class="letter">A</b>') < outcomes.index('<b class="letter">B</b>')
    # What may follow is told with the choice that leads there: its choices first, then what comes of each.
    following = outcomes[outcomes.index('class="following"') :]
    assert following.index("Ofrecer asiento") < following.index("Descansa")
    assert "Siga con el paso 2" in words_of(outcomes[: outcomes.index('class="following"')])
    assert "Cuida." in words_of(outcomes)
    assert "Hace daño." in words_of(outcomes)


def test_paper_names_who_speaks_what_the_other_person_lived_and_the_rule(learner_client, module):
    Act.objects.create(identifier="M1-C1", text="Saluda igual a toda persona.", locale=spanish())
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


def test_what_is_played_on_the_screen_is_written_on_paper(learner_client, module):
    make_organisation("pdh", name="PDH", phone="1555", needs=["denuncia_ddhh"])
    body = [
        ("checklist", {"title": "Lista", "items": ["Un punto [S42]."]}),
        ("reflection", {"prompt": "¿Qué haría?", "feedback": "Guárdelo."}),
        ("directory", {"title": "Quién ayuda", "needs": ["denuncia_ddhh"]}),
        ("role_tips", [{"role": "apoyo", "tip": "Salude."}]),
    ]
    make_lesson(module, 3, body)
    html = sheet_of(learner_client)
    assert "<input" not in html
    assert "<textarea" not in html
    assert "<details" not in html
    assert "PDH · 1555 sin verificar" in words_of(html)
    assert "Guardianía, limpieza, mantenimiento, piloto Salude." in words_of(html)
    assert "Después de pensarlo. Guárdelo." in words_of(html)


def test_the_more_there_is_to_print_the_smaller_the_letters(learner_client, module):
    for letters, size in ((1000, "roomy"), (2200, "even"), (3000, "tight"), (6000, "least")):
        LessonPage.objects.filter(slug="3").delete()
        make_lesson(module, 3, [("text", f"<p>{'a ' * (letters // 2)}</p>")])
        assert f'class="sheet sheet-{size}"' in sheet_of(learner_client)


def test_a_warning_stands_at_the_head_of_the_sheet(learner_client, module):
    lesson = make_lesson(module, 3)
    lesson.warning = "Habla de violencia."
    lesson.save()
    assert "Antes de leer. Habla de violencia." in words_of(sheet_of(learner_client))


def test_the_lesson_leads_to_its_sheet_and_back(learner_client, module):
    html = learner_client.get("/es/m1/2/").content.decode()
    address = reverse("printed_lesson", args=["m1", "2"])
    assert f'href="{address}"' in html
    assert 'href="/es/m1/2/"' in learner_client.get(address).content.decode()


def test_only_readers_of_the_course_print_it(client, module):
    address = "/es/hoja-de-leccion/m1/2/"
    assert client.get(address).url == f"{reverse('account_login')}?next={address}"
    client.force_login(make_learner())
    assert client.get(address).status_code == 403
    client.force_login(make_staff("editora", is_staff=True))
    assert client.get(address).status_code == 200
    for missing in ("/es/hoja-de-leccion/m1/9/", "/es/hoja-de-leccion/m9/1/"):
        assert client.get(missing).status_code == 404


def test_an_english_reader_gets_the_same_lesson_with_an_english_frame(learner_client, module):
    html = sheet_of(learner_client, "/en/hoja-de-leccion/m1/1/")
    assert '<h1 lang="es">Lección 1</h1>' in html
    assert "Lesson 1 of 2" in html
