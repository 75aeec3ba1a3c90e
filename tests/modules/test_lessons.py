import random
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from modules.models import CoursePage, LessonPage, LessonRead, ModulePage
from modules.progress.events import mark_lesson_read
from modules.rendering.lessons import get_lesson_html
from quizzes.attempts.taking import start_attempt
from quizzes.base.identifiers import stable_key
from tests.factories import NOW, attempt_quiz, finish_lessons, make_cohort, make_course, make_learner

from .factories import make_organisation, make_source, make_term, scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course():
    return make_course(modules=2, lessons=2)


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer
    return answer.text


def change(title, **fields):
    chosen = (LessonPage if "/" in title else ModulePage).objects.get(url_path=f"/curso/{title}/")
    for name, value in fields.items():
        setattr(chosen, name, value)
    chosen.save()
    return chosen


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_closed_group_message_says_results_remain(client, course):
    yesterday = timezone.localdate() - timedelta(days=1)
    client.force_login(make_learner(cohort=make_cohort(closes_on=yesterday, opens_on=yesterday - timedelta(days=30))))
    for address in ("/es/m1/", "/es/m1/1/"):
        html = page(client, address, status=403)
        assert "Su curso está cerrado por ahora" in html
        assert "Lo que ha hecho se conserva" in html
        assert "ningún grupo" not in html
        assert "Texto de la lección" not in html


def test_learner_without_group_gets_message(client, course):
    learner = make_learner(cohort=make_cohort())
    learner.enrolments.update(left_at=timezone.now())
    client.force_login(learner)
    for address in ("/es/m1/1/", reverse("my_course")):
        text = page(client, address, status=403 if "m1" in address else 200)
        assert "Todavía no está en ningún grupo" in text
        assert "Pida a quien da el curso en su centro de salud" in text
        assert "Su código de usuario es ANA234" in text
        assert "cerrado" not in text
    quiz = ModulePage.objects.get(slug="m1").quiz
    refused = client.post(reverse("quiz_start", args=[quiz.identifier])).text
    for text in (refused, client.get(reverse("quiz_entry", args=[quiz.identifier])).text):
        assert "Usted todavía no está en un grupo" in text
        assert "Su grupo está cerrado" not in text


def test_missing_and_unpublished_pages_are_not_found(learner_client):
    ModulePage.objects.filter(slug="m2").update(live=False)
    for address in ("/es/m9/", "/es/m1/9/", "/es/m1/1/2/", "/es/m2/1/"):
        assert learner_client.get(address).status_code == 404


def test_course_page_is_for_visitors_and_redirects_users(course, learner):
    course.subtitle, course.intro = "Atención con respeto", [("text", "<p>Es para <b>todo</b> el personal.</p>")]
    course.save()
    request = RequestFactory().get("/es/")
    request.user = AnonymousUser()
    html = CoursePage.objects.get().serve(request).text
    assert "Es para <b>todo</b> el personal." in html
    assert html.count('class="button"') == 1
    assert f'<a class="button" href="{reverse("account_login")}">Ingresar</a>' in html
    assert "<title>Bienvenida · Trato digno</title>" in html
    request.user = learner
    assert CoursePage.objects.get().serve(request).url == "/es/"


def test_module_page_shows_contents_and_one_button(learner_client):
    change(
        "m1",
        subtitle="Qué es",
        summary="En una frase.",
        objectives=[("line", "Explicar el estigma.")],
        key_messages=[("line", "Un saludo también cura [S42].")],
        role_tips=[
            ("tip", {"role": "clinica", "tip": "Pregunte primero."}),
            ("tip", {"role": "recepcion", "tip": "Salude igual."}),
        ],
        notice="Información general.",
    )
    make_source()
    html = page(learner_client, "/es/m1/")
    for part in ("Qué es", "Explicar el estigma.", "Un saludo también cura", "Información general."):
        assert part in html
    assert 'id="fuente-S42"' in html
    assert html.count('class="button"') == 1
    assert '<a class="button" href="/es/m1/1/">Empezar: Lección 1</a>' in html
    order = ("Empezar: Lección 1", " pregunta", "Explicar el estigma.", "Su puesto", "Salude igual.")
    assert [html.index(part) for part in order] == sorted(html.index(part) for part in order)
    assert learner_client.post(reverse("mark_lesson_read", args=[stable_key("M1-L1")])).url == "/es/m1/2/"
    assert "Continuar: Lección 2" in page(learner_client, "/es/m1/")
    assert html.index("Consejos para otros puestos") < html.index("Pregunte primero.")
    assert "<title>Módulo 1 · Trato digno</title>" in html


