import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from course.models import ADMINISTRATORS, AuditEntry, PersonIdentifier
from course.people import limits
from course.people.accounts import change_identifiers
from course.people.identifiers import NotAPhone, format_phone, parse_phone, set_optional_fields, whatsapp_url
from tests.factories import NOW, PASSWORD, PIN, make_clinic, make_cohort, make_learner, make_staff

pytestmark = pytest.mark.django_db

ACCOUNT = "/accounts/cuenta/"
NEW = "905172"


def change(client, present=PIN, new=NEW, again=None):
    return client.post(ACCOUNT, {"present": present, "new": new, "again": new if again is None else again})


def test_it_shows_name_code_role_and_health_centre(client):
    client.force_login(make_learner(clinic=make_clinic()))
    page = client.get(ACCOUNT).text
    for shown in (
        "Ana Lucía Coj de la Cruz",
        "ANA234",
        "Recepción, archivo, caja",
        "Centro de Salud de San Pedro Ayampuc",
    ):
        assert f"<dd>{shown}" in page
    assert "?next=/accounts/cuenta/" in page
    assert "Segundo paso" not in page


def test_a_new_pin_keeps_this_session_and_ends_the_others(client):
    learner = make_learner()
    other = Client()
    other.force_login(learner)
    client.force_login(learner)
    assert change(client).url == ACCOUNT
    assert "Su PIN nuevo quedó guardado." in client.get(ACCOUNT).text
    assert other.get(ACCOUNT).status_code == 302
    learner.refresh_from_db()
    assert learner.check_password(NEW)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"present": "111222"}, "present", "Ese no es su PIN o contraseña actual. Revíselo e inténtelo de nuevo."),
        ({"present": ""}, "present", "Escriba su PIN o contraseña actual."),
        ({"again": "905173"}, "again", "Los dos no son iguales. Escríbalos otra vez."),
        ({"again": ""}, "again", "Escriba el mismo PIN por segunda vez."),
    ],
)
def test_what_cannot_be_changed_is_told_at_its_field(client, fields, field, message):
    learner = make_learner()
    client.force_login(learner)
    assert f'<a href="#id_{field}">{message}</a>' in change(client, **fields).text
    learner.refresh_from_db()
    assert learner.check_password(PIN)


def test_who_finds_an_open_computer_may_not_guess_the_pin_there(client):
    learner = make_learner()
    client.force_login(learner)
    for n in range(5):
        change(client, present=f"11122{n}")
    assert limits.is_slowed(learner, now=timezone.now())
    assert "Demasiados intentos equivocados." in change(client).text


def test_staff_change_a_password_and_find_the_second_step(client):
    editor = make_staff("editora", is_staff=True)
    client.force_login(editor)
    page = client.get(ACCOUNT).text
    assert "Cambiar la contraseña" in page
    assert "Segundo paso para ingresar" in page
    change(client, PASSWORD, "otra frase larga de prueba")
    editor.refresh_from_db()
    assert editor.check_password("otra frase larga de prueba")
    assert SESSION_KEY in client.session


CUI = "2987 65432 0101"


@pytest.fixture
def page(group, ana):
    return reverse("desk_change_person", args=[group.pk, ana.pk])


def fields_of(person, **fields):
    kept = {name: getattr(person, name) for name in ("first_name", "last_name", "role", "job_title")}
    return kept | {"clinic": ""} | fields


def numbers(person):
    return dict(person.identifiers.values_list("kind", "ends_with"))


def test_phone_and_sex_are_asked_where_the_site_says_why(desk, ana, page):
    text = desk.get(page).text
    assert 'name="phone"' not in text
    assert 'name="sex"' not in text
    desk.post(page, fields_of(ana, phone="5555 1234", sex="woman"))
    ana.refresh_from_db()
    assert (ana.phone, ana.sex) == ("", "")
    set_optional_fields("Para el informe al ministerio.", "Para avisar de las sesiones.", by=ana, now=NOW)
    text = desk.get(page).text
    assert "Para avisar de las sesiones." in text
    assert "Para el informe al ministerio." in text
    refused = desk.post(page, fields_of(ana, phone="12"))
    assert refused.status_code == 422
    assert 'value="12"' in refused.text
    desk.post(page, fields_of(ana, phone="(502) 5555-1234", sex="woman"))
    ana.refresh_from_db()
    assert (ana.phone, ana.sex) == ("+50255551234", "woman")
    assert 'value="5555 1234"' in desk.get(page).text
    shown = desk.get(reverse("desk_person", args=[ana.cohorts.get().pk, ana.pk])).text
    assert "https://wa.me/50255551234?text=" in shown
    assert "Mujer" in shown


