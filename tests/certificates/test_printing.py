"""Many certificates in one PDF, by surname."""

import io
import random
import subprocess

import pikepdf
import pytest

from certificates.models import Certificate
from certificates.printing import NothingToPrint, merge_certificates

from .factories import issue, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
SURNAMES = ["Ajú", "de la Cruz", "Noj", "Ñáñez", "Xicará"]


@pytest.fixture
def certificates():
    make_small_course()
    surnames = random.Random(3).sample(SURNAMES, k=len(SURNAMES))
    for surname in surnames:
        issue(make_graduate(f"P{surname}", last_name=surname))
    return Certificate.objects.without_pdf()


def test_a_group_is_one_pdf_by_surname(certificates):
    pdf = merge_certificates(certificates)
    with pikepdf.open(io.BytesIO(pdf)) as merged:
        assert len(merged.pages) == len(SURNAMES)
        assert merged.check_pdf_syntax() == []
    for page, surname in enumerate(SURNAMES, start=1):
        command = ["pdftotext", "-f", str(page), "-l", str(page), "-", "-"]
        text = subprocess.run(command, input=pdf, stdout=subprocess.PIPE, check=True).stdout.decode()
        assert f"Ana Lucía {surname}" in text


def test_the_same_certificates_give_the_same_bytes_in_whatever_order_they_come(certificates):
    backwards = list(certificates.order_by("-pk"))
    assert merge_certificates(certificates) == merge_certificates(backwards)


@pytest.mark.parametrize("count", [1, 5])
def test_bytes_are_fetched_in_one_query(certificates, count, django_assert_num_queries):
    chosen = list(certificates[:count])
    with django_assert_num_queries(1):
        merge_certificates(chosen)


def test_nothing_to_print_is_said():
    with pytest.raises(NothingToPrint, match="Todavía no hay certificados para imprimir"):
        merge_certificates([])
