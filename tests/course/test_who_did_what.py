import contextlib
import random
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import GroupPagePermission

from certificates.issuing.correction_requests import request_correction
from certificates.issuing.issue import issue_certificate
from certificates.models import Certificate, CertificateEvent
from course.desk import urls as desk_urls
from course.models import (
    ADMINISTRATORS,
    TRAINERS,
    Area,
    Attendance,
    AuditEntry,
    Call,
    CentreHead,
    Clinic,
    Cohort,
    Enrolment,
    JobTitle,
    PaperSheet,
    PlanAction,
    PlanReview,
    Reminder,
    Restart,
    Session,
    StartingPin,
    User,
)
from course.paper.lettering import on_sheet
from course.paper.sheets import hand_out
from course.people.restarts import preview_restart
from course.people.roles import ensure_groups
from course.plans.actions import agree_on_action
from course.roster.importing import plan_fingerprint
from course.roster.uploads import bring_list, plan_of
from course.survey.keys import destroy_key
from modules.progress.outline import course_outline
from quizzes.attempts import taking
from quizzes.attempts.grading import grade_manually
from quizzes.models import Allowance, Attempt, LateAnswer, ManualMark, Reason
from tests.addresses import all_addresses
from tests.certificates.factories import begin_again, issued_otherwise
from tests.course.survey.factories import let_answer, make_edition
from tests.factories import (
    NOW,
    finish_course,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_question,
    make_quiz,
    make_staff,
    make_trainer,
)
from tests.survey_factories import make_lot

pytestmark = pytest.mark.django_db

ABOUT_PEOPLE = [
    User,
    User.groups.through,
    StartingPin,
    Authenticator,
    Cohort,
    Cohort.trainers.through,
    Enrolment,
    JobTitle,
    Clinic,
    Area,
    Area.leads.through,
    Group,
    Group.permissions.through,
    GroupPagePermission,
    Certificate,
    CertificateEvent,
    Allowance,
    Attempt,
    ManualMark,
    LateAnswer,
    Call,
    Restart,
    Reminder,
    Session,
    Attendance,
    PaperSheet,
    CentreHead,
    PlanAction,
    PlanReview,
]
NOT_LOOKED_AT = {"pdf", "credential", "paper", "snapshot", "last_login"}


@dataclass
class World:
    client: object
    who: User
    trainer: User
    group: Cohort
    ana: User
    eva: User

    def post(self, page, /, *args, **fields):
        return self.client.post(reverse(page, args=args), fields)

    def on_desk(self, page, /, *args, **fields):
        return self.post(page, self.group.pk, *args, **fields)


DESK, ADMIN = {}, {}


def form(name, *, of=DESK, case=None):
    def keep(prepare):
        of.setdefault(name, []).append((case or prepare.__name__, prepare))
        return prepare

    return keep


LUZ = {"given_names": "Luz", "surnames": "Ixcot"}
GROUP = {"name": "Nuevo", "opens_on": "2026-01-01"}
HELD = {"held_on": "2026-11-25", "place": "Patio", "minutes": "60"}
PAGE_RIGHTS = {
    f"{panel}-{field}": value
    for panel in ("page_permissions", "document_permissions", "image_permissions", "collection_permissions")
    for field, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}.items()
}


def of_nothing(world):
    return []


def of_group(world):
    return [world.group.pk]


def of_ana(world):
    return [world.group.pk, world.ana.pk]


def of_session(world):
    return [world.group.pk, session_of(world).pk]


def of_certificate(world):
    return [issued(world).serial]


def of_action(world):
    action = plan_with(world)
    return [action.clinic_id, action.key]


def of_area(world):
    return [Area.objects.create(name="Sololá").pk]


def of_role(world):
    return [Group.objects.create(name="Traductoras").pk]


