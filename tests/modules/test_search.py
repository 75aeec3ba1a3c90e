"""Search: what is found, where it leads, who finds what, and what is never shown or kept."""

import re

import pytest
from django.urls import reverse

from modules.models import ModulePage
from modules.search import find
from modules.search.search import Entry, Passage
from modules.search.words import excerpt, mark, stems_of, terms_of
from tests.factories import make_cohort, make_course, make_learner, make_lesson, make_module

from .factories import make_language_entry, make_organisation, make_printable, make_term, scene

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("condón", "CONDONES"),
        ("luz", "luces"),
        ("clase", "clases"),
        ("mujer", "mujeres"),
        ("ley", "leyes"),
        ("niña", "ninas"),
        ("mes", "meses"),
        ("interés", "intereses"),
        ("país", "países"),
        ("pie", "pies"),
        ("ITS", "its"),
    ],
)
def test_accents_capitals_and_the_plural_do_not_count(one, other):
    assert stems_of(one) == stems_of(other)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("¿Qué es el estigma?", ["estigma"]),
        ("Salud  salud", ["salud"]),
        ("de la", ["de", "la"]),
        ("😀 ¿? ___ \x00", []),
        ("<script>alert(1)</script>", ["script", "alert", "1"]),
        ("' OR 1=1 --", ["or", "1"]),
        ("uno dos tres cuatro cinco seis siete ocho nueve diez once", 8),
    ],
)
def test_a_query_asks_for_its_words_and_nothing_else(query, terms):
    found = terms_of(query)
    assert (len(found) if isinstance(terms, int) else found) == terms


def test_the_sentence_with_the_words_is_shown_and_marked():
    text = "Primero nada. El Estigmá aleja del centro de salud a muchas de las personas. Luego tampoco."
    assert excerpt(text, terms_of("estigmas persona")) == (
        "El <mark>Estigmá</mark> aleja del centro de salud a muchas de las <mark>personas</mark>."
    )


def test_a_short_sentence_is_shown_with_its_neighbour():
    after = "Pida secreto. Lo que se dice aquí no sale de esta habitación, ni para bien."
    assert excerpt(after, ["secreto"]) == f"Pida <mark>secreto</mark>.{after[13:]}"
    before = "La puerta se cierra primero. Pida secreto."
    assert excerpt(before, ["secreto"]) == before.replace("secreto", "<mark>secreto</mark>")


def test_a_long_sentence_is_cut_at_words_around_the_answer():
    text = f"{'antes ' * 80}secreto {'después ' * 80}"
    shown = excerpt(text, terms_of("secreto"))
    assert "<mark>secreto</mark>" in shown
    assert shown.startswith("…antes")
    assert shown.endswith("después…")
    assert len(shown) < 260


def test_what_is_marked_is_escaped():
    assert mark("<b>a & secreto</b>", ["secreto"]) == "&lt;b&gt;a &amp; <mark>secreto</mark>&lt;/b&gt;"


def entry(title, *texts, kind="term", quiet=False):
    passages = [Passage(text, f"lugar-{number}", quiet) for number, text in enumerate(texts, start=1)]
    return Entry(kind, title, "/aqui/", passages)


def titles(query, *entries):
    results = find(query, entries)
    return [hit.entry.title for hits in results.hits.values() for hit in hits]


def test_all_words_are_needed_in_any_order():
    one, other = entry("Uno", "La prueba es voluntaria."), entry("Dos", "La prueba.")
    assert titles("voluntarias pruebas", one, other) == ["Uno"]
    assert find("voluntarias pruebas", [one, other]).complete


def test_what_has_some_of_the_words_is_shown_when_nothing_has_all():
    results = find("prueba cometa", [entry("Uno", "La prueba.")])
    assert [hit.entry.title for hit in results.hits["term"]] == ["Uno"]
    assert not results.complete


def test_a_word_in_the_title_comes_first_then_the_order_of_the_course():
    assert titles("ley", entry("Uno", "La ley."), entry("Dos", "Otra ley."), entry("La ley", "x")) == [
        "La ley", "Uno", "Dos",
    ]  # fmt: skip


def test_the_beginning_of_a_word_is_enough_from_four_letters_on():
    words = entry("Uno", "La confidencialidad.")
    assert titles("confiden", words) == ["Uno"]
    assert titles("con", words) == []


def test_many_results_are_counted_and_the_first_ten_shown():
    results = find("ley", [entry(f"Ley {n}", "x") for n in range(13)])
    assert (len(results.hits["term"]), results.more, results.total) == (10, {"term": 3}, 13)


def test_a_word_that_nobody_wrote_gets_words_that_look_like_it():
    results = find("confidensialidad", [entry("Uno", "La confidencialidad.")])
    assert (results.total, results.suggestions) == (0, ("confidencialidad",))


def test_a_suggestion_gives_nothing_away_that_no_excerpt_would_show():
    assert find("violensia", [entry("Uno", "La violencia.", quiet=True)]).suggestions == ()


@pytest.fixture
def module(db):
    make_term("estigma", definition="Etiqueta que rebaja a las personas.")
    make_language_entry("diga-01")
    make_organisation("omes", name="OMES", needs=["lideresas_pares"], note="Acompaña a trabajadoras.")
    return make_module(make_course(modules=0), 1, lessons=1, quiz=False)


def look_for(client, query):
    answer = client.post(reverse("search"), {"q": query})
    assert (answer.status_code, answer.url) == (302, reverse("search"))
    return client.get(answer.url).text


def links(html):
    found = re.findall(r'<a href="([^"]+)"', html[html.index('class="results"') : html.index("</main>")])
    return [address for address in found if address != reverse("account_login")]


