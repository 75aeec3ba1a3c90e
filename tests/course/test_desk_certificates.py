from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.issue import get_certificate
from certificates.issuing.status import get_events
from certificates.models import Certificate
from certificates.text.fields import further_lines
from course.models import ADMINISTRATORS, AuditEntry, User
from course.models.people import name_sort_key
from tests.certificates.factories import (
    begin_again,
    edited,
    issue,
    issued_otherwise,
    make_design,
    make_graduate,
)
from tests.factories import NOW, enrol, finish_course, make_clinic, make_cohort, make_learner, make_staff, make_trainer

from .answers import column

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "Ana Lucía Coj de la Cruz", "ANA LUCIA Coj de la Cruz"
SAME = {"given_names": "Ana Lucía", "surnames": "Coj de la Cruz", "post": "Ventanilla", "reason": "Así está en su DPI."}


def named(given_names, surnames="Coj de la Cruz", **fields):
    return {"given_names": given_names, "surnames": surnames, **fields}


@pytest.fixture
def ana(course):
    return make_graduate(clinic=make_clinic("Centro de Salud"), role="recepcion", job_title="Ventanilla")


@pytest.fixture
def certificate(ana):
    return issue(ana, role="Ventanilla", clinic="Centro de Salud")


def person_page(group, learner):
    return reverse("desk_person", args=[group.pk, learner.pk])


def issue_page(group, learner):
    return reverse("desk_issue_certificate", args=[group.pk, learner.pk])


def correct_page(certificate):
    return reverse("desk_correct_certificate", args=[certificate.serial])


def revoke_page(certificate):
    return reverse("desk_revoke_certificate", args=[certificate.serial])


def told(*certificates):
    return [(event.kind, event.who, event.note) for event in get_events(*certificates)]


def correct(client, certificate, **fields):
    return client.post(correct_page(certificate), SAME | fields, follow=True)


def registered(person):
    return User.objects.values_list("first_name", "last_name", "role", "job_title", "clinic__name").get(pk=person.pk)


def printed(person):
    certificate = get_certificate(person)
    return [certificate.printed[field] for field in ("name", "role", "clinic")]


def test_a_trainer_issues_what_is_shown_and_confirmed(desk, group, ana):
    assert "Emitir el certificado" in desk.get(person_page(group, ana)).text
    assert f'<p class="paper-name">{RIGHT}</p>' in desk.get(issue_page(group, ana)).text
    assert not Certificate.objects.exists()
    seen = desk.post(issue_page(group, ana), named("ANA LUCIA", action="preview"))
    assert f'<p class="paper-name">{WRONG}</p>' in seen.text
    assert not Certificate.objects.exists()
    confirmed = named("Ana Lucía", action="issue")
    reply = desk.post(issue_page(group, ana), confirmed, follow=True)
    assert reply.request["PATH_INFO"] == person_page(group, ana)
    assert f"Emitido: el certificado de {RIGHT}." in reply.text
    certificate = get_certificate(ana)
    assert (certificate.printed["role"], certificate.printed["clinic"]) == ("Ventanilla", str(ana.clinic))
    assert told(certificate) == [("issued", "Marta Ajú Ñáñez", "")]
    for reply in (desk.post(issue_page(group, ana), confirmed), desk.get(issue_page(group, ana))):
        assert (reply.status_code, reply["Location"]) == (302, person_page(group, ana))
    assert Certificate.objects.count() == 1


def test_who_has_not_finished_gets_none(desk, group):
    berta = make_learner("BER234", first_name="Berta", cohort=group)
    page = desk.get(person_page(group, berta)).text
    assert "Todavía no: el curso no está finalizado." in page
    assert "Emitir el certificado" not in page
    assert desk.post(issue_page(group, berta), named("Berta", action="issue")).status_code == 302
    assert not Certificate.objects.exists()


def test_a_name_of_somebody_else_is_refused_and_nothing_is_lost(desk, group, ana):
    reply = desk.post(issue_page(group, ana), named("Pedro", "Ixcoy", action="issue"))
    assert reply.status_code == 400
    assert "no se parece al registrado" in reply.text
    assert 'value="Pedro"' in reply.text
    assert not Certificate.objects.exists()