# What is always sent alike: the page, of what it is, and what is sent.
PLAIN = [
    ("desk_new_pin", of_ana, {}),
    ("desk_unlock", of_ana, {}),
    ("desk_address", of_ana, {"email": "ana@ejemplo.gt"}),
    ("desk_change_person", of_ana, {"first_name": "Ana", "last_name": "Coj", "role": "apoyo"}),
    ("desk_leave", of_ana, {"action": "archive"}),
    (
        "desk_leave",
        of_ana,
        lambda world: {"action": "move", "group": make_cohort("Otro grupo", trainers=[world.trainer]).pk},
    ),
    ("desk_delete_person", of_ana, {"code": "ANA234"}),
    ("desk_cards", of_group, lambda world: {"persona": world.eva.pk, "ending_pins": "on"}),
    ("desk_new_group", of_nothing, lambda world: GROUP | {"trainers": world.trainer.pk}),
    ("desk_change_group", of_group, lambda world: GROUP | {"trainers": world.trainer.pk}),
    ("desk_hand_over", of_group, lambda world: {"code": make_staff("nueva", TRAINERS).username, "note": "Falta M4."}),
    ("desk_add_person", of_nothing, lambda world: LUZ | {"cohort": world.group.pk}),
    ("desk_session", of_session, lambda world: {"persona": world.ana.pk}),
    ("desk_merge", of_ana, {"code": "EVA222"}),
    ("desk_join_code", of_group, {}),
    ("desk_join_code", of_group, {"action": "end"}),
    ("desk_call_rules", of_group, {"tries_before_help": 3, "quiet_days_before_help": 20, "days_before_first_step": 9}),
    ("desk_sessions", of_group, HELD),
    ("desk_session_change", of_session, HELD),
    ("desk_session_delete", of_session, {}),
    ("desk_add_to_session", of_session, LUZ),
    ("desk_new_clinic", of_nothing, {"name": "Puesto de Salud Los Encinos"}),
    (
        "desk_correct_certificate",
        of_certificate,
        {"given_names": "Ana Lucía", "surnames": "Coj de la Crúz", "reason": "Falta un acento."},
    ),
    ("desk_revoke_certificate", of_certificate, {"reason": "Falta una firma."}),
    ("desk_withdraw_sheet", lambda world: [world.group.pk, sheet_of(world).code], {}),
    ("desk_plan_let_go", of_action, {"why": "No hay espacio."}),
    (
        "wagtailusers_users:add",
        of_nothing,
        {"username": "LUZ567", "first_name": "Luz", "last_name": "Ixcot", "role": "apoyo"},
    ),
    ("wagtailusers_users:delete", lambda world: [make_learner("SOL222").pk], {}),
    ("wagtailusers_groups:add", of_nothing, {"name": "Traductoras"} | PAGE_RIGHTS),
    ("wagtailusers_groups:edit", of_role, {"name": "Intérpretes"} | PAGE_RIGHTS),
    ("wagtailusers_groups:delete", of_role, {}),
    ("areas:add", of_nothing, lambda world: {"name": "Sololá", "leads": world.trainer.pk}),
    ("areas:edit", of_area, lambda world: {"name": "Sololá", "leads": world.trainer.pk}),
    ("areas:delete", of_area, {}),
]


def plain_form(page, of_what, fields, world):
    keys, posted = of_what(world), fields(world) if callable(fields) else fields
    return lambda: world.post(page, *keys, **posted)


for page, of_what, posted in PLAIN:
    of = DESK if page.startswith("desk_") else ADMIN
    form(page, of=of, case="plain" if callable(posted) else posted.get("action", "plain"))(
        partial(plain_form, page, of_what, posted)
    )


@form("desk_archive")
def bring_back(world):
    Enrolment.objects.filter(learner=world.ana).update(left_at=NOW)
    return lambda: world.on_desk("desk_archive", persona=world.ana.pk)


@form("desk_roster_plan")
def roster(world):
    rows = [["Apellidos", "Nombres"], ["Paz", "Luz"]]
    upload = bring_list(world.group, rows, name="lista.csv", by=world.who, now=timezone.now())
    shown = plan_fingerprint(plan_of(upload))
    return lambda: world.on_desk("desk_roster_plan", upload.pk, action="confirm", shown=shown)


def sign_in_an_administrator(world):
    world.who = make_staff("jefa", ADMINISTRATORS)
    world.client.force_login(world.who)


@form("desk_asked")
def asked(world):
    sign_in_an_administrator(world)
    return lambda: world.post("desk_asked", sex_reason="Informe mensual", phone_reason="Llamar")


@form("desk_job_titles")
def forgotten_title(world):
    sign_in_an_administrator(world)
    title = JobTitle.objects.create(title="Astronauta", role="apoyo")
    return lambda: world.post("desk_job_titles", title=title.pk)


