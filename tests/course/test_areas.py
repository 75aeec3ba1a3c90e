"""Whoever leads a health area sees the groups of its health centres, and no others."""

import pytest
from django.urls import reverse

from course.models import Area
from course.people.roles import ADMINISTRATORS
from tests.factories import make_clinic, make_cohort, make_course, make_learner, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    make_course(modules=1, lessons=1)
    person = make_staff("jefa", is_staff=True)
    area = Area.objects.create(name="Área de Salud de Quetzaltenango")
    area.leads.add(person)
    make_cohort("Grupo del área", clinic=make_clinic("Centro del área", area=area), learners=[make_learner()])
    make_cohort("Grupo de otra área", clinic=make_clinic("Otro centro"), learners=[make_learner("OTR222")])
    return person


def test_the_lead_of_an_area_opens_its_groups_and_their_people_only(client, lead):
    client.force_login(lead)
    page = client.get(reverse("desk_cohorts")).content.decode()
    assert "Grupo del área" in page
    assert "Grupo de otra área" not in page
    for cohort in Area.objects.get().clinics.get().cohorts.all():
        assert client.get(reverse("desk_cohort", args=[cohort.pk])).status_code == 200
        learner = cohort.learners.get()
        assert client.get(reverse("desk_person", args=[cohort.pk, learner.pk])).status_code == 200
        assert lead.has_perm("course.see_learner", learner)


def test_the_lead_of_an_area_without_groups_sees_which_and_nothing_of_others(client, lead):
    other = make_staff("otra", is_staff=True)
    Area.objects.create(name="Área sin grupos").leads.add(other)
    client.force_login(other)
    page = client.get(reverse("desk_cohorts")).content.decode()
    assert "Un área de salud todavía no tiene grupo: Área sin grupos." in page
    assert "Quetzaltenango" not in page
    assert "Grupo del área" not in page


def test_a_group_that_one_trains_and_leads_stands_once(client, lead):
    cohort = Area.objects.get().clinics.get().cohorts.get()
    cohort.trainers.add(lead)
    client.force_login(lead)
    assert client.get(reverse("desk_cohorts")).content.decode().count(f'href="/es/grupos/{cohort.pk}/"') == 1


def test_administrators_keep_areas_in_the_cms_and_one_with_health_centres_is_not_deleted(client, lead):
    client.force_login(make_staff("admin", ADMINISTRATORS))
    response = client.post(reverse("areas:add"), {"name": "Área de Salud de Sololá", "leads": [lead.pk]})
    assert response.status_code == 302
    assert list(Area.objects.get(name="Área de Salud de Sololá").leads.all()) == [lead]
    first = Area.objects.earliest("pk")
    page = client.post(reverse("areas:delete", args=[first.pk]), follow=True).content.decode()
    assert "así que se conserva" in page
    assert Area.objects.filter(pk=first.pk).exists()
