import io
import re
import subprocess

import pikepdf
import pytest
from django.conf import settings
from django.core.cache import caches
from django.urls import reverse
from django.utils import translation
from wagtail.test.utils.form_data import nested_form_data, streamfield

from modules.content.declarations.pages import LISTS
from modules.content.declarations.reading import read_nodes
from modules.content.declarations.shapes import ListOf
from modules.content.loading.reports import Findings, Report
from modules.content.loading.snippets import put_in_order
from modules.content.writing.live import live_course
from modules.models import Worksheet
from modules.pdf.worksheets import get_worksheet_pdf
from quizzes.base.identifiers import stable_key
from quizzes.base.markup import strip_markup
from tests.factories import make_course, spanish

from .factories import make_printable, make_source, make_term

pytestmark = pytest.mark.django_db

DRAFTS = ["pensamientos-de-muerte", "peligro-en-el-porton"]
IDENTIFIERS = [
    *("lista-del-centro", "codigo-de-conducta", "plan-de-accion", "guia-de-la-reunion", "si-piden-datos"),
    *("hoja-de-quejas", "ruta-72-horas", "ruta-menores-de-18", "tarjeta-anima", "guion-para-agentes"),
    *("boleta-de-referencia", "rotulo-de-sala", "tarjeta-para-senalar", "rotulo-del-equipo", *DRAFTS),
]


def shipped_values():
    raw = (settings.BASE_DIR / "content/es/printables.yaml").read_bytes()
    report = Report("printables.yaml", Findings())
    values = ListOf(LISTS["printables.yaml"][1]).read(read_nodes(raw, report), report)
    assert report.findings.problems == set()
    return values


def make_shipped():
    printables = [make_printable(value["id"], *value.pop("body"), **value) for value in shipped_values()]
    put_in_order(printables)
    return printables


def poppler(tool, *options, pdf):
    return subprocess.run([tool, *options], input=pdf, stdout=subprocess.PIPE, check=True).stdout.decode()


def closed_up(text):
    # A line may break anywhere on paper.
    return "".join(text.split())


