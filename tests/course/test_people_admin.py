import json
import re

import lxml.html
import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.urls import reverse

from course.models import User
from course.people.roles import ADMINISTRATORS, EDITORS, TRAINERS
from tests.factories import PASSWORD, PIN, finish_course, make_clinic, make_course, make_learner, make_staff

pytestmark = pytest.mark.django_db

PEOPLE = "/cms/users/"
AREAS = "/cms/areas/"


@pytest.fixture
def admin(client):
    client.force_login(make_staff("admina", ADMINISTRATORS, first_name="Rosa", last_name="Tun"))
    return client


def role(name):
    return Group.objects.get(name=name).pk


def new_person(client, **fields):
    person = {"username": "LUZ567", "first_name": "Luz Marina", "last_name": "Ixcot Pérez", "role": "apoyo"}
    return client.post(f"{PEOPLE}new/", person | fields, follow=True)


def save_person(client, person, **fields):
    kept = {
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "role": person.role,
        "is_active": "on",
        "groups": list(person.groups.values_list("pk", flat=True)),
    }
    return client.post(f"{PEOPLE}edit/{person.pk}/", kept | fields, follow=True)


def starting_pin_shown(response):
    found = re.search(r"PIN inicial (\d{6})\. Anótelo ahora", response.text)
    return found and found[1]


def test_a_learner_needs_a_code_and_names_and_gets_a_starting_pin_shown_once(admin, client):
    clinic = make_clinic()
    shown = new_person(admin, clinic=clinic.pk)
    pin = starting_pin_shown(shown)
    assert f"Luz Marina Ixcot Pérez: código de usuario LUZ567, PIN inicial {pin}." in shown.text
    assert starting_pin_shown(admin.get(PEOPLE)) is None
    luz = User.objects.get(username="LUZ567")
    assert (luz.email, luz.role, luz.clinic, luz.is_staff, luz.must_choose_pin) == ("", "apoyo", clinic, False, True)
    client.logout()
    client.post("/accounts/login/", {"login": "luz 567", "password": pin})
    assert client.get("/accounts/cuenta/").url.startswith("/accounts/pin/")


def test_a_trainer_gets_a_role_and_a_password(admin):
    shown = new_person(admin, username="marta", groups=[role(TRAINERS)], password=PASSWORD)
    marta = User.objects.get(username="marta")
    assert starting_pin_shown(shown) is None
    assert (marta.is_staff, marta.must_choose_pin, marta.check_password(PASSWORD)) == (True, False, True)
    assert set(marta.groups.values_list("name", flat=True)) == {TRAINERS}


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"username": "ana234"}, "username", "Otra persona ya tiene este código de usuario."),
        ({"username": ""}, "username", "Este campo es necesario."),
        ({"first_name": ""}, "first_name", "Este campo es necesario."),
        ({"password": "12345"}, "password", "El PIN necesita entre 6 y 12 números."),
    ],
)
def test_what_cannot_be_saved_is_told_at_its_field(admin, fields, field, message, ana):
    answer = new_person(admin, **fields)
    box = lxml.html.fromstring(answer.text).xpath(f"//*[@data-contentpath='{field}']//*[@data-field-errors]")
    assert message in box[0].text_content()
    assert not User.objects.filter(username="LUZ567").exists()


def test_saving_a_person_changes_names_and_no_pin(admin):
    learner = make_learner()
    save_person(admin, learner, first_name="Ana María")
    learner.refresh_from_db()
    assert (learner.first_name, learner.sort_key) == ("Ana María", "coj de la cruz, ana maria")
    assert learner.check_password(PIN)


def test_who_lost_the_phone_signs_in_without_it_until_it_is_set_up_again(admin):
    trainer = make_staff("marta", TRAINERS)
    TOTP.activate(trainer, "JBSWY3DPEHPK3PXP")
    save_person(admin, trainer, forget_phone="on")
    assert not trainer.authenticator_set.exists()
    trainer.refresh_from_db()
    assert trainer.check_password(PASSWORD)
    assert trainer.is_staff


