import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.models import ADMINISTRATORS, TRAINERS, Area, AuditEntry, Clinic, Cohort
from tests.factories import make_clinic, make_cohort, make_learner, make_staff, make_trainer

from .answers import row_headings, rows

pytestmark = pytest.mark.django_db
NEW = {"name": "Turno de noche", "clinic": "", "opens_on": "2026-11-25", "closes_on": ""}


@pytest.fixture
def area():
    return Area.objects.create(name="Área de Salud de Sololá")


@pytest.fixture
def lead(client, area):
    person = make_staff("jefa", is_staff=True)
    area.leads.add(person)
    client.force_login(person)
    return person


def test_whoever_makes_a_group_is_its_trainer_and_goes_on_to_its_people(desk, trainer):
    clinic = make_clinic()
    answer = desk.post(reverse("desk_new_group"), NEW | {"clinic": clinic.pk})
    made = Cohort.objects.get(name="Turno de noche")
    assert answer.url == reverse("desk_roster", args=[made.pk])
    assert (made.clinic, list(made.trainers.all())) == (clinic, [trainer])
    assert [(entry.action, entry.about_text) for entry in AuditEntry.objects.order_by("pk")] == [
        ("group_made", ""),
        ("trainers_named", "Marta Ajú Ñáñez"),
    ]


def test_a_group_is_changed_and_keeps_its_people_and_trainers(desk, group, trainer):
    page = reverse("desk_change_group", args=[group.pk])
    assert group.name in desk.get(page).text
    changed = desk.post(page, NEW | {"closes_on": "2026-12-31", "trainers": [trainer.pk]})
    assert changed.url == reverse("desk_cohort", args=[group.pk])
    group.refresh_from_db()
    assert (group.name, str(group.closes_on)) == ("Turno de noche", "2026-12-31")
    assert (group.learners.count(), group.trainers.count()) == (1, 1)


def test_a_trainer_without_a_group_reads_what_to_do_and_makes_the_first(client):
    client.force_login(new := make_staff("nueva", TRAINERS))
    page = client.get(reverse("desk_cohorts")).text
    assert "Usted todavía no facilita ningún grupo." in page
    assert "Centros de salud" not in page
    wrong = client.post(reverse("desk_new_group"), NEW | {"name": "", "closes_on": "2026-01-01"})
    assert wrong.status_code == 422
    assert "Escriba un nombre para el grupo." in wrong.text
    assert "El último día es anterior al primero." in wrong.text
    assert client.post(reverse("desk_new_group"), NEW).status_code == 302
    assert list(Cohort.objects.get().trainers.all()) == [new]


def test_a_double_click_makes_one_group_and_another_with_the_name_later_is_another(desk):
    first, second = (desk.post(reverse("desk_new_group"), NEW) for _click in range(2))
    assert first.url == second.url
    assert Cohort.objects.filter(name="Turno de noche").count() == 1
    assert desk.post(reverse("desk_new_group"), NEW | {"opens_on": "2026-12-01"}).url != first.url
    AuditEntry.objects.update(at=timezone.now() - timedelta(minutes=1))
    assert desk.post(reverse("desk_new_group"), NEW).url != first.url


def choices(answer):
    return re.findall(r'name="trainers"[^>]*> <span>[^<]*\((\w+)\)', answer.text)


def test_a_trainer_names_another_and_leaves_but_takes_the_group_from_nobody(desk, group, trainer, ana):
    new = make_staff("nueva", TRAINERS)
    make_cohort("Ajeno", trainers=[make_trainer("ajena")])
    page = reverse("desk_change_group", args=[group.pk])
    assert sorted(choices(desk.get(page))) == ["facilitadora", "nueva"]
    for wrong in ([], [ana.pk], [group.pk + 10**6]):
        assert desk.post(page, NEW | {"trainers": wrong}).status_code == 422
    assert desk.post(page, NEW | {"trainers": [trainer.pk, new.pk]}).url == reverse("desk_cohort", args=[group.pk])
    desk.force_login(new)
    assert "le quita el grupo a Marta Ajú Ñáñez" in desk.post(page, NEW | {"trainers": [new.pk]}).text
    assert set(group.trainers.all()) == {trainer, new}
    assert desk.post(page, NEW | {"trainers": [trainer.pk]}).url == reverse("desk_cohorts")
    assert list(group.trainers.all()) == [trainer]
    assert AuditEntry.objects.filter(action="trainers_named", cohort=group).count() == 2
    assert desk.get(page).status_code == 404


