import io
import random
import re
import subprocess
from datetime import timedelta

import pikepdf
import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from course.jobs import get_file, requeue_unfinished, run_job
from course.models import AuditEntry, Job
from course.models.jobs import STALLED_AFTER
from course.paper import printing
from course.paper.entering import enter_sheet
from course.paper.printing import FILE_KEPT, request_sheets
from course.paper.sheets import grouped, hand_out, sheets_of
from tests.factories import make_case, make_cohort, make_course, make_learner, make_question, make_quiz, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz():
    make_course(modules=1, lessons=1, quiz=False)
    return make_quiz("m9", 2)


@pytest.fixture
def group(quiz):
    trainer = make_trainer()
    group = make_cohort(trainers=[trainer])
    people = [make_learner(f"LUZ{number}", "Luz", f"Ixcot {chr(65 + number)}", cohort=group) for number in range(5)]
    hand_out(quiz, people, cohort=group, by=trainer, now=timezone.now(), chance=random.Random(1))
    return group


def ask(group, quiz, *, paper_size="letter", now=None):
    by, now = group.trainers.get(), now or timezone.now()
    return request_sheets(group, quiz.translation_key, paper_size=paper_size, by=by, language="es", now=now)


def make(papers):
    run_job.call(str(papers.pk))
    papers.refresh_from_db()
    return papers


def text_of(pdf):
    return subprocess.run(["pdftotext", "-", "-"], input=bytes(pdf), capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("paper_size, width", [("letter", 612), ("a4", 595)])
def test_the_sheets_of_all_are_one_tagged_pdf_by_surname(group, quiz, monkeypatch, paper_size, width):
    monkeypatch.setattr(printing, "PEOPLE_A_PART", 2)
    monkeypatch.setattr(printing, "PARTS_AT_ONCE", 2)
    papers = make(ask(group, quiz, paper_size=paper_size))
    assert (papers.done, papers.problem) == (5, "")
    with pikepdf.open(io.BytesIO(papers.file)) as pdf:
        assert {int(page.mediabox[2]) for page in pdf.pages} == {width}
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.open_metadata()["dc:title"]) == "Cuadernillos y hojas de respuestas"
    text = text_of(papers.file)
    places = [text.index(f"Luz Ixcot {letter}") for letter in "ABCDE"]
    assert places == sorted(places)
    assert all(grouped(sheet.code) in text for sheet in sheets_of(group, quiz.translation_key))
    # What it takes stands on the booklet too, as the paper of each has it.
    assert text.replace("\N{NO-BREAK SPACE}", " ").count("Para aprobar: 80 %.") == 5


def test_on_both_sides_nobody_begins_on_the_back_of_another(group, quiz, monkeypatch):
    monkeypatch.setattr(printing, "PEOPLE_A_PART", 2)
    pages = text_of(make(ask(group, quiz)).file).split("\f")[:-1]
    begun = {}
    for number, page in enumerate(pages, start=1):
        for part in re.findall(r"(Cuadernillo de preguntas|Hoja de respuestas) · 1\b", page):
            begun.setdefault(part, []).append(number)
    assert {part: len(numbers) for part, numbers in begun.items()} == {
        "Cuadernillo de preguntas": 5,
        "Hoja de respuestas": 5,
    }
    assert all(number % 2 for numbers in begun.values() for number in numbers)
    written = sorted(number for numbers in begun.values() for number in numbers)
    assert [number for number, page in enumerate(pages, start=1) if page.strip()] == written


def test_paper_has_the_mark_of_a_source_as_it_is_written(group):
    case = make_case("C1", 1, text="Llega una persona [S42].")
    gaps = {"identifier": "a", "text": "puerta", "gap": 1, "is_correct": True}
    more = [make_question("Q1", text="¿Y [S43]?"), make_question("Q2", "gaps", [gaps], text="Abre la [[1]] [S44].")]
    quiz, trainer = make_quiz("m8", [case.questions.get(), *more]), group.trainers.get()
    hand_out(quiz, [group.learners.first()], cohort=group, by=trainer, now=timezone.now(), chance=random.Random(1))
    text = text_of(make(ask(group, quiz)).file)
    assert sorted(re.findall(r"\[S\d+\]", text)) == ["[S42]", "[S43]", "[S44]"]
    assert "fuente" not in text


def test_a_double_click_asks_once_and_what_is_there_is_not_printed_again(group, quiz):
    papers = ask(group, quiz)
    assert ask(group, quiz) == papers
    make(papers)
    assert ask(group, quiz) == papers
    assert ask(group, quiz, paper_size="a4") != papers
    made = papers.finished_at
    assert make(papers).finished_at == made