def test_module_page_shows_state_of_lessons_and_quiz(learner_client, learner, course):
    module = course.get_children().first().specific
    text = text_of(page(learner_client, "/es/m1/"))
    assert ("Hecha" in text, "No iniciado" in text, text.count("1 tarjeta")) == (False, True, 2)
    finish_lessons(learner, module)
    text = text_of(page(learner_client, "/es/m1/"))
    assert (text.count("Hecha"), "Parte 3 de 3" in text) == (2, True)
    attempt_quiz(learner, module.quiz, right=False)
    assert "preguntas Por repasar" in text_of(page(learner_client, "/es/m1/"))
    attempt_quiz(learner, module.quiz)
    text = text_of(page(learner_client, "/es/m1/"))
    assert "preguntas Aprobado" in text
    assert "Finalizado" in text


def test_module_warning_comes_before_the_button_with_quick_exit(learner_client):
    change("m1", warning="Habla de violencia.")
    html = page(learner_client, "/es/m1/")
    assert html.index("Salida rápida") < html.index("Habla de violencia.") < html.index("Empezar: ")
    assert 'rel="noreferrer"' in html


def test_lesson_page_shows_body_number_and_one_button(learner_client):
    html = page(learner_client, "/es/m1/2/")
    for words in ("Texto de la lección 2", "Módulo 1 · parte 2 de 3", "<span>1 de 1<"):
        assert words in html
    assert html.count('<button class="button" form="terminar">Terminé esta parte</button>') == 1
    assert "<title>Módulo 1, parte 2 · Trato digno</title>" in html


def test_reading_leads_through_lessons_to_quiz(learner_client, learner):
    assert learner_client.post(reverse("mark_lesson_read", args=[stable_key("M1-L1")])).url == "/es/m1/2/"
    assert learner_client.post(reverse("mark_lesson_read", args=[stable_key("M1-L2")])).url == "/es/cuestionario/m1/"
    assert set(learner.lessons_read.values_list("lesson_key", flat=True)) == {stable_key("M1-L1"), stable_key("M1-L2")}


def test_reading_a_lesson_again_leads_to_what_is_missing(learner_client, learner, course):
    module = course.get_children().first().specific
    finish_lessons(learner, module)
    assert learner_client.post(reverse("mark_lesson_read", args=[stable_key("M1-L1")])).url == "/es/cuestionario/m1/"
    attempt_quiz(learner, module.quiz)
    assert learner_client.post(reverse("mark_lesson_read", args=[stable_key("M1-L1")])).url == "/es/m1/2/"


def test_last_lesson_of_passed_module_leads_to_motif(learner_client, learner, course):
    module = course.get_children().first().specific
    finish_lessons(learner, module)
    attempt_quiz(learner, module.quiz)
    assert learner_client.post(reverse("mark_lesson_read", args=[stable_key("M1-L2")])).url == "/es/tejido/1/"


def test_reading_is_stored_once_for_its_learner(learner_client):
    mark_lesson_read(make_learner("BEA342"), LessonPage.objects.get(translation_key=stable_key("M1-L1")), now=NOW)
    assert "Hecha" not in page(learner_client, "/es/m1/")
    for _time in range(2):
        learner_client.post(reverse("mark_lesson_read", args=[stable_key("M1-L1")]))
    assert LessonRead.objects.count() == 2
    assert page(learner_client, "/es/m1/").count("Hecha") == 1


def test_opening_a_lesson_is_not_reading_it(learner_client):
    page(learner_client, "/es/m1/1/")
    # As after changing the language of a form with errors.
    answer = learner_client.get(reverse("mark_lesson_read", args=[stable_key("M1-L1")]))
    assert (answer.status_code, answer.url) == (302, "/es/m1/1/")
    assert not LessonRead.objects.exists()


def test_reading_an_unpublished_lesson_shows_message(learner_client, course):
    LessonPage.objects.get(url_path="/curso/m1/1/").unpublish()
    assert learner_client.post(reverse("mark_lesson_read", args=[stable_key("M1-L1")])).url == "/es/"
    html = page(learner_client, "/es/directorio/")
    assert "Esa lección ya no es parte del curso. Lo que usted hizo está guardado." in html
    assert not LessonRead.objects.exists()


def test_signed_out_learner_returns_to_lesson(client, course):
    answer = client.post(reverse("mark_lesson_read", args=[stable_key("M1-L1")]))
    assert answer.url == f"{reverse('account_login')}?next=/es/m1/1/"
    assert not LessonRead.objects.exists()


