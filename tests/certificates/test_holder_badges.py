"""The holder's name in the digital badge: only when the person wants it, and gone again when the person wants that."""

import json
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from lxml import html

from certificates.badges.in_force import credential_in_force, text_of
from certificates.badges.keys import make_key
from certificates.badges.status_lists import signed_list
from certificates.issuing import holder_badges
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.holder_badges import badge_of, make_credential_anew
from certificates.models import Certificate, CertificateEvent, LaterCredential
from tests.factories import make_learner, make_trainer

from .factories import issue, make_design, make_graduate, make_small_course
from .signing import ISSUED, holds, revoked_in, subject_of, verify

pytestmark = pytest.mark.django_db
LATER = ISSUED + timedelta(days=30)
NAME = "Ana Lucía Coj de la Cruz"
IN_CLEAR = [{"type": "IdentityObject", "hashed": False, "identityHash": NAME, "identityType": "name"}]


@pytest.fixture
def certificate(key):
    make_small_course()
    make_design(validity_months=240)
    return issue(make_graduate(), now=ISSUED)


def rename(certificate, names_holder=True, *, by=None, now=LATER):
    return make_credential_anew(certificate, names_holder=names_holder, by=by or certificate.learner, now=now)


def subject_in(credential):
    return json.loads(text_of(credential))["credentialSubject"]


def test_at_issue_the_person_may_want_the_name_in_it(key):
    make_small_course()
    issued = issue(make_graduate(), now=ISSUED, names_holder=True)
    subject = subject_of(issued)
    assert (subject["identifier"], subject["name"], issued.names_holder) == (IN_CLEAR, NAME, True)
    verify(issued.credential)


def test_without_being_asked_nobody_is_named(certificate):
    assert certificate.names_holder is False
    assert NAME not in certificate.credential


def test_nobody_else_has_a_person_named(key):
    make_small_course()
    learner, trainer = make_graduate(), make_trainer()
    with pytest.raises(ValidationError, match="solo lo decide la persona"):
        issue(learner, by=trainer, now=ISSUED, names_holder=True)
    issued = issue(learner, by=trainer, now=ISSUED)
    for other in (trainer, make_learner("OTR234", is_superuser=True)):
        with pytest.raises(ValidationError, match="solo lo decide la persona"):
            rename(issued, by=other)
    assert not LaterCredential.objects.exists()


def test_the_name_is_put_in_and_the_one_inside_the_pdf_is_revoked_at_once(certificate):
    made = rename(certificate)
    document = json.loads(made.text)
    before = json.loads(certificate.credential)
    assert (subject_in(made)["identifier"], subject_in(made)["name"]) == (IN_CLEAR, NAME)
    assert [document[field] for field in ("id", "issuer", "awardedDate", "validUntil")] == [
        before[field] for field in ("id", "issuer", "awardedDate", "validUntil")
    ]
    # Of two with one id software takes the later.
    assert (before["validFrom"], document["validFrom"]) == ("2025-03-14T18:30:05Z", "2025-04-13T18:30:05Z")
    assert document["proof"][0]["created"] == "2025-04-13T18:30:05Z"
    assert (holds(certificate.credential), holds(made.text)) == (False, True)
    # The file and what was printed are as they were.
    stored = Certificate.objects.get(pk=certificate.pk)
    assert (stored.credential, bytes(stored.pdf), stored.names_holder) == (
        certificate.credential,
        bytes(certificate.pdf),
        False,
    )


def test_it_is_taken_out_again_and_only_the_newest_holds(certificate):
    with_name = rename(certificate)
    without = rename(certificate, False, now=LATER + timedelta(days=1))
    again = rename(certificate, now=LATER + timedelta(days=2))
    assert [one.names_holder for one in LaterCredential.objects.order_by("pk")] == [True, False, True]
    assert NAME not in without.text
    assert [holds(text) for text in (certificate.credential, with_name.text, without.text, again.text)] == [
        False,
        False,
        False,
        True,
    ]


def test_doing_it_twice_is_doing_it_once(certificate):
    assert rename(certificate, False) == certificate
    assert rename(certificate) == rename(certificate, now=LATER + timedelta(days=1))
    assert LaterCredential.objects.count() == 1
    assert certificate.events.filter(kind=CertificateEvent.Kind.CREDENTIAL).count() == 1


