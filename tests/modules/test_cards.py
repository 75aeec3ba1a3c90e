import re
from itertools import pairwise

import pytest
from django.urls import reverse

from modules.models import LessonPage
from tests.factories import finish_lessons, make_course, make_question, make_quiz, make_staff
from tests.quizzes.factories import start, submit

from .factories import make_organisation, make_printable, make_source, scene

pytestmark = pytest.mark.django_db

SENTENCE = "Una frase de diez palabras dice algo útil para hoy."
TIPS = [{"role": "recepcion", "tip": "Salude igual."}, {"role": "apoyo", "tip": "Oriente sin preguntar."}]


@pytest.fixture(autouse=True)
def course():
    return make_course(modules=1, lessons=2)


def write(*blocks, number=1):
    lesson = LessonPage.objects.get(url_path=f"/curso/m1/{number}/")
    children = lesson.body.stream_block.child_blocks
    lesson.body = [(name, children[name].normalize(value)) for name, value in blocks]
    lesson.save_revision().publish()


def sections(client, address="/es/m1/1/"):
    """Return {id: HTML} of the cards, in order."""
    html = client.get(address).text
    return dict(re.findall(r'<section class="card[^"]*" id="(\w+)"(.*?)\n</section>', html, flags=re.DOTALL)) | {
        "sobre": html[html.index('id="sobre"') :]
    }