@form("desk_change_clinic")
def change_clinic(world):
    area = Area.objects.create(name="Guatemala Nororiente")
    area.leads.add(world.trainer)
    clinic = make_clinic("Puesto de Salud Los Encinos", area=area)
    return lambda: world.post("desk_change_clinic", clinic.pk, name="Puesto Los Encinos", area=area.pk)


@form("desk_survey_close_clinic")
def close_clinic(world):
    clinic, edition = asked_in_survey(world)
    return lambda: world.post("desk_survey_close_clinic", clinic.pk, edition.pk, "pre")


@form("desk_survey_close_area")
def close_area(world):
    clinic, edition = asked_in_survey(world)
    return lambda: world.post("desk_survey_close_area", clinic.area_id, edition.pk, "pre")


@form("desk_survey_give_up")
def give_up_survey(world):
    clinic, _edition = asked_in_survey(world)
    round_ = clinic.survey_rounds.get()
    destroy_key(round_.key)
    world.trainer.groups.add(ensure_groups()[ADMINISTRATORS])
    return lambda: world.post("desk_survey_give_up", round_.pk)


@form("desk_survey_package")
def pack_survey(world):
    world.trainer.groups.add(ensure_groups()[ADMINISTRATORS])
    edition = make_edition()
    for _lot in range(3):
        make_lot(people=10, chance=random.Random(1), edition=edition)
    return lambda: world.post("desk_survey_package", edicion=edition.key)


@form("desk_survey_key")
def key_survey(world):
    clinic, edition = asked_in_survey(world)
    collected = make_trainer("recoge")
    given = make_learner("SUR333", clinic=clinic)
    make_cohort("Los Encinos", trainers=[collected], learners=[given], clinic=clinic)
    fields = {"hojas": "1", "collected_by": collected.pk, "given_to": [given.pk], "h1-Q": "-"}
    return lambda: world.post("desk_survey_key", clinic.pk, edition.pk, "pre", **fields)


def asked_in_survey(world):
    area, edition = Area.objects.create(name="Guatemala Nororiente"), make_edition()
    area.leads.add(world.trainer)
    clinic = make_clinic("Puesto de Salud Los Encinos", area=area)
    let_answer([make_learner("SUR222", clinic=clinic)], [None], edition=edition)
    return clinic, edition


@form("desk_begin_anew")
def begin_with_group(world):
    fields = begun_anew(world)
    return lambda: world.on_desk("desk_begin_anew", **fields)


@form("desk_begin_person_anew")
def begin_with_person(world):
    fields = begun_anew(world, learner=world.ana)
    return lambda: world.on_desk("desk_begin_person_anew", world.ana.pk, **fields)


def begun_anew(world, **whom):
    finish_course(world.ana)
    now = timezone.now()
    begin = {"name": "Repaso", "since": timezone.localdate(now), "modules": [str(course_outline()[0].key)]}
    return begin | {"shown": preview_restart(world.group, **whom, **begin, now=now).digest}


@form("desk_call")
def call(world):
    Enrolment.objects.update(enrolled_at=timezone.now() - timedelta(days=300))
    return lambda: world.on_desk("desk_call", world.ana.pk)


@form("desk_undo_call")
def undo_call(world):
    made = Call.objects.create(cohort=world.group, learner=world.ana, made_by=world.trainer, made_at=NOW, reason="x")
    return lambda: world.post("desk_undo_call", made.pk)


@form("desk_reminders")
def reminders(world):
    User.objects.filter(pk=world.ana.pk).update(email="ana@ejemplo.gt", confirmed_email="ana@ejemplo.gt")
    Enrolment.objects.update(enrolled_at=timezone.now() - timedelta(days=300))
    return lambda: world.post("desk_reminders", persona=world.ana.pk)


def sent_exam(world, *, is_exam=False):
    questions = [make_question("E-Q1", kind="open", choices=[], marks=3, marking_guide="Saludo")]
    quiz = make_quiz("casos", questions, is_exam=is_exam)
    attempt = taking.start_attempt(world.ana, quiz, language="es", now=NOW, chance=random.Random(1))
    [item] = attempt.snapshot["questions"]
    taking.save_answer(attempt, item["key"], "Buenos días", client="phone", number=1, given_at=NOW, now=NOW)
    return taking.submit_attempt(attempt, now=NOW), item