def test_within_a_day_a_badge_is_made_anew_five_times_and_the_last_one_stays_in_force(certificate):
    for nth in range(5):
        last = rename(certificate, nth % 2 == 0, now=LATER + timedelta(hours=nth))
    with pytest.raises(ValidationError, match="Espere hasta mañana"):
        rename(certificate, False, now=LATER + timedelta(hours=23))
    assert LaterCredential.objects.count() == 5
    # What is so already is answered as ever, and another certificate has its own.
    assert rename(certificate, now=LATER + timedelta(hours=23)) == last
    assert credential_in_force(certificate) == last
    assert rename(issue(make_graduate("EVA222"), now=ISSUED)).names_holder
    # The first of them was made a day ago.
    assert not rename(certificate, False, now=LATER + timedelta(hours=24)).names_holder


def test_it_stands_in_the_history_and_says_which(certificate):
    rename(certificate)
    rename(certificate, False)
    events = certificate.events.filter(kind=CertificateEvent.Kind.CREDENTIAL).order_by("pk")
    assert [(event.by, event.at, event.note) for event in events] == [
        (certificate.learner, LATER, "Con el nombre de la persona"),
        (certificate.learner, LATER, "Sin el nombre de la persona"),
    ]


def test_places_of_later_ones_are_in_lists_of_their_own(certificate):
    made = rename(certificate)
    assert (made.status_list.holds_later, certificate.status_list.holds_later) == (True, False)
    other = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    assert other.status_list == certificate.status_list
    assert rename(other).status_list == made.status_list
    assert revoked_in(signed_list(certificate.status_list, now=LATER)) == {
        certificate.status_index,
        other.status_index,
    }
    assert revoked_in(signed_list(made.status_list, now=LATER)) == set()


def test_annulling_and_correcting_revoke_the_later_one_too(certificate):
    trainer = make_trainer()
    other = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    made = [rename(certificate), rename(other)]
    annul_certificate(certificate, reason="Copió", by=trainer, now=LATER)
    correct_certificate(other, printed_name="Berta Coj", by=trainer, reason="Nombre", now=LATER)
    assert revoked_in(signed_list(made[0].status_list, now=LATER)) == {one.status_index for one in made}


@pytest.mark.parametrize("names", [True, False])
def test_a_correction_keeps_what_the_holder_chose_last(certificate, names):
    rename(certificate)
    if not names:
        rename(certificate, False)
    right = correct_certificate(
        certificate, printed_name="Ana Lucia Coj de la Cruz", by=make_trainer(), reason="Tilde", now=LATER
    )
    assert right.names_holder is names
    assert ("Ana Lucia Coj de la Cruz" in right.credential) is names
    verify(right.credential)


def test_one_that_holds_no_more_gets_no_badge(certificate, key):
    annul_certificate(certificate, reason="Copió", by=make_trainer(), now=LATER)
    with pytest.raises(ValidationError, match="ya no vale"):
        rename(certificate)
    berta = issue(make_graduate("BER234", first_name="Berta"), now=ISSUED)
    with pytest.raises(ValidationError, match="ya no vale"):
        rename(berta, now=ISSUED + timedelta(days=365 * 21))
    key.unlink()
    with pytest.raises(ValidationError, match="no puede hacer insignias"):
        rename(berta)


@pytest.mark.parametrize("names", [True, False])
def test_one_that_was_issued_without_a_key_gets_its_first_later(settings, tmp_path, names):
    make_small_course()
    issued = issue(make_graduate(), now=ISSUED)
    assert credential_in_force(issued) is None
    settings.SITE_URL, settings.CREDENTIAL_KEYS_DIR = "https://trato.example", tmp_path / "keys"
    make_key()
    made = rename(issued, names)
    assert made == credential_in_force(issued)
    assert (NAME in made.text, holds(made.text)) == (names, True)
    assert Certificate.objects.get(pk=issued.pk).credential == ""


def test_a_rotated_key_changes_nothing_of_that(certificate):
    made = rename(certificate)
    make_key(rotate=True)
    assert (holds(certificate.credential), holds(made.text)) == (False, True)
    back = rename(certificate, False)
    assert [holds(text) for text in (made.text, back.text)] == [False, True]


def test_whoever_draws_a_place_that_another_took_draws_again(certificate, monkeypatch):
    other = rename(issue(make_graduate("BER234", first_name="Berta"), now=ISSUED))
    places = iter([(other.status_list, other.status_index), (other.status_list, other.status_index ^ 1)])
    monkeypatch.setattr(holder_badges, "take_place", lambda issuer, later: next(places))
    made = rename(certificate)
    assert made.status_index == other.status_index ^ 1
    assert json.loads(made.text)["credentialStatus"]["statusListIndex"] == str(made.status_index)


