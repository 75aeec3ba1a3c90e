import re

import pytest
from django.urls import reverse

from modules.models import ModulePage
from modules.search.search import Passage, SearchEntry, search_entries
from modules.search.words import excerpt, highlight, stems_of, terms_of
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
def test_search_ignores_accents_case_and_plural(one, other):
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
def test_query_is_reduced_to_terms(query, terms):
    found = terms_of(query)
    assert (len(found) if isinstance(terms, int) else found) == terms


def test_excerpt_is_highlighted_sentence():
    text = "Primero nada. El Estigmá aleja del centro de salud a muchas de las personas. Luego tampoco."
    assert excerpt(text, terms_of("estigmas persona")) == (
        "El <mark>Estigmá</mark> aleja del centro de salud a muchas de las <mark>personas</mark>."
    )


def test_short_sentence_is_shown_with_neighbour():
    after = "Pida secreto. Lo que se dice aquí no sale de esta habitación, ni para bien."
    assert excerpt(after, ["secreto"]) == f"Pida <mark>secreto</mark>.{after[13:]}"
    before = "La puerta se cierra primero. Pida secreto."
    assert excerpt(before, ["secreto"]) == before.replace("secreto", "<mark>secreto</mark>")


def test_long_sentence_is_cut_at_words_around_match():
    shown = excerpt(f"{'antes ' * 80}secreto {'después ' * 80}", terms_of("secreto"))
    assert "<mark>secreto</mark>" in shown
    assert shown.startswith("…antes")
    assert shown.endswith("después…")
    assert len(shown) < 260


def test_highlighted_text_is_escaped():
    assert highlight("<b>a & secreto</b>", ["secreto"]) == "&lt;b&gt;a &amp; <mark>secreto</mark>&lt;/b&gt;"


def entry(title, *texts, kind="term", quiet=False):
    passages = [Passage(text, f"lugar-{number}", quiet) for number, text in enumerate(texts, start=1)]
    return SearchEntry(kind, title, "/aqui/", passages)


LAW = [entry("Uno", "La ley."), entry("Dos", "Otra ley."), entry("La ley", "x")]
TESTS = [entry("Uno", "La prueba es voluntaria."), entry("Dos", "La prueba.")]


@pytest.mark.parametrize(
    ("query", "entries", "found", "complete"),
    [
        ("voluntarias pruebas", TESTS, ["Uno"], True),
        ("prueba cometa", TESTS[1:], ["Dos"], False),
        ("ley", LAW, ["La ley", "Uno", "Dos"], True),
        ("confiden", [entry("Uno", "La confidencialidad.")], ["Uno"], True),
        ("con", [entry("Uno", "La confidencialidad.")], [], True),
    ],
    ids=["all words in any order", "some words", "title first, then course order", "prefix", "short prefix"],
)
def test_entries_are_matched_and_ranked(query, entries, found, complete):
    results = search_entries(query, entries)
    assert [hit.entry.title for hits in results.hits.values() for hit in hits] == found
    assert results.complete is complete


def test_first_ten_results_are_shown_and_others_counted():
    results = search_entries("ley", [entry(f"Ley {n}", "x") for n in range(13)])
    assert (len(results.hits["term"]), results.more, results.total) == (10, {"term": 3}, 13)


def test_unknown_word_gets_similar_suggestions():
    results = search_entries("confidensialidad", [entry("Uno", "La confidencialidad.")])
    assert (results.total, results.suggestions) == (0, ("confidencialidad",))


def test_quiet_passages_give_no_suggestions():
    assert search_entries("violensia", [entry("Uno", "La violencia.", quiet=True)]).suggestions == ()


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


def test_lesson_hit_links_to_block(learner_client, module):
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


def test_scene_hit_leads_to_the_page_with_the_scenes_of_all_jobs(learner_client, module):
    own = scene("M1-E1", title="La propia", role="recepcion")
    other = scene("M1-E2", title="Las ajenas", role="apoyo")
    make_lesson(module, 2, [("scenario", own), ("scenario", other)])
    [address] = links(look_for(learner_client, "ajenas"))
    assert address.startswith("/es/m1/2/?todas#p-")
    assert f'id="{address.partition("#")[2]}"' in learner_client.get(address.partition("#")[0]).text


