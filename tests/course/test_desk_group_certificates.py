import io
from datetime import timedelta

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.issuing.corrections import revoke_certificate
from certificates.issuing.issue import get_certificate
from certificates.models import Certificate, CertificateEvent
from course.jobs import delete_expired_files, run_job
from course.models import AuditEntry, Job, User
from course.models.jobs import STALLED_AFTER
from tests.certificates.factories import issue, issued_otherwise
from tests.factories import (
    enrol,
    finish_course,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_trainer,
)

from .answers import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(trainer):
    make_course(modules=1, lessons=1, questions=1)
    cohort = make_cohort("Ñandú / Día 1", trainers=[trainer], clinic=make_clinic())
    for code, surnames in (("HAS234", "Álvarez"), ("MAY234", "Ñáñez"), ("NOT234", "Ochoa")):
        make_learner(code, last_name=surnames, clinic=cohort.clinic, cohort=cohort)
    finish_course(person("HAS234"))
    finish_course(person("MAY234"))
    issue(person("HAS234"))
    return cohort


def person(code):
    return User.objects.get(username=code)


def page_of(cohort):
    return reverse("desk_cohort_certificates", args=[cohort.pk])


def address(name, batch, cohort):
    lot = [1] if name == "desk_certificates_lot" else []
    return reverse(name, args=[cohort.pk, batch.pk, *lot])


@pytest.fixture
def ask(desk, group, django_capture_on_commit_callbacks):
    def _ask(make=True, **fields):
        with django_capture_on_commit_callbacks(execute=make):
            answer = desk.post(page_of(group), fields)
        assert answer.status_code == 302
        batch = Job.objects.order_by("-requested_at").first()
        assert answer.url == address("desk_job", batch, group)
        return batch

    return _ask


def test_the_page_says_who_has_one_who_may_and_who_not_yet(desk, group):
    page = words(desk.get(page_of(group)))
    assert "1 de 3 tiene certificado; 1 ya puede tenerlo; 1 todavía no." in page
    assert "Solo los nuevos (1)" in page
    assert "Todos (2)" in page
    people = page[page.index("Personas") :]
    said = ["Álvarez", "Emitido el 25 de noviembre de 2026", "Ñáñez", "Ya puede tenerlo", "Ochoa", "0 de 1 módulos"]
    assert sorted(said, key=people.index) == said
    assert 'certificados/">Certificados del grupo (1/3)' in desk.get(
        reverse("desk_cohort", args=[group.pk])
    ).text.replace(page_of(group), "certificados/")


def test_only_the_new_ones_are_made_and_fetched_twice_and_that_is_kept(desk, group, trainer, ask):
    batch = ask(cuales="nuevos")
    page = desk.get(address("desk_job", batch, group))
    assert "1 certificado está listo." in words(page)
    fetched = [desk.get(address("desk_certificates_lot", batch, group)) for _ in range(2)]
    assert fetched[0].content == fetched[1].content
    assert fetched[0]["Content-Disposition"].startswith('attachment; filename="certificados-nandu-dia-1-')
    assert "no-store" in fetched[0]["Cache-Control"]
    with pikepdf.open(io.BytesIO(fetched[0].content)) as pdf:
        assert len(pdf.pages) == 1
    to_sign = desk.get(address("desk_job_file", batch, group))
    assert to_sign["Content-Disposition"].startswith('attachment; filename="entrega-de-certificados-nandu-dia-1-')
    assert to_sign.content.startswith(b"%PDF")
    events = CertificateEvent.objects.filter(certificate=get_certificate(person("MAY234")))
    assert [(event.kind, event.by) for event in events] == [("issued", trainer), ("printed", trainer)]
    earlier = words(desk.get(page_of(group)))
    assert f"1 certificado {trainer}" in earlier[earlier.index("Hechos antes") :]