def test_an_administrator_gives_a_group_of_anybody_to_another_trainer(client, group, trainer):
    new = make_staff("nueva", TRAINERS)
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    page = reverse("desk_change_group", args=[group.pk])
    assert sorted(choices(client.get(page))) == ["administradora", "facilitadora", "nueva"]
    type(trainer).objects.filter(pk=trainer.pk).update(is_active=False)
    assert "facilitadora" in choices(client.get(page))
    assert client.post(page, NEW | {"trainers": [new.pk]}).status_code == 302
    assert list(group.trainers.all()) == [new]


def test_whoever_leads_an_area_makes_its_first_group_and_names_its_trainer(client, lead, area):
    trainer = make_staff("nueva", TRAINERS)
    clinic, elsewhere = make_clinic("Centro del área", area=area), make_clinic("Centro de otra")
    page = client.get(reverse("desk_cohorts")).text
    assert "Un área de salud todavía no tiene grupo: Área de Salud de Sololá." in page
    assert "Haga el primer grupo de su área de salud" in page
    wrong = client.post(reverse("desk_new_group"), NEW | {"clinic": elsewhere.pk, "trainers": [trainer.pk]})
    assert "Usted no vería el grupo" in wrong.text
    assert not Cohort.objects.exists()
    made = client.post(reverse("desk_new_group"), NEW | {"clinic": clinic.pk, "trainers": [trainer.pk]})
    group = Cohort.objects.get()
    assert made.url == reverse("desk_roster", args=[group.pk])
    assert list(group.trainers.all()) == [trainer]
    assert client.get(made.url).status_code == 200
    assert "todavía no tiene grupo" not in client.get(reverse("desk_cohorts")).text


def test_what_is_written_stays_while_a_missing_clinic_is_added(desk, group, trainer):
    for page, extra in (("desk_new_group", []), ("desk_change_group", [group.pk])):
        form, other = reverse(page, args=extra), reverse("desk_new_group")
        written = {"name": f"Noche {page}", "opens_on": "2026-03-01", "closes_on": "", "trainers": [trainer.pk]}
        answer = desk.post(form, written | {"sends_reminders": "on", "centro_nuevo": "1"})
        assert not Cohort.objects.filter(name__startswith="Noche").exists()
        shown = desk.get(desk.post(answer.url, {"name": f"Puesto {page}"}).url).text
        assert f'value="Noche {page}"' in shown
        assert 'value="2026-03-01"' in shown
        assert f'value="{Clinic.objects.get(name=f"Puesto {page}").pk}" selected' in shown
        assert shown.count(" checked") == 2
        assert f'value="Noche {page}"' in desk.get(f"{form}?escrito").text
        assert "Noche" not in desk.get(form).text
        if extra:
            assert "Noche" not in desk.get(f"{other}?escrito").text
    # Enter in a field presses the first button: that saves.
    assert shown.index("<button hidden>") < shown.index("centro_nuevo")


def test_closed_groups_stand_apart(desk, group, trainer):
    today, day = timezone.localdate(), timedelta(days=1)
    for name, closes_on in (("De antes", today - 9 * day), ("De ayer", today - day), ("De hoy", today)):
        make_cohort(name, trainers=[trainer], opens_on=today - 30 * day, closes_on=closes_on)
    make_cohort("De mañana", trainers=[trainer], opens_on=today + day)
    page, closed = desk.get(reverse("desk_cohorts")).text.split("Grupos cerrados (2)</summary>")
    assert set(re.findall(r"<h3><a [^>]*>([^<]*)", page[page.index('id="groups"') :])) == {
        group.name,
        "De hoy",
        "De mañana",
    }
    assert closed.index("De ayer</a>") < closed.index("De antes</a>")


