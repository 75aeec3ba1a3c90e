"""Every address of the desk, for everyone who might try it."""

import pytest
from django.urls import reverse

from course.models import ADMINISTRATORS, TRAINERS, AuditEntry, Cohort
from course.people.audit import note
from tests.factories import NOW, enrol, make_cohort, make_course, make_learner, make_staff, make_trainer

PAGES = ["desk_cohort", "desk_cohort_xlsx", "desk_cohort_csv"]


@pytest.fixture
def group(db):
    make_course(modules=1, lessons=1)
    return make_cohort(trainers=[make_trainer(is_staff=True)], learners=[make_learner()])


def addresses(cohort):
    learner = cohort.learners.get()
    return [
        reverse("desk_cohorts"),
        *(reverse(name, args=[cohort.pk]) for name in PAGES),
        reverse("desk_person", args=[cohort.pk, learner.pk]),
    ]


def statuses(client, cohort):
    """Return the set of answers to every address of the group, the certificates and the unlocking included."""
    learner = cohort.learners.get()
    answers = [client.get(address) for address in addresses(cohort)]
    answers.append(client.get(reverse("desk_cohort_certificates", args=[cohort.pk])))
    answers.append(client.post(reverse("desk_unlock", args=[cohort.pk, learner.pk])))
    return answers


def test_nobody_without_signing_in_sees_the_desk(client, group):
    for answer in statuses(client, group):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))


def test_a_learner_finds_no_desk_not_even_of_the_own_group(client, group):
    client.force_login(group.learners.get())
    assert {answer.status_code for answer in statuses(client, group)} == {404}


def test_a_trainer_finds_nothing_of_the_group_of_another(client, group):
    other = make_trainer("otra", is_staff=True)
    make_cohort("Otro grupo", trainers=[other])
    client.force_login(other)
    mine, *foreign = statuses(client, group)
    assert mine.status_code == 200
    assert group.name not in mine.content.decode()
    assert {answer.status_code for answer in foreign} == {404}


def test_an_editor_without_a_group_finds_no_desk(client, group):
    client.force_login(make_staff("editora", is_staff=True))
    assert {answer.status_code for answer in statuses(client, group)} == {404}


@pytest.mark.parametrize("who", ["own trainer", "administrator", "who installed the site"])
def test_the_own_trainer_and_administrators_see_every_page(client, group, who):
    people = {
        "own trainer": group.trainers.get(),
        "administrator": make_staff("administradora", ADMINISTRATORS),
        "who installed the site": make_staff("admin", is_staff=True, is_superuser=True),
    }
    client.force_login(people[who])
    *pages, unlocked = statuses(client, group)
    assert {page.status_code for page in pages} == {200}
    assert unlocked.status_code == 302


def test_an_unknown_group_or_person_is_not_found(client, group):
    client.force_login(group.trainers.get())
    learner = group.learners.get()
    stranger = make_learner("BEA234")
    unknown = [reverse(name, args=[10**20]) for name in [*PAGES, "desk_cohort_certificates"]]
    unknown += [reverse("desk_person", args=pair) for pair in [(10**20, learner.pk), (group.pk, 10**20)]]
    unknown += [reverse("desk_person", args=[group.pk, stranger.pk])]
    assert {client.get(address).status_code for address in unknown} == {404}
    assert client.post(reverse("desk_unlock", args=[group.pk, stranger.pk])).status_code == 404


def test_a_person_who_left_the_group_is_not_shown_to_its_trainer_any_more(client, group):
    learner = group.learners.get()
    group.enrolments.update(left_at=NOW)
    enrol(learner, make_cohort("Otro grupo", trainers=[make_trainer("otra", is_staff=True)]))
    client.force_login(group.trainers.get())
    assert client.get(reverse("desk_person", args=[group.pk, learner.pk])).status_code == 404


def test_unlocking_is_a_post_and_nothing_else_of_the_desk_is(client, group):
    client.force_login(group.trainers.get())
    learner = group.learners.get()
    assert client.get(reverse("desk_unlock", args=[group.pk, learner.pk])).status_code == 405
    assert {client.post(address).status_code for address in addresses(group)} == {405}


def test_nothing_of_the_desk_is_kept_by_a_shared_browser(client, group):
    client.force_login(group.trainers.get())
    for address in addresses(group):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_a_trainer_no_longer_looking_after_a_group_loses_it_at_once(client, group):
    trainer = group.trainers.get()
    client.force_login(trainer)
    Cohort.objects.get().trainers.remove(trainer)
    assert {answer.status_code for answer in statuses(client, group)} == {404}


def test_an_administrator_changes_accounts_of_staff_but_not_of_who_installed_the_site(client, group):
    administrator = make_staff("administradora", ADMINISTRATORS)
    staff, root = make_staff("otra", TRAINERS), make_staff("admin", is_staff=True, is_superuser=True)
    for person in (staff, root):
        enrol(person, group)
    client.force_login(administrator)
    addresses = {person: reverse("desk_new_pin", args=[group.pk, person.pk]) for person in (staff, root)}
    assert {person: client.get(address).status_code for person, address in addresses.items()} == {staff: 200, root: 404}
    assert client.post(addresses[root]).status_code == 404
    assert not administrator.has_perm("course.change_learner", administrator)


def test_an_administrator_reads_who_did_what_in_every_group(client, group):
    note("group_changed", by=group.trainers.get(), cohort=group, now=NOW)
    note("summary_exported", by=group.trainers.get(), now=NOW)
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    page = client.get(reverse("desk_all_audit"))
    assert [entry for entry, _words in page.context["lines"]] == list(AuditEntry.objects.order_by("-at", "-pk"))


def test_an_administrator_who_is_no_staff_any_more_opens_nothing(client, group):
    person = make_staff("administradora", ADMINISTRATORS)
    type(person).objects.filter(pk=person.pk).update(is_staff=False, role="recepcion")
    client.force_login(person)
    assert {answer.status_code for answer in statuses(client, group)} == {404}
