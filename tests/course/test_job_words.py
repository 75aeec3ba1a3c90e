import pytest
from django.conf import settings
from django.utils.translation import override
from lxml import html

from certificates.issuing.confirmation import registered_fields, registered_post
from certificates.text.fields import post_in_site_language
from course.people.accounts import set_job_title
from course.roster.staff_roles import read_role
from quizzes.base.job_roles import JOBS, STAFF_LABELS, Audience, find_job, get_audience, job_label
from tests.factories import make_learner

pytestmark = pytest.mark.django_db

CHOOSE, ACCOUNT = "/accounts/puesto/", "/accounts/cuenta/"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_name_of_a_role_is_the_list_of_its_jobs_and_lists_of_staff_understand_each(language):
    with override(language):
        for role, jobs in JOBS.items():
            words = [job_label(job) for job in jobs]
            assert [word.casefold() for word in words] == str(role.label).casefold().split(", ")
            assert {(read_role(word), get_audience(find_job(word))) for word in words} == {(role, role)}
            general = job_label(role)
            assert (read_role(general), find_job(general)) == (role, role.value)
    assert list(JOBS) == list(STAFF_LABELS) == list(Audience)


def test_one_tap_on_a_place_of_work_saves_the_role_and_no_post(client):
    person = make_learner(role="")
    client.force_login(person)
    buttons = html.fromstring(client.get(CHOOSE).text).xpath("//main//button[@name='role']")
    assert {button.get("value") for button in buttons} == set(Audience)
    assert [button.findtext("strong") for button in buttons[:2]] == [
        "En el portón o los corredores",
        "En ventanilla",
    ]
    assert buttons[0].findtext("span") == "Guardianía, limpieza, mantenimiento, piloto"
    assert client.post(CHOOSE, {"role": "apoyo", "next": ACCOUNT}).url == ACCOUNT
    person.refresh_from_db()
    assert (person.role, person.job_title, registered_fields(person)["role"]) == ("apoyo", "", "")


def test_a_registered_post_is_shown_in_the_language_of_the_page(client):
    person = make_learner(role="apoyo")
    set_job_title(person, "Guardianía")
    person.save()
    client.force_login(person)
    client.post(CHOOSE, {"role": "apoyo"})
    assert "<dd>Guardianía " in client.get(ACCOUNT).text
    assert registered_fields(person)["role"] == "Guardianía"
    with override("en"):
        assert registered_fields(person)["role"] == "Guard"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "<dd>Guard " in client.get(ACCOUNT).text


@pytest.mark.parametrize(
    ("title", "printed"), [("Laboratorio", "Laboratorio"), ("clinica", "Personal clínico"), ("Técnica I", "Técnica I")]
)
def test_nobody_prints_another_post_by_choosing_other_scenes(client, title, printed):
    person = make_learner(role="labfar", job_title=title)
    client.force_login(person)
    for role in ("labfar", "jefatura", "clinica"):
        client.post(CHOOSE, {"role": role})
    person.refresh_from_db()
    assert (person.role, person.job_title, registered_fields(person)["role"]) == ("clinica", title, printed)
    [chosen] = html.fromstring(client.get(CHOOSE).text).xpath("//button[@aria-current='true']/@value")
    assert chosen == "clinica"


@pytest.mark.parametrize("title", ["Promotora libre de estigma", "022", "🚪", ""])
def test_of_a_post_of_which_paper_can_carry_nothing_there_is_none(title):
    person = make_learner(role="apoyo", job_title=title)
    assert registered_post(person) == registered_fields(person)["role"] == ""


@pytest.mark.parametrize(
    ("title", "printed"),
    [("Guardián 🚪", "Guardián"), ("Guardián\u202e I", "Guardián I"), ("x" * 61, "x" * 61), ("x" * 120, "x" * 120)],
)
def test_a_registered_post_is_printed_as_it_is_registered_without_what_the_font_lacks(title, printed):
    assert registered_post(make_learner(role="apoyo", job_title=title)) == printed


@pytest.mark.parametrize("title", ["Director", "Directora", "Administrador", "Coordinador", "Doctor"])
def test_no_english_word_of_the_course_is_one_that_people_use_in_spanish(title):
    assert registered_post(make_learner(role="jefatura", job_title=title)) == title
    assert post_in_site_language(title) == title
