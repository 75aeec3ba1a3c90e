from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from certificates.issuing.correction_requests import (
    attach_requests,
    request_correction,
    request_correction_as_holder,
    withdraw_request,
)
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.issue import get_certificate
from certificates.models import Certificate, CorrectionRequest
from course.groups.corrections import accept_correction, decline_correction, requests_of
from course.groups.marking import waiting_for
from course.models import Area, AuditEntry, Enrolment, User
from course.models.people import name_sort_key
from course.people.roles import ADMINISTRATORS
from tests.certificates.factories import issue, issued_otherwise, make_graduate
from tests.factories import make_clinic, make_cohort, make_staff, make_trainer
from tests.races import at_once

pytestmark = pytest.mark.django_db
LIST = "/es/grupos/datos-por-confirmar/"
NAMES = {"given_names": "Ana Lucía", "surnames": "Coj de la Cruz"}
OTHER = {"given_names": "Ana Lucía", "surnames": "Xicay Tot"}


@pytest.fixture
def ana(course):
    clinic = make_clinic("Centro de Salud de San Pedro", area=Area.objects.create(name="Área Central"))
    return make_graduate(clinic=clinic, role="recepcion", job_title="Ventanilla")


def ask(person, *, certificate=None, origin="confirming", **asked):
    was = dict.fromkeys(asked, "antes")
    return request_correction(
        person, origin=origin, requested=asked, previous=was, certificate=certificate, now=timezone.now()
    )


def ask_holding(certificate, **asked):
    was = {field: certificate.printed[field] for field in asked}
    return request_correction_as_holder(certificate, requested=asked, previous=was, note="", now=timezone.now())


def decide(client, request, decision="accept", **fields):
    fields = {"decision": decision, "shown": request.digest} | fields
    return client.post(reverse("desk_correction", args=[request.key]), fields, follow=True)


def logged():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def registered(person):
    return User.objects.values_list("first_name", "last_name", "role", "job_title", "clinic__name").get(pk=person.pk)


def test_the_list_shows_both_values_who_asks_when_which_certificate_and_the_note(desk, ana):
    certificate = issue(ana, role="Ventanilla", clinic="Centro de Salud de San Pedro")
    request_correction(
        ana,
        origin="own",
        requested=OTHER | {"role": "Archivo"},
        previous=NAMES | {"role": "Ventanilla"},
        note="Lo dice mi DPI.",
        certificate=certificate,
        now=timezone.now(),
    )
    ask_holding(certificate, clinic="Otro centro")
    page = " ".join(desk.get(LIST).text.split())
    for words in (
        '<span class="muted small">Registrado:</span> Coj de la Cruz',
        '<span class="muted small">Impreso:</span> Ana Lucía Coj de la Cruz',
        '<span class="muted small">Debe ser:</span> <strong>Xicay Tot</strong>',
        '<span class="muted small">Impreso:</span> Ventanilla',
        "<strong>Archivo</strong>",
        "<strong>Otro centro</strong>",
        "«Lo dice mi DPI.»",
        certificate.grouped_serial,
    ):
        assert words in page, words
    assert page.count("Coj de la Cruz, Ana Lucía</a></h2>") == 2


def test_it_is_reached_from_where_there_is_something_to_do(desk, group, ana):
    places = [reverse("desk_cohorts"), reverse("desk_cohort", args=[group.pk])]
    places.append(reverse("desk_person", args=[group.pk, ana.pk]))
    assert all(LIST not in desk.get(place).text for place in places)
    assert "No hay nada pendiente." in desk.get(LIST).text
    ask(ana, role="Archivo")
    home, *others = (desk.get(place).text for place in places)
    assert "Datos por confirmar (1)" in home
    assert all("1 dato por confirmar" in page for page in others)


@pytest.fixture
def people(ana, group):
    berta = make_graduate("BER234", first_name="Berta", last_name="Tum", clinic=ana.clinic)
    gone = issue(make_graduate("IDA234", first_name="Ida", last_name="Paz"), clinic=ana.clinic.name)
    requests = {"ana": ask(ana, role="Archivo"), "berta": ask(berta, role="Archivo")}
    Certificate.objects.filter(pk=gone.pk).update(learner=None)
    gone.refresh_from_db()
    return requests | {"gone": ask_holding(gone, role="Archivo")}


