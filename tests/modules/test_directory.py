import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Locale

from modules.labels import is_verified
from modules.rendering.references import Directory, DirectoryEntry, _initial, alphabetical_key
from tests.factories import spanish

from .factories import make_language_entry, make_organisation, make_source, make_term

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.text


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(("days", "counts"), [(0, True), (90, True), (91, False), (None, False)])
def test_check_is_valid_for_ninety_days(days, counts):
    assert is_verified(None if days is None else TODAY - timedelta(days=days), TODAY) is counts


def test_directory_is_public_and_leads_to_help_in_two_taps(client):
    make_organisation("omes", needs=("lideresas_pares", "prep_pep"))
    make_organisation("centro", needs=("prep_pep",), name="Centro de Salud", phone="2411-8686 / 1572")
    html = page(client, "/es/directorio/")
    assert re.findall(r'href="/es/directorio/([\w-]+)/"', html) == ["prep_pep", "lideresas_pares"]
    assert "PrEP y PEP 2 lugares" in text_of(html)
    assert "Trabajadoras sexuales organizadas 1 lugar" in text_of(html)

    html = page(client, "/es/directorio/prep_pep/")
    for words in ('href="tel:24118686"', 'href="tel:1572"', "Centro de Salud", "OMES"):
        assert words in html


def test_entry_shows_all_details(client):
    omes = make_organisation(
        kind="Organización de trabajadoras sexuales",
        population="Mujeres trabajadoras sexuales",
        area="Nacional",
        website="https://redtrasex.org",
        note="Pregunte antes [VL]. Vea [S3].",
    )
    omes.sources.add(make_source("S20"))
    make_source("S3")
    html = page(client, "/es/directorio/lideresas_pares/")
    text = text_of(html)
    for part in ("Organización de trabajadoras sexuales", "Para quién Mujeres", "Dónde Nacional", "sin verificar"):
        assert part in text
    assert '<a href="https://redtrasex.org" rel="noreferrer">' in html
    assert re.findall(r'id="fuente-(\w+)"', html) == ["S3", "S20"]
    assert text.count("fuente S 3") == text.count("fuente S 20") == 1
    assert "[S" not in text
    assert "Nadie lo ha verificado todavía" in text


def test_recent_check_shows_day_and_author_and_old_one_is_not_verified(client):
    checked = timezone.localdate() - timedelta(days=5)
    organisation = make_organisation(checked_on=checked, checked_by="Marta Ajú")
    html = page(client, "/es/directorio/lideresas_pares/")
    assert "sin verificar" not in html
    assert "por Marta Ajú." in text_of(html)
    assert f"Verificado el {checked.day} de" in text_of(html)

    organisation.checked_on = timezone.localdate() - timedelta(days=91)
    organisation.save()
    text = text_of(page(client, "/es/directorio/lideresas_pares/"))
    assert "sin verificar" in text
    assert "Hace más de 90 días: llame antes." in text


def test_quick_exit_is_link_without_referrer(client):
    for address in ("/es/directorio/", "/es/directorio/prep_pep/"):
        html = page(client, address)
        assert re.search(r'<quick-exit[^>]*><a href="https://es\.wikipedia\.org/[^"]*" rel="noreferrer">', html)


def test_unknown_need_is_404_and_empty_need_says_so(client):
    assert client.get("/es/directorio/otra-cosa/").status_code == 404
    assert "Todavía no hay nadie en la lista para esto." in page(client, "/es/directorio/refugio/")
    assert "El directorio todavía está vacío." in page(client, "/es/directorio/")


def test_organisation_with_several_needs_is_listed_once():
    for n in range(3):
        make_organisation(f"o{n}", needs=("prep_pep", "refugio"), name=f"Organización {n}", sort_order=9 - n)
    found = Directory("es", TODAY).helping_with("refugio", "prep_pep")
    assert [entry.organisation.name for entry in found] == [f"Organización {n}" for n in (2, 1, 0)]


def test_telephone_links_have_digits_only():
    organisation = make_organisation(phone="+502 2411-8686, 1555")
    assert DirectoryEntry.of(organisation, TODAY).phones == [("+502 2411-8686", "+50224118686"), ("1555", "1555")]
    organisation.phone = ""
    assert DirectoryEntry.of(organisation, TODAY).phones == []


@pytest.mark.postgres
def test_glossary_is_in_spanish_order(client):
    for word in ("Ñandú", "Nota", "Ética", "Estigma", "Ozono", "Etapa"):
        make_term(word.lower().replace("ñ", "n").replace("é", "e"), term=word, definition=f"Qué es {word}.")
    html = page(client, "/es/glosario/")
    assert re.findall(r"<dt><span>([^<]+)</span>", html) == ["Estigma", "Etapa", "Ética", "Nota", "Ñandú", "Ozono"]
    assert re.findall(r'<h2 id="letra-\d">(.)</h2>', html) == ["E", "N", "Ñ", "O"]
    assert re.findall(r'<a href="#letra-\d">(.)</a>', html) == ["E", "N", "Ñ", "O"]


def test_terms_are_grouped_by_unaccented_letter():
    words = ["alma", "Ángel", "nube", "ñame", "ozono"]
    assert sorted(words, key=alphabetical_key) == words
    assert [_initial(word) for word in ("ética", "ñame", "VIH")] == ["E", "Ñ", "V"]


def test_language_guide_is_table_in_sort_order(client):
    make_language_entry("b", say="paciente", sort_order=2)
    make_language_entry("a", say="trabajadora sexual", sort_order=1)
    html = page(client, "/es/lenguaje/")
    assert re.findall(r'data-label="Diga"><div>([^<]+)<', html) == ["trabajadora sexual", "paciente"]
    assert re.findall(r'scope="col">([^<]+)<', html) == ["Diga", "Evite", "Por qué"]


def test_sources_are_ordered_by_number_with_anchors(client):
    for number in ("S10", "S9", "S10b"):
        make_source(number)
    make_source("S1", title="¿Qué es la trata?", publisher="SVET", year="")
    html = page(client, "/es/fuentes/")
    assert re.findall(r'id="fuente-(\w+)"', html) == ["S1", "S9", "S10", "S10b"]
    assert "¿Qué es la trata? SVET." in html
    assert "Publicación S9. Autoras, 2019." in html


def test_empty_pages_say_so(client):
    assert "El glosario todavía está vacío." in page(client, "/es/glosario/")
    assert "La guía de lenguaje todavía está vacía." in page(client, "/es/lenguaje/")
    assert "Todavía no hay fuentes en la lista." in page(client, "/es/fuentes/")


def test_untranslated_entry_is_shown_in_spanish_with_lang(client):
    english = Locale.objects.get(language_code="en")
    make_term("estigma")
    copy = make_term("vih", term="VIH").copy_for_translation(english)
    copy.term, copy.definition = "HIV", "A virus."
    copy.save()
    html = page(client, "/en/glosario/")
    assert '<span lang="es">Estigma</span>' in html
    assert "<span>HIV</span>" in html
    assert "VIH" not in html
    assert "VIH" in page(client, "/es/glosario/")


def test_script_in_cms_text_is_escaped(client):
    spanish()
    make_organisation(name="<script>alert(1)</script>", note="<img src=x onerror=alert(1)>")
    make_term("x", term="<b>x</b>", definition="<script>alert(2)</script>")
    for address in ("/es/directorio/lideresas_pares/", "/es/glosario/"):
        html = page(client, address)
        assert "<script>alert" not in html
        assert "<img" not in html