@pytest.mark.parametrize("name", ["credencial.json", "insignia.png", "insignia.svg"])
def test_the_files_are_of_the_one_that_is_in_force(client, certificate, name):
    before = client.get(f"/v/{certificate.serial}/{name}").content
    made = rename(certificate)
    after = client.get(f"/v/{certificate.serial}/{name}").content
    assert after != before
    if name == "credencial.json":
        assert after.decode() == made.text


def test_the_person_does_it_on_the_own_page_with_one_button(client, certificate):
    client.force_login(certificate.learner)
    for wanted, button, said in (
        ("1", "Poner mi nombre en la insignia", "Su insignia lleva su nombre."),
        ("0", "Quitar mi nombre de la insignia", "Su insignia no lleva su nombre."),
    ):
        assert buttons_of(client.get("/es/certificado/")) == {button: wanted}
        response = client.post(f"/es/certificado/{certificate.serial}/insignia/", {"names_holder": wanted}, follow=True)
        assert response.redirect_chain == [("/es/certificado/", 302)]
        assert said in response.content.decode()
        assert credential_in_force(certificate).names_holder is (wanted == "1")


def buttons_of(response):
    """Return {what stands on a button: what it sends} of the form about the badge."""
    found = html.fromstring(response.content).xpath("//button[@name='names_holder']")
    return {button.text_content(): button.get("value") for button in found}


def test_one_without_a_badge_is_offered_either_and_one_without_a_key_none(client, settings, tmp_path):
    make_small_course()
    issued = issue(make_graduate())
    client.force_login(issued.learner)
    page = client.get("/es/certificado/")
    assert (buttons_of(page), b'id="badge"' in page.content) == ({}, False)
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    make_key()
    page = client.get("/es/certificado/")
    assert buttons_of(page) == {"Hacer la insignia sin mi nombre": "0", "Hacer la insignia con mi nombre": "1"}
    assert 'insignia.png" download' not in page.content.decode()
    client.post(f"/es/certificado/{issued.serial}/insignia/", {"names_holder": "0"})
    page = client.get("/es/certificado/")
    assert f'/v/{issued.serial}/insignia.png" download' in page.content.decode()
    assert buttons_of(page) == {"Poner mi nombre en la insignia": "1"}
    assert f"/v/{issued.serial}/credencial.json" in client.get(f"/v/{issued.serial}/").content.decode()


def test_of_another_there_is_no_such_button(client, certificate):
    for code in ("OTR234", "JEF234"):
        client.force_login(make_learner(code, is_superuser=code == "JEF234"))
        response = client.post(f"/es/certificado/{certificate.serial}/insignia/", {"names_holder": "1"})
        assert response.status_code == 404
    assert client.get(f"/es/certificado/{certificate.serial}/insignia/").status_code == 405
    assert not LaterCredential.objects.exists()


LINK_NAMES = "quien abra el enlace que la insignia lleva adentro lo ve ahí, con su puesto y su centro de salud."


def test_the_page_says_that_the_link_inside_a_nameless_badge_shows_the_name(client, certificate):
    client.force_login(certificate.learner)
    for wanted in (None, True):
        if wanted:
            rename(certificate)
        assert client.get("/es/certificado/").text.count(LINK_NAMES) == 1
    subject = json.loads(certificate.credential)
    assert client.get(subject["id"].removeprefix("https://trato.example")).text.count(NAME) > 0


def test_the_box_says_that_the_link_inside_a_nameless_badge_shows_the_name(client, key):
    make_small_course()
    client.force_login(make_graduate())
    page = client.get("/es/certificado/").text
    assert (
        "Sin marcar esta casilla, el archivo no dice su nombre; quien abra el enlace que lleva adentro sí lo ve" in page
    )
    assert "solo quien tenga también el papel" not in page


def test_what_the_page_offers_follows_from_what_is_in_force(certificate, key):
    today = LATER.date()
    assert badge_of(certificate, today=today) == {"badge": certificate, "may_be_made_anew": True}
    made = rename(certificate)
    assert badge_of(certificate, today=today) == {"badge": made, "may_be_made_anew": True}
    key.unlink()
    assert badge_of(certificate, today=today)["may_be_made_anew"] is False


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_from_two_tabs_at_once_it_is_done_once(key):
    make_small_course()
    certificate = issue(make_graduate(), now=ISSUED)
    person, together, results = certificate.learner, threading.Barrier(4), []

    def press():
        try:
            together.wait()
            results.append(rename(certificate, by=person).pk)
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 1, results
    assert LaterCredential.objects.count() == 1
    assert CertificateEvent.objects.filter(kind=CertificateEvent.Kind.CREDENTIAL).count() == 1
