import io
import re
import subprocess
from datetime import date, timedelta

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from course.desk.views import GROUPS_A_PAGE
from course.models import AuditEntry, Call, Enrolment
from modules.models import ModulePage
from modules.progress.events import mark_lesson_read
from quizzes.models import Attempt
from tests.factories import (
    attempt_quiz,
    enrol,
    finish_course,
    finish_module,
    make_cohort,
    make_course,
    make_learner,
    make_quiz,
    make_staff,
    make_trainer,
)

from .answers import column

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def days_ago(days):
    # Whole days, so that it is as many days ago at every hour, just after midnight too.
    return timezone.now() - timedelta(days=days)


def put(code, cohort, *, days=1):
    learner = make_learner(code, first_name=code.title(), last_name="", cohort=cohort)
    Enrolment.objects.filter(learner=learner, cohort=cohort).update(enrolled_at=days_ago(days))
    return learner


@pytest.fixture
def modules():
    make_course(modules=2, lessons=2, questions=1)
    return list(ModulePage.objects.order_by("path"))


@pytest.fixture
def group(modules, trainer):
    return make_cohort(
        trainers=[trainer],
        opens_on=date(2020, 1, 1),
        tries_before_help=2,
        quiet_days_before_help=9,
        days_before_first_step=8,
    )


@pytest.fixture
def known(group, modules):
    first, second = modules
    for code, tries in (("STUCK2", 2), ("STUCK3", 3)):
        learner = put(code, group, days=30)
        for _ in range(tries):
            attempt_quiz(learner, second.quiz, right=False, now=days_ago(1))
    finish_module(put("QUIET9", group, days=30), first, now=days_ago(9))
    mark_lesson_read(put("QUIET20", group, days=30), first.get_children().specific()[0], now=days_ago(20))
    put("UNBEGUN8", group, days=8)
    for number in range(3):
        finish_course(put(f"DONE{number}", group, days=60), now=days_ago(50))
    finish_module(put("BUSY", group, days=30), first, now=days_ago(8))
    attempt_quiz(put("TRIEDONCE", group, days=30), first.quiz, right=False, now=days_ago(2))
    passed = put("PASSEDATLAST", group, days=30)
    for right in (False, False, True):
        attempt_quiz(passed, first.quiz, right=right, now=days_ago(1))
    put("NEW", group, days=7)
    return group


def due(desk):
    file = desk.get(reverse("desk_calls_csv"))
    return dict(zip(column(file, "Código de usuario"), column(file, "Por qué"), strict=True))


def test_all_who_are_stuck_quiet_or_have_not_begun_are_found_and_nobody_else(desk, known):
    expected = [
        ("STUCK3", "3 intentos sin aprobar el módulo 2"),
        ("STUCK2", "2 intentos sin aprobar el módulo 2"),
        ("QUIET20", "20 días sin actividad, le faltan 2 módulos"),
        ("QUIET9", "9 días sin actividad, le falta 1 módulo"),
        ("UNBEGUN8", "no ha empezado, 8 días en el grupo"),
    ]
    assert list(due(desk).items()) == expected
    page = desk.get(reverse("desk_cohorts")).text
    assert re.findall(r"<p><strong>(.*?)</strong>", page) == [why for _code, why in expected]


def test_a_trainer_makes_the_rules_of_a_group_tighter_or_looser(desk, known):
    address = reverse("desk_call_rules", args=[known.pk])
    rules = {"tries_before_help": 3, "quiet_days_before_help": 15, "days_before_first_step": 7}
    assert desk.post(address, rules).status_code == 302
    assert list(due(desk)) == ["STUCK3", "QUIET20", "UNBEGUN8", "NEW"]
    page = desk.get(reverse("desk_cohorts")).text
    assert "Llamar después de: 3 intentos sin aprobar; 15 días sin actividad; 7 días en el grupo sin empezar." in page
    assert desk.post(address, {**rules, "tries_before_help": 0}).status_code == 400
    known.refresh_from_db()
    assert known.tries_before_help == 3
    assert AuditEntry.objects.filter(action="rules_changed", cohort=known).count() == 1


def test_neither_who_tries_a_quiz_of_no_module_nor_who_only_waits_for_a_mark_is_called(desk, known, modules):
    attempt_quiz(known.learners.get(username="QUIET20"), make_quiz("practica", 1), now=days_ago(1))
    waiting = put("WAITING", known, days=60)
    for module in modules:
        finish_module(waiting, module, now=days_ago(50))
    Attempt.objects.filter(learner=waiting, quiz_key=modules[1].quiz.translation_key).update(grade=None, passed=None)
    assert not {"QUIET20", "WAITING"} & due(desk).keys()


def test_days_count_from_the_opening_and_a_group_that_is_closed_asks_for_no_call(desk, known):
    known.opens_on = timezone.localdate() - timedelta(days=3)
    known.save()
    assert "UNBEGUN8" not in due(desk)
    known.closes_on = timezone.localdate() - timedelta(days=1)
    known.save()
    assert due(desk) == {}