def test_those_without_a_certificate_are_named_with_the_reason_and_on_a_sheet_of_their_own(desk, group, trainer, ask):
    batch = ask(cuales="nuevos")
    assert "Hoja «Sin certificado»" not in words(desk.get(address("desk_job", batch, group)))
    assert desk.get(address("desk_left_out_pdf", batch, group)).status_code == 404
    batch = ask(cuales="todos")
    page = desk.get(address("desk_job", batch, group))
    assert "2 certificados están listos." in words(page)
    assert "Ochoa, Ana Lucía Ha finalizado 0 de 1 módulos." in words(page)
    assert "1 quedó fuera" in words(desk.get(page_of(group)))
    sheet = address("desk_left_out_pdf", batch, group)
    assert f'href="{sheet}" download>Hoja «Sin certificado»</a>' in page.text
    fetched = desk.get(sheet)
    assert fetched["Content-Disposition"].startswith('attachment; filename="sin-certificado-nandu-dia-1-')
    assert fetched.content.startswith(b"%PDF")
    entry = AuditEntry.objects.get(action="left_out_fetched")
    assert (entry.by, entry.cohort, entry.people) == (trainer, group, 1)


def expire(code):
    yesterday = timezone.localdate() - timedelta(days=1)
    issued_otherwise(Certificate.objects.filter(learner__username=code), expires_on=yesterday)


def test_an_expired_one_is_left_out_and_said_unless_it_is_wanted(desk, group, ask):
    expire("HAS234")
    page = words(desk.get(page_of(group)))
    assert "Todos (1)" in page
    assert "También el vencido (1)" in page
    assert "Vencido desde el" in page
    batch = ask(cuales="todos")
    left_out = words(desk.get(address("desk_job", batch, group)))
    assert "1 certificado está listo." in left_out
    assert "Álvarez, Ana Lucía El certificado está vencido desde el" in left_out
    assert batch.result["certificates"] == [get_certificate(person("MAY234")).serial]
    with_it = ask(cuales="todos", vencidos="1")
    assert with_it.pk != batch.pk
    assert set(with_it.result["certificates"]) == {
        get_certificate(person(code)).serial for code in ("HAS234", "MAY234")
    }
    table = desk.get(f"{page_of(group)[:-1]}.csv").text
    assert "Vencido" in table


def test_when_all_have_expired_nothing_is_printed_unasked(desk, group):
    expire("HAS234")
    asked = {"cuales": "elegidos", "persona": [str(person("HAS234").pk)]}
    refused = desk.post(page_of(group), asked)
    assert refused.status_code == 422
    assert "Todos estos están vencidos." in words(refused)
    assert desk.post(page_of(group), asked | {"vencidos": "1"}).status_code == 302


def test_an_earlier_pdf_says_how_many_of_it_hold_no_more(desk, group, trainer, ask):
    batch = ask(cuales="todos")
    page = address("desk_job", batch, group)
    assert "ya no" not in words(desk.get(page))
    expire("HAS234")
    assert "1 de estos certificados ya no vale" in words(desk.get(page))
    revoke_certificate(get_certificate(person("MAY234")), reason="Error", by=trainer, now=timezone.now())
    assert "2 de estos certificados ya no valen" in words(desk.get(page))


def test_a_print_that_is_no_longer_kept_says_so_and_leaves_the_list(desk, group, ask):
    batch = ask(cuales="todos")
    assert "Hechos antes" in words(desk.get(page_of(group)))
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    delete_expired_files.call()
    shown = words(desk.get(address("desk_job", batch, group)))
    assert "Esta impresión ya no se guarda." in shown
    assert "Ochoa" not in shown
    for name in ("desk_certificates_lot", "desk_job_file", "desk_left_out_pdf"):
        assert desk.get(address(name, batch, group)).status_code == 404
    assert "Hechos antes" not in words(desk.get(page_of(group)))