def test_skipped_lesson_is_stored_like_read_lesson(learner_client):
    change("m1/1", warning="Relata una agresión.")
    html = page(learner_client, "/es/m1/1/")
    assert html.index("Salida rápida") < html.index("Relata una agresión.") < html.index("Texto de la lección 1")
    assert len(re.findall(r'<form id="terminar"[^>]*action="[^"]*leida/"', html)) == 1
    assert len(re.findall(r'<button class="(?:button|link)" form="terminar">', html)) == 2
    assert "Saltar esta parte" in html


def test_module_warning_is_open_in_first_lesson_only(learner_client):
    change("m1", warning="El módulo habla de violencia.", notice="No sustituye asesoría legal.")
    first, second = (page(learner_client, f"/es/m1/{number}/") for number in (1, 2))
    fold = '<details class="notice warning"><summary>Tema difícil: puede saltarla</summary>'
    assert first.index('id="aviso"') < first.index("El módulo habla de violencia.") < first.index('id="c1"')
    assert fold not in first
    assert second.index('id="c1"') < second.index(fold) < second.index("El módulo habla de violencia.")
    for html in (first, second):
        assert "Saltar esta parte" in html
        assert "No sustituye asesoría legal." in html


def test_warning_of_one_lesson_replaces_module_warning(learner_client):
    change("m1", warning="Una lección habla de violencia.")
    change("m1/2", warning="Esta lección habla de violencia.")
    assert "Saltar esta parte" not in page(learner_client, "/es/m1/1/")
    assert "Esta lección habla de violencia." in page(learner_client, "/es/m1/2/")
    assert "Salida rápida" not in page(learner_client, "/es/m2/1/")


def test_lesson_lists_used_sources_by_number(learner_client):
    for number in ("S42", "S9", "S77"):
        make_source(number, address=f"https://example.org/{number}")
    change("m1/1", body=[("text", "<p>Uno [S42] y otro [S42] [S9].</p>")])
    html = page(learner_client, "/es/m1/1/")
    assert re.findall(r'id="fuente-(\w+)"', html) == ["S9", "S42"]
    assert "<p>Uno y otro.</p>" in html
    assert html.count('<a href="#sobre"><span class="info-mark" aria-hidden="true">i</span>De dónde sale esto</a>') == 1


def test_checklist_terms_are_explained_beside_items(learner_client):
    make_term("vih", term="VIH", definition="Un virus.")
    points = ["Nada revela [[vih]] u oficio [S42].", "Aquí no se explica [[nada-de-eso|nada]]."]
    change("m1/1", body=[("checklist", {"title": "Antes de abrir", "items": points})])
    html = page(learner_client, "/es/m1/1/")
    first, second = re.findall(r"<li><label.*?</li>", html)
    assert "<span>Nada revela vih u oficio.</span></label>" in first
    assert '</label><span class="also"> <button type="button" class="term" ' in first
    assert 'popovertarget="termino-vih">VIH</button>' in first
    assert '<span class="also"></span>' in second
    assert 'popover id="termino-vih"' in html


def test_term_is_explained_once(learner_client):
    make_term("estigma", definition="Etiqueta que rebaja [S7].")
    make_term("vih", term="VIH", definition="Un virus.")
    make_source("S7")
    change("m1/1", body=[("text", "<p>El [[estigma]], la [[estigma|etiqueta]] y [[otra-cosa]].</p>")])
    html = page(learner_client, "/es/m1/1/")
    assert re.findall(r'popovertarget="([^"]+)">([^<]+)<', html) == [
        ("termino-estigma", "estigma"),
        ("termino-estigma", "etiqueta"),
    ]
    assert re.findall(r'popover id="([^"]+)"', html) == ["termino-estigma"]
    for words in ("Palabras de esta lección", "Etiqueta que rebaja", 'id="fuente-S7"', "otra cosa"):
        assert words in html


def test_touches_me_closely_is_part_of_the_page(learner_client, course):
    course.close_to_me = [("text", "<p>Haga una pausa [S33].</p>")]
    course.save()
    make_source("S33")
    html = page(learner_client, "/es/m1/1/")
    assert re.search(r"<details[^>]*><summary><h2>Esto me toca de cerca</h2></summary>", html)
    assert "Haga una pausa" in html
    assert 'id="fuente-S33"' in html


