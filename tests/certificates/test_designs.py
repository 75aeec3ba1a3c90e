import html
import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import NoReverseMatch, reverse
from wagtail.images import get_image_model
from wagtail.models import Locale

from certificates.issuing.field_values import active_design, certificate_language
from certificates.models import Certificate, CertificateDesign
from modules.pdf.renderer import BOLD_FONT, FONT_FILES, REGULAR_FONT

from .factories import make_design
from .pictures import as_file, drawn, png_of, upload

pytestmark = pytest.mark.django_db


def test_active_design_is_chosen_by_language():
    make_design(heading="Viejo", is_active=False)
    assert active_design("es").heading == "Certificado de finalización"
    make_design(heading="Nuevo")
    assert active_design("es").heading == "Nuevo"
    assert active_design("en").heading == "Certificate of completion"


@pytest.mark.postgres
def test_only_one_design_per_language_is_active():
    make_design()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_design()


@pytest.mark.parametrize(
    ("interface", "printed"), [("es", "es"), ("es-gt", "es"), ("en", "en"), ("fr", "es"), (None, "es")]
)
def test_certificate_language_is_spanish_or_english(interface, printed):
    assert certificate_language(interface) == printed


def test_preview_shows_the_design_texts(course):
    page = make_design().make_preview_request().text
    for expected in (
        "CONSTANCIA DE FINALIZACIÓN",
        "Ana Lucía Coj de la Cruz",
        "Dra. Julia Tzoc",
        'class="sheet letter',
    ):
        assert expected in page
    assert page.count("<svg") == 3


def test_preview_modes_are_spanish_english_and_both(course):
    design = make_design()
    assert [str(name) for _mode, name in design.preview_modes] == ["Español", "English", "Ambos"]
    assert (design.default_preview_mode, make_in_english(design).default_preview_mode) == ("es", "en")

    def headings(mode):
        return re.findall(r"<h1[^>]*>(.*?)</h1>", design.make_preview_request(preview_mode=mode).text)

    assert headings("es") == ["CONSTANCIA DE FINALIZACIÓN"]
    assert headings("both") == ["CONSTANCIA DE FINALIZACIÓN", "RECORD OF COMPLETION"]
    CertificateDesign.objects.in_use("en").delete()
    assert headings("en") == ["CERTIFICATE OF COMPLETION"]


def make_in_english(design):
    english = design.copy_for_translation(Locale.objects.get(language_code="en"))
    english.heading = "Record of completion"
    english.save()
    return english


def form_of(design=None, *, signatories=(), logos=(), **words):
    posted = {
        "name": "Área de salud",
        "heading": "Constancia",
        "statement": "terminó el curso",
        "subject": "sobre el buen trato",
        "text": "",
        "issuer": "DAS",
        "paper_size": "A4",
        "border": "3",
        "palette": "jade",
        "validity_months": "24",
        "is_active": "on",
    }
    for name, lines in (("signatories", signatories), ("logos", logos)):
        posted |= {f"{name}-TOTAL_FORMS": len(lines), f"{name}-INITIAL_FORMS": 0}
        for place, line in enumerate(lines):
            posted |= {f"{name}-{place}-{field}": value for field, value in line.items()}
            posted |= {f"{name}-{place}-ORDER": place + 1, f"{name}-{place}-id": ""}
    return posted | words


@pytest.fixture
def editor(client, course):
    client.force_login(get_user_model().objects.create_superuser("admin", password="x"))
    return client