def test_in_two_groups_a_person_is_called_once_and_a_trainer_never_calls_oneself(desk, known, trainer):
    other = make_cohort("Otro grupo", trainers=[trainer], opens_on=date(2020, 1, 1))
    enrol(known.learners.get(username="STUCK3"), other)
    enrol(trainer, other)
    Enrolment.objects.filter(learner=trainer).update(enrolled_at=days_ago(30))
    make_cohort("Ajeno", trainers=[make_trainer("otra")], learners=[put("FOREIGN", other, days=90)])
    Enrolment.objects.filter(learner__username="FOREIGN", cohort=other).update(left_at=timezone.now())
    codes = column(desk.get(reverse("desk_calls_csv")), "Código de usuario")
    assert codes.count("STUCK3") == 1
    assert not {trainer.username, "FOREIGN"} & set(codes)


def test_the_first_page_shows_ten_at_most_and_the_file_everybody(desk, group):
    for number in range(13):
        put(f"UNBEGUN{number:02}", group, days=10 + number)
    page = desk.get(reverse("desk_cohorts")).text
    assert "10 de 13 personas por llamar." in page
    assert page.count("no ha empezado") == 10
    assert list(due(desk)) == [f"UNBEGUN{number:02}" for number in reversed(range(13))]


def test_a_called_person_leaves_the_list_for_seven_days_and_comes_back_when_undone(desk, known):
    learner = known.learners.get(username="STUCK3")
    for _ in range(2):
        desk.post(reverse("desk_call", args=[known.pk, learner.pk]))
    call = Call.objects.get()
    assert (call.learner, call.reason) == (learner, "3 intentos sin aprobar el módulo 2")
    assert "STUCK3" not in due(desk)
    assert reverse("desk_undo_call", args=[call.pk]) in desk.get(reverse("desk_cohorts")).text
    Call.objects.update(made_at=days_ago(7))
    assert "STUCK3" in due(desk)
    Call.objects.update(made_at=days_ago(6))
    desk.post(reverse("desk_undo_call", args=[call.pk]))
    assert "STUCK3" in due(desk)
    actions = AuditEntry.objects.exclude(action="calls_exported").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["person_called", "call_undone"]


def test_the_list_is_of_the_groups_that_one_trains_and_the_groups_come_in_pages(client, known):
    for number in range(GROUPS_A_PAGE):
        make_cohort(f"Otro {number:02}", trainers=[make_trainer(f"otra{number}")])
    client.force_login(make_staff("admin", is_staff=True, is_superuser=True))
    first, last = (client.get(reverse("desk_cohorts"), {"pagina": number}).text for number in (1, 2))
    assert "A quién llamar hoy" not in first
    assert [page.count("<h3>") for page in (first, last)] == [GROUPS_A_PAGE, 1]
    assert ">Otro 19</a></h3>" in last
    assert due(client) == {}


def test_message_and_slip_say_nothing_about_results_and_speak_the_persons_language(desk, known):
    stuck = known.learners.get(username="STUCK3")
    Attempt.objects.filter(learner=stuck).update(language="en")
    page = desk.get(reverse("desk_cohorts")).text
    assert '<textarea readonly rows="4" lang="en">Hello, Stuck3.' in page
    assert '<textarea readonly rows="4" lang="es">Buen día, Quiet20.' in page
    slips = desk.get(reverse("desk_slips")).text
    assert slips.count("<li lang=") == 5
    assert not any(word in slips for word in ("intentos", "sin actividad", "módulo", "aprobar"))
    assert desk.get(reverse("desk_slips"), {"persona": stuck.pk}).text.count("<li lang=") == 1
    kept = AuditEntry.objects.filter(action="slips_printed", cohort=known).order_by("pk")
    assert list(kept.values_list("people", flat=True)) == [5, 1]


@pytest.mark.parametrize("paper, width", [("letter", 612), ("a4", 595), ("<b>", 612)])
def test_the_slips_come_as_pdf_too_and_say_as_little(desk, known, paper, width):
    answer = desk.get(reverse("desk_slips_pdf"), {"hoja": paper})
    assert answer["Cache-Control"] == "private, no-store"
    assert re.search(r'filename="papelitos-\d{4}-\d\d-\d\d.pdf"', answer["Content-Disposition"])
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert [int(page.mediabox[2]) for page in pdf.pages] == [width]
    text = subprocess.run(
        ["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True
    ).stdout.decode()
    assert all(name in text for name in ("Stuck3", "Stuck2", "Quiet20", "Quiet9", "Unbegun8"))
    assert not any(word in text for word in ("intentos", "sin actividad", "módulo", "aprobar"))
    assert AuditEntry.objects.get(action="slips_printed").people == 5


def test_a_ninth_slip_takes_another_sheet_and_nobody_takes_none(desk, known):
    for number in range(4):
        put(f"ALSO{number}", known, days=8)
    with pikepdf.open(io.BytesIO(desk.get(reverse("desk_slips_pdf")).content)) as pdf:
        assert len(pdf.pages) == 2
    nobody = {"persona": known.learners.get(username="NEW").pk}
    assert desk.get(reverse("desk_slips_pdf"), nobody).status_code == 404