def test_a_learner_finds_lessons_and_lands_at_the_place(learner_client, module):
    lesson = make_lesson(
        module, 2, [("text", "<p>Nada aquí.</p>"), ("text", "<p>El <b>secreto</b> protege [S42].</p>")]
    )
    html = look_for(learner_client, "SECRETOS")
    [address] = links(html)
    assert address.startswith("/es/m1/2/#p-")
    assert "El <mark>secreto</mark> protege." in html
    page = learner_client.get("/es/m1/2/").text
    assert f'id="{address.partition("#")[2]}"' in page
    assert str(lesson.body[1].id)[:8] in address


def test_words_guide_and_directory_lead_to_their_place(client, module):
    assert links(look_for(client, "etiquetas")) == ["/es/glosario/#estigma"]
    assert links(look_for(client, "prostituta")) == ["/es/lenguaje/#guia-diga-01"]
    assert links(look_for(client, "omes")) == ["/es/directorio/lideresas_pares/#omes"]
    for address, anchor in (("/es/lenguaje/", "guia-diga-01"), ("/es/directorio/lideresas_pares/", "omes")):
        assert f'id="{anchor}"' in client.get(address).text


def test_a_learner_finds_the_sheets_to_print(learner_client, module):
    body = [{"text": "Las **carátulas** no dicen nada [S42]."}, {"table": {"columns": [{"title": "Responsable"}]}}]
    sheet = make_printable("lista", *body, title="Lista del centro", purpose="Para mirar en parejas.")
    for words in ("lista centro", "parejas", "caratula", "responsables"):
        assert links(look_for(learner_client, words)) == ["/es/hojas/lista/"], words
    assert "Las <mark>carátulas</mark> no dicen nada." in look_for(learner_client, "carátulas")
    assert "No se encontró nada" in look_for(learner_client, "normal")
    sheet.title = "Pliego"
    sheet.save()
    assert links(look_for(learner_client, "pliegos")) == ["/es/hojas/lista/"]
    sheet.unpublish()
    assert "No se encontró nada" in look_for(learner_client, "carátulas")


@pytest.mark.parametrize(
    ("signed_in", "words"),
    [(False, "Ingrese para buscar también en las lecciones"), (True, "mientras su curso esté cerrado")],
)
def test_whoever_may_not_study_now_finds_no_lesson_and_no_sheet(client, module, signed_in, words):
    make_printable("lista", title="Lección impresa")
    if signed_in:
        client.force_login(make_learner())
    html = look_for(client, "lección")
    assert not [address for address in ("/m1/", "/hojas/lista/") if address in html]
    assert words in html


def test_a_draft_is_not_found(learner_client, module):
    assert links(look_for(learner_client, "saludo"))
    ModulePage.objects.get().unpublish()
    assert "No se encontró nada" in look_for(learner_client, "saludo")


def test_a_lesson_that_changed_is_found_by_its_new_words(learner_client, module):
    assert "No se encontró nada" in look_for(learner_client, "murciélago")
    lesson = module.get_children().specific().get()
    lesson.body = [("key_message", "Un murciélago vuela.")]
    lesson.save_revision().publish()
    assert links(look_for(learner_client, "murcielagos"))


def test_a_warning_shows_and_the_text_does_not(learner_client, module):
    lesson = make_lesson(module, 2, [("text", "<p>Algo muy violento.</p>")])
    lesson.warning = "Habla de violencia."
    lesson.save()
    html = look_for(learner_client, "violento")
    assert "Tiene advertencia de contenido" in html
    assert "Algo muy" not in html


def test_a_scene_is_found_by_its_opening_only(learner_client, module):
    make_lesson(module, 2, [("scenario", scene(title="En el portón")), ("scenario", scene("M1-E2", warning="Duro"))])
    assert links(look_for(learner_client, "portón"))
    assert "No se encontró nada" in look_for(learner_client, "gritar")
    make_lesson(module, 3, [("scenario", scene("M1-E3", title="La cueva", warning="Duro"))])
    html = look_for(learner_client, "cueva")
    assert links(html)
    assert "Tiene advertencia de contenido" in html
    assert "6:50" not in html


def test_the_words_are_in_no_address_and_go_with_the_session(client, module):
    html = look_for(client, "etiqueta")
    assert 'value="etiqueta"' in html
    assert client.get(reverse("search"), {"q": "estigma"}).text.count('value="etiqueta"') == 1
    assert client.cookies["buscado"]["max-age"] == ""
    learner = make_learner(cohort=make_cohort())
    client.force_login(learner)
    look_for(client, "estigma")
    client.post(reverse("account_logout"))
    assert 'value=""' in client.get(reverse("search")).text


@pytest.mark.parametrize("query", ["😀", "¿?", "___", "\x00", "", "   "])
def test_a_query_without_a_word_is_told_so(client, module, query):
    html = look_for(client, query)
    assert "No se encontró" not in html
    assert 'class="results"' not in html or "Escriba una palabra" in html


def test_a_query_is_only_words_and_is_cut(client, module):
    html = look_for(client, '"><script>alert(1)</script>')
    assert "<script>alert" not in html
    assert "No se encontró nada" in html
    assert f'value="{"a" * 100}"' in look_for(client, "a" * 50_000)


def test_nothing_found_leads_on(client, module):
    html = look_for(client, "xilófono")
    assert "/es/glosario/" in links(html)
    assert "Pruebe con una sola palabra" in html
    assert '<button class="link" name="q" value="etiqueta">' in look_for(client, "etikueta")
