"""A trainer makes a group and changes it, without the admin."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.models import ADMINISTRATORS, TRAINERS, Area, AuditEntry, Clinic, Cohort
from tests.factories import make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db
NEW = {"name": "Turno de noche", "clinic": "", "opens_on": "2026-11-25", "closes_on": ""}


@pytest.fixture
def cohort():
    return make_cohort(trainers=[make_trainer()])


@pytest.fixture
def desk(client, cohort):
    client.force_login(cohort.trainers.get())
    return client


def test_whoever_makes_a_group_is_its_trainer_and_goes_on_to_its_people(desk, cohort):
    clinic = make_clinic()
    answer = desk.post(reverse("desk_new_group"), NEW | {"clinic": clinic.pk})
    made = Cohort.objects.get(name="Turno de noche")
    assert answer.url == reverse("desk_roster", args=[made.pk])
    assert (made.clinic, list(made.trainers.all())) == (clinic, list(cohort.trainers.all()))
    assert [(entry.action, entry.about_words) for entry in AuditEntry.objects.order_by("pk")] == [
        ("group_made", ""),
        ("trainers_named", "Marta Ajú Ñáñez"),
    ]


def test_a_group_is_changed_and_keeps_its_people_and_trainers(desk, cohort):
    make_learner(cohort=cohort)
    page = reverse("desk_change_group", args=[cohort.pk])
    assert cohort.name in desk.get(page).content.decode()
    same = [person.pk for person in cohort.trainers.all()]
    assert desk.post(page, NEW | {"closes_on": "2026-12-31", "trainers": same}).url == reverse(
        "desk_cohort", args=[cohort.pk]
    )
    cohort.refresh_from_db()
    assert (cohort.name, str(cohort.closes_on)) == ("Turno de noche", "2026-12-31")
    assert (cohort.learners.count(), cohort.trainers.count()) == (1, 1)


def test_what_is_wrong_is_said_at_the_field(desk, cohort):
    wrong = desk.post(reverse("desk_new_group"), NEW | {"name": "", "closes_on": "2026-01-01"})
    assert wrong.status_code == 422
    assert "Escriba un nombre para el grupo." in wrong.content.decode()
    assert "El último día es anterior al primero." in wrong.content.decode()


def test_who_has_no_desk_makes_no_group(client, cohort):
    client.force_login(make_learner())
    assert client.get(reverse("desk_new_group")).status_code == 404
    assert client.post(reverse("desk_new_group"), NEW).status_code == 404


def test_a_trainer_without_a_group_reads_what_to_do_and_makes_the_first(client):
    client.force_login(new := make_staff("nueva", TRAINERS))
    page = client.get(reverse("desk_cohorts")).content.decode()
    assert "Usted todavía no facilita ningún grupo." in page
    assert "Centros de salud" not in page
    assert client.post(reverse("desk_new_group"), NEW).status_code == 302
    assert list(Cohort.objects.get().trainers.all()) == [new]


def test_a_double_click_makes_one_group_and_another_with_the_name_later_is_another(desk):
    first, second = (desk.post(reverse("desk_new_group"), NEW) for _click in range(2))
    assert first.url == second.url
    assert Cohort.objects.filter(name="Turno de noche").count() == 1
    other = desk.post(reverse("desk_new_group"), NEW | {"opens_on": "2026-12-01"})
    assert other.url != first.url
    AuditEntry.objects.update(at=timezone.now() - timedelta(minutes=1))
    assert desk.post(reverse("desk_new_group"), NEW).url != first.url


def choices(answer):
    return [person.username for person in answer.context["form"].fields["trainers"].queryset]


def test_a_trainer_names_another_and_leaves_but_takes_the_group_from_nobody(desk, cohort):
    own, new = cohort.trainers.get(), make_staff("nueva", TRAINERS)
    make_cohort("Ajeno", trainers=[make_trainer("ajena")])
    page = reverse("desk_change_group", args=[cohort.pk])
    assert sorted(choices(desk.get(page))) == ["facilitadora", "nueva"]
    stranger = make_learner()
    for wrong in ([], [stranger.pk], [cohort.pk + 10**6]):
        assert desk.post(page, NEW | {"trainers": wrong}).status_code == 422
    assert desk.post(page, NEW | {"trainers": [own.pk, new.pk]}).url == reverse("desk_cohort", args=[cohort.pk])
    desk.force_login(new)
    refused = desk.post(page, NEW | {"trainers": [new.pk]})
    assert "le quita el grupo a Marta Ajú Ñáñez" in refused.content.decode()
    assert set(cohort.trainers.all()) == {own, new}
    assert desk.post(page, NEW | {"trainers": [own.pk]}).url == reverse("desk_cohorts")
    assert list(cohort.trainers.all()) == [own]
    assert AuditEntry.objects.filter(action="trainers_named", cohort=cohort).count() == 2
    assert desk.get(page).status_code == 404


def test_an_administrator_gives_a_group_of_anybody_to_another_trainer(client, cohort):
    own, new = cohort.trainers.get(), make_staff("nueva", TRAINERS)
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    page = reverse("desk_change_group", args=[cohort.pk])
    assert sorted(choices(client.get(page))) == ["administradora", "facilitadora", "nueva"]
    type(own).objects.filter(pk=own.pk).update(is_active=False)
    # Who trains the group stays to be ticked even when the account is closed.
    assert "facilitadora" in choices(client.get(page))
    assert client.post(page, NEW | {"trainers": [new.pk]}).status_code == 302
    assert list(cohort.trainers.all()) == [new]


def test_whoever_leads_an_area_makes_its_first_group_and_names_its_trainer(client):
    area, trainer = Area.objects.create(name="Área de Salud de Sololá"), make_staff("nueva", TRAINERS)
    lead = make_staff("jefa", is_staff=True)
    area.leads.add(lead)
    clinic, elsewhere = make_clinic("Centro del área", area=area), make_clinic("Centro de otra")
    client.force_login(lead)
    page = client.get(reverse("desk_cohorts")).content.decode()
    assert "Un área de salud todavía no tiene grupo: Área de Salud de Sololá." in page
    assert "Haga el primer grupo de su área de salud" in page
    wrong = client.post(reverse("desk_new_group"), NEW | {"clinic": elsewhere.pk, "trainers": [trainer.pk]})
    assert "Usted no vería el grupo" in wrong.content.decode()
    assert not Cohort.objects.exists()
    made = client.post(reverse("desk_new_group"), NEW | {"clinic": clinic.pk, "trainers": [trainer.pk]})
    cohort = Cohort.objects.get()
    assert made.url == reverse("desk_roster", args=[cohort.pk])
    assert list(cohort.trainers.all()) == [trainer]
    assert client.get(made.url).status_code == 200
    assert "todavía no tiene grupo" not in client.get(reverse("desk_cohorts")).content.decode()


def test_what_is_written_stays_while_a_missing_clinic_is_added(desk, cohort):
    trainer = cohort.trainers.get()
    for page, extra in (("desk_new_group", []), ("desk_change_group", [cohort.pk])):
        form, other = reverse(page, args=extra), reverse("desk_new_group")
        written = {"name": f"Noche {page}", "opens_on": "2026-03-01", "closes_on": "", "trainers": [trainer.pk]}
        answer = desk.post(form, written | {"sends_reminders": "on", "centro_nuevo": "1"})
        assert not Cohort.objects.filter(name__startswith="Noche").exists()
        back = desk.post(answer.url, {"name": f"Puesto {page}"}).url
        shown = desk.get(back).content.decode()
        assert f'value="Noche {page}"' in shown
        assert 'value="2026-03-01"' in shown
        assert f'value="{Clinic.objects.get(name=f"Puesto {page}").pk}" selected' in shown
        assert shown.count(" checked") == 2
        # Whoever thinks better of it finds the same; a form of another group, or a new visit, holds nothing of it.
        assert f'value="Noche {page}"' in desk.get(f"{form}?escrito").content.decode()
        assert "Noche" not in desk.get(form).content.decode()
        if extra:
            assert "Noche" not in desk.get(f"{other}?escrito").content.decode()
    # Enter in a field presses the first button: that saves.
    assert shown.index("<button hidden>") < shown.index("centro_nuevo")


def test_closed_groups_stand_apart(desk, cohort):
    trainer, today = cohort.trainers.get(), timezone.localdate()
    day = timedelta(days=1)
    for name, closes_on in (("De antes", today - 9 * day), ("De ayer", today - day), ("De hoy", today)):
        make_cohort(name, trainers=[trainer], opens_on=today - 30 * day, closes_on=closes_on)
    make_cohort("De mañana", trainers=[trainer], opens_on=today + day)
    page = desk.get(reverse("desk_cohorts"))
    assert {one[0].name for one in page.context["groups"]} == {cohort.name, "De hoy", "De mañana"}
    assert [one.name for one in page.context["closed"]] == ["De ayer", "De antes"]
    assert "Grupos cerrados</summary>" in page.content.decode().replace(" (2)", "")
    learner = make_learner(cohort=cohort)
    moving = desk.get(reverse("desk_leave", args=[cohort.pk, learner.pk])).content.decode()
    assert moving.index("De mañana</option>") < moving.index('<optgroup label="Cerrados">')
    assert moving.index('<optgroup label="Cerrados">') < moving.index("De ayer</option>") < moving.index("De antes")
    # A page of a closed group opens as it did.
    closed = Cohort.objects.get(name="De antes")
    assert desk.get(reverse("desk_cohort", args=[closed.pk])).status_code == 200
