import random
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from lxml import html

from course.models import SurveyEnvelope, SurveyPassed, SurveyRound
from modules.models import ModulePage
from modules.progress.events import mark_lesson_read, restart_course
from quizzes.attempts.taking import start_attempt
from quizzes.models import SurveyStatement
from tests.factories import NOW, enrol, finish_course, finish_lessons, make_cohort, make_learner, make_trainer
from tests.quizzes.surveys.rows import make_survey

from .factories import make_centre, opened, read_opening

pytestmark = pytest.mark.django_db

THANKS = "Gracias. Ya pasó por esta página."
NOTHING = "Ahora no hay ninguna encuesta para usted."


@pytest.fixture
def survey(client, ana):
    client.force_login(ana)
    return client


def look(client):
    return client.get(reverse("survey")).text


def read(client, address):
    form = html.fromstring(client.get(address).text).xpath("//main//form[@method='post']")[-1]
    return client.post(form.get("action"), dict(form.form_values()))


def form_of(client, which="contestar"):
    form = html.fromstring(look(client)).get_element_by_id(which)
    return {field.get("name"): field.get("value") for field in form.iterfind(".//input[@type='hidden']")}


def send(client, **marked):
    return client.post(reverse("survey"), form_of(client) | {f"f-{item}": code for item, code in marked.items()})


def decline(client):
    return client.post(reverse("survey"), form_of(client, "no-contestar"))


def marked_on(response):
    page = html.fromstring(response.text)
    return {box.get("name")[2:]: box.get("value") for box in page.xpath("//input[@type='radio'][@checked]")}


def test_each_question_is_a_group_of_radios_in_its_theme(survey):
    page = html.fromstring(look(survey))
    asked = {
        section.findtext("h2"): [
            (one.findtext("legend"), [option.text_content().strip() for option in one.iterfind(".//label")])
            for one in section.iterfind("fieldset")
        ]
        for section in page.xpath("//form[@id='contestar']/section")
    }
    scale = ["Muy de acuerdo", "De acuerdo", "En desacuerdo", "Muy en desacuerdo", "Prefiero no responder"]
    assert asked == {
        "Servicios": [("Preferiría no atender.", scale)],
        "Disposición": [("Me siento tranquila.", scale), ("Busco a otra persona.", scale)],
        "Sobre usted": [("Mi trabajo es:", ["Clínica", "Otra"])],
    }
    assert not page.xpath("//form[@id='contestar']//*[@required or @type='text' or self::textarea]")


def test_it_is_asked_in_the_language_of_the_page_and_else_in_that_of_the_survey(survey):
    assert "I would prefer not to." in survey.get("/en/encuesta/").text
    SurveyStatement.objects.exclude(locale__language_code="es").delete()
    assert '<fieldset lang="es"><legend>Preferiría no atender.</legend>' in survey.get("/en/encuesta/").text


def test_the_two_ways_on_are_of_one_weight_and_stand_above_and_below_the_questions(survey):
    page = html.fromstring(look(survey))
    ways = page.xpath("//p[contains(@class, 'even')]")
    assert [[(one.text, one.get("class"), one.get("form")) for one in way] for way in ways] == [
        [
            ("Enviar mis respuestas", "button-quiet", "contestar"),
            ("No contestar y seguir", "button-quiet", "no-contestar"),
        ]
    ] * 2
    order = list(page.iter())
    places = [order.index(one) for one in (ways[0], page.get_element_by_id("contestar"), ways[1])]
    assert places == sorted(places)


def test_not_answering_posts_nothing_of_what_is_marked(survey):
    page = html.fromstring(look(survey))
    names = {field.get("name") for field in page.get_element_by_id("no-contestar").iter("input")}
    assert names == {"csrfmiddlewaretoken", "owner", "ronda", "seguir"}
    assert not page.xpath("//input[@type='radio'][@form]")