@pytest.mark.postgres
def test_the_database_holds_one_print_at_work_for_what_is_asked(group, quiz):
    papers = ask(group, quiz)
    papers.pk = None
    with pytest.raises(IntegrityError):
        papers.save(force_insert=True)


def test_sheets_that_were_entered_are_left_out_of_the_next_print(group, quiz):
    first = ask(group, quiz)
    sheet = sheets_of(group, quiz.translation_key)[0]
    enter_sheet(sheet, {1: "A", 2: "A"}, by=group.trainers.get(), now=timezone.now())
    second = ask(group, quiz)
    assert second.params["sheets"] == first.params["sheets"][1:]


def test_a_print_that_a_killed_worker_left_is_taken_up_and_one_at_work_is_left(group, quiz):
    papers, now = ask(group, quiz), timezone.now()
    Job.objects.update(seen_at=now)
    assert make(papers).finished_at is None
    Job.objects.update(seen_at=now - STALLED_AFTER - timedelta(seconds=1), done=3)
    requeue_unfinished(now=now)
    papers.refresh_from_db()
    assert (papers.done, bytes(papers.file[:4])) == (5, b"%PDF")


def test_when_the_press_fails_the_page_says_so_and_the_next_try_is_a_new_one(desk, group, quiz, monkeypatch):
    def jam(*arguments, **options):
        raise RuntimeError("the press is jammed")

    with monkeypatch.context() as patched:
        patched.setattr(printing, "papers_pdf", jam)
        papers = make(ask(group, quiz))
    assert "No se pudieron imprimir" in papers.problem
    page = reverse("desk_job", args=[group.pk, papers.pk])
    assert "No se pudieron imprimir" in desk.get(page).content.decode()
    assert make(ask(group, quiz)).file


def test_the_file_is_forgotten_after_a_day_and_printed_again_the_same(group, quiz):
    papers = make(ask(group, quiz))
    later = papers.finished_at + FILE_KEPT + timedelta(seconds=1)
    assert get_file(papers, now=papers.finished_at + FILE_KEPT)
    assert get_file(papers, now=later) is None
    again = make(ask(group, quiz, now=later))
    assert again != papers
    assert again.params["sheets"] == papers.params["sheets"]


def test_a_trainer_asks_waits_and_fetches_as_often_as_wanted(desk, group, quiz, django_capture_on_commit_callbacks):
    page = reverse("desk_paper", args=[group.pk, quiz.translation_key])
    asking = reverse("desk_print_papers", args=[group.pk, quiz.translation_key])
    answer = desk.post(asking, {"hoja": "letter"})
    waiting = desk.get(answer.url).content.decode()
    assert "Esperando su turno." in waiting
    assert '<meta http-equiv="refresh"' in waiting
    state = desk.get(f"{answer.url}estado/").json()
    assert state == {"done": 0, "words": "Esperando su turno.", "waits": True}
    assert desk.post(asking, {"hoja": "<b>"}).url == answer.url
    make(Job.objects.get())
    assert desk.get(f"{answer.url}estado/").json()["waits"] is False
    assert "Las hojas de 5 personas están listas" in desk.get(answer.url).content.decode()
    assert f'href="{answer.url}"' in desk.get(page).content.decode()
    for _time in range(2):
        pdf = desk.get(f"{answer.url[:-1]}.pdf")
        assert pdf.content.startswith(b"%PDF")
        assert pdf["Cache-Control"] == "private, no-store"
        assert re.search(r'filename="hojas-[a-z-]+-\d{4}-\d\d-\d\d.pdf"', pdf["Content-Disposition"])
    kept = AuditEntry.objects.filter(action="papers_fetched", cohort=group)
    assert list(kept.values_list("people", flat=True)) == [5, 5]
    with django_capture_on_commit_callbacks(execute=True):
        other_size = desk.post(asking, {"hoja": "a4"})
    assert "están listas" in desk.get(other_size.url).content.decode()


def test_the_page_says_when_nobody_works_on_it(desk, group, quiz):
    papers = ask(group, quiz, now=timezone.now() - STALLED_AFTER - timedelta(seconds=1))
    page = desk.get(reverse("desk_job", args=[group.pk, papers.pk])).content.decode()
    assert "allí, manage.py status dice más" in page
    assert '<meta http-equiv="refresh"' not in page


def test_who_asks_without_sheets_is_told_to_make_them(desk, group, quiz):
    empty = make_cohort("Vacío", trainers=[group.trainers.get()])
    back = desk.post(reverse("desk_print_papers", args=[empty.pk, quiz.translation_key]), follow=True)
    assert "No hay ninguna hoja para imprimir" in back.content.decode()