@pytest.mark.parametrize(
    ("who", "decides"),
    [
        ("trainer", ["ana"]),
        ("other trainer", []),
        ("lead", []),
        ("lead of the group", ["ana"]),
        ("administrator", ["ana", "berta", "gone"]),
        ("ana", []),
    ],
)
def test_each_decides_about_the_own_people_and_nobody_about_their_own(client, group, ana, people, who, decides):
    person = {
        "trainer": lambda: group.trainers.get(),
        "other trainer": lambda: make_trainer("otra"),
        "lead": lambda: make_staff("jefa", is_staff=True),
        "lead of the group": lambda: make_staff("jefa", is_staff=True),
        "administrator": lambda: make_staff("admina", ADMINISTRATORS),
        "ana": lambda: ana,
    }[who]()
    if who.startswith("lead"):
        person.areas_led.add(ana.clinic.area)
    if who == "lead of the group":
        group.clinic = ana.clinic
        group.save()
    person = User.objects.get(pk=person.pk)
    assert waiting_for(person).to_confirm == len(decides)
    assert [name for name, one in people.items() if requests_of(person).filter(pk=one.pk)] == decides
    client.force_login(person)
    for name, one in people.items():
        assert decide(client, one, "decline").status_code == (200 if name in decides else 404), name
        if name not in decides:
            of_one = {"shown": one.digest, "by": person, "now": timezone.now()}
            for deed in (accept_correction, partial(decline_correction, answer="")):
                with pytest.raises(ValidationError if person == one.learner else PermissionDenied):
                    deed(one, **of_one)
    left = {name for name, one in people.items() if CorrectionRequest.objects.open().filter(pk=one.pk)}
    assert left == people.keys() - set(decides)


def test_a_trainer_who_takes_the_course_is_left_to_administrators(desk, group, client):
    colleague = make_trainer("colega", first_name="Colega", last_name="Sis")
    Enrolment.objects.create(cohort=group, learner=colleague)
    request = ask(colleague, role="Dirección")
    assert decide(desk, request).status_code == 404
    client.force_login(make_staff("admina", ADMINISTRATORS))
    decide(client, request)
    assert registered(colleague)[3] == "Dirección"


def test_before_the_issue_one_tap_mends_the_registry_and_the_person_issues_with_it(desk, client, ana):
    page = decide(desk, ask(ana, **OTHER, role="Archivo")).text
    assert "Aceptado. Así queda registrada la persona." in page
    assert registered(ana) == ("Ana Lucía", "Xicay Tot", "recepcion", "Archivo", "Centro de Salud de San Pedro")
    ana.refresh_from_db()
    assert ana.sort_key == name_sort_key("Ana Lucía", "Xicay Tot")
    assert logged() == ["person_changed", "correction_accepted"]
    assert AuditEntry.objects.get(action="person_changed").subject == "Coj de la Cruz, Ana Lucía"
    client.force_login(ana)
    page = client.get(reverse("my_certificate")).text
    assert 'value="Xicay Tot"' in page
    assert "Su facilitador/a aceptó la corrección que usted pidió." in page
    client.post(reverse("my_certificate"), OTHER)
    assert [get_certificate(ana).printed[field] for field in ("name", "role")] == ["Ana Lucía Xicay Tot", "Archivo"]