def test_enter_in_a_question_passes_nothing_and_loses_nothing(survey):
    page = html.fromstring(look(survey))
    # The first of the form's buttons, wherever it stands, is the one that Enter presses.
    first = page.xpath("//form[@id='contestar']//button | //button[@form='contestar']")[0]
    assert (first.get("name"), first.get("tabindex")) == ("mirar", "-1")
    answer = survey.post(reverse("survey"), form_of(survey) | {"mirar": "1", "f-A1": "1", "f-B2": "3"})
    assert answer.status_code == 200
    assert marked_on(answer) == {"A1": "1", "B2": "3"}
    assert not SurveyPassed.objects.exists()


@pytest.mark.parametrize("way", [lambda client: send(client, A1="4"), decline, send])
def test_after_either_the_same_page_follows(survey, way):
    answer = way(survey)
    assert (answer.status_code, answer.url) == (302, "/es/encuesta/")
    page = look(survey)
    assert THANKS in page
    assert '<a class="button" href="/es/m1/2/">Seguir con el curso</a>' in page
    assert "radio" not in page


def test_the_page_that_follows_is_the_same_to_the_letter(client, cohort):
    pages = []
    for code, way in (("UNA234", lambda client: send(client, A1="1")), ("DOS234", decline)):
        client.force_login(read_opening(make_learner(code, clinic=make_centre(1), cohort=cohort)))
        way(client)
        changing = r'(name="csrfmiddlewaretoken" value|name="owner" content|data-person|name="owner" value)="[^"]+"'
        pages.append(re.sub(changing, "", look(client)))
    assert pages[0] == pages[1]


def test_what_is_marked_is_sealed_and_what_is_not_asked_is_not_read(survey):
    send(survey, A1="4", B1="1", B2="9", X9="1", F1="2' OR 1=1")
    # A1, B1, B2, F1: what the scale has not is no answer.
    assert opened() == ["A41.."]


def test_sending_a_blank_page_is_declining(survey):
    send(survey)
    assert opened() == ["D...."]


def test_sending_twice_is_once_in_two_tabs_and_after_going_back(survey):
    first, other = form_of(survey) | {"f-A1": "1"}, form_of(survey, "no-contestar")
    answers = [survey.post(reverse("survey"), fields) for fields in (first, first, other)]
    assert [answer.url for answer in answers] == ["/es/encuesta/"] * 3
    assert opened() == ["A1..."]
    assert SurveyPassed.objects.count() == 1
    assert THANKS in look(survey)


def test_a_wave_that_was_closed_meanwhile_says_so_and_keeps_nothing(survey, ana):
    fields = form_of(survey) | {"f-A1": "1"}
    survey.force_login(read_opening(make_learner("BEA234", clinic=ana.clinic, cohort=ana.enrolments.get().cohort)))
    decline(survey)
    SurveyRound.objects.update(closed_on=timezone.localdate())
    survey.force_login(ana)

    answer = survey.post(reverse("survey"), fields | {"owner": form_owner(survey)}, follow=True)

    assert "Esta encuesta ya se cerró en su centro." in answer.text
    assert not ana.surveys_passed.exists()
    assert SurveyEnvelope.objects.count() == 1
    assert survey.get(reverse("continue_course")).url == "/es/m1/2/"


def form_owner(client):
    return re.search(r'name="owner" content="([^"]+)"', client.get(reverse("my_course")).text)[1]


def test_words_that_changed_meanwhile_are_shown_with_what_is_still_asked_marked(survey, ana):
    fields = form_of(survey) | {"f-A1": "1", "f-B1": "2"}
    SurveyStatement.objects.filter(identifier="A1").update(text="Otra frase.")
    survey.force_login(read_opening(make_learner("BEA234", clinic=ana.clinic, cohort=ana.enrolments.get().cohort)))
    send(survey)
    survey.force_login(ana)
    wording = SurveyRound.objects.get().wording

    answer = survey.post(reverse("survey"), fields | {"owner": form_owner(survey)})

    page = answer.text
    assert answer.status_code == 409
    assert SurveyRound.objects.get().wording == wording
    assert "Las preguntas cambiaron mientras tanto y no se envió nada." in page
    assert "Otra frase." in page
    assert marked_on(answer) == {"B1": "2"}
    assert SurveyEnvelope.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.parametrize("digest", ["0" * 64, "\0" * 64])
