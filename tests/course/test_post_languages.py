import random

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from certificates.issuing.correction_requests import request_correction
from certificates.issuing.issue import get_certificate
from certificates.models import Certificate, CorrectionRequest
from certificates.text.fields import job_labels, post_in_certificate_language, post_in_site_language
from course.groups.corrections import differing_on_certificate
from course.models import User
from course.people.roles import ADMINISTRATORS
from course.roster.importing import confirm_list, plan_fingerprint
from course.roster.uploads import plan_of
from tests.certificates.factories import issue, issued_otherwise, make_graduate
from tests.course.roster.factories import bring
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db
NAMES = {"given_names": "Ana Lucía", "surnames": "Coj de la Cruz"}
WAYS = pytest.mark.parametrize(
    ("paper", "page", "written", "printed", "registered"),
    [
        ("es", "en", "Nursing", "Enfermería", "Enfermería"),
        ("en", "es", "Enfermería", "Nursing", "Enfermería"),
        ("en", "en", "Nursing", "Nursing", "Enfermería"),
        ("es", "es", "Enfermería", "Enfermería", "Enfermería"),
        ("es", "en", "Night nurse", "Night nurse", "Night nurse"),
        ("en", "es", "Enfermera nocturna", "Enfermera nocturna", "Enfermera nocturna"),
    ],
)


@pytest.fixture
def ana(course):
    return make_graduate(clinic=make_clinic(), role="recepcion", job_title="Recepción")


def issued(person, language, role="Recepción"):
    return issue(person, role=role, clinic=str(person.clinic), language=language)


def ask(person, written, certificate=None):
    origin = "own" if certificate else "confirming"
    asked, was = {"role": written}, {"role": "Recepción"}
    return request_correction(
        person, origin=origin, requested=asked, previous=was, certificate=certificate, now=timezone.now()
    )


def accept(client, request, language):
    with override(language):
        address = reverse("desk_correction", args=[request.key])
    return client.post(address, {"decision": "accept", "shown": request.digest}, follow=True)


def post_of(person):
    return User.objects.values_list("job_title", flat=True).get(pk=person.pk)


def differing(group, person):
    trainer = group.trainers.get()
    return differing_on_certificate(User.objects.get(pk=person.pk), by=trainer, today=timezone.localdate(NOW))[1]


@WAYS
def test_a_request_about_a_certificate_prints_the_words_of_the_paper(
    desk, group, ana, paper, page, written, printed, registered
):
    accept(desk, ask(ana, written, issued(ana, paper)), page)
    assert (get_certificate(ana).printed["role"], post_of(ana)) == (printed, registered)
    assert not differing(group, ana)


@WAYS
def test_a_request_of_before_the_certificate_registers_the_word_of_the_site(
    desk, ana, paper, page, written, printed, registered
):
    accept(desk, ask(ana, written), page)
    assert post_of(ana) == registered
    ana.refresh_from_db()
    assert issued(ana, paper, role=ana.job_title).printed["role"] == printed


def test_the_list_of_requests_says_each_value_in_the_language_of_the_paper(desk, ana):
    ask(ana, "Nursing", issued(ana, "es"))
    page = " ".join(desk.get("/en/grupos/datos-por-confirmar/").text.split())
    assert "<strong>Enfermería</strong>" in page
    assert page.count("</span> Recepción") == 2
    assert "Nursing" not in page
    assert "Front desk" not in page


def test_what_the_paper_says_already_in_its_language_is_accepted_without_another(desk, ana):
    certificate = issued(ana, "es", role="Enfermería")
    accept(desk, ask(ana, "Nursing", certificate), "en")
    assert (Certificate.objects.get(), post_of(ana)) == (certificate, "Enfermería")


@WAYS
def test_a_correction_on_the_desk_prints_the_words_of_the_paper(
    desk, group, ana, paper, page, written, printed, registered
):
    certificate = issued(ana, paper)
    with override(page):
        address = reverse("desk_correct_certificate", args=[certificate.serial])
    desk.post(address, NAMES | {"post": written, "reason": "Así está en su DPI.", "registers": "on"})
    assert (get_certificate(ana).printed["role"], post_of(ana)) == (printed, registered)
    assert not differing(group, ana)


def test_beside_another_name_the_same_post_in_the_other_language_is_no_correction(desk, ana):
    User.objects.update(job_title="Archivo")
    certificate = issued(ana, "es")
    with override("en"):
        address = reverse("desk_correct_certificate", args=[certificate.serial])
    fields = {"surnames": "Xicay Tot", "post": "Front desk", "reason": "Así está en su DPI.", "registers": "on"}
    desk.post(address, NAMES | fields)
    corrected = get_certificate(ana).printed
    assert (corrected["corrected_fields"], corrected["role"], post_of(ana)) == (["name"], "Recepción", "Archivo")


