from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from course.models import AccountChange, AuditEntry, Change, User
from course.people.accounts import InvitationRefused, accept_invitation, invite_administrator
from tests.factories import PASSWORD, make_learner, make_staff

pytestmark = pytest.mark.django_db

OWN = "cuatro-volcanes-despiertos"
CHOSEN = {"new": OWN, "again": OWN}


def invite(*arguments, **options):
    out = StringIO()
    call_command("invite_administrator", *arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue().strip()


@pytest.fixture
def link(settings):
    settings.SITE_URL = "http://testserver"
    return invite("jefa", given_names="Luz", surnames="Ixcot")


def test_who_opens_the_link_chooses_a_password_signs_in_and_makes_a_second_key(client, link, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    page = client.get(link)
    assert "jefa" in page.text
    assert page["Cache-Control"].startswith("max-age=0")
    sign_in = client.post(link, CHOSEN)
    assert sign_in.url == "/accounts/login/?c=jefa"
    assert 'value="jefa"' in client.get(sign_in.url).text
    client.post("/accounts/login/", {"login": "jefa", "password": OWN})
    assert client.get("/cms/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/totp/activate/"
    person = User.objects.get(username="jefa")
    assert (person.is_superuser, person.is_staff, person.is_demo, str(person)) == (True, True, False, "Luz Ixcot")
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "person_added",
        "administrator_invited",
        "invitation_accepted",
    ]


def test_who_is_signed_in_there_leaves_and_the_page_says_so_before(link):
    computer = Client()
    computer.force_login(make_learner("ANA234", "Ana Lucía", "Coj"))
    assert "En este navegador está abierta la sesión de Ana Lucía Coj" in computer.get(link).text
    answer = computer.post(link, CHOSEN)
    assert answer.url == "/accounts/login/?c=jefa"
    assert answer.cookies["comfort"]["max-age"] == 0
    assert "_auth_user_id" not in computer.session
    sign_in = computer.get(answer.url).text
    assert 'value="jefa"' in sign_in
    assert "Su contraseña quedó guardada" in sign_in
    assert "está abierta la sesión" not in Client().get(link).text


def test_invited_administrator_cannot_sign_in_before_choosing_a_password(client, link):
    for guess in ("", "jefa", "admin", PASSWORD, OWN):
        client.post("/accounts/login/", {"login": "jefa", "password": guess})
        assert "_auth_user_id" not in client.session


def test_the_link_opens_once(client, link):
    other = Client()
    assert other.get(link).status_code == 200, "both have the page open"
    client.post(link, CHOSEN)
    before = User.objects.get(username="jefa").password
    assert other.post(link, {"new": "otra-clave-muy-larga", "again": "otra-clave-muy-larga"}).status_code == 410
    assert other.get(link).status_code == 410
    assert User.objects.get(username="jefa").password == before


def test_of_two_at_the_same_moment_one_chooses(link, monkeypatch):
    word = link.split("/")[-2]
    from course.people import accounts  # noqa: PLC0415 - what is between looking and choosing is put in here

    look = accounts.invited_person

    def look_and_be_late(word):
        found = look(word)
        monkeypatch.setattr(accounts, "invited_person", look)
        assert accept_invitation(word, OWN, now=timezone.now())
        return found

    monkeypatch.setattr(accounts, "invited_person", look_and_be_late)
    assert accept_invitation(word, "otra-clave-muy-larga", now=timezone.now()) is None
    assert User.objects.get(username="jefa").check_password(OWN)


def test_it_holds_for_two_days(client, link):
    with time_machine.travel(timezone.now() + timedelta(hours=47)):
        assert client.get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        assert client.get(link).status_code == 410
        assert client.post(link, CHOSEN).status_code == 410


def test_unknown_invitation_says_what_to_do(client, link):
    for wrong in (
        link.replace("/invitacion/", "/invitacion/x"),
        "/accounts/invitacion/x/",
        "/accounts/invitacion/zzzzzzzzzzzzz-1-x/",
        link[:-9] + "/",
    ):
        page = client.get(wrong)
        assert page.status_code == 410
        assert "trato manage invite_administrator" in page.text


def test_a_weak_password_is_refused_and_the_link_goes_on_opening(client, link):
    for weak, again, said in (
        ("123456789012", "123456789012", "fácil"),
        ("corta", "corta", "12"),
        ("jefa-jefa-jefa", "jefa-jefa-jefa", "fácil"),
        (OWN, "otra", "La segunda no es igual a la primera. Escriba las dos otra vez."),
    ):
        page = client.post(link, {"new": weak, "again": again})
        assert page.status_code == 422
        assert said in page.text
    assert client.post(link, CHOSEN).status_code == 302


def test_a_new_link_ends_the_one_before(client, link):
    newer = invite("jefa", again=True)
    assert client.get(link).status_code == 410
    assert client.get(newer).status_code == 200


def test_an_administrator_who_is_locked_out_comes_in_again_and_reads_that_it_was_done(client, settings):
    settings.SITE_URL = "http://testserver"
    person = make_staff("jefa", is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    inside = Client()
    inside.force_login(person)
    link = invite("JEFA", again=True)
    assert Authenticator.objects.filter(user=person).exists(), "the second step stays unless it is lost"
    inside.get("/accounts/cuenta/")
    assert "_auth_user_id" not in inside.session
    client.post("/accounts/login/", {"login": "jefa", "password": PASSWORD})
    assert "_auth_user_id" not in client.session, "the previous password is gone"
    assert client.post(link, CHOSEN).url == "/accounts/login/?c=jefa"
    assert AccountChange.objects.filter(person=person, kind=Change.PASSWORD_GIVEN, by=None).count() == 1
    invite("jefa", again=True, forget_second_step=True)
    assert not Authenticator.objects.filter(user=person).exists()


def test_who_is_no_administrator_is_not_made_one(settings):
    make_learner("ANA234")
    make_staff("jefa", is_staff=True, is_superuser=True, is_active=False)
    for code, again in (("ANA234", True), ("ana234", False), ("jefa", True), ("nadie", True)):
        with pytest.raises(InvitationRefused):
            invite_administrator(code, again=again, now=timezone.now())
    with pytest.raises(CommandError, match=r"Enter a valid|válido"):
        invite("con espacio")
    assert not User.objects.filter(is_superuser=True, is_active=True).exists()
    assert not AuditEntry.objects.exists()


def test_if_none_invites_no_one_where_an_administrator_exists(settings):
    make_staff("jefa", is_staff=True, is_superuser=True)
    assert invite("otra", if_none=True) == ""
    assert not User.objects.filter(username="otra").exists()