@pytest.fixture
def printed_otherwise(client, group, ana):
    client.force_login(ana)
    client.post(reverse("my_certificate"), {"given_names": "ANA LUCIA", "surnames": "Coj de la Cruz"})
    return CorrectionRequest.objects.get()


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_small_change_that_was_printed_goes_to_the_registry_alone(client, trainer, printed_otherwise, is_replaced):
    if is_replaced:
        Certificate.objects.update(replaced_at=timezone.now())
    client.force_login(trainer)
    assert "Un cambio tan pequeño que ya se imprimió." in client.get(LIST).text
    assert "Aceptado. Así queda registrada la persona." in decide(client, printed_otherwise).text
    assert registered(printed_otherwise.learner)[:2] == ("ANA LUCIA", "Coj de la Cruz")
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize(("given", "decision"), [("Ana Lucía", "declined"), ("ANA LUCIA", "accepted")])
def test_another_name_decides_the_small_change_too_and_another_post_leaves_it(
    client, trainer, printed_otherwise, given, decision
):
    ana, wrong = printed_otherwise.learner, printed_otherwise.certificate
    client.force_login(trainer)
    decide(client, ask(ana, certificate=wrong, origin="own", role="Archivo"))
    printed_otherwise.refresh_from_db()
    right = get_certificate(ana)
    assert (printed_otherwise.decided_at, printed_otherwise.certificate) == (None, right)
    names = {"given_names": given, "surnames": "Coj de la Cruz"}
    decide(client, ask(ana, certificate=right, origin="own", **names, role="Caja"))
    printed_otherwise.refresh_from_db()
    assert (printed_otherwise.decision, printed_otherwise.decided_by) == (decision, trainer)
    assert registered(ana)[:2] == (given, "Coj de la Cruz")
    client.force_login(ana)
    assert "no aceptó" not in client.get(reverse("my_correction")).text


def test_of_an_issued_certificate_both_are_corrected_in_one_deed(desk, ana):
    wrong = issue(ana, role="Ventanilla", clinic=ana.clinic.name)
    make_clinic("Centro de Salud de Palencia")
    request = ask(ana, certificate=wrong, origin="own", **OTHER, role="Enfermería", clinic="C/S Palencia")
    page = decide(desk, request).text
    right = get_certificate(ana)
    assert f"Aceptado. El certificado quedó corregido: entregue el papel nuevo, {right.grouped_serial}." in page
    assert right.replaces == wrong
    printed = [right.printed[field] for field in ("name", "role", "clinic")]
    assert printed == ["Ana Lucía Xicay Tot", "Enfermería", "Centro de Salud de Palencia"]
    assert right.printed["corrected_fields"] == ["name", "role", "clinic"]
    assert right.sort_key == name_sort_key("Ana Lucía", "Xicay Tot")
    assert registered(ana) == ("Ana Lucía", "Xicay Tot", "clinica", "Enfermería", "Centro de Salud de Palencia")
    assert logged() == ["person_changed", "certificate_corrected", "correction_accepted"]
    request.refresh_from_db()
    assert (request.decision, request.decided_by.username) == ("accepted", "facilitadora")


def test_whoever_holds_it_asks_with_a_whole_name_and_the_trainer_divides_an_unknown_one(desk, ana):
    request = ask_holding(issue(ana), name="ANA LUCIA COJ DE LA CRUZ")
    assert "Nadie dijo" not in desk.get(LIST).text
    decide(desk, request)
    assert registered(ana)[:2] == ("ANA LUCIA", "COJ DE LA CRUZ")
    request = ask_holding(get_certificate(ana), name="Ana Xicay Tot Ajú")
    assert "Nadie dijo cuáles son los nombres" in desk.get(LIST).text
    refused = decide(desk, request, given_names="Otra", surnames="Persona")
    assert (refused.status_code, registered(ana)[0]) == (400, "ANA LUCIA")
    assert "Los nombres y los apellidos juntos no son el nombre que se pidió." in refused.text
    decide(desk, request, given_names="Ana", surnames="Xicay Tot Ajú")
    assert registered(ana)[:2] == ("Ana", "Xicay Tot Ajú")
    assert get_certificate(ana).printed["name"] == "Ana Xicay Tot Ajú"


def test_a_clinic_that_nobody_knows_is_chosen(desk, ana):
    palencia, request = make_clinic("Palencia"), ask(ana, clinic="El centro de allá")
    assert "De qué centro de salud se trata" in desk.get(LIST).text
    assert decide(desk, request, clinic="x").status_code == 400
    refused = decide(desk, request)
    assert (refused.status_code, "Elija de qué centro de salud se trata." in refused.text) == (400, True)
    decide(desk, request, clinic=palencia.pk)
    assert registered(ana)[-1] == "Palencia"