EVERY_BLOCK = [
    ("text", "<h3>Un título</h3><p>Texto con <b>peso</b>.</p>"),
    ("key_message", "Un saludo también cura."),
    ("role_tips", [{"role": "apoyo", "tip": "Oriente."}, {"role": "recepcion", "tip": "Salude."}]),
    ("do_avoid", {"title": "En el día", "rows": [{"do": "Saludar.", "avoid": "Señalar.", "why": "Expone."}]}),
    ("figure", {"drawing": "porton", "alt": "Un portón abierto", "caption": "La entrada"}),
    ("scenario", scene("M1-E1", role="apoyo")),
    ("scenario", scene("M1-E2", title="El apodo", role="recepcion", warning="Frases que lastiman")),
    ("checklist", {"title": "Antes de llamar", "items": ["Mirar *quién* oye [S42].", "Bajar la voz."]}),
    ("directory", {"title": "Quién ayuda", "needs": ["lideresas_pares"]}),
    ("callout", {"kind": "legal", "title": "La ley", "text": "<p>Dice algo.</p>"}),
    ("reflection", {"prompt": "¿Y en su puesto?", "feedback": "Piénselo."}),
]


def lesson_of_every_block(quiz=None):
    stream = [*EVERY_BLOCK, *([("quiz", quiz)] if quiz else [])]
    lesson = LessonPage.objects.get(url_path="/curso/m1/1/")
    block = lesson.body.stream_block
    lesson.body = [(name, block.child_blocks[name].normalize(value)) for name, value in stream]
    lesson.save()
    return lesson


def test_every_block_is_rendered_with_headings_in_order(learner_client, course):
    lesson_of_every_block(course.get_children().first().specific.quiz)
    make_organisation()
    html = page(learner_client, "/es/m1/1/")
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    parts = ["Un título", "Oriente.", "Expone.", "La entrada", "Antes de llamar", "OMES", "La ley", "¿Y en su puesto?"]
    assert [part for part in parts if part not in html] == []
    assert "<title>Un portón abierto</title>" in html
    assert '<a class="button-quiet" href="/es/cuestionario/m1/">' in html


def test_organisation_in_lesson_shows_phone_and_folds_details(learner_client):
    directory = "/es/directorio/lideresas_pares/"
    lesson_of_every_block()
    make_organisation(phone="1555", area="Nacional", note="Pregunte si recibe hoy.")
    entries = {
        address: re.search(r'<article class="entry".*?</article>', page(learner_client, address), flags=re.DOTALL)[0]
        for address in ("/es/m1/1/", directory)
    }
    shown, fold, folded = entries["/es/m1/1/"].partition("<details")
    assert fold
    assert 'href="tel:1555"' in shown
    assert "sin verificar" in shown
    for words in ("Nacional", "Pregunte si recibe hoy.", "Nadie lo ha verificado todavía"):
        assert words not in shown
        assert words in folded
        assert words in entries[directory]
    assert "Dónde, para quién y qué preguntar antes: OMES" in text_of(folded).replace(" :", ":")
    assert "<details" not in entries[directory]


def test_scenes_of_own_role_come_first(learner_client):
    lesson_of_every_block()
    html = page(learner_client, "/es/m1/1/")
    assert "El apodo" in html
    assert "En el portón" not in html
    assert '<a class="tall-link" href="?todas">Escena de otro puesto (1)</a>' in html
    html = page(learner_client, "/es/m1/1/?todas")
    assert html.index("El apodo") < html.index("En el portón")
    assert "Escena de otro puesto" not in html


def test_scene_has_no_form_link_or_field(learner_client):
    lesson_of_every_block()
    html = page(learner_client, "/es/m1/1/?todas")
    scenes = re.findall(r"<scene-play.*?</scene-play>", html, flags=re.DOTALL)
    assert len(scenes) == 2
    for played in scenes:
        assert re.search(r"<(form|input|textarea|select|img|script)\b", played) is None
        assert set(re.findall(r'<a [^>]*href="([^"]+)"', played)) == {"#c4" if "El apodo" in played else "#c5"}
        for part in ("Saludar", "Callar", "Gritar", "La compañera se ríe.", "Cuida", "Cuida en parte", "Hace daño"):
            assert part in played
        names = re.findall(r'<details class="choice[^"]*" name="([^"]+)"', played)
        assert (len(names), len(set(names))) == (5, 2)
    assert "Saltarse una escena vale igual." in html
    assert "Advertencia de contenido:" in html


def test_source_in_scene_stands_below_it(learner_client):
    make_source("S50")
    value = scene()
    value["steps"][0]["choices"][0]["feedback"] = "Así dice el estudio [S50]."
    lesson = LessonPage.objects.get(url_path="/curso/m1/1/")
    lesson.body = [("scenario", lesson.body.stream_block.child_blocks["scenario"].normalize(value))]
    lesson.save()
    html = page(learner_client, "/es/m1/1/")
    assert "Así dice el estudio." in html
    assert html.index("</scene-play>") < html.index("De dónde sale esto") < html.index('id="fuente-S50"')


