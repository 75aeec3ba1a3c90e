import random
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.jobs import is_stalled, requeue_unfinished, run_job
from course.models import AuditEntry, Clinic, Enrolment, Job, RosterUpload, User
from course.models.jobs import STALLED_AFTER
from course.roster import importing, planning
from course.roster.importing import PlanChanged, confirm_list, plan_fingerprint, request_import
from course.roster.known import KnownPeople
from course.roster.rows import PlannedRow
from course.roster.uploads import KEPT, forget_old_lists, plan_of
from tests.factories import NOW, make_learner

from .factories import bring, messy_rows

pytestmark = pytest.mark.django_db


def confirm(upload, **options):
    shown = options.pop("shown", None) or plan_fingerprint(plan_of(upload))
    return confirm_list(upload, shown=shown, by=upload.brought_by, now=NOW, chance=random.Random(1), **options)


def test_nothing_is_written_before_the_list_is_confirmed(cohort):
    upload = bring(cohort, messy_rows())
    plan_of(upload)
    assert User.objects.count() == 1
    assert not Enrolment.objects.exists()
    assert Clinic.objects.count() == 1


def test_the_messy_list_goes_in_whole_and_twice_is_once(cohort):
    upload = bring(cohort, messy_rows())
    shown = plan_fingerprint(plan_of(upload))
    outcome = confirm(upload, shown=shown)
    assert confirm(RosterUpload.objects.get(), shown=shown) == outcome
    assert (outcome.created, outcome.updated, outcome.unchanged, outcome.left_out) == (47, 0, 0, 13)
    assert cohort.learners.count() == 47
    ana = cohort.learners.get(last_name="Coj de la Cruz")
    assert (ana.first_name, ana.role, ana.clinic) == ("Ana Lucía", "recepcion", cohort.clinic)
    assert cohort.learners.in_spanish_order().first().last_name == "Ajú"
    of_el_tizate = cohort.learners.filter(clinic__name="Puesto de Salud El Tizate").order_by("first_name")
    assert [person.first_name for person in of_el_tizate] == ["Andrés", "Manuela"]
    people = cohort.learners.select_related("starting_pin")
    assert not any(person.has_usable_password() or hasattr(person, "starting_pin") for person in people)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.people, entry.cohort) == ("roster_imported", 47, cohort)


def test_the_same_list_again_changes_nobody(cohort):
    confirm(bring(cohort, messy_rows()))
    outcome = confirm(bring(cohort, messy_rows()))
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 47)
    assert Enrolment.objects.count() == 47


def test_a_list_that_nobody_confirmed_is_forgotten_after_a_day(cohort):
    bring(cohort, messy_rows())
    forget_old_lists(now=NOW + KEPT)
    assert RosterUpload.objects.exists()
    forget_old_lists(now=NOW + KEPT + timedelta(seconds=1))
    assert not RosterUpload.objects.exists()


def test_job_titles_are_kept_and_change_with_the_list_and_by_hand(client, cohort):
    ana = make_learner(cohort=cohort, role="clinica", job_title="Auxiliar")
    rows = [
        ["Apellidos", "Nombres", "Puesto"],
        ["Coj de la Cruz", "Ana Lucía", "Aux. de Enfermería II (renglón 011)"],
        ["Paz", "Luz", "Guardián nocturno"],
        ["Sis", "Noé", "x" * 200],
        # The words of the course itself are a post too, because the list says so.
        ["Pec", "Rita", "Recepción, archivo, caja"],
    ]
    client.force_login(cohort.trainers.get())
    upload = bring(cohort, rows)
    page = client.get(reverse("desk_roster_plan", args=[cohort.pk, upload.pk])).text
    assert "cargo anterior: Auxiliar" in page
    confirm(upload)
    kept = {person.first_name: (person.role, person.job_title) for person in User.objects.filter(is_staff=False)}
    assert kept == {
        "Ana Lucía": ("clinica", "Aux. de Enfermería II (renglón 011)"),
        "Luz": ("apoyo", "Guardián nocturno"),
        "Noé": ("", "x" * 120),
        "Rita": ("recepcion", "Recepción, archivo, caja"),
    }
    assert not plan_of(bring(cohort, rows)).writes

    page = reverse("desk_change_person", args=[cohort.pk, ana.pk])
    assert "Aux. de Enfermería II" in client.get(page).text
    fields = {"first_name": "Ana Lucía", "last_name": "Coj de la Cruz", "role": "jefatura", "clinic": ""}
    client.post(page, fields | {"job_title": "Aux. de Enfermería II (renglón 011)"})
    ana.refresh_from_db()
    assert (ana.role, ana.job_title) == ("jefatura", "Aux. de Enfermería II (renglón 011)")
    client.post(page, fields | {"job_title": "Jefa de servicio"})
    ana.refresh_from_db()
    assert ana.job_title == "Jefa de servicio"


