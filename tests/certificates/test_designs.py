"""Designs in the CMS: edited with a preview, one in use a language; issued certificates are not there."""

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.urls import NoReverseMatch, reverse

from certificates.designs import design_in_use, language_of_certificate
from certificates.models import Certificate, CertificateDesign

from .factories import make_design, make_small_course

pytestmark = pytest.mark.django_db


def test_the_design_in_use_is_the_active_one_of_its_language():
    make_design(heading="Viejo", is_active=False)
    assert design_in_use("es").heading == "Certificado de finalización"
    make_design(heading="Nuevo")
    assert design_in_use("es").heading == "Nuevo"
    assert design_in_use("en").heading == "Certificate of completion"


def test_two_designs_of_a_language_are_not_in_use_at_once():
    make_design()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_design()


@pytest.mark.parametrize(
    ("interface", "printed"), [("es", "es"), ("es-gt", "es"), ("en", "en"), ("fr", "es"), (None, "es")]
)
def test_certificates_are_printed_in_spanish_or_english(interface, printed):
    assert language_of_certificate(interface) == printed


def test_the_preview_shows_the_sheet_with_the_words_of_the_design():
    make_small_course()
    response = make_design().make_preview_request()
    page = response.content.decode()
    assert response.status_code == 200
    for expected in [
        "Constancia de finalización",
        "Ana Lucía Coj de la Cruz",
        "Dra. Julia Tzoc",
        'class="sheet letter',
    ]:
        assert expected in page
    assert page.count("<svg") == 3


def test_editors_see_designs_and_a_claim_is_refused(client):
    make_small_course()
    client.force_login(get_user_model().objects.create_superuser("admin", password="x"))
    design = make_design()
    address = reverse(CertificateDesign.snippet_viewset.get_url_name("edit"), args=[design.pk])
    assert client.get(address).status_code == 200
    words = {
        field.name: getattr(design, field.name)
        for field in CertificateDesign._meta.fields
        if field.name not in ("id", "locale", "translation_key")
    }
    words |= {"validity_months": "", "signatories-TOTAL_FORMS": 0, "signatories-INITIAL_FORMS": 0}
    response = client.post(address, words | {"statement": "es una persona libre de estigma"})
    assert "«libre de estigma» no se puede certificar" in response.content.decode()
    design.refresh_from_db()
    assert design.statement == "terminó el curso"


def test_issued_certificates_cannot_be_edited_in_the_cms():
    assert not hasattr(Certificate, "snippet_viewset")
    with pytest.raises(NoReverseMatch):
        reverse("wagtailsnippets_certificates_certificate:list")
