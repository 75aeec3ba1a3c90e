import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.issuing.issue import get_certificate
from certificates.models import Certificate
from course.groups.calling import CallReason, call_list
from course.groups.certificate_batches import Which, request_certificates
from course.groups.grid import cohort_grid
from course.models import AuditEntry, Cohort, Restart
from course.people.cohorts import help_rule, learners_of
from course.people.enrolment import enrol_people
from course.people.merging import merge_accounts
from modules.models import CoursePage, Registration
from modules.progress.deriving import progress_of
from modules.progress.events import restart_course
from tests.certificates.factories import issue, issued_otherwise, make_design
from tests.factories import finish_course, finish_module, make_course, make_learner, make_module

from .answers import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def modules():
    return [page.specific for page in make_course(modules=2, lessons=1, questions=1).get_children()]


@pytest.fixture
def ana(modules, now):
    return finished("ANA234", "Coj", now)


def finished(code, last_name, now):
    learner = make_learner(code, last_name=last_name)
    finish_course(learner, now=now - timedelta(days=300))
    return learner


def page_of(group, learner=None):
    if learner:
        return reverse("desk_begin_person_anew", args=[group.pk, learner.pk])
    return reverse("desk_begin_anew", args=[group.pk])


def fields(*modules, since=None, name="Repaso 2027", **more):
    day = since or timezone.localdate()
    return {"name": name, "since": day.isoformat(), "modules": [str(m.translation_key) for m in modules]} | more


def seal_in(answer):
    return re.search(r'name="shown" value="(\w+)"', answer.text)[1]


def test_it_is_said_whom_it_affects_and_confirmed(desk, group, trainer, ana, modules, now):
    eva, never = finished("EVA234", "Ixcoy", now), make_learner("SOL234", cohort=group)
    enrol_people(group, [eva], now=now)
    assert "No se puede deshacer" not in words(desk.get(page_of(group)))
    told = desk.post(page_of(group), fields(*modules))
    assert "2 personas llevan el curso de nuevo. De ellas, 2 lo habían terminado." in words(told)
    assert "1 persona queda como está" in words(told)
    assert "No se puede deshacer" in words(told)
    assert not Restart.objects.exists()
    # What was shown was of two modules: with one ticked it is shown again, and nothing is written.
    other = desk.post(page_of(group), fields(modules[0], shown=seal_in(told)))
    assert "Algo cambió mientras tanto" in words(other)
    assert not Restart.objects.exists()
    for _ in range(2):
        answer = desk.post(page_of(group), fields(modules[0], shown=seal_in(other)), follow=True)
    assert "Nadie empezaría de nuevo" in words(answer)
    begun = Restart.objects.get()
    assert (begun.name, begun.started_by, begun.modules) == ("Repaso 2027", trainer, [str(modules[0].translation_key)])
    entry = AuditEntry.objects.get(action="begun_anew")
    assert (entry.cohort, entry.people, entry.about_text) == (group, 2, f"Repaso 2027, {timezone.localdate()}")
    assert [progress_of(one).done_count for one in (ana, eva, never)] == [1, 1, 0]
    grid = words(desk.get(reverse("desk_cohort", args=[group.pk])))
    assert "0 de 3 finalizaron esta vez; 2 terminaron antes; nadie necesita ayuda." in grid
    assert "No iniciado Antes:" in grid
    assert "Finalizado de antes" in grid
    assert "del módulo 1" in words(desk.get(page_of(group)))
    person = words(desk.get(reverse("desk_person", args=[group.pk, ana.pk])))
    assert person.count("calificación que cuenta") == 1
    assert person.count("Aprobado de antes") == 1


def test_who_is_in_the_middle_goes_on_unless_the_trainer_says_otherwise(desk, group, ana, modules, now):
    middle, other, later = (make_learner(code) for code in ("MED234", "MED345", "MED456"))
    for one in (middle, other, later):
        finish_module(one, modules[0], now=now - timedelta(days=20))
    enrol_people(group, [middle], now=now)
    told = desk.post(page_of(group), fields(*modules))
    assert "1 persona lleva el curso de nuevo. De ellas, 1 lo había terminado." in words(told)
    assert "1 persona que todavía no lo termina sigue como va." in words(told)
    desk.post(page_of(group), fields(*modules, shown=seal_in(told)))
    enrol_people(group, [other], now=now)
    assert [progress_of(one).is_restart for one in (ana, middle, other)] == [True, False, False]

    once_more = words(desk.post(page_of(group), fields(modules[0])))
    assert "1 ya lo había empezado de nuevo, y empezaría otra vez." in once_more
    told = desk.post(page_of(group), fields(*modules, also_unfinished="on", shown=seal_in(told)))
    assert "Quienes todavía no lo terminan empiezan desde el principio" in words(told)
    desk.post(page_of(group), fields(*modules, also_unfinished="on", shown=seal_in(told)))
    enrol_people(group, [later], now=now)
    assert [progress_of(one).done_count for one in (middle, other, later)] == [0, 0, 0]