@pytest.fixture
def upload(cohort, monkeypatch):
    monkeypatch.setattr(importing, "SHORT", 3)
    monkeypatch.setattr(planning, "TOLD_EVERY", 2)
    return bring(
        cohort, [["Apellidos", "Nombres"], *(["Paz", f"Luz {letter}"] for letter in "ABCD")], now=timezone.now()
    )


def ask(upload, **options):
    now = options.pop("now", timezone.now())
    request_import(upload, shown=plan_fingerprint(plan_of(upload)), language="es", now=now)
    upload.refresh_from_db()


def test_it_is_written_once_however_often_it_is_asked_for(cohort, upload, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as enqueued:
        ask(upload)
        ask(upload)
    assert len(enqueued) == 1
    run_job.call(str(upload.job.pk))
    upload.refresh_from_db()
    counts = {"created": 4, "updated": 0, "unchanged": 0, "left_out": 0, "joined": 0, "no_people": 0}
    assert upload.outcome == counts | {"rows": []}
    assert (upload.rows, upload.job.done, cohort.learners.count()) == ([], 5, 4)
    assert AuditEntry.objects.get(action="roster_imported").people == 4


def test_how_far_it_is_is_kept_outside_of_the_transaction(upload, monkeypatch):
    ask(upload)
    told, write = [], importing.enrol_people

    def look(*arguments, **options):
        told.append(Job.objects.get().done)
        return write(*arguments, **options)

    monkeypatch.setattr(importing, "enrol_people", look)
    run_job.call(str(upload.job.pk))
    assert told == [5]


def test_when_it_fails_nothing_is_written_and_the_list_can_be_confirmed_again(cohort, upload, monkeypatch):
    def break_down(*arguments, **options):
        raise RuntimeError("the power went")

    ask(upload)
    with monkeypatch.context() as patched:
        patched.setattr(importing, "enrol_people", break_down)
        run_job.call(str(upload.job.pk))
    upload.refresh_from_db()
    assert upload.job.problem == "No se pudo escribir la lista. No cambió nada. Inténtelo de nuevo."
    assert (upload.is_being_imported, User.objects.count()) == (False, 1)
    ask(upload)
    run_job.call(str(upload.job.pk))
    assert cohort.learners.count() == 4


def test_a_plan_that_is_another_by_now_is_not_written(cohort, upload):
    ask(upload)
    make_learner("ANA234", "Luz A", "Paz", cohort=cohort, clinic=cohort.clinic)
    run_job.call(str(upload.job.pk))
    upload.refresh_from_db()
    assert "cambiaron mientras tanto" in upload.job.problem
    assert (upload.is_being_imported, upload.finished_at, cohort.learners.count()) == (False, None, 1)


def test_people_who_change_while_it_is_planned_are_seen(cohort, upload, monkeypatch):
    ana = make_learner("ANA234", "Luz A", "Paz", cohort=cohort, clinic=cohort.clinic)
    shown, changed = plan_fingerprint(plan_of(upload)), []
    draw = importing.new_codes

    def meanwhile(*arguments, **options):
        changed.append(User.objects.filter(pk=ana.pk).update(job_title=f"Puesto {len(changed)}"))
        return draw(*arguments, **options)

    monkeypatch.setattr(importing, "new_codes", meanwhile)
    with pytest.raises(PlanChanged):
        confirm_list(upload, shown=shown, by=upload.brought_by, now=timezone.now())
    assert len(changed) == importing.ATTEMPTS
    assert cohort.learners.count() == 1
    monkeypatch.setattr(importing, "new_codes", draw)
    outcome = confirm_list(upload, shown=shown, by=upload.brought_by, now=timezone.now())
    assert (outcome.created, outcome.unchanged) == (3, 1)


def test_a_code_that_is_taken_meanwhile_is_drawn_anew(cohort, upload, monkeypatch):
    shown, draw, drawn = plan_fingerprint(plan_of(upload)), importing.new_codes, []

    def taken_once(count, *, taken, chance):
        codes = draw(count, taken=taken, chance=chance)
        if not drawn:
            User.objects.create(username=codes[0])
        drawn.append(codes)
        return codes

    monkeypatch.setattr(importing, "new_codes", taken_once)
    outcome = confirm_list(upload, shown=shown, by=upload.brought_by, now=timezone.now(), chance=random.Random(1))
    assert (outcome.created, len(drawn)) == (4, 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda cohort, ana: User.objects.filter(pk=ana.pk).update(role="clinica"),
        lambda cohort, ana: User.objects.filter(pk=ana.pk).update(is_active=False),
        lambda cohort, ana: Enrolment.objects.filter(learner=ana).update(left_at=timezone.now()),
        lambda cohort, ana: make_learner("EVA222", "Eva", "Tum", cohort=cohort),
        lambda cohort, ana: User.objects.create(username="otro", email="otro@example.org"),
        lambda cohort, ana: Clinic.objects.create(name="Nueva"),
    ],
)
def test_whatever_a_plan_is_made_from_is_compared(cohort, change):
    ana = make_learner(cohort=cohort)
    by = cohort.trainers.get()
    known = KnownPeople(cohort, by, [PlannedRow(1, ana.first_name, ana.last_name)])
    before = importing.facts_behind(by)
    assert importing.facts_behind(by) == before
    assert not known.have_changed()
    change(cohort, ana)
    assert importing.facts_behind(by) != before or known.have_changed()