@form("desk_mark_answer")
def mark(world):
    attempt, _item = sent_exam(world)
    fields = {"seen": 0, "points": "2,5", "comment": "Bien."}
    return lambda: world.on_desk("desk_mark_answer", attempt.pk, 1, **fields)


@form("desk_release")
def release(world):
    attempt, item = sent_exam(world, is_exam=True)
    grade_manually(attempt, item["key"], fraction=1, comment="", reason="", seen=0, by=world.trainer, now=NOW)
    return lambda: world.on_desk("desk_release", attempt.quiz_key, attempt=str(attempt.pk))


@form("desk_decide")
def decide(world):
    attempt, item = sent_exam(world)
    late = LateAnswer.objects.create(
        attempt=attempt,
        question=item["key"],
        client="phone",
        number=2,
        response="Tarde",
        given_at=NOW,
        received_at=NOW,
        reason=Reason.LATE,
    )
    return lambda: world.post("desk_decide", late.pk, decision="contar")


@form("desk_allow")
def allow(world):
    quiz = make_quiz("limitado", 1, attempts_allowed=1)
    fields = {"extra_attempts": "2", "reason": "Se fue la luz."}
    return lambda: world.on_desk("desk_allow", world.ana.pk, quiz.translation_key, **fields)


@form("desk_issue_certificate")
def issue(world):
    finish_course(world.ana)
    fields = {"given_names": world.ana.first_name, "surnames": world.ana.last_name, "action": "issue"}
    return lambda: world.on_desk("desk_issue_certificate", world.ana.pk, **fields)


def issued(world):
    finish_course(world.ana)
    return issue_certificate(world.ana, printed_name=str(world.ana), role="", clinic="", now=timezone.now())


@form("desk_issue_certificate")
def renew(world):
    issued_otherwise(Certificate.objects.filter(pk=issued(world).pk), expires_on=NOW.date().replace(year=2020))
    begin_again(world.ana, now=timezone.now())
    finish_course(world.ana, now=timezone.now())
    fields = {"given_names": world.ana.first_name, "surnames": world.ana.last_name, "action": "issue"}
    return lambda: world.on_desk("desk_issue_certificate", world.ana.pk, **fields)


def asked_for(world, certificate=None):
    roles = {"requested": {"role": "Archivo"}, "previous": {"role": "Recepción"}}
    return request_correction(world.ana, origin="own", **roles, certificate=certificate, now=timezone.now())


@form("desk_correction")
def accept_before_the_issue(world):
    asked = asked_for(world)
    return lambda: world.post("desk_correction", asked.key, shown=asked.digest, decision="accept")


@form("desk_correction")
def accept_afterwards(world):
    asked = asked_for(world, issued(world))
    return lambda: world.post("desk_correction", asked.key, shown=asked.digest, decision="accept")


@form("desk_correction")
def decline(world):
    asked, decision = asked_for(world), {"decision": "decline", "answer": "Así está en su DPI."}
    return lambda: world.post("desk_correction", asked.key, shown=asked.digest, **decision)


@form("desk_cohort_certificates")
def certificates(world):
    finish_course(world.ana)
    return lambda: world.on_desk("desk_cohort_certificates", cuales="nuevos")


def session_of(world):
    return Session.objects.create(cohort=world.group, held_on=NOW.date(), place="Salón", made_by=world.trainer)


def sheet_of(world):
    quiz = make_quiz("papel", 1)
    how = {"cohort": world.group, "by": world.trainer, "now": timezone.now(), "chance": random.Random(1)}
    [sheet] = hand_out(quiz, [world.ana], **how).sheets
    return sheet


@form("desk_paper")
def hand_out_sheets(world):
    quiz = make_quiz("papel", 1)
    return lambda: world.on_desk("desk_paper", quiz.translation_key, persona=world.ana.pk)


@form("desk_enter_sheet")
def enter_sheet(world):
    sheet = sheet_of(world)
    typed = {f"r{question.number}": question.options[0][0] for question in on_sheet(sheet.attempt.snapshot)}
    return lambda: world.on_desk("desk_enter_sheet", sheet.code, **typed)


def plan_with(world):
    world.group.clinic = make_clinic()
    world.group.save()
    today = timezone.localdate()
    agreed = {"point": None, "post": "Ventanilla", "agreed_on": today, "due_on": today}
    return agree_on_action(world.group.clinic, words="Bajar la voz.", **agreed, by=world.trainer, now=NOW)


