import re
import subprocess
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course import cards as card_prints
from course.cards import FILE_KEPT, NobodyToCard, card_candidates, request_cards
from course.jobs import delete_expired_files, get_file, requeue_unfinished, run_job
from course.models import AuditEntry, Job, User
from course.models.jobs import STALLED_AFTER
from course.people.pins import is_starting_pin
from tests.factories import make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db


def make_newcomer(code, last_name="Ixcot", cohort=None):
    learner = make_learner(code, "Luz", last_name, cohort=cohort)
    learner.set_unusable_password()
    learner.save()
    return learner


@pytest.fixture
def cohort():
    return make_cohort(trainers=[make_trainer()])


@pytest.fixture
def trainer(cohort):
    return cohort.trainers.get()


@pytest.fixture
def desk(client, trainer):
    client.force_login(trainer)
    return client


def ask(cohort, by, people=None, **options):
    people = cohort.learners.in_spanish_order() if people is None else people
    now = timezone.now()
    options = {"ending_pins": False, "language": "es"} | options
    return request_cards(cohort, card_candidates(people, by=by, now=now), by=by, now=now, **options)


def make(cards):
    run_job.call(str(cards.pk))
    cards.refresh_from_db()
    return cards


def words_of(pdf, tmp_path, *options):
    (tmp_path / "cards.pdf").write_bytes(pdf)
    command = ["pdftotext", *options, tmp_path / "cards.pdf", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_each_card_has_the_address_the_code_and_a_pin_that_opens_the_account_eight_a_sheet(cohort, trainer, tmp_path):
    people = [make_newcomer(f"LUZ{number}", f"Ixcot {chr(65 + number)}", cohort) for number in range(9)]
    cards = make(ask(cohort, trainer))
    words = words_of(cards.file, tmp_path, "-raw")
    pins = [found.replace(" ", "") for found in re.findall(r"\b\d{3} \d{3}\b", words)]
    assert (cards.problem, cards.done, len(pins)) == ("", 9, 9)
    assert words.count("localhost:8000") == 9
    told = subprocess.run(["pdfinfo", tmp_path / "cards.pdf"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Pages:\s+2\n", told)
    assert re.search(r"Tagged:\s+yes", told)
    assert "letter" in told
    for person, pin in zip(people, pins, strict=True):
        person.refresh_from_db()
        assert person.username in words
        assert is_starting_pin(person, pin, now=timezone.now())
        assert person.must_choose_pin
        assert not is_starting_pin(person, pin, now=timezone.now() + timedelta(days=61))


def test_the_pins_are_not_in_the_database_but_in_the_pdf(cohort, trainer, tmp_path):
    person = make_newcomer("LUZ567", cohort=cohort)
    cards = make(ask(cohort, trainer))
    pin = re.search(r"\d{3} \d{3}", words_of(cards.file, tmp_path))[0].replace(" ", "")
    person.refresh_from_db()
    assert pin not in person.starting_pin.digest
    assert not person.has_usable_password()


def test_an_own_pin_is_not_ended_without_being_asked(cohort, trainer):
    ana = make_learner(cohort=cohort)
    with pytest.raises(NobodyToCard, match="ya eligió su propio PIN"):
        ask(cohort, trainer)
    make(ask(cohort, trainer, ending_pins=True))
    ana.refresh_from_db()
    assert not ana.has_usable_password()


def test_cards_go_to_nobody_with_a_role_in_the_site_and_not_to_oneself(cohort, trainer):
    staff = make_staff("jefa", is_staff=True)
    with pytest.raises(NobodyToCard):
        ask(cohort, trainer, people=[staff, trainer])


def test_a_double_click_asks_once_and_a_second_run_changes_no_pin(cohort, trainer):
    person = make_newcomer("LUZ567", cohort=cohort)
    cards = ask(cohort, trainer)
    assert ask(cohort, trainer) == cards
    make(cards)
    assert ask(cohort, trainer) == cards
    digest = person.starting_pin.digest
    make(cards)
    person.refresh_from_db()
    assert person.starting_pin.digest == digest
    assert AuditEntry.objects.get().people == 1


def test_a_print_that_a_killed_worker_left_is_taken_up_in_the_language_in_which_it_was_asked_for(
    cohort, trainer, tmp_path
):
    make_newcomer("LUZ567", cohort=cohort)
    cards = ask(cohort, trainer, language="en")
    requeue_unfinished(now=timezone.now())
    cards.refresh_from_db()
    words = words_of(cards.file, tmp_path)
    assert (cards.done, "User code" in words, "Código" in words) == (1, True, False)


def test_the_page_says_when_a_worker_was_killed_in_the_middle(desk, cohort, trainer):
    for number in range(2, 5):
        make_newcomer(f"LUZ{number}", cohort=cohort)
    cards = ask(cohort, trainer)
    page = reverse("desk_job", args=[cohort.pk, cards.pk])
    Job.objects.update(started_at=timezone.now(), seen_at=timezone.now(), done=2)
    assert "manage.py status" not in desk.get(page).text
    Job.objects.update(seen_at=timezone.now() - STALLED_AFTER - timedelta(seconds=1))
    shown = desk.get(page).text
    assert "manage.py status" in shown
    assert '<meta http-equiv="refresh"' not in shown
    assert desk.get(f"{page}estado/").json() == {"done": 2, "words": "2 de 3 tarjetas", "waits": False}


def choose_pin(person):
    User.objects.filter(pk=person.pk).update(password="chosen")


@pytest.mark.parametrize(
    ("moment", "problem"), [("before", "no se hizo ninguna tarjeta"), ("meanwhile", "siguen sirviendo")]
)
def test_who_chooses_a_pin_while_the_cards_are_made_keeps_it_and_no_card_is_kept(
    cohort, trainer, monkeypatch, moment, problem
):
    ana = make_newcomer("ANA234", cohort=cohort)
    cards, printed = ask(cohort, trainer), card_prints.cards_pdf

    def meanwhile(*arguments, **options):
        choose_pin(ana)
        return printed(*arguments, **options)

    if moment == "before":
        choose_pin(ana)
    else:
        monkeypatch.setattr(card_prints, "cards_pdf", meanwhile)
    make(cards)
    ana.refresh_from_db()
    assert (ana.password, cards.file) == ("chosen", None)
    assert problem in cards.problem
    assert not AuditEntry.objects.filter(action="cards_printed", people__gt=0).exists()


def test_when_the_paper_fails_the_pins_stay(cohort, trainer, monkeypatch):
    ana = make_learner(cohort=cohort)

    def jam(*arguments, **options):
        raise RuntimeError("the press is jammed")

    monkeypatch.setattr(card_prints, "cards_pdf", jam)
    cards = make(ask(cohort, trainer, ending_pins=True))
    ana.refresh_from_db()
    assert ana.has_usable_password()
    assert "siguen sirviendo" in cards.problem


def test_the_file_is_forgotten_after_an_hour(cohort, trainer):
    make_newcomer("LUZ567", cohort=cohort)
    cards = make(ask(cohort, trainer))
    assert get_file(cards, now=cards.finished_at + FILE_KEPT) is not None
    assert get_file(cards, now=cards.finished_at + FILE_KEPT + timedelta(seconds=1)) is None
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    delete_expired_files.call()
    assert Job.objects.get().file is None


def test_a_trainer_makes_cards_and_fetches_them_and_nobody_else_does(
    desk, cohort, django_capture_on_commit_callbacks, client
):
    person = make_newcomer("LUZ567", cohort=cohort)
    page = reverse("desk_cards", args=[cohort.pk])
    shown = desk.get(page).text
    assert "1 persona necesita tarjeta" in shown
    assert re.search(rf'value="{person.pk}" checked', shown)
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(page, {"persona": [person.pk]})
    assert "1 tarjeta está lista" in desk.get(answer.url).text
    pdf = desk.get(f"{answer.url[:-1]}.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Cache-Control"] == "private, no-store"
    other = make_trainer("otra")
    cohort.trainers.add(other)
    client.force_login(other)
    assert client.get(f"{answer.url[:-1]}.pdf").status_code == 404
    assert client.get(answer.url).status_code == 404


def test_the_page_says_whose_own_pin_would_end(desk, cohort):
    ana = make_learner(cohort=cohort)
    page = reverse("desk_cards", args=[cohort.pk])
    assert "1 persona ya eligió su propio PIN" in desk.get(page).text
    answer = desk.post(page, {"persona": [ana.pk]})
    assert answer.status_code == 422
    assert "la tarjeta lo anula" in answer.text
    assert "No hay nadie marcado" in desk.post(page).text


def test_a_new_pin_takes_two_taps_and_opens_the_account(desk, cohort, client):
    ana = make_learner(cohort=cohort)
    person = desk.get(reverse("desk_person", args=[cohort.pk, ana.pk])).text
    page = reverse("desk_new_pin", args=[cohort.pk, ana.pk])
    assert f'href="{page}"' in person
    assert "deja de servir" in desk.get(page).text
    ana.refresh_from_db()
    assert ana.has_usable_password()
    shown = desk.post(page).text
    pin = re.search(r"big-code\">(\d{3}) (\d{3})<", shown)
    ana.refresh_from_db()
    assert is_starting_pin(ana, pin[1] + pin[2], now=timezone.now())
    assert AuditEntry.objects.get().action == "pin_given"
    client.logout()
    assert client.post("/accounts/login/", {"login": "ana-234", "password": pin[1] + pin[2]}).status_code == 302


def test_nobody_resets_the_pin_of_staff_or_the_own_one(desk, cohort, trainer):
    for person in (make_staff("jefa", is_staff=True), trainer):
        person.enrolments.create(cohort=cohort)
        page = reverse("desk_new_pin", args=[cohort.pk, person.pk])
        assert desk.get(page).status_code == 404
        assert desk.post(page).status_code == 404


def test_the_sign_in_page_fills_the_code_of_the_qr_in_and_nothing_else(client):
    shown = client.get('/accounts/login/?c=ANA234"><script>').text
    assert 'value="ANA234&quot;&gt;&lt;script&gt;"' in shown
    assert "<script>" not in shown.replace("<script type", "")