def words_of(html):
    html = re.sub(r'<div class="road">.*?</div>|<div class="card-nav">.*', "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition(">")[2]).split())


def read(client, address="/es/m1/1/"):
    return [words_of(html) for name, html in sections(client, address).items() if re.fullmatch(r"c\d+", name)]


def paragraphs(*sentences):
    return "".join(f"<p>{' '.join([SENTENCE] * number)}</p>" for number in sentences)


def test_paragraphs_join_up_to_fifty_words_and_a_heading_begins_a_card(learner_client):
    write(("text", paragraphs(2, 3, 2) + "<h3>Otro tema</h3>" + paragraphs(2)))
    cards = read(learner_client)
    assert [card.count("diez") for card in cards] == [5, 2, 2]
    assert cards[0].startswith("Lección 1 ")
    assert cards[2].startswith("Otro tema ")


def test_a_long_paragraph_is_cut_between_sentences_but_not_in_a_quotation(learner_client):
    write(("text", paragraphs(8)))
    assert [card.count("diez") for card in read(learner_client)] == [4, 4]
    write(("text", f"<p>«{' '.join([SENTENCE] * 8)}»</p>"))
    assert [card.count("diez") for card in read(learner_client)] == [8]


def test_a_list_stays_with_the_line_that_leads_to_it(learner_client):
    items = "".join(f"<li>{SENTENCE}</li>" for _item in range(4))
    write(("text", f"<p>{SENTENCE}</p><p>{SENTENCE} Haga esto:</p><ul>{items}</ul>"))
    first, second = read(learner_client)
    assert (first.count("diez"), second.count("diez")) == (1, 5)


def test_a_key_message_joins_a_short_card_and_else_stands_alone(learner_client):
    write(("text", paragraphs(2)), ("key_message", "Un saludo también cura."))
    assert len(read(learner_client)) == 1
    write(("text", paragraphs(5)), ("key_message", "Un saludo también cura."))
    assert read(learner_client)[1] == "Un saludo también cura."


def test_rows_of_do_and_avoid_are_questions_that_answer_at_once(learner_client):
    rows = [
        {"do": "En la cola: «Aquí pasan todas».", "avoid": "Defenderla.", "why": "Es **exponer**. La señala."},
        {"do": "Saludar.", "avoid": "Callar.", "why": ""},
    ]
    write(("do_avoid", {"title": "Frases", "rows": rows}))
    first, second = sections(learner_client)["c1"], sections(learner_client)["c2"]
    assert "Frases En la cola: ¿qué ayuda más?" in words_of(first)
    assert "Frases ¿Qué ayuda más?" in words_of(second)
    for html, better in ((first, "«Aquí pasan todas»."), (second, "Saludar.")):
        answers = re.findall(r'<summary>(.*?)</summary>\s*<div class="outcome">(.*?)</div>', html, flags=re.DOTALL)
        told = {words_of(">" + answer)[2:]: words_of(">" + outcome) for answer, outcome in answers}
        assert told.pop(better).startswith("✓ Sí, eso ayuda.")
        (outcome,) = told.values()
        assert outcome.startswith(f"Mejor: {better}")
    assert "✓ Sí, eso ayuda. Lo otro es exponer . La señala." in words_of(first)
    assert "Eso es exponer . La señala." in words_of(first)
    assert sections(learner_client)["c1"] == first


def test_a_checklist_has_four_points_a_card(learner_client):
    write(("checklist", {"title": "Antes de abrir", "items": [f"Punto {number}" for number in range(1, 7)]}))
    cards = read(learner_client)
    assert [card.count("Punto") for card in cards] == [4, 2]
    assert all(card.startswith("Antes de abrir") for card in cards)


def test_a_reflection_asks_for_nothing_in_writing(learner_client):
    write(("reflection", {"prompt": "¿Qué hizo su cara?", "feedback": "A cada quien le pasa."}))
    html = sections(learner_client)["c1"]
    assert "<summary>Ya lo pensé</summary><p>A cada quien le pasa.</p>" in html
    assert "<textarea" not in html


def test_the_tip_of_the_own_job_is_the_last_card_after_sheets_and_directory(learner_client):
    write(
        ("role_tips", TIPS),
        ("printable", make_printable()),
        ("directory", {"title": "Quién ayuda", "needs": ["refugio"]}),
        ("text", paragraphs(1)),
    )
    cards = read(learner_client)
    assert ["Lista" in cards[1], "Quién ayuda" in cards[2]] == [True, True]
    assert "Su puesto Recepción, archivo, caja Para hacer hoy Salude igual. Consejos para otros puestos" in cards[3]
    assert "Terminé esta parte" in sections(learner_client)["c4"]


def test_a_drawing_goes_to_the_nearest_card_with_room_and_else_onto_paper(learner_client):
    drawing = ("figure", {"drawing": "porton", "alt": "Un portón", "caption": ""})
    write(("text", paragraphs(5)), drawing, ("text", paragraphs(5, 2)))
    assert ["Un portón" in html for html in list(sections(learner_client).values())[:3]] == [False, False, True]
    write(("text", paragraphs(5)), drawing)
    assert '<div class="spare">' in sections(learner_client)["c1"]


def test_what_is_not_verified_is_said_below_the_card_and_quoted_at_the_end(learner_client):
    make_source("S7")
    write(
        ("text", f"<p>{SENTENCE} Lo dice la ley [S7]. Se le protege ese día [VL].</p>"),
        ("callout", {"kind": "about", "title": "Lo que no sabemos", "text": "<p>No hay encuesta [S7].</p>"}),
    )
    found = sections(learner_client)
    assert "c2" not in found
    assert "[" not in words_of(found["c1"])
    assert "sin verificar" not in found["c1"]
    assert words_of(found["c1"]).endswith("Una frase de aquí está por verificar")
    about = words_of(found["sobre"])
    for words in (
        "Por verificar",
        "«Se le protege ese día.»",
        "Lo que no sabemos",
        "No hay encuesta.",
        "Publicación S7.",
    ):
        assert words in about
    assert about.count("Se le protege") == 1


def test_an_abbreviation_ends_no_sentence(learner_client):
    cut = f"La Dra. Xicará {' '.join(['dice algo útil'] * 6)}."
    write(("text", f"<p>{' '.join([SENTENCE] * 4)} {cut} {' '.join([SENTENCE] * 2)}</p>"))
    assert ["La Dra. Xicará dice algo" in card for card in read(learner_client)].count(True) == 1


def test_unverified_sentences_of_folded_texts_are_quoted_too(learner_client):
    tips = [TIPS[0], {"role": "apoyo", "tip": "Pruebe el número [VL]."}]
    write(("text", paragraphs(1)), ("role_tips", tips))
    assert "«Pruebe el número.»" in words_of(sections(learner_client)["sobre"]).replace("“", "«").replace("”", "»")
    make_organisation(needs=("refugio",), note="Llame antes [VL]; lo dice un estudio [S7].")
    make_source("S7")
    write(("directory", {"title": "Quién ayuda", "needs": ["refugio"]}))
    found = sections(learner_client)
    assert 'Llame antes <span class="unverified">' in found["c1"]
    assert 'href="#fuente-S7"' in found["c1"]
    assert 'id="fuente-S7"' in found["sobre"]


def test_scenes_stand_where_they_stand_in_the_lesson(learner_client):
    first, second = (scene(f"M1-E{number}", title=f"Escena {number}", role="recepcion") for number in (1, 2))
    write(("scenario", first), ("text", paragraphs(5)), ("scenario", second))
    assert ["Escena 1" in card for card in read(learner_client)] == [True, False, False]
    assert ["Escena 2" in card for card in read(learner_client)] == [False, False, True]


def test_other_scenes_are_one_link_away_and_without_an_own_one_all_are_cards(learner_client):
    own, other = scene("M1-E1", title="Lo propio", role="recepcion"), scene("M1-E2", title="Lo ajeno", role="apoyo")
    write(("scenario", other), ("scenario", own))
    assert [("Lo propio" in card, "Lo ajeno" in card) for card in read(learner_client)] == [(True, False)]
    assert ["Lo propio" in card for card in read(learner_client, "/es/m1/1/?todas")] == [True, False]
    write(("scenario", other), ("scenario", scene("M1-E3", title="De nadie", role="clinica")))
    assert len(read(learner_client)) == 2


def test_the_bar_goes_on_through_all_parts_to_the_questions(learner, learner_client, course):
    write(("scenario", scene(role="recepcion")))
    write(("text", paragraphs(5, 5)), number=2)
    module = course.get_children().first().specific

    def bars(address):
        return re.findall(r'<progress class="bar" value="(\d+)" max="(\d+)"', learner_client.get(address).text)

    total = str(2 + 2 + module.quiz.count_questions())
    assert bars("/es/m1/1/") == [("1", total)]
    assert bars("/es/m1/2/") == [("3", total), ("4", total)]
    assert bars("/es/m1/") == [("0", total)]
    learner_client.post(reverse("mark_lesson_read", args=[module.lessons[0].translation_key]))
    assert bars("/es/m1/") == [("2", total)]
    finish_lessons(learner, module)
    assert bars("/es/m1/") == [("4", total)]


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([("scenario", scene(role="recepcion"))], "Escena de su puesto"),
        ([("scenario", scene(role="apoyo"))], "1 tarjeta"),
        ([("text", paragraphs(1)), ("scenario", scene(role="recepcion"))], "2 tarjetas"),
    ],
)
def test_a_module_says_of_a_lesson_what_it_is_for_the_job(learner_client, blocks, said):
    write(*blocks)
    row = learner_client.get("/es/m1/").text.split('href="/es/m1/1/"')[-1].partition("</li>")[0]
    assert said in " ".join(row.split())