def test_a_name_is_corrected_with_a_reason(desk, group, ana):
    wrong = issue(ana, printed_name=WRONG)
    page = desk.get(correct_page(wrong)).text
    assert 'value="ANA LUCIA"' in page
    assert f"Quien verifique {wrong.grouped_serial} leerá que fue reemplazado" in page
    refused = desk.post(correct_page(wrong), named("Ana Lucía", reason=""))
    assert (refused.status_code, Certificate.objects.count()) == (400, 1)
    assert "Escriba el motivo: queda en el historial." in refused.text
    reply = desk.post(correct_page(wrong), named("Ana Lucía", post="Recepción", reason="Faltaba la tilde"), follow=True)
    assert reply.request["PATH_INFO"] == person_page(group, ana)
    assert f"Corregido: ahora el certificado dice «{RIGHT}»." in reply.text
    right = get_certificate(ana)
    assert (right.printed["name"], right.replaces) == (RIGHT, wrong)
    for words in ("<strong>Corregido</strong>", "Faltaba la tilde", wrong.grouped_serial, right.grouped_serial):
        assert words in reply.text
    again = desk.get(correct_page(wrong), follow=True)
    assert "Este certificado fue reemplazado: corrija el que tomó su lugar." in again.text


def test_it_is_revoked_with_a_reason_and_the_trainer_issues_another(desk, group, ana):
    certificate = issue(ana)
    assert "No se puede deshacer." in desk.get(revoke_page(certificate)).text
    refused = desk.post(revoke_page(certificate), {"reason": " "})
    assert refused.status_code == 400
    assert "Escriba el motivo: lo lee quien verifica el certificado." in refused.text
    reply = desk.post(revoke_page(certificate), {"reason": "Otra persona tomó el curso."}, follow=True)
    assert reply.request["PATH_INFO"] == person_page(group, ana)
    assert '<span class="state state-revoked">Anulado</span>' in reply.text
    assert "Motivo: Otra persona tomó el curso." in reply.text
    assert "Emitir otro" in reply.text
    assert desk.post(revoke_page(certificate), {"reason": "Otra vez"})["Location"].startswith(person_page(group, ana))
    desk.post(issue_page(group, ana), named("Ana Lucía", without_post="on", action="issue"))
    assert told(*Certificate.objects.order_by("pk")) == [
        ("issued", RIGHT, ""),
        ("revoked", "Marta Ajú Ñáñez", "Otra persona tomó el curso."),
        ("issued", "Marta Ajú Ñáñez", ""),
    ]
    assert get_certificate(ana).replaces is None


def test_one_that_has_expired_is_issued_anew_when_the_course_was_taken_again(desk, group, ana):
    old = issue(ana)
    issued_otherwise(Certificate.objects.all(), expires_on=timezone.localdate() - timedelta(days=1))
    page = desk.get(person_page(group, ana)).text
    assert '<span class="state state-expired">Vencido</span>' in page
    assert "Corregir el nombre" not in page
    assert desk.get(issue_page(group, ana)).url == person_page(group, ana)
    begin_again(ana, now=timezone.now())
    finish_course(ana, now=timezone.now())
    assert f"Toma el lugar de {old.grouped_serial}" in desk.get(issue_page(group, ana)).text
    desk.post(issue_page(group, ana), named("Ana Lucía", without_post="on", action="issue"))
    assert get_certificate(ana).replaces == old


def test_to_whoever_does_not_train_the_person_the_pages_do_not_exist(client, group, ana, certificate):
    former = make_trainer("antes")
    make_cohort("Otro", trainers=[make_trainer("otra"), former])
    people = [make_learner("BER234", cohort=group), former, ana, make_staff("editora", "Editoras")]
    ana.is_staff = True
    ana.save()
    group.trainers.add(ana)
    pages = [correct_page(certificate), revoke_page(certificate), issue_page(group, ana)]
    for person in people:
        client.force_login(person)
        assert [client.get(page).status_code for page in pages] == [404] * 3
        confirmed = named("Ana Lucía", "Coj", reason="Porque sí", action="issue")
        assert [client.post(page, confirmed).status_code for page in pages] == [404] * 3
    assert told(certificate) == [("issued", RIGHT, "")]


def test_even_an_administrator_leaves_their_own_alone(client, course):
    admin = make_graduate("ADM234", is_staff=True, is_superuser=True)
    certificate = issue(admin)
    client.force_login(admin)
    assert [client.get(page(certificate)).status_code for page in (correct_page, revoke_page)] == [404, 404]


