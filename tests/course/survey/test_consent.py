import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from course.models import AuditEntry, SurveyEnvelope, SurveyLot, SurveyPassed, SurveyRound
from course.paper.surveys import survey_sheet_pdf
from course.privacy import RedactingFormatter
from course.survey import keys
from course.survey.closing import close_clinic
from course.watching.errors import event_of
from quizzes.surveys.wording import wording_in_force
from tests.everyone import writes
from tests.factories import PASSWORD, PIN, make_learner, make_trainer

from .factories import make_centre, read_opening
from .test_page import decline, form_of, look, send
from .test_paper import words_of

pytestmark = pytest.mark.django_db

SENTENCES = {
    "Esta encuesta es anónima y voluntaria.": [
        "test_nothing_that_is_kept_joins_an_answer_to_who_gave_it",
        "test_the_course_opens_whether_one_answers_or_not",
    ],
    "No guardamos su nombre, su usuario ni su dispositivo junto a lo que contesta.": [
        "test_nothing_that_is_kept_joins_an_answer_to_who_gave_it"
    ],
    "En su cuenta solo queda que ya pasó por esta página, conteste o no, y sin la hora.": [
        "test_of_the_account_one_flag_is_kept_the_same_for_either_and_without_a_time"
    ],
    "Lo que contesta espera cerrado con llave. Se cuenta cuando se cierra la ronda, solo junto con lo de otras nueve "
    "personas o más de su centro, de su área o del país. Después no se guarda la hoja de nadie.": [
        "test_answers_wait_sealed_are_counted_from_ten_on_and_no_sheet_is_kept"
    ],
    "Nadie en el centro ve lo que contestó una persona.": ["test_no_page_of_the_desk_shows_an_answer"],
    "Quien pasa a la computadora las hojas de papel ve hojas sin nombre.": ["test_the_sheet_of_paper_asks_for_no_name"],
    "Puede saltarse preguntas o no contestar. El curso se abre igual.": [
        "test_the_course_opens_whether_one_answers_or_not"
    ],
}
# Answers that are found again wherever they are: 4 and 2 stand in every file.
MARKED = {"A1": "4", "B1": "2", "B2": "3"}


@pytest.fixture
def people(cohort):
    clinic = make_centre(1)
    return [read_opening(make_learner(f"P{at}", f"Persona{at}", clinic=clinic, cohort=cohort)) for at in range(11)]


@pytest.fixture
def ana(people):
    return people[0]


def pass_as(client, person, way):
    client.force_login(person)
    return way(client)


def answered(client):
    return send(client, **MARKED)


def test_the_consent_says_this_and_nothing_else_and_each_sentence_is_tested(ana_client):
    [consent] = html.fromstring(look(ana_client)).find_class("survey-consent")
    assert [line.text_content() for line in consent.iterfind("li")] == list(SENTENCES)
    assert all(name in globals() for names in SENTENCES.values() for name in names)


def rows_of(tables):
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def test_nothing_that_is_kept_joins_an_answer_to_who_gave_it(ana_client, ana):
    browser = {"HTTP_USER_AGENT": "Nokia-3310", "REMOTE_ADDR": "203.0.113.77", "HTTP_X_FORWARDED_FOR": "198.51.100.9"}
    fields = form_of(ana_client) | {f"f-{item}": code for item, code in MARKED.items()}
    with writes() as wrote:
        ana_client.post(reverse("survey"), fields, **browser)
    assert wrote == {"course_surveyround", "course_surveypassed", "course_surveyenvelope"}
    rows = rows_of(wrote)
    [envelope] = rows["course_surveyenvelope"]
    assert set(envelope) == {"id", "round_id", "sealed"}
    [round_] = rows["course_surveyround"]
    assert set(round_) == {
        *("id", "key", "clinic_id", "edition_id", "wave", "wording_id", "public_key"),
        *("closed_on", "closed_by_id", "emptied_on", "tried_with", "lot_id"),
    }
    kept = repr([envelope, round_, keys.opener(SurveyRound.objects.get())(envelope["sealed"])])
    for trace in (ana.username, ana.first_name, str(ana.key), "Nokia", "203.0.113", "198.51.100"):
        assert trace not in kept
    assert rows["course_surveypassed"][0]["id"] != envelope["id"]
    assert not AuditEntry.objects.exists()


def test_of_the_account_one_flag_is_kept_the_same_for_either_and_without_a_time(client, people):
    kept = []
    for person, way in ((people[0], answered), (people[1], decline)):
        client.force_login(person)
        look(client)
        before = rows_of(["course_user", "django_session"])
        with writes() as wrote:
            way(client)
        assert rows_of(["course_user", "django_session"]) == before
        [flag] = SurveyPassed.objects.filter(person=person).values()
        kept.append((wrote - {"course_surveyround"}, set(flag), flag["wave"], flag["edition_id"]))
    assert kept[0] == kept[1]
    assert kept[0][1] == {"id", "person_id", "edition_id", "wave"}
    assert all(field.get_internal_type() == "UUIDField" for field in (SurveyPassed._meta.pk, SurveyEnvelope._meta.pk))
    assert len({len(bytes(one.sealed)) for one in SurveyEnvelope.objects.all()}) == 1