def test_term_guide_and_directory_hits_link_to_anchors(client, module):
    assert links(look_for(client, "etiquetas")) == ["/es/glosario/#estigma"]
    assert links(look_for(client, "prostituta")) == ["/es/lenguaje/#guia-diga-01"]
    assert links(look_for(client, "omes")) == ["/es/directorio/lideresas_pares/#omes"]
    for address, anchor in (("/es/lenguaje/", "guia-diga-01"), ("/es/directorio/lideresas_pares/", "omes")):
        assert f'id="{anchor}"' in client.get(address).text


def test_learner_finds_worksheets(learner_client, module):
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
def test_lessons_and_worksheets_are_hidden_without_access(client, module, signed_in, words):
    make_printable("lista", title="Lección impresa")
    if signed_in:
        client.force_login(make_learner())
    html = look_for(client, "lección")
    assert not [address for address in ("/m1/", "/hojas/lista/") if address in html]
    assert words in html


def test_draft_is_not_found(learner_client, module):
    assert links(look_for(learner_client, "saludo"))
    ModulePage.objects.get().unpublish()
    assert "No se encontró nada" in look_for(learner_client, "saludo")


def test_changed_lesson_is_found_by_new_text(learner_client, module):
    assert "No se encontró nada" in look_for(learner_client, "murciélago")
    lesson = module.get_children().specific().get()
    lesson.body = [("key_message", "Un murciélago vuela.")]
    lesson.save_revision().publish()
    assert links(look_for(learner_client, "murcielagos"))


def test_hit_with_warning_has_no_excerpt(learner_client, module):
    lesson = make_lesson(module, 2, [("text", "<p>Algo muy violento.</p>")])
    lesson.warning = "Habla de violencia."
    lesson.save()
    html = look_for(learner_client, "violento")
    assert "Tiene advertencia de contenido" in html
    assert "Algo muy" not in html


def test_scene_is_found_by_opening_only(learner_client, module):
    make_lesson(module, 2, [("scenario", scene(title="En el portón")), ("scenario", scene("M1-E2", warning="Duro"))])
    assert links(look_for(learner_client, "portón"))
    assert "No se encontró nada" in look_for(learner_client, "gritar")
    make_lesson(module, 3, [("scenario", scene("M1-E3", title="La cueva", warning="Duro"))])
    html = look_for(learner_client, "cueva")
    assert links(html)
    assert "Tiene advertencia de contenido" in html
    assert "6:50" not in html


def test_query_is_in_no_address_and_ends_with_session(client, module):
    assert 'value="etiqueta"' in look_for(client, "etiqueta")
    assert client.get(reverse("search"), {"q": "estigma"}).text.count('value="etiqueta"') == 1
    assert client.cookies["buscado"]["max-age"] == ""
    client.force_login(make_learner(cohort=make_cohort()))
    look_for(client, "estigma")
    client.post(reverse("account_logout"))
    assert 'value=""' in client.get(reverse("search")).text


@pytest.mark.parametrize("query", ["😀", "¿?", "___", "\x00", "", "   "])
def test_query_without_words_is_reported(client, module, query):
    html = look_for(client, query)
    assert "No se encontró" not in html
    assert 'class="results"' not in html or "Escriba una palabra" in html


def test_query_is_escaped_and_cut(client, module):
    html = look_for(client, '"><script>alert(1)</script>')
    assert "<script>alert" not in html
    assert "No se encontró nada" in html
    assert f'value="{"a" * 100}"' in look_for(client, "a" * 50_000)


def test_no_results_page_offers_links_and_suggestions(client, module):
    html = look_for(client, "xilófono")
    assert "/es/glosario/" in links(html)
    assert "Pruebe con una sola palabra" in html
    assert '<button class="link" name="q" value="etiqueta">' in look_for(client, "etikueta")
