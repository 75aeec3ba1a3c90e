import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from course.models import TRAINERS, Area, Clinic, User
from course.people.cohorts import cohorts_of
from course.people.roles import ADMINISTRATORS
from tests.factories import make_clinic, make_cohort, make_course, make_learner, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


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
    page = client.get(reverse("desk_cohorts")).text
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
    page = client.get(reverse("desk_cohorts")).text
    assert "Un área de salud todavía no tiene grupo: Área sin grupos." in page
    assert "Quetzaltenango" not in page
    assert "Grupo del área" not in page


def test_a_group_that_one_trains_and_leads_stands_once(client, lead):
    cohort = Area.objects.get().clinics.get().cohorts.get()
    cohort.trainers.add(lead)
    client.force_login(lead)
    assert client.get(reverse("desk_cohorts")).text.count(f'href="/es/grupos/{cohort.pk}/"') == 1


def test_administrators_keep_areas_in_the_cms_and_one_with_health_centres_is_not_deleted(client, lead):
    client.force_login(make_staff("admin", ADMINISTRATORS))
    response = client.post(reverse("areas:add"), {"name": "Área de Salud de Sololá", "leads": [lead.pk]})
    assert response.status_code == 302
    assert list(Area.objects.get(name="Área de Salud de Sololá").leads.all()) == [lead]
    first = Area.objects.earliest("pk")
    assert "así que se conserva" in client.post(reverse("areas:delete", args=[first.pk]), follow=True).text
    assert Area.objects.filter(pk=first.pk).exists()


def test_leading_an_area_is_role_enough_and_ends_with_it(client, lead):
    client.force_login(make_staff("admin", ADMINISTRATORS))
    area = Area.objects.get()
    person = {"username": "JEF234", "first_name": "Marta", "last_name": "Xitumul", "areas_led": [area.pk]}
    assert "PIN inicial" in client.post(reverse("wagtailusers_users:add"), person, follow=True).text
    marta = User.objects.get(username="JEF234")
    assert marta.is_staff
    assert marta.must_choose_pin
    assert marta.trains
    assert not marta.edits
    assert not marta.groups.exists()
    assert [str(cohort) for cohort in cohorts_of(marta)] == ["Grupo del área"]
    edited = person | {"is_active": "on", "areas_led": []}
    client.post(reverse("wagtailusers_users:edit", args=[marta.pk]), edited)
    marta = User.objects.get(pk=marta.pk)
    assert not marta.is_staff
    assert not cohorts_of(marta).exists()
    assert list(area.leads.all()) == [lead]


def test_an_area_names_by_code_whoever_leads_it(client, lead):
    client.force_login(make_staff("admin", ADMINISTRATORS))
    area, ana = Area.objects.get(), make_learner("EVA234")
    address = reverse("areas:edit", args=[area.pk])
    assert "NADIE9" in client.post(address, {"name": area.name, "leads": [lead.pk], "further": "EVA234, NADIE9"}).text
    assert list(area.leads.all()) == [lead]
    client.post(address, {"name": area.name, "leads": [lead.pk], "further": "eva234"})
    ana.refresh_from_db()
    assert set(area.leads.all()) == {lead, ana}
    assert ana.is_staff
    trainer = make_staff("ambas", TRAINERS)
    area.leads.set([trainer])
    ana.refresh_from_db()
    assert not ana.is_staff
    area.leads.clear()
    trainer.refresh_from_db()
    assert trainer.is_staff


def test_a_lead_of_an_area_that_is_deleted_leads_nothing(client):
    area = Area.objects.create(name="Área que se va")
    ana = make_learner()
    area.leads.add(ana)
    client.force_login(make_staff("admin", ADMINISTRATORS))
    client.post(reverse("areas:delete", args=[area.pk]))
    ana.refresh_from_db()
    assert not Area.objects.exists()
    assert not ana.is_staff


def test_the_name_of_a_clinic_claims_nothing_that_a_course_cannot_give():
    with pytest.raises(ValidationError) as refusal:
        Clinic(name="Centro libre de estigma").clean()
    assert list(refusal.value.message_dict) == ["name"]
    Clinic(name="Centro de Salud de San Pedro Ayampuc").clean()