def test_only_those_ticked_are_made(group, ask):
    outsider = make_learner("OUT234")
    batch = ask(cuales="elegidos", persona=[str(person("MAY234").pk), str(outsider.pk), "x"])
    assert batch.params["people"] == [person("MAY234").pk]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cuales": "elegidos"}, "No ha marcado a nadie."),
        ({"cuales": "elegidos", "persona": "999999"}, "No ha marcado a nadie."),
        ({}, "Elija de quiénes quiere los certificados."),
        ({"cuales": "otros"}, "Elija de quiénes quiere los certificados."),
    ],
)
def test_an_empty_choice_is_said_and_what_was_ticked_stays(desk, group, fields, sentence):
    answer = desk.post(page_of(group), fields)
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    ticked = person("MAY234").pk
    answer = desk.post(page_of(group), {"cuales": "otros", "persona": [str(ticked)]})
    assert f'value="{ticked}" checked' in answer.text
    assert Job.objects.count() == 0


def test_while_it_is_made_the_page_says_how_far_it_is_with_and_without_javascript(desk, group, ask):
    batch = ask(make=False, cuales="todos")
    page = desk.get(address("desk_job", batch, group))
    assert "Esperando su turno." in words(page)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.text
    now = timezone.now()
    Job.objects.update(started_at=now, seen_at=now, done=2)
    page = desk.get(address("desk_job", batch, group)).text
    assert '<progress max="3" value="2"' in page
    state = desk.get(address("desk_job_state", batch, group))
    assert state.json() == {"done": 2, "words": "2 de 3 personas atendidas.", "waits": True}
    assert "Se están haciendo certificados de este grupo." in words(desk.get(page_of(group)))
    for name in ("desk_certificates_lot", "desk_job_file"):
        assert desk.get(address(name, batch, group)).status_code == 404
    Job.objects.update(started_at=None, seen_at=None)
    run_job.call(str(batch.pk))
    assert desk.get(address("desk_job_state", batch, group)).json()["waits"] is False


def test_a_worker_that_does_not_run_is_said_after_a_while_and_why_a_batch_came_to_nothing(desk, group, ask):
    batch = ask(make=False, cuales="todos")
    Job.objects.update(requested_at=timezone.now() - STALLED_AFTER - timedelta(seconds=1))
    assert "Nadie trabaja en esto desde hace 1 minuto." in words(desk.get(address("desk_job", batch, group)))
    Job.objects.update(requested_at=timezone.now() - timedelta(minutes=3))
    page = desk.get(address("desk_job", batch, group))
    assert "Nadie trabaja en esto desde hace 3 minutos. Avise a quien cuida el sitio" in words(page)
    assert "refresh" not in page.text
    assert desk.get(address("desk_job_state", batch, group)).json()["waits"] is False
    Job.objects.update(finished_at=timezone.now(), problem="Algo salió mal.")
    assert "Algo salió mal." in words(desk.get(address("desk_job", batch, group)))
    assert "No se pudo hacer" in words(desk.get(page_of(group)))


def test_a_trainer_in_the_own_group_is_issued_nothing_by_the_own_hand(desk, group, trainer, ask):
    finish_course(trainer)
    enrol(trainer, group)
    batch = ask(cuales="todos")
    assert get_certificate(trainer) is None
    assert (
        "confírmelo usted en la página «Mi certificado»" in str(batch.result["left_out"])
        or batch.result["left_out"] == []
    )
    assert "confírmelo usted en la página «Mi certificado»" in words(desk.get(address("desk_job", batch, group)))


def test_nobody_else_finds_the_page_the_batch_or_its_files(desk, group, ask):
    batch = ask(cuales="todos")
    names = ["desk_job", "desk_job_state", "desk_certificates_lot", "desk_job_file", "desk_left_out_pdf"]
    other = make_trainer("otra")
    theirs = make_cohort("Otro grupo", trainers=[other])
    for who in (other, person("HAS234")):
        desk.force_login(who)
        for cohort in (group, theirs):
            assert {desk.get(address(name, batch, cohort)).status_code for name in names} == {404}
        assert desk.post(page_of(group), {"cuales": "todos"}).status_code == 404
