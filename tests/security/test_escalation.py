import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from course.models import TRAINERS
from course.people.roles import ADMINISTRATORS, EDITORS, LEGAL_REVIEWERS
from tests.course.test_who_did_what import make_world, saved
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

EVERY_RIGHT = {"is_superuser": "on", "is_staff": "on", "user_permissions": ["1", "2", "3"]}


@pytest.fixture
def world(client):
    return make_world(client, admin=True)


def browser_of(person):
    browser = Client()
    if person is not None:
        browser.force_login(person)
    return browser


@pytest.fixture
def administrator():
    return make_staff("otra", ADMINISTRATORS)


@pytest.fixture
def too_much():
    group = Group.objects.create(name="Todo")
    group.permissions.set(Permission.objects.all())
    return group


def rights_of(person):
    found = type(person).objects.get(pk=person.pk)
    return found.is_superuser, found.is_staff, found.is_active, set(found.groups.all()), found.get_all_permissions()


def edit(person):
    return reverse("wagtailusers_users:edit", args=[person.pk])


def test_no_administrator_makes_a_superuser(world, administrator, too_much):
    browser, before = browser_of(administrator), [rights_of(one) for one in (world.ana, administrator)]
    for person in (world.ana, administrator):
        browser.post(edit(person), saved(person, groups=[too_much.pk], **EVERY_RIGHT))
        browser.post(edit(person), saved(person, **EVERY_RIGHT))
    fields = {"username": "LUZ567", "first_name": "Luz", "last_name": "Ixcot", "role": "apoyo"}
    browser.post(reverse("wagtailusers_users:add"), fields | EVERY_RIGHT)
    assert [rights_of(one) for one in (world.ana, administrator)] == before
    assert rights_of(type(world.ana).objects.get(username="LUZ567"))[:2] == (False, False)


def test_roles_of_several_people_are_those_of_the_site_and_not_ones_own(world, administrator, too_much):
    browser, page = browser_of(administrator), reverse("wagtail_bulk_action", args=["course", "user", "assign_role"])
    trainers, before = Group.objects.get(name=TRAINERS), [rights_of(one) for one in (world.ana, administrator)]
    browser.post(f"{page}?id={world.ana.pk}", {"role": too_much.pk})
    browser.post(f"{page}?id={world.ana.pk}&id={administrator.pk}", {"role": trainers.pk})
    browser.post(f"{page}?id=all", {"role": trainers.pk})
    assert [rights_of(one) for one in (world.ana, administrator)] == before
    browser.post(f"{page}?id={world.ana.pk}", {"role": trainers.pk})
    assert trainers in world.ana.groups.all()


@pytest.mark.parametrize("action", ["assign_role", "set_active_state", "delete"])
def test_who_installed_the_site_is_out_of_reach_of_administrators(world, administrator, action):
    browser, boss = browser_of(administrator), world.who
    before = rights_of(boss), boss.password
    fields = {"role": Group.objects.get(name=TRAINERS).pk, "mark_as_active": "False"}
    page = reverse("wagtail_bulk_action", args=["course", "user", action])
    for ids in (f"id={boss.pk}", f"id={boss.pk}&id={world.eva.pk}"):
        browser.post(f"{page}?{ids}", fields)
    browser.post(edit(boss), saved(boss, password="otra-frase-de-paso", new_pin="on", forget_phone="on", is_active=""))
    browser.post(reverse("wagtailusers_users:delete", args=[boss.pk]))
    assert (rights_of(boss), type(boss).objects.get(pk=boss.pk).password) == before


@pytest.mark.parametrize("role", [EDITORS, LEGAL_REVIEWERS, ADMINISTRATORS])
def test_the_page_of_the_own_account_changes_no_rights(role, client):
    person = make_staff("alguien", role)
    client.force_login(person)
    before = rights_of(person)
    fields = {"name_email-first_name": "Rosa", "name_email-last_name": "Tun", "theme-theme": "system"}
    fields |= {"theme-contrast": "system", "theme-density": "default", "locale-preferred_language": "es"}
    fields |= {"theme-keyboard_shortcuts": "on", "locale-current_time_zone": "America/Guatemala"}
    for prefix in ("", "name_email-", "profile-"):
        fields |= {f"{prefix}{name}": value for name, value in EVERY_RIGHT.items()} | {f"{prefix}groups": ["1", "2"]}
    assert client.post(reverse("wagtailadmin_account"), fields).status_code == 302
    assert rights_of(person) == before
