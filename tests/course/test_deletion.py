"""Deleting in the admin what something else still tells about."""

import pytest

from course.models import User
from course.people.roles import ADMINISTRATORS
from tests.factories import finish_course, make_cohort, make_course, make_learner, make_staff

pytestmark = pytest.mark.django_db

BULK = "/cms/bulk/course/user/delete/"


@pytest.fixture
def admin(client):
    client.force_login(make_staff("admina", ADMINISTRATORS, first_name="Rosa", last_name="Tun"))
    return client


@pytest.fixture
def learner():
    """Somebody who finished the course of one module."""
    make_course(modules=1, lessons=1)
    learner = make_learner()
    finish_course(learner)
    return learner


def delete(client, address):
    """Confirm the deletion; return the page that follows."""
    assert client.get(address).status_code == 200
    return client.post(address, follow=True).content.decode()


def test_a_person_with_results_is_kept_and_the_page_says_what_to_do(admin, learner):
    page = delete(admin, f"/cms/users/delete/{learner.pk}/")
    assert "Ana Lucía Coj de la Cruz tiene resultados, así que la cuenta se conserva." in page
    assert User.objects.filter(pk=learner.pk).exists()


def test_a_person_who_did_nothing_is_deleted_with_the_enrolments(admin):
    learner = make_learner()
    cohort = make_cohort(learners=[learner])
    delete(admin, f"/cms/users/delete/{learner.pk}/")
    assert not User.objects.filter(pk=learner.pk).exists()
    assert not cohort.enrolments.exists()


def test_of_several_people_nobody_is_deleted_while_one_has_results(admin, learner):
    bea = make_learner("BEA342", "Beatriz", "Ñáñez")
    page = delete(admin, f"{BULK}?next=/cms/users/&id={learner.pk}&id={bea.pk}")
    assert "No se borró a nadie. Estas personas tienen resultados: Ana Lucía Coj de la Cruz." in page
    assert User.objects.filter(pk__in=[learner.pk, bea.pk]).count() == 2
    delete(admin, f"{BULK}?next=/cms/users/&id={bea.pk}")
    assert not User.objects.filter(pk=bea.pk).exists()


def test_before_anybody_is_deleted_the_page_says_what_goes_and_what_stays(admin):
    learner = make_learner()
    for address in (f"/cms/users/delete/{learner.pk}/", f"{BULK}?next=/cms/users/&id={learner.pk}"):
        page = admin.get(address).content.decode()
        assert "en su lugar dice «una cuenta eliminada»" in page
        assert "Las copias de seguridad, hasta que otras más nuevas las reemplacen" in page
    assert "Los certificados emitidos, con el nombre impreso, el PDF y la credencial" in page