def test_words_that_nobody_froze_are_no_words(survey, digest):
    assert survey.post(reverse("survey"), form_of(survey) | {"texto": digest, "f-A1": "1"}).status_code == 409
    assert not SurveyPassed.objects.exists()


def test_where_no_key_can_be_kept_what_was_marked_stays_and_the_course_goes_on(survey, no_keys):
    before = [SessionStore(one.session_key).load() for one in Session.objects.all()]
    answer = send(survey, A1="1", B1="2")
    page = answer.text
    assert answer.status_code == 503
    assert [SessionStore(one.session_key).load() for one in Session.objects.all()] == before
    assert not set(answer.cookies) - {"csrftoken", "sessionid"}
    assert "Ahora no se puede recibir la encuesta y no se envió nada." in page
    assert marked_on(answer) == {"A1": "1", "B1": "2"}
    assert '<a href="/es/m1/2/">Seguir con el curso</a>' in page
    assert not SurveyPassed.objects.exists()
    assert decline(survey).status_code == 503
    assert not SurveyRound.objects.exists()


def test_ten_thousand_fields_do_no_harm(survey):
    fields = form_of(survey) | {f"f-X{number}": "1" for number in range(9_900)} | {"f-A1": "1"}
    assert survey.post(reverse("survey"), fields).status_code == 302
    assert opened() == ["A1..."]
    more = fields | {f"f-Y{number}": "1" for number in range(200)}
    assert survey.post(reverse("survey"), more).status_code == 400


def test_a_page_of_another_wave_passes_nothing(survey, ana):
    fields = form_of(survey) | {"f-A1": "1"}
    for wave in ("post", "seg", "", "x" * 5000):
        survey.post(reverse("survey"), fields | {"ronda": wave})
    assert not SurveyPassed.objects.exists()
    # Gone on in another tab meanwhile: what was to be asked before is not asked any more.
    finish_lessons(ana, ModulePage.objects.get(slug="m1"))
    assert NOTHING in survey.post(reverse("survey"), fields, follow=True).text
    assert not SurveyPassed.objects.exists()


def test_a_survey_that_is_not_there_is_not_asked(client, course):
    client.force_login(read_opening(make_learner(cohort=make_cohort())))
    assert NOTHING in look(client)
    assert client.get(reverse("continue_course")).url == "/es/m1/2/"