def test_of_an_account_that_is_gone_administrators_correct_the_certificate(client, ana):
    certificate = issue(ana)
    Certificate.objects.update(learner=None)
    certificate.refresh_from_db()
    other = ask_holding(certificate, name="Otra Persona")
    alike = ask_holding(certificate, name="Ana Lucía Coj de la Crús")
    client.force_login(make_staff("admina", ADMINISTRATORS))
    refused = decide(client, other)
    assert (refused.status_code, "no se parece al registrado" in refused.text) == (400, True)
    decide(client, alike)
    right = Certificate.objects.live().get()
    assert (right.printed["name"], right.learner) == ("Ana Lucía Coj de la Crús", None)
    other.refresh_from_db()
    assert other.certificate == right


@pytest.mark.parametrize("over", ["revoked", "expired"])
def test_of_one_that_holds_no_more_the_registry_is_mended_alone_and_that_is_said_before(desk, trainer, ana, over):
    certificate = issue(ana)
    request = ask(ana, certificate=certificate, origin="own", role="Archivo")
    if over == "revoked":
        revoke_certificate(certificate, reason="Falta una firma.", by=trainer, now=timezone.now())
    else:
        issued_otherwise(Certificate.objects.all(), expires_on=timezone.localdate() - timedelta(days=1))
    assert "ya no vale y se queda como está" in desk.get(LIST).text
    assert "Así queda registrada la persona" in decide(desk, request).text
    assert (registered(ana)[3], Certificate.objects.count()) == ("Archivo", 1)
    assert not CorrectionRequest.objects.open().exists()


def test_one_that_was_revoked_in_between_and_is_nobodys_is_said(client, ana):
    certificate = issue(ana)
    request = ask_holding(certificate, role="Archivo")
    revoke_certificate(certificate, reason="Falta una firma.", by=make_trainer(), now=timezone.now())
    Certificate.objects.update(learner=None)
    CorrectionRequest.objects.update(learner=None)
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    refused = decide(client, request)
    assert (refused.status_code, "no es de nadie que tenga cuenta" in refused.text) == (400, True)
    decide(client, request, "decline")
    assert not CorrectionRequest.objects.open().exists()


def test_twice_is_once_and_the_second_of_two_reads_that_it_was_decided(desk, ana):
    request = ask(ana, role="Archivo")
    assert decide(desk, request, "perhaps").status_code == 404
    decide(desk, request)
    assert "Esto ya estaba decidido: no se cambió nada ahora." in decide(desk, request).text
    assert "Esto ya estaba decidido" in decide(desk, request, "decline").text
    assert logged().count("correction_accepted") == 1
    request.refresh_from_db()
    assert request.decision == "accepted"


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_issued", [False, True])
def test_of_two_trainers_at_once_one_decides(course, is_issued):
    ana = make_graduate()
    trainers = [make_trainer(), make_trainer("otra")]
    make_cohort(trainers=trainers, learners=[ana])
    request = ask(ana, certificate=issue(ana) if is_issued else None, **OTHER)

    def press(trainer):
        mine = CorrectionRequest.objects.select_related("learner", "certificate").get(pk=request.pk)
        return partial(accept_correction, mine, shown=request.digest, by=trainer, now=timezone.now())

    results = at_once(*[press(trainer) for trainer in trainers])
    assert sorted(type(one).__name__ for one in results) in (
        ["ConcurrentChangeError", "Decided"],
        ["Decided", "Decided"],
    )
    assert logged().count("correction_accepted") == 1
    assert Certificate.objects.count() == 2 * is_issued
    assert registered(ana)[1] == "Xicay Tot"


CHANGED = "Esto cambió mientras usted lo leía: no se hizo nada. Léalo de nuevo, como está ahora."


def asked_anew(ana, certificate):
    ask(ana, certificate=certificate, origin="own", **OTHER)


def noted_anew(ana, certificate):
    CorrectionRequest.objects.update(note="Lo dice mi DPI.")


def registered_otherwise(ana, certificate):
    CorrectionRequest.objects.update(previous={"role": "Caja"})


def corrected_by_another(ana, certificate):
    correct_certificate(certificate, clinic="Centro", by=make_trainer("otra"), reason="Así", now=timezone.now())