def test_reflection_and_checklist_cannot_be_submitted(learner_client):
    lesson_of_every_block()
    html = page(learner_client, "/es/m1/1/")
    fields = re.findall(r"<(?:textarea|input|select)[^>]*>", html)
    named = [field for field in fields if "name=" in field]
    assert all(re.search(r'name="(csrfmiddlewaretoken|owner|next|luego)"', field) for field in named)
    assert not any(field.startswith("<textarea") for field in fields)


def test_lesson_has_no_inline_code_and_loads_only_from_the_site(learner_client):
    lesson_of_every_block()
    change("m1", warning="Habla de violencia.")
    html = page(learner_client, "/es/m1/1/")
    assert re.search(r"\sstyle=|<style|\son\w+=", html) is None
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", html))
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]+)"', html)
    assert all(address.startswith(("/", "data:")) for address in loaded)


@pytest.mark.parametrize("language", ["es", "en"])
def test_title_and_address_do_not_name_the_subject(learner, learner_client, language):
    module, lesson = change("m1"), change("m1/1")
    for one, title in ((module, "Violencia y VIH"), (lesson, "Estigma y explotación"), (module.quiz, "Violencia")):
        one.title = title
        one.save()
    make_organisation()
    attempt = start_attempt(learner, module.quiz, language="es", now=NOW, chance=random.Random(1))
    with translation.override(language):
        paths = [reverse("my_course"), reverse("quiz_entry", args=["m1"]), reverse("directory")]
        paths += [reverse("attempt_question", args=[attempt.pk, 1]), reverse("attempt_summary", args=[attempt.pk])]
    paths += [f"/{language}/{path}" for path in ("m1/", "m1/1/", "hoja-de-leccion/m1/1/", "directorio/prep_pep/")]
    shown = {path: page(learner_client, path) for path in paths}
    titles = {path: re.findall("<title>(.*?)</title>", html, flags=re.DOTALL) for path, html in shown.items()}
    assert all(len(found) == 1 and found[0].endswith(" · Trato digno") for found in titles.values())
    subject = re.compile("violencia|sexual|vih|hiv|estigma|explotaci", re.IGNORECASE)
    assert [path for path in paths if subject.search(path) or subject.search(titles[path][0])] == []
    assert subject.search(shown[f"/{language}/m1/1/"]), "the page itself says it"


def test_english_page_marks_content_as_spanish(learner_client):
    lesson_of_every_block()
    html = page(learner_client, "/en/m1/1/")
    for words in (
        "I am done with this part",
        '<h1 class="visually-hidden" lang="es">Lección 1</h1>',
        '<h2 lang="es">La ley',
    ):
        assert words in html
    assert "Try another way" in html
    assert 'href="/en/m1/"' in html
    assert 'lang="es">' not in page(learner_client, "/es/m1/1/").replace('<html lang="es">', "")


def test_cached_lesson_depends_on_revision_and_role_only(kept_bodies):
    lesson = LessonPage.objects.get(url_path="/curso/m1/1/")
    lesson.save_revision().publish()
    today = timezone.localdate()

    def body(role="recepcion"):
        return get_lesson_html(LessonPage.objects.get(url_path="/curso/m1/1/"), role=role, today=today).cards

    assert "Texto de la lección 1" in body()
    lesson.refresh_from_db()
    lesson.body = [("role_tips", [{"role": "recepcion", "tip": "Salude."}])]
    lesson.save_revision().publish()
    assert "Su puesto" in body()
    assert "Su puesto" not in body(role="apoyo")
    assert "csrfmiddlewaretoken" not in "".join(get_lesson_html(lesson, role="recepcion", today=today))


def preview(page, mode=""):
    return page.make_preview_request(preview_mode=mode).text


def test_editor_previews_lesson_module_and_course(course):
    lesson = lesson_of_every_block()
    assert "Su puesto" not in preview(lesson)
    assert "Su puesto" in preview(lesson, "apoyo")
    module = course.get_children().first().specific
    module.title = "Un módulo en borrador"
    assert "Un módulo en borrador" in preview(module, "clinica")
    course.title = "Un curso en borrador"
    assert "Un curso en borrador" in preview(course)


def test_unsaved_lesson_can_be_previewed(course):
    module = course.get_children().first().specific
    lesson = LessonPage(title="Nueva", slug="nueva", locale=course.locale)
    last = module.get_last_child()
    lesson.path, lesson.depth = last._inc_path(), last.depth
    lesson.url_path = f"{module.url_path}nueva/"
    html = preview(lesson)
    assert "Nueva" in html
    assert "<title>Lección · Trato digno</title>" in html