@form("desk_plan_new")
def agree_on_something(world):
    clinic, today = plan_with(world).clinic, timezone.localdate().isoformat()
    fields = {"words": "Rótulo en la entrada.", "post": "Recepción", "agreed_on": today, "due_on": today}
    return lambda: world.post("desk_plan_new", clinic.pk, **fields)


@form("desk_plan_review")
def review_the_plan(world):
    action = plan_with(world)
    fields = {f"{action.key}-30-seen": "0", f"{action.key}-30-answer": "done"}
    return lambda: world.post("desk_plan_review", action.clinic_id, **fields)


@form("desk_plan_correct")
def correct_a_review(world):
    action = plan_with(world)
    PlanReview.objects.create(action=action, days=30, number=1, answer="partly", obstacles=["time"])
    fields = {f"{action.key}-30-seen": "1", f"{action.key}-30-answer": "done"}
    return lambda: world.post("desk_plan_correct", action.clinic_id, action.key, 30, **fields)


@form("desk_plan_heads")
def name_who_heads_the_centre(world):
    clinic = plan_with(world).clinic
    User.objects.filter(pk=world.ana.pk).update(clinic=clinic)
    return lambda: world.post("desk_plan_heads", clinic.pk, person=world.ana.pk)


@form("desk_plan_heads")
def take_back_who_heads_the_centre(world):
    clinic = plan_with(world).clinic
    head = CentreHead.objects.create(clinic=clinic, person=world.ana)
    return lambda: world.post("desk_plan_heads", clinic.pk, quitar=head.key)


DESK_CHANGES_NOBODY = {
    "desk_roster": "keeps the rows of a list until it is confirmed",
    "desk_print_papers": "asks for one PDF of sheets that were made before",
    "attend_session": "notes the person who presses it, who is whom it says",
    "desk_door": "opens and closes the code on the wall of a session",
    "desk_scene": "counts hands that belong to nobody; kept in the log from ten on",
    "desk_round": "begins a round of one device, in its cookie",
    "turn": "goes on in a round of one device, in its cookie",
    "desk_find_people": "looks for a person by words that stay out of the address",
    "desk_find_certificates": "looks for a certificate by a name that stays out of the address",
}


def saved(person, **fields):
    kept = {name: getattr(person, name) for name in ("username", "first_name", "last_name", "role")}
    return kept | {"is_active": "on", "groups": list(person.groups.values_list("pk", flat=True))} | fields


def edit_of_ana(world, **fields):
    return lambda: world.post("wagtailusers_users:edit", world.ana.pk, **saved(world.ana, **fields))


EDITS = {
    "rename": {"first_name": "Ana Luz"},
    "close": {"is_active": ""},
    "pin": {"new_pin": "on"},
    "password": {"password": "739152"},
    "code": {"username": "LUZ999"},
}
for edited, posted in EDITS.items():
    form("wagtailusers_users:edit", of=ADMIN, case=edited)(partial(edit_of_ana, **posted))


@form("wagtailusers_users:edit", of=ADMIN)
def admin_role(world):
    return edit_of_ana(world, groups=[Group.objects.get(name=TRAINERS).pk])


@form("wagtailusers_users:edit", of=ADMIN)
def admin_second_step(world):
    Authenticator.objects.create(user=world.ana, type=Authenticator.Type.TOTP, data={})
    return edit_of_ana(world, forget_phone="on")


def bulk(world, action, person, **fields):
    page = reverse("wagtail_bulk_action", args=["course", "user", action])
    return lambda: world.client.post(f"{page}?id={person.pk}", fields)


@form("bulk:assign_role", of=ADMIN)
def admin_assign_role(world):
    return bulk(world, "assign_role", world.ana, role=Group.objects.get(name=TRAINERS).pk)


@form("bulk:set_active_state", of=ADMIN)
def admin_set_active(world):
    return bulk(world, "set_active_state", world.ana, mark_as_active="False")


@form("bulk:delete", of=ADMIN)
def admin_delete_several(world):
    return bulk(world, "delete", make_learner("SOL222"))


@form("wagtailadmin_account", of=ADMIN)
def admin_own_name(world):
    fields = {"name_email-first_name": "Rosa María", "name_email-last_name": "Tun", "theme-theme": "system"}
    fields |= {"theme-contrast": "system", "theme-density": "default", "locale-preferred_language": "es"}
    fields |= {"theme-keyboard_shortcuts": "on", "locale-current_time_zone": "America/Guatemala"}
    return lambda: world.post("wagtailadmin_account", **fields)