def test_administrators_cannot_lock_themselves_out(admin):
    me = User.objects.get(username="admina")
    page = admin.get(f"{PEOPLE}edit/{me.pk}/").text
    for field in ("is_active", "groups", "new_pin"):
        assert f'name="{field}"' not in page
    save_person(admin, me, first_name="Rosa María", groups=[], is_active="")
    me.refresh_from_db()
    assert (me.first_name, me.is_active, me.is_staff) == ("Rosa María", True, True)
    assert me.groups.exists()


@pytest.mark.postgres
def test_the_list_is_in_spanish_order_and_searched_by_code_and_name(admin):
    make_learner("BEA342", "Beatriz", "Ñáñez")
    make_learner("NAJ222", "Flor", "Nájera")
    make_learner("ZOC222", "Zoila", "Zoc")
    page = admin.get(PEOPLE).text
    assert page.index("Nájera, Flor") < page.index("Ñáñez, Beatriz") < page.index("Zoc, Zoila")
    for search in ("BEA342", "ñáñez".title()):
        found = admin.get(PEOPLE, {"q": search}).text
        assert ("Ñáñez, Beatriz" in found, "Zoc, Zoila" in found) == (True, False)


@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}new/", AREAS, f"{AREAS}new/"])
def test_editors_see_neither_people_nor_areas(client, path):
    client.force_login(make_staff("editora", EDITORS))
    page = client.get(path, follow=True)
    assert page.redirect_chain[-1][0] == reverse("wagtailadmin_home")
    menu = page.text
    for address in (PEOPLE, AREAS):
        assert f'"{address}"' not in menu


def test_an_administrator_finds_them_in_the_menu_in_spanish(admin):
    page = admin.get("/cms/").text
    assert '<link rel="stylesheet" href="/static/editors.css">' in page
    for name, address in (("Personas", PEOPLE), ("Áreas de salud", AREAS)):
        assert f'"label": {json.dumps(name)}' in page
        assert f'"{address}"' in page


BULK = "/cms/bulk/course/user/delete/"


@pytest.fixture
def learner():
    make_course(modules=1, lessons=1)
    learner = make_learner()
    finish_course(learner)
    return learner


def delete(client, address):
    assert client.get(address).status_code == 200
    return client.post(address, follow=True).text


def test_a_person_with_results_is_kept_and_the_page_says_what_to_do(admin, learner):
    page = delete(admin, f"/cms/users/delete/{learner.pk}/")
    assert "Ana Lucía Coj de la Cruz tiene resultados, así que la cuenta se conserva." in page
    assert User.objects.filter(pk=learner.pk).exists()


def test_bulk_deletion_is_refused_if_one_person_has_results(admin, learner):
    bea = make_learner("BEA342", "Beatriz", "Ñáñez")
    page = delete(admin, f"{BULK}?next=/cms/users/&id={learner.pk}&id={bea.pk}")
    assert "No se borró a nadie. Estas personas tienen resultados: Ana Lucía Coj de la Cruz." in page
    assert User.objects.filter(pk__in=[learner.pk, bea.pk]).count() == 2
    delete(admin, f"{BULK}?next=/cms/users/&id={bea.pk}")
    assert not User.objects.filter(pk=bea.pk).exists()


def test_before_anybody_is_deleted_the_page_says_what_goes_and_what_stays(admin, ana):
    for address in (f"/cms/users/delete/{ana.pk}/", f"{BULK}?next=/cms/users/&id={ana.pk}"):
        page = admin.get(address).text
        assert "en su lugar dice «una cuenta eliminada»" in page
        assert "Las copias de seguridad, hasta que otras más nuevas las reemplacen" in page
    assert "Los certificados emitidos, con el nombre impreso, el PDF y la credencial" in page