def test_an_administrator_corrects_and_revokes_that_of_an_account_which_is_gone(client, certificate):
    Certificate.objects.update(learner=None)
    public = f"/v/{certificate.serial}/"
    assert revoke_page(certificate) not in client.get(public).text
    client.force_login(make_staff("admina", ADMINISTRATORS))
    assert correct_page(certificate) in client.get(public).text
    page = client.get(correct_page(certificate)).text
    assert 'name="printed_name"' in page
    assert 'name="registers"' not in page
    fields = {"printed_name": "Ana Lucía Coj de la Crús", "post": "Archivo", "reason": "Así"}
    client.post(correct_page(certificate), fields)
    right = Certificate.objects.live().get()
    assert (right.printed["name"], right.printed["role"]) == ("Ana Lucía Coj de la Crús", "Archivo")
    assert revoke_page(right) in client.get(f"/v/{right.serial}/").text
    reply = client.post(revoke_page(right), {"reason": "Falta una firma."}, follow=True)
    assert reply.request["PATH_INFO"] == f"/v/{right.serial}/"
    assert "Falta una firma." in reply.text
    assert revoke_page(right) not in reply.text
    assert AuditEntry.objects.latest("pk").action == "certificate_revoked"


def test_the_grid_and_its_file_say_how_certificates_stand(desk, group, trainer, ana):
    berta, carla, dora = (make_graduate(name.upper(), first_name=name) for name in ("Berta", "Carla", "Dora"))
    for learner in (berta, carla, dora):
        enrol(learner, group)
    for learner in (ana, berta, carla, dora):
        issue(learner)
    correct_certificate(get_certificate(berta), printed_name="Berta Coj", by=trainer, reason="Así", now=timezone.now())
    revoke_certificate(get_certificate(carla), reason="Así", by=trainer, now=timezone.now())
    issued_otherwise(Certificate.objects.filter(learner=dora), expires_on=date(2026, 1, 1))
    file = desk.get(reverse("desk_cohort_csv", args=[group.pk]))
    assert column(file, "Certificado") == ["Emitido", "Emitido", "Anulado", "Vencido"]
    assert column(file, "Fecha de emisión") == ["2026-11-25", "2026-11-25", "", "2026-11-25"]
    page = desk.get(reverse("desk_cohort", args=[group.pk])).text
    assert "<td>Anulado</td>" in page
    assert "<td>2/4</td>" in page


def test_one_that_was_altered_says_so_and_is_not_printed(desk, group, ana):
    certificate = issue(ana)
    address = reverse("certificate_pdf", args=[certificate.serial])
    sentence = "Este certificado no está como se emitió: su PDF no se entrega."
    page = desk.get(person_page(group, ana)).text
    assert (sentence in page, f'href="{address}"' in page) == (False, True)
    edited([certificate], edition=7)
    page = desk.get(person_page(group, ana)).text
    assert (sentence in page, f'href="{address}"' in page, "Válido" in page) == (True, False, False)
    desk.force_login(ana)
    page = desk.get(reverse("my_certificate")).text
    assert (sentence in page, f'href="{address}"' in page) == (True, False)


def test_of_whom_no_post_is_registered_the_trainer_reads_that_none_is_printed_and_where_to_write(desk, group, ana):
    ana.job_title = ""
    ana.save()
    page = desk.get(issue_page(group, ana)).text
    assert "No hay un puesto escrito de esta persona, así que no se imprime ninguno." in page
    assert reverse("desk_change_person", args=[group.pk, ana.pk]) in page
    ana.job_title = "Archivo"
    ana.save()
    assert "No hay un puesto escrito" not in desk.get(issue_page(group, ana)).text


def test_post_and_clinic_are_corrected_with_the_registry_in_one_deed(desk, ana, certificate):
    hospital = make_clinic("Hospital Nacional")
    correct(desk, certificate, post="Archivo", clinic=hospital.pk, registers="on")
    right = get_certificate(ana)
    assert printed(ana) == ["Ana Lucía Coj de la Cruz", "Archivo", "Hospital Nacional"]
    assert registered(ana) == ("Ana Lucía", "Coj de la Cruz", "recepcion", "Archivo", "Hospital Nacional")
    assert right.printed["corrected_fields"] == ["role", "clinic"]
    assert further_lines(right.printed)[-1].endswith(f"datos corregidos el {right.printed['corrected_in_words']}")
    assert (right.awarded_at, right.printed["date"]) == (certificate.awarded_at, certificate.printed["date"])
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["person_changed", "certificate_corrected"]
    correct(desk, right, post="", clinic=hospital.pk, registers="on")
    assert (printed(ana)[1], registered(ana)[3]) == ("", "Archivo")