class LogIsFullError(Exception):
    pass


def snapshot():
    fields = {model: [one.attname for one in model._meta.concrete_fields] for model in ABOUT_PEOPLE}
    return {
        model: list(model.objects.order_by("pk").values(*(name for name in names if name not in NOT_LOOKED_AT)))
        for model, names in fields.items()
    }


def make_world(client, *, admin):
    make_course(modules=1, lessons=1, questions=1)
    trainer = make_trainer()
    who = make_staff("admina", ADMINISTRATORS, first_name="Rosa", is_superuser=True) if admin else trainer
    ana, eva = make_learner(), make_learner("EVA222", "Eva", "Tum")
    group = make_cohort(trainers=[trainer], learners=[ana, eva], opens_on=NOW.date().replace(year=2020))
    client.force_login(who)
    return World(client, who, trainer, group, ana, eva)


def cases(forms):
    return [pytest.param(prepare, id=f"{name}-{case}") for name, many in forms.items() for case, prepare in many]


def check(world, prepare, monkeypatch, capture):
    post = prepare(world)
    before, entries = snapshot(), set(AuditEntry.objects.values_list("pk", flat=True))

    def refuse(**_fields):
        raise LogIsFullError

    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr(AuditEntry.objects, "create", refuse)
        with contextlib.suppress(LogIsFullError), capture(execute=True):
            post()
        assert snapshot() == before, "what could not be written down was done all the same"
        # And as if it had not been tried: a second click is one with the first.
        transaction.set_rollback(True)
    with capture(execute=True):
        answer = post()
    assert answer.status_code in (200, 302), answer.text[-2000:]
    new = AuditEntry.objects.exclude(pk__in=entries)
    assert {entry.by for entry in new} == {world.who}
    return new


@pytest.mark.parametrize("prepare", cases(DESK))
def test_each_form_of_the_desk_is_written_down_or_not_done(
    client, prepare, monkeypatch, django_capture_on_commit_callbacks
):
    check(make_world(client, admin=False), prepare, monkeypatch, django_capture_on_commit_callbacks)


@pytest.mark.parametrize("prepare", cases(ADMIN))
def test_each_form_of_the_admin_is_written_down_or_not_done(
    client, prepare, monkeypatch, django_capture_on_commit_callbacks
):
    check(make_world(client, admin=True), prepare, monkeypatch, django_capture_on_commit_callbacks)


SAMPLES = {"int": 1, "uuid": "00000000-0000-4000-8000-000000000000", "string": "x", "slug": "x"}


def test_every_form_of_the_desk_is_here(client):
    world = make_world(client, admin=False)
    on_desk = {one.name for one in all_addresses(desk_urls.urlpatterns)}
    taking_posts = set()
    for one in all_addresses():
        if one.name in on_desk:
            # Of nothing that is there: a page for reading says 405 before it looks.
            kinds = {name: type(converter).__name__ for name, converter in one.parameters.items()}
            values = {name: SAMPLES[kind.removesuffix("Converter").lower()] for name, kind in kinds.items()}
            client.force_login(world.trainer)
            if client.post(reverse(one.name, kwargs=values)).status_code != 405:
                taking_posts.add(one.name)
    assert taking_posts == set(DESK) | set(DESK_CHANGES_NOBODY)


def test_every_form_of_the_admin_about_people_is_here():
    found = {
        one.name
        for one in all_addresses()
        if getattr(getattr(one.callback, "view_class", None), "post", None)
        and one.callback.view_initkwargs.get("model") in ABOUT_PEOPLE
    }
    found |= {f"bulk:{one.action_type}" for one in bulk_action_registry.get_bulk_actions_for_model("course", "user")}
    assert found | {"wagtailadmin_account"} == set(ADMIN)


def test_what_is_done_in_the_admin_stands_in_the_lists_of_the_groups(client, monkeypatch):
    world = make_world(client, admin=True)
    edit_of_ana(world, is_active="")()
    client.force_login(world.trainer)
    page = client.get(reverse("desk_audit", args=[world.group.pk])).text
    assert ("Cerró una cuenta" in page, str(world.who) in page) == (True, True)