def test_a_lead_sees_the_clinics_of_the_own_areas_with_groups_and_people(client, lead, area):
    with_group = make_clinic("Centro B", area=area)
    make_clinic("Centro A", area=area)
    make_clinic("Ajeno", area=Area.objects.create(name="Otra área"))
    make_clinic("Sin área")
    learner, left = make_learner("ANA222", clinic=with_group), make_learner("BEA222", clinic=with_group)
    for name in ("Mañana", "Tarde"):
        make_cohort(name, clinic=with_group, learners=[learner, left])
    left.enrolments.update(left_at="2026-11-25T10:00Z")
    page = client.get(reverse("desk_places"))
    assert row_headings(page) == ["Centro A", "Centro B"]
    assert "Sin grupo" in page.text
    assert f'href="{reverse("desk_places_csv")}" download' in page.text
    assert rows(client.get(reverse("desk_places_csv")))[1:] == [
        ["Área de Salud de Sololá", "Centro A", "", "0", "0"],
        ["Área de Salud de Sololá", "Centro B", "", "2", "1"],
    ]
    assert client.get(reverse("desk_places_xlsx")).status_code == 200
    assert AuditEntry.objects.filter(action="table_exported").count() == 2


def test_an_administrator_sees_all_those_without_an_area_last_and_areas_without_anything(client, area):
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    make_clinic("Sin área")
    make_clinic("Centro", area=area)
    Area.objects.create(name="Vacía")
    page = client.get(reverse("desk_places"))
    assert row_headings(page) == ["Centro", "Sin área"]
    assert "2 áreas de salud todavía no tienen grupo: Área de Salud de Sololá, Vacía." in page.text
    assert "Sin ningún centro de salud en la lista: Vacía." in page.text


def test_a_trainer_adds_a_clinic_for_a_new_group_and_for_one_that_is_there(desk, group, area):
    group.clinic = make_clinic("Centro", area=area)
    group.save()
    address = reverse("desk_new_clinic")
    assert f'<option value="{area.pk}" selected>' in desk.get(address).text
    new = {"name": "Puesto de Salud El Tejar", "area": area.pk, "municipality": "", "department": ""}
    answer = desk.post(address, new)
    clinic = Clinic.objects.get(name="Puesto de Salud El Tejar")
    assert answer.url == f"{reverse('desk_new_group')}?centro={clinic.pk}"
    assert f'value="{clinic.pk}" selected' in desk.get(answer.url).text
    again = desk.post(address, new | {"name": "P/S El Tejar"})
    assert "Ya está en la lista: «Puesto de Salud El Tejar»." in again.text
    other = desk.post(f"{address}?grupo={group.pk}", new | {"name": "Hospital"})
    assert other.url.startswith(reverse("desk_change_group", args=[group.pk]))
    assert [entry.subject for entry in AuditEntry.objects.filter(action="clinic_made").order_by("pk")] == [
        "Puesto de Salud El Tejar",
        "Hospital",
    ]


def test_a_clinic_that_somebody_adds_at_the_same_moment_is_said_to_be_there(client, lead, area, monkeypatch):
    new = {"name": "Hospital", "area": area.pk, "municipality": "Sololá", "department": "Sololá"}

    def validate_while_another_is_faster(self, **options):
        Clinic.objects.get_or_create(name="Hospital", area=area, municipality="Sololá", department="Sololá")

    monkeypatch.setattr(Clinic, "validate_constraints", validate_while_another_is_faster)
    refused = client.post(reverse("desk_new_clinic"), new)
    assert refused.status_code == 422
    assert "Ya está en la lista: «Hospital»." in refused.text
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