def post_new(editor, **fields):
    return editor.post(reverse(CertificateDesign.snippet_viewset.get_url_name("add")), form_of(**fields))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"statement": "es una persona libre de estigma"}, "«libre de estigma» no se puede certificar"),
        ({"subject": "sobre {tema}"}, "No hay un campo {tema}. Existen estos: {nombre}"),
        ({"heading": "Constancia 🎓"}, "El certificado no puede imprimir «🎓»"),
        ({"issuer": "وزارة الصحة"}, "El certificado no puede imprimir «و»"),
        ({"text": "una\u202eaíd"}, "El texto tiene un carácter invisible (U+202E)"),
        ({"validity_months": "0"}, "mayor o igual a 1"),
        ({"signatories": [{"name": n, "post": ""} for n in "ABCD"]}, "envíe 3 formularios como máximo"),
        ({"signatories": [{"name": "", "post": "", "image": "IMAGE"}]}, "Escriba un nombre, un puesto o ambos"),
        ({"signatories": [{"name": "A", "post": "", "image": "EMPTY"}]}, "no se ve nada de esta imagen"),
        ({"logos": [{"image": "IMAGE", "institution": n} for n in "ABCDE"]}, "envíe 4 formularios como máximo"),
        ({"logos": [{"image": "IMAGE", "institution": ""}]}, "Este campo es necesario"),
        ({"logos": [{"image": "SVG", "institution": "DAS"}]}, "Las SVG no se imprimen"),
        ({"logos": [{"image": "GONE", "institution": "DAS"}]}, "ya no está. Súbalo de nuevo"),
    ],
)
def test_unprintable_design_text_is_refused(editor, fields, said):
    images = {
        "IMAGE": upload(as_file(drawn())),
        "EMPTY": upload(as_file(drawn(ink="white"))),
        "SVG": upload(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        "GONE": upload(as_file(drawn()), name="perdida.png"),
    }
    images["GONE"].file.storage.delete(images["GONE"].file.name)
    fields = {
        field: [{key: images[text].pk if text in images else text for key, text in line.items()} for line in value]
        if isinstance(value, list)
        else value
        for field, value in fields.items()
    }
    response = post_new(editor, **fields)
    assert response.status_code == 200
    assert said in html.unescape(response.text)
    assert not CertificateDesign.objects.exists()


def test_design_form_explains_every_field(editor):
    design = make_design()
    page = editor.get(reverse(CertificateDesign.snippet_viewset.get_url_name("edit"), args=[design.pk])).text
    for field in ("{nombre}", "{grade}", "{vence}"):
        assert f"<code>{field}</code>" in page
    for field in ("name", "is_active", "validity_months", "issuer", "heading", "statement", "subject", "text"):
        assert re.search(f'id="panel-child-[a-z_]*{field}-helptext|{field}-helptext', page), field


def test_preview_uses_the_print_font(course):
    page = make_design().make_preview_request().text
    styles = [finders.find(name.removeprefix("/static/")) for name in re.findall(r'href="([^"]+\.css)"', page)]
    fonts = re.findall(r'url\("\.\./([^"]+)"\)', "".join(Path(style).read_text() for style in styles))
    assert fonts == [f"print-fonts/{name}" for name in (REGULAR_FONT, BOLD_FONT)]
    assert [finders.find(font) for font in fonts] == [str(FONT_FILES / name) for name in (REGULAR_FONT, BOLD_FONT)]


def test_library_refuses_forty_megapixels(editor):
    file = SimpleUploadedFile("logo.png", png_of(8000, 5000, rows=5000), "image/png")
    response = editor.post(reverse("wagtailimages:add"), {"title": "Logo", "file": file})
    assert "La imagen «logo.png» tiene 8000 × 5000 puntos, demasiados." in response.text
    assert not get_image_model().objects.exists()


@pytest.mark.usefixtures("indexes")
def test_image_used_by_a_design_cannot_be_deleted(editor):
    image = upload(as_file(drawn()))
    post_new(editor, logos=[{"image": image.pk, "institution": "DAS"}])
    assert editor.post(reverse("wagtailimages:delete", args=[image.pk])).status_code in (200, 302)
    assert type(image).objects.filter(pk=image.pk).exists()


def test_issued_certificates_cannot_be_edited_in_the_cms():
    assert not hasattr(Certificate, "snippet_viewset")
    with pytest.raises(NoReverseMatch):
        reverse("wagtailsnippets_certificates_certificate:list")