def test_a_number_is_written_and_never_shown(desk, ana, page):
    answer = desk.post(page, fields_of(ana, cui=CUI, employee="E-1723"), follow=True)
    assert numbers(ana) == {"cui": "01", "employee": "23"}
    for text in (answer.text, desk.get(page).text):
        assert "termina en ••01" in text
        assert "65432" not in text
        assert "1723" not in text
    assert "22222" not in desk.post(page, fields_of(ana, first_name="", cui="1111 22222 3333")).text
    assert [entry.subject for entry in AuditEntry.objects.filter(action="person_changed")] == [""]
    desk.post(page, fields_of(ana))
    desk.post(page, fields_of(ana, employee="E-1724"))
    assert numbers(ana) == {"cui": "01", "employee": "24"}
    desk.post(page, fields_of(ana, forget_cui="on"))
    assert numbers(ana) == {"employee": "24"}


def test_identifier_of_another_person_and_invalid_identifier_are_refused_at_the_field(desk, ana, page):
    other = make_learner("EVA222", "Eva", "Tum")
    change_identifiers(other, numbers={"cui": "2987654320101"}, removed=[], by=ana, now=NOW)
    for wrong in (CUI, "123", "0" * 13):
        refused = desk.post(page, fields_of(ana, cui=wrong))
        assert refused.status_code == 422
        assert re.findall(r'<a href="#id_(\w+)">', refused.text) == ["cui"]
        assert "Eva" not in refused.text
    assert PersonIdentifier.objects.count() == 1


def test_twice_the_same_number_is_kept_once_and_noted_once(ana):
    for _time in range(2):
        change_identifiers(ana, numbers={"cui": "2987654320101"}, removed=["employee"], by=ana, now=NOW)
    assert AuditEntry.objects.count() == 1


def test_an_administrator_finds_the_same_in_the_admin(client, ana):
    set_optional_fields("", "Para avisar.", by=ana, now=NOW)
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    page = reverse("wagtailusers_users:edit", args=[ana.pk])
    client.post(page, fields_of(ana, username=ana.username, is_active="on") | {"phone": "5555 1234", "cui": CUI})
    ana.refresh_from_db()
    assert (ana.phone, numbers(ana)) == ("+50255551234", {"cui": "01"})
    text = client.get(page).text
    assert 'value="5555 1234"' in text
    assert "termina en ••01" in text
    assert 'name="sex"' not in text
    for hidden in ("65432", ana.identifiers.get().digest):
        assert hidden not in text
    new = {"username": "LUZ567", "first_name": "Luz", "last_name": "Ixcot", "employee": "E-99"}
    client.post(reverse("wagtailusers_users:add"), new)
    assert numbers(type(ana).objects.get(username="LUZ567")) == {"employee": "99"}


def test_a_person_sees_corrects_and_takes_back_what_is_kept(ana_client, ana):
    make_cohort(learners=[ana])
    account, details = reverse("my_account"), reverse("my_details")
    assert details not in ana_client.get(account).text
    assert "Este sitio no pide nada más" in ana_client.get(details).text
    set_optional_fields("Para el informe.", "Para avisar.", by=ana, now=NOW)
    change_identifiers(ana, numbers={"cui": "2987654320101"}, removed=[], by=ana, now=NOW)
    assert ana_client.post(details, {"phone": "x", "sex": ""}).status_code == 422
    assert ana_client.post(details, {"phone": "4444 1234", "sex": "man"}).url == account
    text = ana_client.get(account).text
    for words in ("4444 1234", "Hombre", "termina en ••01"):
        assert words in text
    ana_client.post(details, {"phone": "", "sex": ""})
    ana.refresh_from_db()
    assert (ana.phone, ana.sex) == ("", "")


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("5555 1234", "+50255551234"),
        ("5555-1234", "+50255551234"),
        ("(502) 5555-1234", "+50255551234"),
        ("+502 5555 1234", "+50255551234"),
        ("00502 55551234", "+50255551234"),
        ("50255551234", "+50255551234"),
        ("+52 963 123 4567", "+529631234567"),
        ("５５５５１２３４", "+50255551234"),
        ("5555\u00a01234", "+50255551234"),
    ],
)
def test_a_number_is_read(text, phone):
    assert parse_phone(text) == phone
    assert parse_phone(phone) == phone


@pytest.mark.parametrize(
    "text",
    [
        "",
        "555 123",
        "5555 1234 ext 3",
        "no tiene",
        "+502 5555 12345",
        "555512345",
        "+0123456789",
        "5555+1234",
        "½",
        "٥٥٥٥١٢٣٤",
        "５５５５１２３４５",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotAPhone):
        parse_phone(text)


def test_a_kept_number_is_said_and_opens_a_chat():
    assert format_phone("+50255551234") == "5555 1234"
    assert format_phone("+529631234567") == "+529631234567"
    assert whatsapp_url("+50255551234") == "https://wa.me/50255551234"
