import pytest
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from wagtail.snippets.models import get_snippet_models

from course.models import User
from course.people.roles import (
    ADMINISTRATORS,
    EDITORS,
    LEGAL_REVIEWERS,
    PEER_REVIEWERS,
    SITE_ROLES,
    TRAINERS,
    ensure_groups,
    needs_second_factor,
)
from tests.factories import PASSWORD, make_course, make_learner, make_staff

pytestmark = pytest.mark.django_db

EDITING = ["wagtailsnippets_quizzes_question:list", "wagtailsnippets_modules_organisation:list"]
PEOPLE = ["wagtailusers_users:index", "areas:index"]


def person_with(*roles, code="persona", **fields):
    person = make_staff(code, is_staff=bool(roles), **fields)
    person.groups.set([ensure_groups()[role] for role in roles])
    return User.objects.get(pk=person.pk)


def facts_of(group):
    pages = group.page_permissions.order_by("pk").values_list("page_id", "permission__codename")
    return {*group.permissions.values_list("content_type__app_label", "codename")}, [*pages]


def test_migrating_makes_the_roles_with_their_permissions():
    facts = {group.name: facts_of(group) for group in Group.objects.filter(name__in=SITE_ROLES)}
    assert facts[TRAINERS] == (set(), [])
    assert ("wagtailadmin", "access_admin") in facts[EDITORS][0]
    assert ("quizzes", "add_question") in facts[EDITORS][0]
    assert ("course", "change_user") not in facts[EDITORS][0]
    assert {name for _page, name in facts[EDITORS][1]} == {"add_page", "change_page", "publish_page"}
    assert facts[ADMINISTRATORS][0] >= facts[EDITORS][0] | {("course", "change_user"), ("course", "add_area")}
    review_rules = {("modules", "choose_reviews"), ("modules", "publish_without_review")}
    assert review_rules <= facts[ADMINISTRATORS][0]
    assert not review_rules & facts[EDITORS][0]
    for reviewers in (LEGAL_REVIEWERS, PEER_REVIEWERS):
        assert facts[reviewers][0] == {("wagtailadmin", "access_admin")}
        assert {name for _page, name in facts[reviewers][1]} == {"change_page"}


@pytest.mark.parametrize("model", get_snippet_models())
def test_editors_write_every_snippet(model):
    editor = person_with(EDITORS)
    names = {get_permission_codename(action, model._meta) for action in ("add", "change", "delete")}
    granted = {name for name in names if editor.has_perm(f"{model._meta.app_label}.{name}")}
    assert granted == (set() if model._meta.label == "course.Area" else names)


def test_making_the_roles_again_changes_nothing():
    before = {name: facts_of(group) for name, group in ensure_groups().items()}
    call_command("migrate", verbosity=0)
    assert {name: facts_of(group) for name, group in ensure_groups().items()} == before
    assert before[EDITORS][1]


def test_what_a_site_added_to_a_role_stays():
    editors = ensure_groups()[EDITORS]
    extra = ensure_groups()[ADMINISTRATORS].permissions.get(codename="change_area")
    editors.permissions.add(extra)
    assert extra in ensure_groups()[EDITORS].permissions.all()


def test_an_editor_opens_the_texts_and_not_the_people(client):
    course = make_course(modules=1)
    client.force_login(person_with(EDITORS))
    assert [name for name in EDITING + PEOPLE if client.get(reverse(name)).status_code == 200] == EDITING
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    assert client.get(reverse("wagtailadmin_pages:edit", args=[course.get_children().first().pk])).status_code == 200


@pytest.mark.parametrize("role", SITE_ROLES)
def test_a_role_makes_staff_and_taking_it_away_ends_that(role):
    person, group = make_staff("persona"), ensure_groups()[role]
    person.groups.add(group)
    assert person.is_staff
    assert User.objects.get(pk=person.pk).is_staff
    person.groups.remove(group)
    assert not User.objects.get(pk=person.pk).is_staff


def test_a_learner_who_becomes_a_trainer_chooses_a_password_first(client):
    make_course(modules=1)
    learner = make_learner()
    client.force_login(learner)
    assert client.get(reverse("glossary")).status_code == 200
    learner.groups.add(ensure_groups()[TRAINERS])
    assert client.get(reverse("glossary")).url.startswith(reverse("choose_pin"))
    page = client.post(reverse("choose_pin"), {"new": "905172", "again": "905172"})
    assert "La contraseña necesita 12 caracteres o más. Cuatro palabras seguidas forman una buena." in page.text
    client.post(reverse("choose_pin"), {"new": PASSWORD, "again": PASSWORD})
    assert client.get(reverse("glossary")).status_code == 200


def test_a_second_role_asks_for_no_new_password():
    person = person_with(TRAINERS)
    person.groups.add(ensure_groups()[EDITORS])
    assert not User.objects.get(pk=person.pk).must_choose_pin


def test_what_is_done_to_several_people_leaves_superusers_alone(client):
    boss = make_staff("root", is_staff=True, is_superuser=True)
    client.force_login(person_with(ADMINISTRATORS))
    client.post(f"/cms/bulk/course/user/set_active_state/?next=/cms/users/&id={boss.pk}", {"mark_as_active": "False"})
    assert User.objects.get(pk=boss.pk).is_active


def test_a_role_given_from_the_side_of_the_role_makes_staff_too():
    ana, bea = make_staff("ana"), make_staff("bea")
    trainers = ensure_groups()[TRAINERS]
    trainers.user_set.add(ana, bea)
    assert set(User.objects.filter(is_staff=True)) == {ana, bea}
    trainers.user_set.remove(ana)
    assert set(User.objects.filter(is_staff=True)) == {bea}
    trainers.user_set.clear()
    assert not User.objects.filter(is_staff=True).exists()


@pytest.mark.parametrize(
    ("roles", "is_superuser", "is_staff"), [([EDITORS], False, True), ([], True, True), ([], False, False)]
)
def test_who_loses_one_role_stays_staff_by_another_or_by_having_installed_the_site(roles, is_superuser, is_staff):
    person = person_with(TRAINERS, *roles, is_superuser=is_superuser)
    person.groups.add(Group.objects.create(name="Lectura"))
    person.groups.remove(ensure_groups()[TRAINERS])
    assert User.objects.get(pk=person.pk).is_staff is is_staff


def test_everyone_with_a_role_needs_a_second_factor_and_no_learner_does():
    for role in SITE_ROLES:
        assert needs_second_factor(person_with(role, code=role))
    assert needs_second_factor(make_staff("root", is_superuser=True))
    assert not needs_second_factor(make_learner())