def test_answers_wait_sealed_are_counted_from_ten_on_and_no_sheet_is_kept(client, people):
    boss = make_trainer("admin", is_superuser=True)
    for person in people[:9]:
        pass_as(client, person, answered)
    pass_as(client, people[9], decline)
    assert b"A423" not in b"".join(bytes(one.sealed) for one in SurveyEnvelope.objects.all())
    round_ = SurveyRound.objects.get()
    closing = close_clinic(round_.clinic, round_.edition, "pre", by=boss, now=timezone.now())
    assert (closing.lots, SurveyLot.objects.count(), SurveyEnvelope.objects.count()) == ([], 0, 10)
    SurveyRound.objects.update(closed_on=None, closed_by=None)
    pass_as(client, people[10], answered)
    [lot] = close_clinic(round_.clinic, round_.edition, "pre", by=boss, now=timezone.now()).lots
    assert lot.people == 10
    assert lot.figures["items"]["A1"] == {"4": 10}
    assert not SurveyEnvelope.objects.exists()


def test_no_page_of_the_desk_shows_an_answer(client, people, cohort):
    for person in people:
        pass_as(client, person, answered)
    client.force_login(cohort.trainers.get())
    texts = ("Preferiría no atender", "Muy en desacuerdo", "En desacuerdo")
    for name, keys_of in (("desk_person", [cohort.pk, people[0].pk]), ("desk_cohort", [cohort.pk])):
        page = client.get(reverse(name, args=keys_of)).text
        assert not [text for text in texts if text in page]
    file = client.get(reverse("desk_person_file", args=[cohort.pk, people[0].pk])).getvalue()
    assert not [text for text in texts if text.encode() in file]


def test_the_course_opens_whether_one_answers_or_not(client, people):
    ways = [lambda client: None, decline, answered, lambda client: send(client, A1="1"), send]
    for person, way in zip(people, ways, strict=False):
        pass_as(client, person, way)
        pages = [
            client.get(address).status_code for address in ("/es/", "/es/m1/", "/es/m1/1/", "/es/cuestionario/m1/")
        ]
        assert pages == [200] * 4


def test_the_sheet_of_paper_asks_for_no_name(people):
    pdf = survey_sheet_pdf(wording_in_force(), "pre", paper_size="letter", language="es")
    text = words_of(pdf)[0]
    assert "No escriba su nombre." in text
    assert not [person for person in people if person.first_name in text or person.username in text]
    # One sheet is printed for all: nothing on it tells one from another.
    assert pdf == survey_sheet_pdf(wording_in_force(), "pre", paper_size="letter", language="es")


class TestWhatIsLeftNowhere:
    def test_a_failure_is_told_without_an_answer(self, client, ana, settings):
        told = []
        handler = logging.Handler()
        handler.emit = lambda record: told.append(f"{RedactingFormatter().format(record)} {event_of(record)}")
        settings.ADMINS = ["admin@ejemplo.gt"]
        client.force_login(ana)
        client.raise_request_exception = False
        fields = form_of(client) | {"f-A1": "4", "f-B1": "marcado-77"}
        # The table is gone: the database's own error is in the middle of everything.
        with connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "course_surveyenvelope" RENAME TO "course_surveyenvelope_gone"')
        logging.getLogger("django.request").addHandler(handler)
        try:
            answer = client.post(reverse("survey"), fields)
        finally:
            logging.getLogger("django.request").removeHandler(handler)
        assert answer.status_code == 500
        everything = "".join(told) + "".join(letter.subject + letter.body for letter in mail.outbox)
        assert "Internal Server Error: survey" in everything
        assert "marcado-77" not in everything + answer.text
        assert not re.search(r"f-[AB]\d\W+[0-9]", everything)
        assert ana.username not in everything

    def test_nothing_is_kept_by_a_browser_or_on_a_device(self, client, ana):
        client.force_login(ana)
        for answer in (client.get(reverse("survey")), answered(client), client.get(reverse("survey"))):
            assert "no-store" in answer["Cache-Control"]
            assert 'name="keep"' not in answer.text

    def test_a_session_that_is_over_carries_nothing_through_the_sign_in(self, client, ana):
        client.post("/accounts/login/", {"login": ana.username, "password": PIN, "shared": "on"})
        fields = form_of(client) | {"f-A1": "4"}
        with time_machine.travel(timezone.now() + timedelta(minutes=20)):
            answer = client.post(reverse("survey"), fields, HTTP_REFERER="http://testserver/es/encuesta/", follow=True)
        page = answer.text
        assert answer.redirect_chain[-1][0].startswith("/accounts/login/")
        assert "f-A1" not in page
        assert not re.search(r'name="(pending_form|pending_answer)" value="[^"]', page)
        assert "no se guardó" in page
        assert not SurveyPassed.objects.exists()

    def test_nor_does_one_of_staff_on_a_device_of_their_own(self, client, cohort, settings):
        nurse = make_trainer("enfermera", role="clinica", clinic=make_centre(1))
        cohort.enrolments.create(learner=nurse, enrolled_at=timezone.now())
        read_opening(nurse)
        client.post("/accounts/login/", {"login": "enfermera", "password": PASSWORD})
        fields = form_of(client) | {"f-A1": "4"}
        with time_machine.travel(timezone.now() + timedelta(seconds=settings.STAFF_IDLE_SECONDS * 2)):
            answer = client.post(reverse("survey"), fields, follow=True)
        page = answer.text
        assert not re.search(r'name="pending_form" value="[^"]+"', page)
        assert "f-A1" not in page

    def test_a_token_out_of_date_shows_what_was_marked_to_the_same_person_alone(self, ana, people):
        client = Client(enforce_csrf_checks=True)
        client.force_login(ana)
        fields = form_of(client) | {"f-A1": "4"}
        again = client.post(reverse("survey"), fields | {"csrfmiddlewaretoken": "x" * 64})
        assert again.status_code == 403
        assert 'name="f-A1" value="4"' in again.text
        client.force_login(people[1])
        other = client.post(reverse("survey"), fields)
        assert other.status_code == 409
        assert "f-A1" not in other.text
        assert not SurveyPassed.objects.exists()