def test_what_cannot_be_is_refused_in_words(desk, group, trainer, modules):
    late = desk.post(page_of(group), fields(*modules, since=timezone.localdate() + timedelta(days=1)))
    assert (late.status_code, "Ese día todavía no llega" in late.text) == (422, True)
    none = desk.post(page_of(group), fields(name=""))
    assert "Marque al menos un módulo." in none.text
    assert "Escriba un nombre" in none.text
    assert desk.get(page_of(group, trainer)).status_code == 404
    assert "El grupo está cerrado hoy" not in none.text
    Cohort.objects.update(closes_on=timezone.localdate() - timedelta(days=1))
    assert "El grupo está cerrado hoy" in desk.get(page_of(group)).text
    assert not Restart.objects.exists()


def test_one_person_alone_and_what_that_person_reads(desk, client, group, trainer, ana, modules, now):
    eva = finished("EVA234", "Ixcoy", now)
    enrol_people(group, [eva], now=now)
    person = reverse("desk_person", args=[group.pk, ana.pk])
    assert page_of(group, ana) in desk.get(person).text
    told = desk.post(page_of(group, ana), fields(modules[0]))
    answer = desk.post(page_of(group, ana), fields(modules[0], shown=seal_in(told)), follow=True)
    assert answer.request["PATH_INFO"] == person
    assert "Repaso 2027: lleva el curso de nuevo desde el" in words(answer)
    assert not progress_of(eva).is_restart
    assert [one.learner for one in group.restarts.all()] == [ana]
    client.force_login(ana)
    mine = words(client.get(reverse("my_course")))
    for sentence in ("Repaso 2027. Usted lleva el curso de nuevo desde el", f"Lo inició {trainer}.", "se repite"):
        assert sentence in mine
    assert "Cuenta como antes" in mine
    assert "1 de 2 módulos" in mine
    module = words(client.get("/es/m1/"))
    assert "se repite" in module
    assert "Hecha" not in module
    assert "Cuenta como antes" in words(client.get("/es/m2/"))


def test_who_comes_in_later_takes_the_course_anew_too(group, ana, modules, now):
    begin = {"since": timezone.localdate(now), "name": "Repaso 2027", "now": now}
    group.restarts.create(
        name="Repaso 2027", since=begin["since"], modules=[str(one.translation_key) for one in modules]
    )
    eva, newcomer = finished("EVA234", "Ixcoy", now), make_learner("SOL234")
    later = finished("LUZ234", "Paz", now)
    restart_course([later], [modules[1].translation_key], **begin)
    enrol_people(group, [eva, newcomer, later], now=now)
    # A restart elsewhere on the day or later stays.
    assert [progress_of(one).is_restart for one in (eva, newcomer, later)] == [True, False, True]
    assert [progress_of(one).done_count for one in (eva, later)] == [0, 1]
    enrol_people(group, [eva], now=now)
    assert Registration.objects.filter(learner=eva).count() == 2


def test_of_two_accounts_merged_the_one_that_stays_has_it(group, trainer, ana, modules, now):
    old = make_learner("ANA567", cohort=group)
    group.restarts.create(learner=old, name="Repaso", since=timezone.localdate(now), modules=[])
    merge_accounts(ana, old, by=trainer, cohort=group, now=now)
    assert [one.learner for one in group.restarts.all()] == [ana]