def test_a_word_of_the_other_language_stays_when_something_else_is_corrected_and_is_corrected_itself(desk, group, ana):
    certificate = issued(ana, "es", role="Enfermería")
    issued_otherwise([certificate], printed=certificate.printed | {"role": "Nursing"})
    User.objects.update(job_title="Nursing")
    assert [(row.printed, row.registered) for row in differing(group, ana)] == [("Nursing", "Enfermería")]
    address = reverse("desk_correct_certificate", args=[certificate.serial])
    fields = NAMES | {"post": "Nursing", "reason": "Con acento.", "registers": "on"}
    desk.post(address, fields | {"surnames": "Coj de la Crús"})
    first = get_certificate(ana)
    assert (first.printed["corrected_fields"], first.printed["role"], post_of(ana)) == (["name"], "Nursing", "Nursing")
    address = reverse("desk_correct_certificate", args=[first.serial]) + "?registrado"
    assert 'name="post" value="Enfermería"' in desk.get(address).text
    desk.post(address, fields | {"post": "Enfermería", "surnames": "Coj de la Crús"})
    assert (get_certificate(ana).printed["role"], post_of(ana)) == ("Enfermería", "Enfermería")
    assert not differing(group, ana)


@pytest.mark.parametrize(
    ("paper", "page", "written", "requested"),
    [("es", "en", "Nursing", "Enfermería"), ("en", "es", "Enfermería", "Nursing"), ("es", "en", "Nurse I", "Nurse I")],
)
def test_who_asks_about_an_own_certificate_or_one_in_the_hand_asks_for_its_words(
    client, ana, paper, page, written, requested
):
    certificate = issued(ana, paper)
    client.force_login(ana)
    client.post(f"/{page}/certificado/correccion/", NAMES | {"post": written})
    client.logout()
    client.cookies["django_language"] = page
    name, clinic = certificate.printed["name"], certificate.printed["clinic"]
    client.post(f"/v/{certificate.serial}/correccion/", {"name": name, "role": written, "clinic": clinic})
    found = {one.origin: one.requested for one in CorrectionRequest.objects.all()}
    assert found == {"own": {"role": requested}, "holder": {"role": requested}}


def test_the_printed_post_in_another_language_is_nothing_to_ask_for(ana_client, ana):
    certificate = issued(ana, "es")
    page = ana_client.post("/en/certificado/correccion/", NAMES | {"post": "Front desk"})
    assert "this is what is printed already" in page.text
    ana_client.post(
        f"/v/{certificate.serial}/correccion/",
        {"name": certificate.printed["name"], "role": "Front desk", "clinic": certificate.printed["clinic"]},
    )
    assert not CorrectionRequest.objects.exists()


def test_the_registered_post_in_another_language_is_nothing_to_wait_for(ana_client, ana):
    ana_client.post("/en/certificado/", NAMES | {"post": "Recepción", "action": "issue"})
    assert not CorrectionRequest.objects.exists()
    assert get_certificate(ana).printed["role"] == "Front desk"


@pytest.mark.parametrize(("written", "registered"), [("Nursing", "Enfermería"), ("Night nurse", "Night nurse")])
def test_forms_of_the_registry_keep_the_word_of_the_site(client, desk, group, ana, written, registered):
    with override("en"):
        address = reverse("desk_change_person", args=[group.pk, ana.pk])
    names = {"first_name": ana.first_name, "last_name": ana.last_name, "role": "clinica"}
    desk.post(address, names | {"job_title": written, "clinic": ana.clinic_id})
    assert post_of(ana) == registered
    client.force_login(make_staff("admina", ADMINISTRATORS))
    client.post("/cms/users/new/", names | {"username": "LUZ567", "job_title": written})
    luz = User.objects.get(username="LUZ567")
    assert luz.job_title == registered
    User.objects.update(job_title="")
    client.post(f"/cms/users/edit/{luz.pk}/", names | {"username": "LUZ567", "job_title": written, "is_active": "on"})
    assert post_of(luz) == registered


def test_a_list_of_staff_in_english_registers_the_words_of_the_site_and_changes_nothing_the_second_time():
    cohort = make_cohort(trainers=[make_trainer()], clinic=make_clinic())
    make_learner(cohort=cohort, clinic=cohort.clinic, role="clinica", job_title="Enfermería")
    rows = [
        ["Surnames", "Given names", "Position"],
        ["Coj de la Cruz", "Ana Lucía", "Nursing"],
        ["Paz", "Luz", "Guard"],
        ["Sis", "Noé", "Night guard"],
    ]
    with override("en"):
        upload = bring(cohort, rows)
        plan = plan_of(upload)
        assert not plan.lines[0].changes
        confirm_list(upload, shown=plan_fingerprint(plan), by=upload.brought_by, now=NOW, chance=random.Random(1))
        kept = dict(User.objects.filter(is_staff=False).values_list("first_name", "job_title"))
        assert kept == {"Ana Lucía": "Enfermería", "Luz": "Guardianía", "Noé": "Night guard"}
        assert not plan_of(bring(cohort, rows)).writes


def test_every_proposed_word_is_registered_and_printed_in_its_place():
    both = {}
    for language in ("es", "en"):
        with override(language):
            both[language] = job_labels()
    for spanish, english in zip(both["es"], both["en"], strict=True):
        if english == "Director":
            # So he is called in Spanish too: it stays. See `test_job_words.py`.
            continue
        assert post_in_site_language(english) == post_in_site_language(spanish) == spanish
        for language, word in (("es", spanish), ("en", english)):
            printed = {"language": language, "role": ""}
            assert (
                post_in_certificate_language(spanish, printed) == post_in_certificate_language(english, printed) == word
            )