def texts_in(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("orientation", "id", "width", "purpose"):
                yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
    elif isinstance(value, str):
        yield value


def pages_of(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [tuple(round(float(side)) for side in page.mediabox[2:]) for page in opened.pages]


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.text


@pytest.mark.nightly
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_worksheet_fits_on_its_pages_with_all_text(paper):
    values = {value["id"]: value for value in shipped_values()}
    sizes = {"letter": (612, 792), "a4": (595, 842)}
    for printable in make_shipped():
        pdf = get_worksheet_pdf(printable, paper=paper)
        width, height = sizes[paper]
        side = (height, width) if printable.orientation == "landscape" else (width, height)
        assert pages_of(pdf) == [side] * printable.pages, printable.identifier
        printed, raw = (
            re.sub(r"\[S\d+\]", "", closed_up(poppler("pdftotext", order, "-", "-", pdf=pdf)))
            for order in ("-layout", "-raw")
        )
        for text in texts_in(values[printable.identifier]):
            said = closed_up(strip_markup(text.replace("[VL]", "sin verificar")))
            assert said in raw or said in printed, (printable.identifier, text)


def test_worksheet_to_read_has_larger_type_than_form():
    def letters(*parts):
        document = get_worksheet_pdf(make_printable(f"hoja-{Worksheet.objects.count()}", *parts), paper="letter")
        said = poppler("pdftotext", "-bbox", "-", "-", pdf=document)
        (top, bottom) = re.search(r'yMin="([\d.]+)"[^>]+yMax="([\d.]+)">Pase<', said).groups()
        return float(bottom) - float(top)

    blanks = [{"blanks": {"fields": ["Fecha", "Lugar", "Nombre"][:count]}} for count in (2, 3)]
    read, few, many = (letters({"text": "Pase adelante."}, *more) for more in ([], blanks[:1], blanks[1:]))
    assert read == few > 1.3 * many
    checklist = {"answers": ["Sí"], "groups": [{"title": "Antes", "points": ["Saludo."]}]}
    assert letters({"text": "Pase adelante."}, {"checklist": checklist}) == many


def test_choices_are_not_counted(learner_client):
    checklist = {"answers": ["Sí"], "groups": [{"title": "Cómo avisarle", "points": ["Con una llamada.", "No."]}]}
    printable = make_printable("lista", {"checklist": checklist})
    html = page(learner_client, "/es/hojas/lista/")
    assert "<li>Con una llamada.</li>" in html
    assert "<answer-count" not in html
    assert "de 2" not in poppler("pdftotext", "-", "-", pdf=get_worksheet_pdf(printable, paper="letter"))


def test_pdf_is_tagged_titled_and_embeds_fonts():
    for printable in make_shipped():
        document = get_worksheet_pdf(printable, paper="letter")
        with pikepdf.open(io.BytesIO(document)) as pdf:
            assert (str(pdf.docinfo["/Title"]), str(pdf.Root.Lang)) == (printable.title, "es")
            assert pdf.Root.MarkInfo.Marked
            assert pdf.open_metadata()["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        lines = poppler("pdffonts", "-", pdf=document).splitlines()[2:]
        fonts = {line.split()[0].partition("+")[2]: line.split()[-5] for line in lines}
        assert fonts == {"Atkinson-Hyperlegible": "yes", "Atkinson-Hyperlegible-Bold": "yes"}, printable.identifier


@pytest.mark.nightly
def test_type_shrinks_until_worksheet_fits_then_pages_are_added():
    short = get_worksheet_pdf(
        make_printable("corta", {"numbered": {"items": ["Saludar a toda persona."]}}), paper="letter"
    )
    rules = [f"Regla {n}: saludar a toda persona que llega, por su nombre y en su orden." for n in range(1, 31)]
    long = get_worksheet_pdf(make_printable("larga", {"numbered": {"items": rules}}), paper="letter")
    endless = get_worksheet_pdf(make_printable("sin-fin", {"numbered": {"items": rules * 4}}), paper="letter")

    def height_of(word, pdf):
        found = re.search(
            rf'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">{word}<', poppler("pdftotext", "-bbox", "-", "-", pdf=pdf)
        )
        return float(found[2]) - float(found[1])

    assert (len(pages_of(short)), len(pages_of(long)), len(pages_of(endless))) == (1, 1, 3)
    assert height_of("Saludar", short) > 1.2 * height_of("saludar", long)
    assert poppler("pdftotext", "-", "-", pdf=endless).count("Regla") == 120


def test_pdf_is_in_language_of_worksheet_and_reproducible():
    make_term()
    make_source("S42")
    printable = make_printable("lista", {"text": "El [[estigma]] [S42] cuenta [VL]."}, intro="**Marque** aquí.")
    with translation.override("en"):
        pdf = get_worksheet_pdf(printable, paper="letter")
    caches["sheets"].clear()
    assert get_worksheet_pdf(printable, paper="letter") == pdf
    text = " ".join(poppler("pdftotext", "-", "-", pdf=pdf).split())
    assert "Marque aquí. El estigma [S42] cuenta sin verificar . Fuentes S42 Publicación S42." in text


def test_text_is_escaped_and_nothing_is_loaded(caplog, learner_client):
    hostile = '<img src="http://127.0.0.1:9/x.png" onerror=alert(1)> & <script>alert(1)</script>'
    checklist = {"answers": [hostile[:30]], "groups": [{"title": hostile, "points": [hostile]}]}
    parts = [{"checklist": checklist}, {"note": {"title": hostile, "lines": [hostile]}}, {"sentence": hostile}]
    pdf = get_worksheet_pdf(make_printable("hostil", *parts, title=hostile), paper="letter")
    assert closed_up(hostile) in closed_up(poppler("pdftotext", "-raw", "-", "-", pdf=pdf))
    assert [record for record in caplog.records if record.name.startswith("weasyprint")] == []
    html = page(learner_client, "/es/hojas/hostil/")
    assert "<img" not in html
    assert "<script>" not in html


def test_draft_worksheet_is_not_found(learner_client):
    make_printable().unpublish()
    assert "Todavía no hay hojas" in page(learner_client, "/es/hojas/")
    page(learner_client, "/es/hojas/lista/", status=404)
    page(learner_client, "/es/hojas/lista.pdf", status=404)
    page(learner_client, "/es/hojas/no-existe/", status=404)


def test_list_links_to_each_worksheet(learner_client):
    make_shipped()
    html = page(learner_client, "/es/hojas/")
    assert re.findall(r'href="/es/hojas/([\w-]+)/"', html) == IDENTIFIERS
    assert re.findall(r'href="/es/hojas/([\w-]+)\.pdf"', html) == IDENTIFIERS
    assert "2 páginas, tamaño carta o A4" in html


def test_footer_links_to_worksheets_for_users(client, learner_client):
    assert 'href="/es/hojas/"' in page(learner_client, "/es/glosario/")
    client.logout()
    assert 'href="/es/hojas/"' not in page(client, "/es/glosario/")


def test_checklist_of_worksheet_cannot_be_submitted(learner_client):
    make_shipped()
    html = page(learner_client, "/es/hojas/lista-del-centro/")
    boxes = [box for box in re.findall(r"<input[^>]*>", html) if 'type="checkbox"' in box]
    sheet = html[html.index("<answer-count") : html.index("</answer-count>")]
    assert sheet.count("<input") == 120
    assert not any(" name=" in box for box in boxes if box in sheet)
    assert "<form" not in sheet
    assert re.findall(r'data-number="(\d+)"', sheet) == [str(n) for n in range(1, 31)]


def test_page_explains_terms_and_lists_sources(learner_client):
    make_term()
    make_source("S42")
    make_printable("lista", {"text": "El [[estigma]] [S42] cuenta [VL]."})
    html = page(learner_client, "/es/hojas/lista/")
    assert 'popovertarget="termino-estigma"' in html
    assert 'id="fuente-S42"' in html
    assert '<span class="unverified">sin verificar</span>' in html


def test_pdf_has_name_of_worksheet_and_requested_paper(learner_client):
    make_printable()
    letter = learner_client.get("/es/hojas/lista.pdf")
    assert letter["Content-Type"] == "application/pdf"
    assert letter["Content-Disposition"] == 'inline; filename="lista.pdf"'
    assert pages_of(letter.content) == [(612, 792)]
    assert pages_of(learner_client.get("/es/hojas/lista.pdf?papel=a4").content) == [(595, 842)]
    assert pages_of(learner_client.get("/es/hojas/lista.pdf?papel=../x").content) == [(612, 792)]


def test_lesson_shows_card_of_published_worksheet(learner_client):
    lesson = make_course(modules=1, lessons=1, quiz=False).get_descendants().last().specific
    printable = make_printable(pages=2)
    lesson.body = [("printable", printable)]
    lesson.save_revision().publish()
    html = page(learner_client, "/es/m1/1/")
    for words in ('href="/es/hojas/lista/"', 'href="/es/hojas/lista.pdf"', "Para mirar."):
        assert words in html
    printable.unpublish()
    assert "Para mirar." not in page(learner_client, "/es/m1/1/")
    printable.delete()
    page(learner_client, "/es/m1/1/")


def test_editor_creates_worksheet(editor_client):
    address = reverse("wagtailsnippets_modules_worksheet:add")
    assert "Hojas para imprimir" in page(editor_client, address)
    agenda = {
        "title": "",
        "steps": streamlist({"minutes": "5", "text": "Saludo."}, {"minutes": "10", "text": "Lista."}),
    }
    form = nested_form_data(
        {
            "title": "Agenda del lunes",
            "identifier": "agenda-del-lunes",
            "purpose": "Para la reunión corta.",
            "intro": "",
            "body": streamfield([("text", "Traiga la lista."), ("agenda", agenda)]),
            "pages": "1",
            "orientation": "portrait",
            "sort_order": "6",
            "locale": spanish().pk,
            "action-publish": "1",
        }
    )
    answer = editor_client.post(address, form)
    assert answer.status_code == 302, answer.text
    assert Worksheet.objects.get().translation_key == stable_key("printable:agenda-del-lunes")
    assert live_course("es").entries["printable:agenda-del-lunes"].value == {
        "id": "agenda-del-lunes",
        "title": "Agenda del lunes",
        "purpose": "Para la reunión corta.",
        "orientation": "portrait",
        "pages": 1,
        "body": [
            {"text": "Traiga la lista."},
            {"agenda": {"steps": [{"minutes": 5, "text": "Saludo."}, {"minutes": 10, "text": "Lista."}]}},
        ],
    }
    assert pages_of(editor_client.get("/es/hojas/agenda-del-lunes.pdf").content) == [(612, 792)]


def streamlist(*values):
    form = {"count": str(len(values))}
    for position, value in enumerate(values):
        form[str(position)] = {"value": value, "order": str(position), "deleted": ""}
    return form


def test_editor_previews_worksheet():
    for printable in make_shipped():
        assert printable.title in printable.make_preview_request().render().text


def test_order_survives_older_draft():
    first, second = make_printable("una"), make_printable("otra")
    put_in_order([first, second])
    first.refresh_from_db()
    first.title = "Un borrador"
    draft = first.save_revision()
    put_in_order([second, first])
    draft.refresh_from_db()
    draft.publish()
    assert [printable.identifier for printable in Worksheet.objects.order_by("sort_order")] == ["otra", "una"]


@pytest.mark.parametrize("name", Worksheet.body.field.stream_block.child_blocks)
def test_block_picker_previews_every_block(name):
    part = Worksheet.body.field.stream_block.child_blocks[name]
    assert part.is_previewable
    assert part.meta.description
    assert part.meta.icon
    assert part.render(part.clean(part.get_preview_value()))
