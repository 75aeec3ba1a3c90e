"""On a person's page their trainer issues a certificate, corrects its name, annuls it, and reads what happened."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.history import history_of, record_printing
from certificates.issuing.issue import certificate_of
from certificates.models import Certificate
from tests.certificates.factories import begin_again, edited, issue, issued_otherwise, make_graduate, make_small_course
from tests.factories import enrol, finish_course, make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "Ana Lucía Coj de la Cruz", "ANA LUCIA Coj de la Cruz"


def named(given_names, surnames="Coj de la Cruz", **fields):
    return {"given_names": given_names, "surnames": surnames, **fields}


@pytest.fixture
def ana():
    make_small_course()
    return make_graduate(clinic=make_clinic(), job_title="Recepción, archivo y caja")


@pytest.fixture
def group(ana):
    return make_cohort(trainers=[make_trainer()], learners=[ana])


@pytest.fixture
def trainer(client, group):
    client.force_login(group.trainers.get())
    return client


def person_page(group, learner):
    return reverse("desk_person", args=[group.pk, learner.pk])


def issue_page(group, learner):
    return reverse("desk_issue_certificate", args=[group.pk, learner.pk])


def correct_page(certificate):
    return reverse("desk_correct_certificate", args=[certificate.serial])


def annul_page(certificate):
    return reverse("desk_annul_certificate", args=[certificate.serial])


def told(*certificates):
    return [(event.kind, event.who, event.note) for event in history_of(*certificates)]


def test_a_trainer_issues_what_is_shown_and_confirmed(trainer, group, ana):
    assert "Emitir el certificado" in trainer.get(person_page(group, ana)).text
    form = trainer.get(issue_page(group, ana)).text
    assert f'<p class="paper-name">{RIGHT}</p>' in form
    assert not Certificate.objects.exists()
    seen = trainer.post(issue_page(group, ana), named("ANA LUCIA", action="preview"))
    assert f'<p class="paper-name">{WRONG}</p>' in seen.text
    assert not Certificate.objects.exists()
    confirmed = named("Ana Lucía", action="issue")
    reply = trainer.post(issue_page(group, ana), confirmed, follow=True)
    assert reply.request["PATH_INFO"] == person_page(group, ana)
    assert f"Emitido: el certificado de {RIGHT}." in reply.text
    certificate = certificate_of(ana)
    assert (certificate.printed["role"], certificate.printed["clinic"]) == (
        "Recepción, archivo y caja",
        str(ana.clinic),
    )
    assert told(certificate) == [("issued", "Marta Ajú Ñáñez", "")]
    # The second press of the button, and the page once more, find it issued.
    for reply in (trainer.post(issue_page(group, ana), confirmed), trainer.get(issue_page(group, ana))):
        assert (reply.status_code, reply["Location"]) == (302, person_page(group, ana))
    assert Certificate.objects.count() == 1


def test_who_has_not_finished_gets_none(trainer, group):
    berta = make_learner("BER234", first_name="Berta", cohort=group)
    page = trainer.get(person_page(group, berta)).text
    assert "Todavía no: el curso no está finalizado." in page
    assert "Emitir el certificado" not in page
    assert trainer.post(issue_page(group, berta), named("Berta", action="issue")).status_code == 302
    assert not Certificate.objects.exists()


def test_a_name_of_somebody_else_is_refused_and_nothing_is_lost(trainer, group, ana):
    reply = trainer.post(issue_page(group, ana), named("Pedro", "Ixcoy", action="issue"))
    assert reply.status_code == 400
    assert "no se parece al registrado" in reply.text
    assert 'value="Pedro"' in reply.text
    assert not Certificate.objects.exists()


def test_a_name_is_corrected_with_a_reason(trainer, group, ana):
    wrong = issue(ana, printed_name=WRONG)
    page = trainer.get(correct_page(wrong)).text
    assert 'value="ANA LUCIA"' in page
    assert f"Quien verifique {wrong.grouped_serial} leerá que fue reemplazado" in page
    refused = trainer.post(correct_page(wrong), named("Ana Lucía", reason=""))
    assert (refused.status_code, Certificate.objects.count()) == (400, 1)
    assert "Escriba el motivo: queda en el historial." in refused.text
    reply = trainer.post(
        correct_page(wrong), named("Ana Lucía", post="Recepción", reason="Faltaba la tilde"), follow=True
    )
    assert reply.request["PATH_INFO"] == person_page(group, ana)
    assert f"Corregido: ahora el certificado dice «{RIGHT}»." in reply.text
    right = certificate_of(ana)
    assert (right.printed["name"], right.replaces) == (RIGHT, wrong)
    for words in ("<strong>Corregido</strong>", "Faltaba la tilde", wrong.grouped_serial, right.grouped_serial):
        assert words in reply.text
    # Whoever opens the page of the old one again is told what to do.
    again = trainer.get(correct_page(wrong), follow=True)
    assert "Este certificado fue reemplazado: corrija el que tomó su lugar." in again.text


def test_a_name_that_cannot_be_is_explained(trainer, ana, group):
    wrong = issue(ana, printed_name=WRONG)
    reply = trainer.post(correct_page(wrong), named("Otra", "Persona", reason="Sí"))
    assert reply.status_code == 400
    assert "Este nombre no se parece al registrado, «Ana Lucía Coj de la Cruz»." in reply.text
    assert 'value="Persona"' in reply.text


def test_it_is_annulled_with_a_reason_and_the_trainer_issues_another(trainer, group, ana):
    certificate = issue(ana)
    assert "No se puede deshacer." in trainer.get(annul_page(certificate)).text
    refused = trainer.post(annul_page(certificate), {"reason": " "})
    assert refused.status_code == 400
    assert "Escriba el motivo: lo lee quien verifica el certificado." in refused.text
    reply = trainer.post(annul_page(certificate), {"reason": "Otra persona tomó el curso."}, follow=True)
    assert reply.request["PATH_INFO"] == person_page(group, ana)
    assert '<span class="state state-annulled">Anulado</span>' in reply.text
    assert "Motivo: Otra persona tomó el curso." in reply.text
    assert "Emitir otro" in reply.text
    assert trainer.post(annul_page(certificate), {"reason": "Otra vez"})["Location"].startswith(person_page(group, ana))
    trainer.post(issue_page(group, ana), named("Ana Lucía", without_post="on", action="issue"))
    assert told(*Certificate.objects.order_by("pk")) == [
        ("issued", RIGHT, ""),
        ("annulled", "Marta Ajú Ñáñez", "Otra persona tomó el curso."),
        ("issued", "Marta Ajú Ñáñez", ""),
    ]
    assert certificate_of(ana).replaces is None


def test_one_that_has_expired_is_issued_anew_when_the_course_was_taken_again(trainer, group, ana):
    old = issue(ana)
    issued_otherwise(Certificate.objects.all(), expires_on=timezone.localdate() - timedelta(days=1))
    page = trainer.get(person_page(group, ana)).text
    assert '<span class="state state-expired">Vencido</span>' in page
    assert "Corregir el nombre" not in page
    assert trainer.get(issue_page(group, ana)).url == person_page(group, ana)
    begin_again(ana, now=timezone.now())
    finish_course(ana, now=timezone.now())
    assert f"Toma el lugar de {old.grouped_serial}" in trainer.get(issue_page(group, ana)).text
    trainer.post(issue_page(group, ana), named("Ana Lucía", without_post="on", action="issue"))
    assert certificate_of(ana).replaces == old


@pytest.mark.parametrize("who", ["learner", "other trainer", "former trainer", "the person as a trainer", "editor"])
def test_to_whoever_does_not_train_the_person_the_pages_do_not_exist(client, group, ana, who):
    certificate = issue(ana)
    former = make_trainer("antes")
    make_cohort("Otro", trainers=[make_trainer("otra"), former])
    person = {
        "learner": lambda: make_learner("BER234", cohort=group),
        "other trainer": lambda: make_trainer("otra2"),
        "former trainer": lambda: former,
        "the person as a trainer": lambda: ana,
        "editor": lambda: make_staff("editora", "Editoras"),
    }[who]()
    if person == ana:
        ana.is_staff = True
        ana.save()
        group.trainers.add(ana)
    client.force_login(person)
    pages = [correct_page(certificate), annul_page(certificate), issue_page(group, ana)]
    confirmed = named("Ana Lucía", "Coj", reason="Porque sí", action="issue")
    assert [client.get(page).status_code for page in pages] == [404] * 3
    assert [client.post(page, confirmed).status_code for page in pages] == [404] * 3
    assert told(certificate) == [("issued", RIGHT, "")]


def test_even_an_administrator_leaves_their_own_alone(client):
    make_small_course()
    admin = make_graduate("ADM234", is_staff=True, is_superuser=True)
    certificate = issue(admin)
    client.force_login(admin)
    assert [client.get(page(certificate)).status_code for page in (correct_page, annul_page)] == [404, 404]


def test_an_administrator_annuls_that_of_an_account_which_is_gone(client, ana):
    certificate = issue(ana)
    Certificate.objects.update(learner=None)
    public = f"/v/{certificate.serial}/"
    assert annul_page(certificate) not in client.get(public).text
    client.force_login(make_staff("admina", is_staff=True, is_superuser=True))
    page = client.get(public).text
    assert correct_page(certificate) in page
    assert annul_page(certificate) in page
    assert client.get(correct_page(certificate)).status_code == 200
    reply = client.post(annul_page(certificate), {"reason": "Falta una firma."}, follow=True)
    assert reply.request["PATH_INFO"] == public
    assert "Falta una firma." in reply.text
    assert annul_page(certificate) not in reply.text


def test_the_grid_and_its_file_say_how_certificates_stand(trainer, group, ana):
    make = {name: make_graduate(f"{name[:3].upper()}234", first_name=name) for name in ("Berta", "Carla", "Dora")}
    for learner in make.values():
        enrol(learner, group)
    marta = group.trainers.get()
    for learner in (ana, *make.values()):
        issue(learner)
    correct_certificate(
        certificate_of(make["Berta"]), printed_name="Berta Coj", by=marta, reason="Así", now=timezone.now()
    )
    annul_certificate(certificate_of(make["Carla"]), reason="Así", by=marta, now=timezone.now())
    issued_otherwise(Certificate.objects.filter(learner=make["Dora"]), expires_on=date(2026, 1, 1))
    rows = csv.DictReader(io.StringIO(trainer.get(reverse("desk_cohort_csv", args=[group.pk])).text.lstrip("\ufeff")))
    assert {row["Nombres"]: (row["Certificado"], row["Fecha de emisión"]) for row in rows} == {
        "Ana Lucía": ("Emitido", "2026-11-25"),
        # The day of issue stays that of the first paper, as it is printed.
        "Berta": ("Emitido", "2026-11-25"),
        "Carla": ("Anulado", ""),
        "Dora": ("Vencido", "2026-11-25"),
    }
    page = trainer.get(reverse("desk_cohort", args=[group.pk])).text
    assert "<td>Anulado</td>" in page
    assert "<td>2/4</td>" in page


@pytest.mark.nightly
@pytest.mark.parametrize("prints", [0, 6])
def test_the_page_takes_as_many_queries_for_any_history(trainer, group, ana, prints, django_assert_num_queries):
    certificate = issue(ana)
    for hour in range(prints):
        now = timezone.now() + timedelta(hours=hour)
        record_printing([certificate], by=ana, now=now)
    for number in range(prints // 2):
        certificate = correct_certificate(
            certificate,
            printed_name=[WRONG, RIGHT][number % 2],
            by=group.trainers.get(),
            reason="x",
            now=timezone.now(),
        )
    trainer.get(person_page(group, ana))
    with django_assert_num_queries(37):
        trainer.get(person_page(group, ana))


def test_one_that_was_altered_says_so_and_is_not_printed(trainer, group, ana):
    certificate = issue(ana)
    address = reverse("certificate_pdf", args=[certificate.serial])
    sentence = "Este certificado no está como se emitió: su PDF no se entrega."
    page = trainer.get(person_page(group, ana)).text
    assert (sentence in page, f'href="{address}"' in page) == (False, True)
    edited([certificate], edition=7)
    page = trainer.get(person_page(group, ana)).text
    assert (sentence in page, f'href="{address}"' in page, "Válido" in page) == (True, False, False)
    trainer.force_login(ana)
    page = trainer.get(reverse("my_certificate")).text
    assert (sentence in page, f'href="{address}"' in page) == (True, False)


def test_of_whom_no_post_is_registered_the_trainer_reads_that_none_is_printed_and_where_to_write(trainer, group, ana):
    ana.job_title = ""
    ana.save()
    page = trainer.get(issue_page(group, ana)).content.decode()
    assert "No hay un puesto escrito de esta persona, así que no se imprime ninguno." in page
    assert reverse("desk_change_person", args=[group.pk, ana.pk]) in page
    ana.job_title = "Archivo"
    ana.save()
    assert "No hay un puesto escrito" not in trainer.get(issue_page(group, ana)).content.decode()