def test_each_card_leads_to_the_next_and_back(learner_client):
    write(("text", paragraphs(5, 5, 5)))
    found = [html for name, html in sections(learner_client).items() if name != "sobre"]
    links = [re.findall(r'href="#c(\d)"', html) for html in found]
    assert links == [["2"], ["1", "3"], ["2"]]
    labels = re.findall(r"<span>(\d) de 3<", learner_client.get("/es/m1/1/").text)
    assert all(int(after) - int(before) == 1 for before, after in pairwise(labels))


def test_the_editor_sees_how_many_cards_the_longest_and_a_run_of_plain_ones(client):
    write(("text", paragraphs(*[5] * 6)), ("key_message", "Un saludo también cura."))
    client.force_login(make_staff("editora", "Editoras"))
    lesson = LessonPage.objects.get(url_path="/curso/m1/1/")
    text = words_of(">" + client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).text)
    assert "7 tarjetas, la más larga, 50 palabras, 0 comprobaciones" in text.replace(" ,", ",")
    assert "Tarjetas 1 a 7: más de 5 seguidas sin nada que elegir." in text


def test_result_of_a_quiz_leads_to_the_very_card_of_what_was_missed(learner, learner_client):
    text = (
        "<h3>La puerta</h3>" + paragraphs(2) + "<h3>Los apodos</h3><p>Ante un apodo, una frase breve y al trabajo.</p>"
        "<h3>El turno</h3>" + paragraphs(2) + "<h3>Los apodos</h3><p>El expediente lleva su nombre legal.</p>"
    )
    write(("text", text), number=2)
    questions = [
        make_question("M1-P1", text="Alguien dice un apodo en la cola. ¿Qué hace?", lesson="M1-L2"),
        make_question("M1-P4", text="¿Qué nombre lleva el expediente?", lesson="M1-L2"),
        make_question("M1-P2", text="Llega a la puerta y duda. ¿Qué hace?", lesson="M1-L2#la-puerta"),
        make_question("M1-P3", text="¿Qué hace?", lesson="M1-L9"),
    ]
    attempt = start(learner, make_quiz("m9", questions, pass_mark=100))
    attempt = submit(attempt)
    page = learner_client.get(reverse("attempt_result", args=[attempt.pk])).text
    links = re.findall(r'<li><a href="(/es/m1/[^"]*)">([^<]*)</a></li>', page.partition("again-list")[2])
    assert links == [("/es/m1/2/#c2", "Los apodos"), ("/es/m1/2/#c1", "La puerta")]
    assert "una frase breve" in sections(learner_client, "/es/m1/2/")["c2"]
