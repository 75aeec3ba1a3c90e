"""Phone, sex and numbers of a person: asked where the site says why, kept as said, shown no further than that."""

import pytest
from django.urls import reverse

from course.models import ADMINISTRATORS, AuditEntry, PersonIdentifier
from course.people.accounts import change_numbers
from course.people.asked import ask
from tests.factories import NOW, make_cohort, make_learner, make_staff

pytestmark = pytest.mark.django_db
CUI = "2987 65432 0101"


@pytest.fixture
def ana():
    return make_learner()


@pytest.fixture
def page(group, ana):
    return reverse("desk_change_person", args=[group.pk, ana.pk])


def fields_of(person, **fields):
    kept = {name: getattr(person, name) for name in ("first_name", "last_name", "role", "job_title")}
    return kept | {"clinic": ""} | fields


def numbers(person):
    return dict(person.identifiers.values_list("kind", "ends_with"))


def test_phone_and_sex_are_asked_where_the_site_says_why(desk, ana, page):
    text = desk.get(page).content.decode()
    assert 'name="phone"' not in text
    assert 'name="sex"' not in text
    desk.post(page, fields_of(ana, phone="5555 1234", sex="woman"))
    ana.refresh_from_db()
    assert (ana.phone, ana.sex) == ("", "")
    ask("Para el informe al ministerio.", "Para avisar de las sesiones.", by=ana, now=NOW)
    text = desk.get(page).content.decode()
    assert "Para avisar de las sesiones." in text
    assert "Para el informe al ministerio." in text
    refused = desk.post(page, fields_of(ana, phone="12"))
    assert refused.status_code == 422
    assert 'value="12"' in refused.content.decode()
    desk.post(page, fields_of(ana, phone="(502) 5555-1234", sex="woman"))
    ana.refresh_from_db()
    assert (ana.phone, ana.sex) == ("+50255551234", "woman")
    assert 'value="5555 1234"' in desk.get(page).content.decode()
    shown = desk.get(reverse("desk_person", args=[ana.cohorts.get().pk, ana.pk])).content.decode()
    assert "https://wa.me/50255551234?text=" in shown
    assert "Mujer" in shown


def test_a_number_is_written_and_never_shown(desk, ana, page):
    answer = desk.post(page, fields_of(ana, cui=CUI, employee="E-1723"), follow=True)
    assert numbers(ana) == {"cui": "01", "employee": "23"}
    for text in (answer.content.decode(), desk.get(page).content.decode()):
        assert "termina en ••01" in text
        assert "65432" not in text
        assert "1723" not in text
    # Nor is what was refused for another reason.
    refused = desk.post(page, fields_of(ana, first_name="", cui="1111 22222 3333")).content.decode()
    assert "22222" not in refused
    assert [entry.subject for entry in AuditEntry.objects.filter(action="person_changed")] == [""]
    # An empty box changes nothing, another number takes the place, and a tick forgets.
    desk.post(page, fields_of(ana))
    desk.post(page, fields_of(ana, employee="E-1724"))
    assert numbers(ana) == {"cui": "01", "employee": "24"}
    desk.post(page, fields_of(ana, forget_cui="on"))
    assert numbers(ana) == {"employee": "24"}


def test_a_number_of_somebody_else_and_nonsense_are_refused_at_the_box(desk, ana, page):
    other = make_learner("EVA222", "Eva", "Tum")
    change_numbers(other, kept={"cui": "2987654320101"}, forgotten=[], by=ana, now=NOW)
    for wrong in (CUI, "123", "0" * 13):
        refused = desk.post(page, fields_of(ana, cui=wrong))
        assert refused.status_code == 422
        assert refused.context["form"].errors.keys() == {"cui"}
        assert "Eva" not in refused.content.decode()
    assert PersonIdentifier.objects.count() == 1


def test_twice_the_same_number_is_kept_once_and_noted_once(ana):
    for _time in range(2):
        change_numbers(ana, kept={"cui": "2987654320101"}, forgotten=["employee"], by=ana, now=NOW)
    assert AuditEntry.objects.count() == 1


def test_an_administrator_finds_the_same_in_the_admin(client, ana):
    ask("", "Para avisar.", by=ana, now=NOW)
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    page = reverse("wagtailusers_users:edit", args=[ana.pk])
    kept = fields_of(ana, username=ana.username, is_active="on")
    client.post(page, kept | {"phone": "5555 1234", "cui": CUI})
    ana.refresh_from_db()
    assert (ana.phone, numbers(ana)) == ("+50255551234", {"cui": "01"})
    text = client.get(page).content.decode()
    assert 'value="5555 1234"' in text
    assert "termina en ••01" in text
    assert 'name="sex"' not in text
    for hidden in ("65432", ana.identifiers.get().digest):
        assert hidden not in text
    new = {"username": "LUZ567", "first_name": "Luz", "last_name": "Ixcot", "employee": "E-99"}
    client.post(reverse("wagtailusers_users:add"), new)
    assert numbers(type(ana).objects.get(username="LUZ567")) == {"employee": "99"}


def test_a_person_sees_corrects_and_takes_back_what_is_kept(client, ana):
    make_cohort(learners=[ana])
    client.force_login(ana)
    account, details = reverse("my_account"), reverse("my_details")
    assert details not in client.get(account).content.decode()
    assert "Este sitio no pide nada más" in client.get(details).content.decode()
    ask("Para el informe.", "Para avisar.", by=ana, now=NOW)
    change_numbers(ana, kept={"cui": "2987654320101"}, forgotten=[], by=ana, now=NOW)
    assert client.post(details, {"phone": "x", "sex": ""}).status_code == 422
    assert client.post(details, {"phone": "4444 1234", "sex": "man"}).url == account
    text = client.get(account).content.decode()
    assert "4444 1234" in text
    assert "Hombre" in text
    assert "termina en ••01" in text
    client.post(details, {"phone": "", "sex": ""})
    ana.refresh_from_db()
    assert (ana.phone, ana.sex) == ("", "")