def test_a_list_that_a_killed_worker_left_is_taken_up_and_one_at_work_is_left(cohort, upload):
    ask(upload)
    now = timezone.now()
    Job.objects.update(seen_at=now)
    run_job.call(str(upload.job.pk))
    assert cohort.learners.count() == 0
    Job.objects.update(seen_at=now - STALLED_AFTER - timedelta(seconds=1))
    upload.refresh_from_db()
    assert is_stalled(upload.job, now=now)
    requeue_unfinished(now=now)
    assert cohort.learners.count() == 4


def test_the_page_tells_how_far_it_is_without_a_script_too(client, cohort, upload):
    client.force_login(cohort.trainers.get())
    page = reverse("desk_roster_plan", args=[cohort.pk, upload.pk])
    confirm = {"action": "confirm", "shown": plan_fingerprint(plan_of(upload))}
    assert client.post(page, confirm).url == page
    shown = client.get(page, follow=True).text
    assert '<meta http-equiv="refresh"' in shown
    assert "Esperando su turno." in shown
    Job.objects.update(started_at=timezone.now(), seen_at=timezone.now(), done=2)
    upload.refresh_from_db()
    state = reverse("desk_job_state", args=[cohort.pk, upload.job.pk])
    assert client.get(state).json() == {"done": 2, "words": "2 de 5 filas leídas", "waits": True}
    for action in ("cancel", "columns", "confirm"):
        assert "La lista se está escribiendo" in client.post(page, {"action": action}, follow=True).text
    Job.objects.update(seen_at=None)
    run_job.call(str(upload.job.pk))
    assert client.get(state).json()["waits"] is False
    assert "4 personas son nuevas." in client.get(page, follow=True).text


def test_the_page_says_why_nothing_was_written_and_when_nobody_works_on_it(client, cohort, upload):
    client.force_login(cohort.trainers.get())
    page = reverse("desk_roster_plan", args=[cohort.pk, upload.pk])
    ask(upload)
    Job.objects.update(finished_at=timezone.now(), problem="No se pudo escribir la lista.")
    shown = client.get(page, follow=True).text
    assert "No se pudo escribir la lista." in shown
    assert 'value="confirm"' in shown
    ask(upload, now=timezone.now() - STALLED_AFTER - timedelta(seconds=1))
    shown = client.get(page, follow=True).text
    assert "manage.py status" in shown
    assert '<meta http-equiv="refresh"' not in shown
