"""Clinics on the desk: who sees and changes which, and a new one for a group."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from course.models import ADMINISTRATORS, Area, AuditEntry, Clinic
from tests.factories import make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return Area.objects.create(name="Área de Salud de Sololá")


@pytest.fixture
def lead(client, area):
    person = make_staff("jefa", is_staff=True)
    area.leads.add(person)
    client.force_login(person)
    return person


def shown(client):
    page = client.get(reverse("desk_places")).context["page"]
    return [(clinic.name, clinic.groups, clinic.people) for clinic in page]


def test_a_lead_sees_the_clinics_of_the_own_areas_with_groups_and_people(client, lead, area):
    with_group = make_clinic("Centro B", area=area)
    make_clinic("Centro A", area=area)
    make_clinic("Ajeno", area=Area.objects.create(name="Otra área"))
    make_clinic("Sin área")
    learner, left = make_learner("ANA222", clinic=with_group), make_learner("BEA222", clinic=with_group)
    for name in ("Mañana", "Tarde"):
        make_cohort(name, clinic=with_group, learners=[learner, left])
    left.enrolments.update(left_at="2026-11-25T10:00Z")
    assert shown(client) == [("Centro A", 0, 0), ("Centro B", 2, 1)]
    page = client.get(reverse("desk_places")).content.decode()
    assert "Sin grupo" in page
    assert f'href="{reverse("desk_places_csv")}" download' in page
    table = client.get(reverse("desk_places_csv")).content.decode("utf-8-sig").splitlines()
    assert table[1:] == ["Área de Salud de Sololá,Centro A,,0,0", "Área de Salud de Sololá,Centro B,,2,1"]
    assert client.get(reverse("desk_places_xlsx")).status_code == 200
    assert AuditEntry.objects.filter(action="table_exported").count() == 2
    assert "Ajeno" not in page


def test_an_administrator_sees_all_those_without_an_area_last_and_areas_without_anything(client, area):
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    make_clinic("Sin área")
    make_clinic("Centro", area=area)
    Area.objects.create(name="Vacía")
    assert shown(client) == [("Centro", 0, 0), ("Sin área", 0, 0)]
    page = client.get(reverse("desk_places")).content.decode()
    assert "2 áreas de salud todavía no tienen grupo: Área de Salud de Sololá, Vacía." in page
    assert "Sin ningún centro de salud en la lista: Vacía." in page


@pytest.mark.nightly
def test_the_number_of_queries_does_not_grow_with_clinics(client, lead, area):
    def queries():
        with CaptureQueriesContext(connection) as run:
            assert client.get(reverse("desk_places")).status_code == 200
        return len(run)

    make_cohort("Grupo 0", clinic=make_clinic("Centro 0", area=area))
    small = queries()
    for number in range(1, 30):
        clinic = make_clinic(f"Centro {number}", area=area)
        make_cohort(f"Grupo {number}", clinic=clinic, learners=[make_learner(f"CODE{number:02}", clinic=clinic)])
    assert queries() == small


def test_a_trainer_adds_a_clinic_for_a_new_group_and_for_one_that_is_there(client, area):
    trainer = make_trainer()
    cohort = make_cohort(trainers=[trainer], clinic=make_clinic("Centro", area=area))
    client.force_login(trainer)
    address = reverse("desk_new_clinic")
    assert client.get(address).context["form"].fields["area"].initial == area.pk
    new = {"name": "Puesto de Salud El Tejar", "area": area.pk, "municipality": "", "department": ""}
    answer = client.post(address, new)
    clinic = Clinic.objects.get(name="Puesto de Salud El Tejar")
    assert answer.url == f"{reverse('desk_new_group')}?centro={clinic.pk}"
    assert f'value="{clinic.pk}" selected' in client.get(answer.url).content.decode()
    again = client.post(address, new | {"name": "P/S El Tejar"})
    assert "Ya está en la lista: «Puesto de Salud El Tejar»." in again.content.decode()
    other = client.post(f"{address}?grupo={cohort.pk}", new | {"name": "Hospital"})
    assert other.url.startswith(reverse("desk_change_group", args=[cohort.pk]))
    assert [entry.subject for entry in AuditEntry.objects.filter(action="clinic_made").order_by("pk")] == [
        "Puesto de Salud El Tejar",
        "Hospital",
    ]


def test_a_clinic_that_somebody_adds_at_the_same_moment_is_said_to_be_there(client, area, monkeypatch):
    client.force_login(lead := make_staff("jefa", is_staff=True))
    area.leads.add(lead)
    new = {"name": "Hospital", "area": area.pk, "municipality": "Sololá", "department": "Sololá"}

    def validate_while_another_is_faster(self, **options):
        Clinic.objects.get_or_create(name="Hospital", area=area, municipality="Sololá", department="Sololá")

    monkeypatch.setattr(Clinic, "validate_constraints", validate_while_another_is_faster)
    refused = client.post(reverse("desk_new_clinic"), new)
    assert refused.status_code == 422
    assert "Ya está en la lista: «Hospital»." in refused.content.decode()
    assert not AuditEntry.objects.exists()


def test_a_lead_changes_the_clinics_of_the_own_areas_and_keeps_them_there(client, lead, area):
    own, foreign = make_clinic("Sentro", area=area), make_clinic("Ajeno")
    other = Area.objects.create(name="Otra área")
    address = reverse("desk_change_clinic", args=[own.pk])
    form = {"name": "Centro", "area": area.pk, "municipality": "Panajachel", "department": "Sololá"}
    for wrong in ({"name": ""}, {"area": ""}, {"area": other.pk}, {"name": "Centro libre de estigma"}):
        assert client.post(address, form | wrong).status_code == 422
    assert client.post(address, form).url == reverse("desk_places")
    own.refresh_from_db()
    assert (own.name, own.area, own.municipality) == ("Centro", area, "Panajachel")
    assert AuditEntry.objects.get().action == "clinic_changed"
    assert client.post(reverse("desk_change_clinic", args=[foreign.pk]), form).status_code == 404
