import pytest
from django.urls import reverse

from course.models import ADMINISTRATORS, User
from course.people.identifiers import OptionalFields, count_optional_values, optional_fields, set_optional_fields
from tests.factories import NOW, make_learner, make_staff

pytestmark = pytest.mark.django_db


def test_without_a_reason_any_more_what_was_kept_goes():
    boss = make_staff("jefa")
    assert optional_fields() == OptionalFields("", "")
    set_optional_fields("Informe", "Recordatorios", by=boss, now=NOW)
    ana = make_learner(sex="woman", phone="+50255551234")
    assert count_optional_values() == OptionalFields(1, 1)
    set_optional_fields("Informe", "", by=boss, now=NOW)
    ana.refresh_from_db()
    assert (ana.sex, ana.phone) == ("woman", "")
    set_optional_fields("", "", by=boss, now=NOW)
    assert not User.objects.exclude(sex="").exists()


def test_an_administrator_says_why_and_nothing_kept_goes_without_a_tick(client):
    client.force_login(make_staff("jefa", ADMINISTRATORS))
    page = reverse("desk_asked")
    client.post(page, {"sex_reason": "Informe mensual", "phone_reason": "Llamar"})
    assert optional_fields() == OptionalFields("Informe mensual", "Llamar")
    ana = make_learner(sex="woman", phone="+50255551234")
    asked = client.post(page, {"sex_reason": "Informe mensual", "phone_reason": " "})
    assert asked.status_code == 422
    assert "Borrar lo guardado" in asked.text
    assert optional_fields().phone == "Llamar"
    client.post(page, {"sex_reason": "Informe mensual", "phone_reason": " ", "forget": "on"})
    ana.refresh_from_db()
    assert (ana.sex, ana.phone, optional_fields()) == ("woman", "", OptionalFields("Informe mensual", ""))