def test_without_the_tick_the_registry_stays_and_the_name_is_like_it(desk, ana, certificate):
    before = registered(ana)
    refused = correct(desk, certificate, surnames="Xicay Tot")
    assert (refused.status_code, "no se parece al registrado" in refused.text) == (400, True)
    correct(desk, certificate, post="Archivo", surnames="Coj de la Crús")
    assert (registered(ana), printed(ana)[:2]) == (before, ["Ana Lucía Coj de la Crús", "Archivo"])


def test_with_the_tick_another_name_is_registered_and_both_sort_under_it(desk, ana, certificate):
    User.objects.update(job_title="Archivo")
    correct(desk, certificate, surnames="Xicay Tot", registers="on")
    # What is not corrected here stays: printed and registered post differ.
    assert registered(ana)[:4] == ("Ana Lucía", "Xicay Tot", "recepcion", "Archivo")
    assert printed(ana)[:2] == ["Ana Lucía Xicay Tot", "Ventanilla"]
    assert get_certificate(ana).sort_key == name_sort_key("Ana Lucía", "Xicay Tot")


def test_both_values_stand_side_by_side_and_the_registered_ones_are_filled_in_where_asked(desk, ana, certificate):
    page = desk.get(correct_page(certificate)).text
    assert "Registrado:" not in page
    User.objects.filter(pk=ana.pk).update(last_name="Xicay Tot", job_title="Archivo")
    page = desk.get(correct_page(certificate)).text
    for words in ("Impreso:</span> Ventanilla", "Registrado:</span> Archivo", "Registrado:</span> Ana Lucía Xicay Tot"):
        assert words in page
    assert 'value="Coj de la Cruz"' in page
    page = desk.get(correct_page(certificate) + "?registrado").text
    assert 'value="Xicay Tot"' in page
    assert 'value="Archivo"' in page


def test_changing_the_person_offers_the_certificate_that_says_something_else(desk, group, ana, certificate):
    address = reverse("desk_change_person", args=[group.pk, ana.pk])
    assert "El certificado no dice lo mismo" not in desk.get(address).text
    fields = {"first_name": "Ana Lucía", "last_name": "Xicay Tot", "role": "recepcion", "job_title": "Ventanilla"}
    reply = desk.post(address, fields | {"clinic": ana.clinic_id}, follow=True)
    assert reply.redirect_chain == [(address, 302)]
    assert "El certificado no dice lo mismo que el registro:" in reply.text
    assert f'href="{correct_page(certificate)}?registrado"' in reply.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Es lo que ya está impreso."),
        ({"post": "Promotora libre de estigma"}, "Escriba solo el puesto"),
        ({"given_names": "Ana 😀"}, "Un nombre no puede llevar «😀»"),
        ({"surnames": "Libre de Estigma", "registers": "on"}, "Escriba solo el nombre"),
        ({"clinic": "0"}, "Escoja una opción válida"),
        ({"reason": ""}, "Escriba el motivo"),
    ],
)
def test_what_cannot_be_printed_is_refused(desk, certificate, fields, sentence):
    refused = correct(desk, certificate, **fields)
    assert (refused.status_code, sentence in refused.text) == (400, True)
    assert Certificate.objects.count() == 1


def test_words_of_the_design_say_the_new_post_and_clinic(ana):
    make_design(subject="como {puesto} de {centro}", text="Puesto: {puesto}\nDado el {fecha}")
    certificate = issue(ana, role="Caja", clinic="Centro")
    right = correct_certificate(certificate, role="Archivo", by=make_trainer("otra"), reason="Así", now=NOW)
    assert right.printed["subject"] == "como Archivo de Centro"
    assert right.printed["text"][0] == "Puesto: Archivo"
    none = correct_certificate(right, role="", by=make_trainer("otro"), reason="Así", now=NOW)
    assert (none.printed["subject"], none.printed["text"][0][:4]) == ("", "Dado")


def test_of_whoever_has_a_role_in_the_site_a_trainer_corrects_no_registry(desk, ana, certificate):
    User.objects.filter(pk=ana.pk).update(is_staff=True)
    assert 'name="registers"' not in desk.get(correct_page(certificate)).text
    correct(desk, certificate, post="Archivo", registers="on")
    assert (printed(ana)[1], registered(ana)[3]) == ("Archivo", "Ventanilla")