@pytest.mark.parametrize("decision", ["accept", "decline"])
@pytest.mark.parametrize("happens", [asked_anew, noted_anew, registered_otherwise, corrected_by_another])
def test_what_changed_while_somebody_read_it_is_not_decided_and_is_shown_anew(desk, ana, happens, decision):
    certificate = issue(ana, role="Ventanilla")
    read = ask(ana, certificate=certificate, origin="own", role="Archivo")
    happens(ana, certificate)
    before = registered(ana), Certificate.objects.count()
    refused = decide(desk, read, decision)
    assert (refused.status_code, CHANGED in refused.text) == (400, True)
    assert decide(desk, read, decision, shown="").status_code == 400
    now = CorrectionRequest.objects.get()
    assert (now.decided_at, f'value="{now.digest}"' in refused.text) == (None, True)
    assert (registered(ana), Certificate.objects.count()) == before
    assert decide(desk, now, decision).status_code == 200
    assert not CorrectionRequest.objects.open().exists()


@pytest.mark.parametrize("is_issued", [False, True])
def test_what_changes_while_the_paper_is_made_is_not_decided_either(group, trainer, ana, is_issued):
    certificate = issue(ana, role="Ventanilla") if is_issued else None
    read = ask(ana, certificate=certificate, role="Archivo")
    read = CorrectionRequest.objects.select_related("learner", "certificate").get(pk=read.pk)
    if is_issued:
        # The object in hand is that of before: what follows is seen in the transaction alone.
        ask(ana, certificate=certificate, **OTHER)
    else:
        attach_requests(issue(ana, role="Ventanilla"), requested={}, previous={}, now=timezone.now())
    before = registered(ana), Certificate.objects.count()
    for deed in (accept_correction, partial(decline_correction, answer="")):
        with pytest.raises(ValidationError) as refusal:
            deed(read, shown=read.digest, by=trainer, now=timezone.now())
        assert refusal.value.code == "changed"
    assert (registered(ana), Certificate.objects.count(), Certificate.objects.live().count()) == (*before, 1)
    assert (logged(), CorrectionRequest.objects.open().count()) == ([], 1)


def test_what_was_taken_back_meanwhile_is_not_decided(group, trainer, ana):
    read = ask(ana, role="Archivo")
    withdraw_request(ana)
    with pytest.raises(ValidationError, match="cambió"):
        accept_correction(read, shown=read.digest, by=trainer, now=timezone.now())
    assert registered(ana)[3] == "Ventanilla"


def test_what_is_not_accepted_changes_nothing_and_the_person_reads_why(desk, client, ana):
    page = decide(desk, ask(ana, **OTHER), "decline", answer="Su DPI dice Coj.").text
    assert "No aceptado: no se cambió nada, y la persona lo leerá." in page
    assert registered(ana)[1] == "Coj de la Cruz"
    assert logged() == ["correction_declined"]
    client.force_login(ana)
    assert "«Su DPI dice Coj.»" in client.get(reverse("my_certificate")).text


def test_a_stranger_is_told_nothing_and_neither_is_the_person(desk, ana):
    request = ask_holding(issue(ana), role="Archivo")
    page = desk.get(LIST).text
    assert "No se sabe quién lo pidió, y no se avisa a nadie." in page
    assert 'name="answer"' not in page
    page = decide(desk, request, "decline", answer="Su DPI dice Coj.").text
    assert "No aceptado: no se cambió nada, y no se avisa a nadie." in page
    request.refresh_from_db()
    assert (request.decision, request.answer) == ("declined", "")


def test_of_a_small_change_that_is_printed_it_leads_to_the_certificate(client, trainer, printed_otherwise):
    client.force_login(trainer)
    reply = decide(client, printed_otherwise, "decline")
    address = reverse("desk_correct_certificate", args=[printed_otherwise.certificate.serial])
    assert reply.redirect_chain == [(f"{address}?registrado", 302)]
    assert "El certificado dice otro nombre: corríjalo o anúlelo." in reply.text
    assert 'value="Coj de la Cruz"' in reply.text
