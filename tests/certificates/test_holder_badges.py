"""The holder's name in the digital badge: only when the person wants it, when the certificate is issued."""

import json

import pytest
from django.core.exceptions import ValidationError

from certificates.issuing.correcting import correct_certificate
from certificates.models import Certificate
from tests.factories import make_trainer

from .factories import issue, make_graduate, make_small_course
from .signing import ISSUED, subject_of, verify

pytestmark = pytest.mark.django_db
NAME = "Ana Lucía Coj de la Cruz"
IN_CLEAR = [{"type": "IdentityObject", "hashed": False, "identityHash": NAME, "identityType": "name"}]
LINK_NAMES = "quien abra el enlace que la insignia lleva adentro lo ve ahí, con su puesto y su centro de salud."


@pytest.fixture
def learner(key):
    make_small_course()
    return make_graduate()


def test_at_issue_the_person_may_want_the_name_in_it(learner):
    issued = issue(learner, now=ISSUED, names_holder=True)
    subject = subject_of(issued)
    assert (subject["identifier"], subject["name"], issued.names_holder) == (IN_CLEAR, NAME, True)
    verify(issued.credential)


def test_without_being_asked_nobody_is_named(learner):
    issued = issue(learner, now=ISSUED)
    assert issued.names_holder is False
    assert NAME not in issued.credential


def test_nobody_else_has_a_person_named(learner):
    with pytest.raises(ValidationError, match="solo lo decide la persona"):
        issue(learner, by=make_trainer(), now=ISSUED, names_holder=True)
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("names", [True, False])
def test_a_correction_keeps_what_the_holder_chose(learner, names):
    issued = issue(learner, now=ISSUED, names_holder=names)
    right = correct_certificate(
        issued, printed_name="Ana Lucia Coj de la Cruz", by=make_trainer(), reason="Tilde", now=ISSUED
    )
    assert right.names_holder is names
    assert ("Ana Lucia Coj de la Cruz" in right.credential) is names
    verify(right.credential)


@pytest.mark.parametrize("names", [True, False])
def test_the_page_says_that_the_link_inside_a_nameless_badge_shows_the_name(client, learner, names):
    issued = issue(learner, now=ISSUED, names_holder=names)
    client.force_login(learner)
    assert client.get("/es/certificado/").text.count(LINK_NAMES) == (not names)
    subject = json.loads(issued.credential)
    assert client.get(subject["id"].removeprefix("https://trato.example")).text.count(NAME) > 0


def test_the_box_says_that_the_link_inside_a_nameless_badge_shows_the_name(client, learner):
    client.force_login(learner)
    page = client.get("/es/certificado/").text
    assert (
        "Sin marcar esta casilla, el archivo no dice su nombre; quien abra el enlace que lleva adentro sí lo ve" in page
    )
    assert "solo quien tenga también el papel" not in page


def test_without_a_credential_there_is_no_badge_on_the_page(client):
    make_small_course()
    issued = issue(make_graduate())
    client.force_login(issued.learner)
    assert 'id="badge"' not in client.get("/es/certificado/").text