class TestWhereItIsOffered:
    def test_nothing_asks_before_the_first_lesson(self, client, cohort):
        client.force_login(make_learner("BEA234", cohort=cohort))
        assert "encuesta" not in client.get(reverse("my_course")).text
        assert client.get(reverse("continue_course")).url == "/es/m1/1/"
        assert NOTHING in look(client)

    def test_it_follows_the_first_lesson_and_leads_on_with_the_second(self, client, cohort):
        client.force_login(make_learner("BEA234", cohort=cohort))
        assert read(client, "/es/m1/1/").url == "/es/encuesta/"
        decline(client)
        assert '<a class="button" href="/es/m1/2/">Seguir con el curso</a>' in look(client)
        assert read(client, "/es/m1/1/").url == "/es/m1/2/"

    def test_who_passed_by_it_is_asked_at_my_course_until_they_go_on(self, survey):
        page = survey.get(reverse("my_course")).text
        assert "Hay una encuesta anónima de unos 6 minutos. Usted decide si la contesta." in page
        assert '<a class="button" href="/es/continuar/">Continuar</a>' in page
        assert page.count('class="button"') == 1
        assert survey.get(reverse("continue_course")).url == "/es/encuesta/"
        assert read(survey, "/es/m1/2/").url == "/es/cuestionario/m1/"
        assert "encuesta" not in survey.get(reverse("my_course")).text
        assert survey.get(reverse("continue_course")).url == "/es/cuestionario/m1/"
        assert NOTHING in look(survey)

    def test_it_is_never_asked_again_once_it_was_passed(self, survey):
        decline(survey)
        page = survey.get(reverse("my_course")).text
        assert "encuesta" not in page
        assert '<a class="button" href="/es/m1/2/">Continuar: Lección 2</a>' in page
        assert survey.get(reverse("continue_course")).url == "/es/m1/2/"

    @pytest.mark.parametrize("happens", ["quiz", "another module", "restart"])
    def test_who_did_anything_else_is_not_asked_how_it_was_before(self, survey, ana, cohort, happens):
        first, second = ModulePage.objects.order_by("path")
        if happens == "quiz":
            start_attempt(ana, first.quiz, language="es", now=timezone.now(), chance=random.Random(1))
        elif happens == "another module":
            mark_lesson_read(ana, second.get_children().first().specific, now=timezone.now())
        else:
            now = NOW + timedelta(days=2)
            restart_course([ana], [first.translation_key], since=timezone.localdate(now), name="Repaso", now=now)
            read_opening(ana, now=now)
        assert "encuesta" not in survey.get(reverse("my_course")).text
        assert NOTHING in look(survey)

    def test_after_the_last_module_before_the_certificate(self, survey, ana):
        finish_course(ana, now=timezone.now())
        assert '<a class="button" href="/es/continuar/">Continuar</a>' in survey.get("/es/tejido/").text
        assert survey.get(reverse("continue_course")).url == "/es/encuesta/"
        page = survey.get(reverse("my_course")).text
        assert "Hay una encuesta anónima" in page
        assert f'<a class="button" href="{reverse("my_certificate")}">Obtener mi certificado</a>' in page
        assert form_of(survey)["ronda"] == "post"
        assert "Disposición" not in look(survey)
        decline(survey)
        assert survey.get(reverse("continue_course")).url == reverse("my_certificate")

    @pytest.mark.parametrize(("days", "wave"), [(89, "post"), (90, "seg")])
    def test_three_months_later_it_is_told_of_and_stands_in_nobodys_way(self, noon, survey, ana, days, wave):
        finish_course(ana, now=timezone.now() - timedelta(days=days))
        assert form_of(survey)["ronda"] == wave
        assert "Hay una encuesta anónima" in survey.get(reverse("my_course")).text
        goes_on = {"post": "/es/encuesta/", "seg": reverse("my_certificate")}
        assert survey.get(reverse("continue_course")).url == goes_on[wave]

    def test_a_group_that_is_closed_is_asked_afterwards_and_not_before(self, client, ana, cohort):
        bea = make_learner("BEA234", cohort=cohort)
        finish_course(bea, now=timezone.now())
        cohort.closes_on = timezone.localdate() - timedelta(days=1)
        cohort.opens_on = cohort.closes_on - timedelta(days=60)
        cohort.save()
        client.force_login(ana)
        assert NOTHING in look(client)
        client.force_login(bea)
        assert form_of(client)["ronda"] == "post"

    def test_staff_and_whoever_is_in_no_group_are_not_asked(self, client, course):
        make_survey()
        trainer, cohort = make_trainer(), make_cohort()
        for person in (trainer, make_trainer("admin", is_superuser=True), make_learner("OTRA234")):
            client.force_login(person)
            assert NOTHING in look(client)
            assert "encuesta" not in client.get(reverse("my_course")).text
        enrol(trainer, cohort)
        client.force_login(read_opening(trainer))
        assert form_of(client)["ronda"] == "pre"