def test_a_certificate_that_ends_heads_a_list_and_is_renewed(desk, client, group, trainer, ana, modules, now):
    make_design(validity_months=12)
    enrol_people(group, [finished("EVA234", "Ixcoy", now)], now=now)
    old = issue(ana, now=now - timedelta(days=300))
    grid = reverse("desk_cohort", args=[group.pk])
    certificates = reverse("desk_cohort_certificates", args=[group.pk])
    # It holds 365 days at least from when the course was finished, 300 days ago.
    assert "por vencer" not in words(desk.get(grid))
    today = timezone.localdate(now)
    issued_otherwise(Certificate.objects.filter(pk=old.pk), expires_on=today + timedelta(days=60))
    for page in (grid, certificates):
        assert "Certificados por vencer (1)" in words(desk.get(page))
        assert "Coj, Ana Lucía : vale hasta el" in words(desk.get(page))
    assert "1 certificado vence en 60 días o ya venció" in words(desk.get(reverse("desk_cohorts")))
    assert "Certificados del grupo (1/2)" in words(desk.get(grid))

    client.force_login(ana)
    assert "Vence pronto. Para obtener otro, el curso se lleva de nuevo." in words(
        client.get(reverse("my_certificate"))
    )
    client.force_login(trainer)

    issued_otherwise(Certificate.objects.filter(pk=old.pk), expires_on=today - timedelta(days=1))
    assert "vencido, valió hasta el" in words(desk.get(grid))
    assert "Certificados del grupo (0/2)" in words(desk.get(grid))
    assert "0 de 2 tienen certificado; 1 ya puede tenerlo; 1 todavía no." in words(desk.get(certificates))
    assert issue(ana, now=now) == old
    client.force_login(ana)
    assert "Su certificado valió hasta el" in words(client.get(reverse("my_course")))
    assert "el curso se lleva de nuevo" in words(client.get(reverse("my_certificate")))

    restart_course([ana], [modules[0].translation_key], since=today, name="Repaso 2027", now=now)
    mine = words(client.get(reverse("my_certificate")))
    assert "Repaso 2027: lo que falta para renovarlo" in mine
    assert "Lección 1" in mine
    assert "podrá obtener uno nuevo" in words(client.get(reverse("my_course")))
    client.force_login(trainer)
    assert "Repaso 2027: Lleva 1 de 2 módulos. Le falta el módulo 1." in words(client.get(certificates))
    finish_module(ana, modules[0], now=now)
    assert "Ya se puede renovar" in words(client.get(certificates))
    assert "Repaso 2027: terminado, ya se puede emitir el nuevo" in words(client.get(certificates))
    assert "Solo los nuevos (2) Todos (2)" in words(client.get(certificates))
    assert "También el vencido" not in words(client.get(certificates))
    chosen = {"which": Which.CHOSEN, "by": trainer, "language": "es", "now": now}
    assert request_certificates(group, [ana], **chosen).params["people"] == [ana.pk]
    client.force_login(ana)
    assert "ya puede obtener el nuevo" in words(client.get(reverse("my_course")))
    client.post(reverse("my_certificate"), {"given_names": ana.first_name, "surnames": ana.last_name})
    renewed = get_certificate(ana)
    assert (renewed.replaces, renewed.expires_on > today + timedelta(days=360)) == (old, True)
    client.force_login(trainer)
    assert "por vencer" not in words(client.get(grid))


def test_what_was_finished_too_long_ago_is_no_dead_end(desk, client, group, ana):
    make_design(validity_months=6)
    certificates = words(desk.get(reverse("desk_cohort_certificates", args=[group.pk])))
    assert "Ninguno: lo que terminó ya no vale y se lleva de nuevo" in certificates
    person = words(desk.get(reverse("desk_person", args=[group.pk, ana.pk])))
    assert "la persona lleva el curso de nuevo" in person
    assert "Emitir el certificado" not in person
    grid = words(desk.get(reverse("desk_cohort", args=[group.pk])))
    assert "Se lleva de nuevo" in grid
    assert "Por emitir" not in grid
    client.force_login(ana)
    mine = client.get(reverse("my_course"))
    assert "un certificado de entonces ya no valdría" in words(mine)
    assert reverse("my_certificate") not in mine.text
    assert "puede empezarlo de nuevo con usted" in words(client.get(reverse("my_certificate")))


def test_nobody_is_called_for_what_was_before(group, ana, modules, now):
    begun = now - timedelta(days=6)
    group.enrolments.update(enrolled_at=now - timedelta(days=300))
    restart_course([ana], [modules[0].translation_key], since=timezone.localdate(begun), name="Repaso 2027", now=begun)

    def due(days=0):
        then = now + timedelta(days=days)
        grid = cohort_grid(learners_of(group), rule=help_rule(group), now=then)
        return [(one.kind, one.words) for one in call_list({group: grid}, by=None, now=then).due]

    assert due() == []
    why = "no ha empezado Repaso 2027, 7 días desde que puede hacerlo"
    assert due(days=1) == [(CallReason.NOT_BEGUN, why)]


def test_people_of_two_editions_stand_in_one_grid(desk, client, group, ana):
    make_module(CoursePage.objects.get(), 3, lessons=1, questions=1)
    newcomer = make_learner("SOL234", last_name="Zamora", cohort=group)
    for order in ("apellidos", "estado"):
        grid = words(desk.get(reverse("desk_cohort", args=[group.pk]), {"orden": order}))
        for sentence in ("Módulo de prueba 3", "2 de 2", "0 de 3", "No se le pide", "1/2 1/2 0/1"):
            assert sentence in grid
        assert "el módulo se publicó después de que la persona empezó" in grid
    person = words(desk.get(reverse("desk_person", args=[group.pk, ana.pk])))
    assert "Se publicó después de que la persona empezó, y no se le pide: 3. Módulo de prueba 3" in person
    for page in ("desk_activities", "desk_activities_csv", "desk_cohort_csv"):
        assert desk.get(reverse(page, args=[group.pk])).status_code == 200
    client.force_login(ana)
    mine = words(client.get(reverse("my_course")))
    assert "Nuevo en el curso" in mine
    assert "Usted finalizó los 2 módulos del curso." in mine
    assert "No se le pide; puede leerlo." in words(client.get("/es/m3/"))
    client.force_login(newcomer)
    assert "Nuevo en el curso" not in words(client.get(reverse("my_course")))
