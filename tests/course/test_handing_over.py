import re
from datetime import timedelta

import pytest
from django.urls import reverse

from course.models import TRAINERS, Area, Call, Handover, Session, User
from course.people.cohorts import cohorts_of
from course.people.enrolment import CohortContents, cohort_contents, recent_handovers_to
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return Area.objects.create(name="Área de Salud de Sololá")


@pytest.fixture
def group(client, area):
    trainer = make_trainer()
    cohort = make_cohort(trainers=[trainer], learners=[make_learner()], clinic=make_clinic("Centro", area=area))
    client.force_login(trainer)
    return cohort


def page_of(group):
    return reverse("desk_hand_over", args=[group.pk])


def test_a_group_goes_with_its_note_sessions_and_calls(client, group):
    giver, taker = group.trainers.get(), make_staff("nueva", TRAINERS)
    session = Session.objects.create(cohort=group, made_by=giver)
    Call.objects.create(cohort=group, learner=group.learners.get(), made_by=giver, reason="…", made_at=NOW)
    assert cohort_contents(group) == CohortContents(people=1, sessions=1, calls=1, sheets=0)
    page = client.get(page_of(group)).text
    assert re.findall(r"<li>(1 [^<]+)</li>", page) == ["1 persona", "1 sesión", "1 llamada"]
    assert "hojas en papel" not in page
    note = "Falta el módulo 4.\n\n<b>Doña Chila</b> llega los martes. 🌽"
    fields = {"taking": [taker.pk], "leaving": [giver.pk], "note": note}
    response = client.post(page_of(group), fields, follow=True)
    assert "está ahora en manos de" in response.text
    assert response.redirect_chain == [(reverse("desk_cohorts"), 302)]
    assert list(group.trainers.all()) == [taker]
    assert client.get(reverse("desk_cohort", args=[group.pk])).status_code == 404
    client.force_login(taker)
    for address in (reverse("desk_cohorts"), reverse("desk_cohort", args=[group.pk])):
        page = client.get(address).text
        assert "le entregó este grupo el" in page
        assert "&lt;b&gt;Doña Chila&lt;/b&gt; llega los martes. 🌽" in page
    assert client.get(reverse("desk_session", args=[group.pk, session.pk])).status_code == 200
    assert group.calls.exists()
    assert "Falta el módulo 4." in client.get(page_of(group)).text


def test_whoever_got_a_group_is_told_for_a_month(client, group):
    taker = make_staff("nueva", TRAINERS)
    given = Handover.objects.create(cohort=group, given_at=NOW)
    given.taken_by.add(taker)
    group.trainers.add(taker)
    assert list(recent_handovers_to(taker, now=NOW + timedelta(days=29))) == [given]
    assert not recent_handovers_to(taker, now=NOW + timedelta(days=31)).exists()
    group.trainers.remove(taker)
    assert not recent_handovers_to(taker, now=NOW + timedelta(days=29)).exists()


def test_two_clicks_are_one_handover_and_the_second_is_answered_alike(client, group):
    giver, taker = group.trainers.get(), make_staff("nueva", TRAINERS)
    fields = {"taking": [taker.pk], "leaving": [giver.pk]}
    first, second = client.post(page_of(group), fields), client.post(page_of(group), fields)
    assert first.url == second.url == reverse("desk_cohorts")
    assert Handover.objects.count() == 1


def test_a_trainer_of_whom_one_knows_the_code_takes_it_and_nobody_else(client, group):
    make_cohort("Ajeno", trainers=[make_trainer("colega")])
    make_staff("editora", "Editoras")
    User.objects.filter(pk=make_staff("cerrada", TRAINERS).pk).update(is_active=False)
    for code in ("ANA234", "editora", "cerrada", "nadie"):
        page = client.post(page_of(group), {"code": code, "note": "No se pierde"})
        assert page.status_code == 422
        assert "Ninguna persona que facilita tiene este código" in page.text
        assert "No se pierde" in page.text
    assert "Marque quién recibe el grupo" in client.post(page_of(group), {"note": "x"}).text
    client.post(page_of(group), {"code": " COLEGA "})
    assert {person.username for person in group.trainers.all()} == {"colega", "facilitadora"}


def test_others_are_taken_away_only_by_who_leads_the_area(client, group, area):
    giver, second, taker = group.trainers.get(), make_staff("segunda", TRAINERS), make_staff("nueva", TRAINERS)
    group.trainers.add(second)
    fields = {"taking": [taker.pk], "leaving": [giver.pk, second.pk]}
    assert client.post(page_of(group), fields).status_code == 422
    assert group.trainers.count() == 2
    lead = make_learner("JEF234")
    area.leads.add(lead)
    User.objects.filter(pk=lead.pk).update(must_choose_pin=False)
    client.force_login(User.objects.get(pk=lead.pk))
    client.post(page_of(group), fields)
    assert list(group.trainers.all()) == [taker]
    assert cohorts_of(User.objects.get(pk=lead.pk)).filter(pk=group.pk).exists()


def test_a_note_that_names_somebody_goes_when_their_account_does(client, group):
    taker, ana = make_staff("nueva", TRAINERS), group.learners.get()
    named = f"Con {ana.first_name.split()[0]} {ana.last_name.split()[0]} falta hablar."
    client.post(page_of(group), {"taking": [taker.pk], "note": named})
    User.objects.filter(pk=ana.pk).update(phone="+50255551234")
    kept = ["Falta el módulo 4.", "Llamar al 5555 1235 el 12/34."]
    for note in (*kept, "Llamar al 5555-1234.", "Es el (502) 5555 1234"):
        Handover.objects.create(cohort=group, note=note)
    User.objects.get(pk=ana.pk).delete()
    assert sorted(Handover.objects.values_list("note", flat=True)) == ["", "", "", *kept]
