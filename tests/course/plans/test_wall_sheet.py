"""The sheet for the wall: what it says, that it is tagged, and that everything fits on one page."""

import io
import subprocess

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from course.models import LONGEST_POST, LONGEST_WORDS
from course.plans.printing import wall_sheet_pdf
from course.plans.reading import plan_of
from tests.factories import NOW

from .factories import agree, review

pytestmark = pytest.mark.django_db


def text_of(pdf):
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def sheet(clinic, language="es", paper="letter"):
    return wall_sheet_pdf(plan_of(clinic, now=NOW), paper=paper, language=language)


def test_it_says_what_is_agreed_and_leaves_the_rest_to_a_pen(clinic):
    review(agree(clinic, "Bajar la voz", point=3, days_ago=31, post="Ventanilla"), "partly", words="Falta papel")
    review(agree(clinic, "Cerrar la puerta"), "done")
    text = text_of(sheet(clinic))
    for said in ("Plan del centro", clinic.name, "Bajar la voz", "Ventanilla", "30 días", "90 días", "En parte"):
        assert said in text
    assert "Lo que logramos" in text
    assert "Cerrar la puerta" in text
    # What was in the way is for the team, and not for everybody who passes by.
    assert "Falta papel" not in text
    english = text_of(sheet(clinic, "en"))
    assert "Plan of the centre" in english
    assert "In part" in english


def test_a_plan_without_actions_is_a_sheet_to_fill_in(clinic):
    assert "Qué cambiaremos" in text_of(sheet(clinic))


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_longest_plan_fits_on_one_tagged_page_across(clinic, paper):
    for number in range(3):
        words = f"{number} " + "palabra larga " * 30
        agree(clinic, words[:LONGEST_WORDS].strip(), point=30, post=("Jefatura " * 20)[:LONGEST_POST].strip())
    with pikepdf.open(io.BytesIO(sheet(clinic, paper=paper))) as pdf:
        assert len(pdf.pages) == 1
        _left, _bottom, width, height = map(float, pdf.pages[0].mediabox)
        assert width > height
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "es"
    assert "2 palabra larga" in text_of(sheet(clinic, paper=paper))


def test_hostile_words_are_printed_as_they_stand(clinic):
    agree(clinic, "<b>Rótulo</b> & {{ x }} 🙂")
    assert "<b>Rótulo</b> & {{ x }}" in " ".join(text_of(sheet(clinic)).split())


def test_the_trainer_and_who_heads_the_centre_fetch_the_same_sheet(client, clinic, cohort, trainer, head):
    agree(clinic, now=timezone.now())
    fetched = []
    for person, address in ((trainer, reverse("desk_plan_pdf", args=[clinic.pk])), (head, reverse("my_plan_pdf"))):
        client.force_login(person)
        answer = client.get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Cache-Control"] == "private, no-store"
        fetched.append(answer.content)
    assert fetched[0] == fetched[1]
