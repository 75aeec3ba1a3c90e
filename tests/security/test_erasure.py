import random
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.admin.models import FormState
from wagtail.users.models import UserProfile

from certificates.issuing.correction_requests import request_correction, request_correction_as_holder
from certificates.models import Certificate, CertificateEvent, CorrectionRequest
from course.cards import card_candidates, request_cards
from course.groups.certificate_batches import Which, request_certificates
from course.jobs import run_job
from course.models import ADMINISTRATORS, AuditEntry, Enrolment, Job, Session, User
from course.paper.printing import request_sheets
from course.people.accounts import change_person
from course.people.enrolment import create_join_code
from course.people.leaving import delete_person
from course.people.merging import merge_accounts
from course.people.names import Mentions
from course.roster.uploads import bring_list
from tests.certificates.factories import issue, make_graduate, make_small_course
from tests.course.test_who_did_what import ADMIN, DESK, make_world
from tests.factories import (
    NOW,
    PIN,
    attempt_quiz,
    finish_course,
    make_cohort,
    make_learner,
    make_quiz,
    make_staff,
    make_trainer,
)

from .erasure import PRINTED, columns_with

pytestmark = pytest.mark.django_db

GIVEN, SURNAMES = "Zoraida Quetzalí", "Quiñónez Tzunún"
CODE, EMAIL = "ZQT789", "zquinonez.tz@ejemplo.gt"
NAMES = {"zoraida", "quetzali", "quinonez", "tzunun", "citlali"}
KEYS = {"zqt789", "zqt555", "zquinonez.tz", "zqt.vieja"}
WORDS = NAMES | KEYS


def found():
    return columns_with(WORDS)


def rare(code=CODE, **fields):
    return make_learner(code, GIVEN, SURNAMES, **fields)


@pytest.fixture
def world(client):
    make_small_course()
    trainer = make_trainer()
    return make_cohort(trainers=[trainer]), trainer


def left_but_printed():
    return {where: words for where, words in found().items() if where not in PRINTED or words & KEYS}


@pytest.mark.parametrize("forms", [DESK, ADMIN], ids=["desk", "admin"])
def test_whatever_a_form_writes_about_a_person_goes_with_the_account(client, forms, django_capture_on_commit_callbacks):
    world = make_world(client, admin=forms is ADMIN)
    for person in (world.ana, world.eva):
        person.first_name, person.last_name = GIVEN, SURNAMES
        person.save()
    User.objects.filter(pk=world.ana.pk).update(username=CODE)
    world.ana.username = CODE
    for name, cases in forms.items():
        for case, prepare in cases:
            with transaction.atomic():
                with django_capture_on_commit_callbacks(execute=True):
                    prepare(world)()
                for person in User.objects.filter(last_name__in=[SURNAMES, "Coj", "Ixcot"]):
                    delete_person(person, by=world.who, cohort=world.group, now=timezone.now())
                assert left_but_printed() == {}, (name, case)
                transaction.set_rollback(True)


def post(client, page, *args, **fields):
    answer = client.post(reverse(page, args=args), fields)
    assert answer.status_code in (200, 302), (page, answer.content.decode()[-2000:])
    return answer


def come(cohort, trainer, phone):
    code = create_join_code(cohort, by=trainer, now=timezone.now(), chance=random.Random(4))
    answer = post(phone, "join_group", code=code, given_names=GIVEN.upper(), surnames=SURNAMES)
    phone.post(answer.url, {"new": "739182", "again": "739182"})
    person = cohort.learners.get()
    User.objects.filter(pk=person.pk).update(username=CODE)
    person.refresh_from_db()
    for pin in ("000001", "739182"):
        Client().post(reverse("account_login"), {"login": CODE, "password": pin})
    post(phone, "search", q=f"{GIVEN} {SURNAMES}")
    return person


def be_registered(person, cohort, trainer, desk):
    post(desk, "desk_address", cohort.pk, person.pk, email=EMAIL)
    person.refresh_from_db()
    person.first_name = "Zoraida Citlali"
    change_person(person, fields=["first_name"], cohort=cohort, by=trainer, now=timezone.now())
    post(desk, "desk_new_pin", cohort.pk, person.pk)
    other = make_cohort("Otro", trainers=[trainer])
    post(desk, "desk_leave", cohort.pk, person.pk, action="move", group=other.pk)
    post(desk, "desk_leave", other.pk, person.pk, action="move", group=cohort.pk)
    post(desk, "desk_leave", cohort.pk, person.pk, action="archive")
    post(desk, "desk_archive", cohort.pk, persona=person.pk)
    second = rare("ZQT555", email="zqt.vieja@ejemplo.gt", cohort=cohort)
    Client().post(reverse("account_login"), {"login": "ZQT555", "password": PIN})
    attempt_quiz(second, make_quiz("viejo", 1))
    print_cards(cohort, [second], trainer)
    merge_accounts(person, second, by=trainer, cohort=cohort, now=timezone.now())


def print_cards(cohort, people, by):
    candidates = card_candidates(people, by=by, now=timezone.now())
    cards = request_cards(cohort, candidates, by=by, now=timezone.now(), ending_pins=True, language="es")
    run_job.call(str(cards.pk))


def learn(person, cohort, trainer, desk):
    Enrolment.objects.update(enrolled_at=timezone.now() - timedelta(days=300))
    post(desk, "desk_call", cohort.pk, person.pk)
    post(desk, "desk_reminders", persona=person.pk)
    held = Session.objects.create(cohort=cohort, held_on=NOW.date(), place="Salón", made_by=trainer)
    post(desk, "desk_session", cohort.pk, held.pk, persona=person.pk)
    limited, on_paper = make_quiz("limitado", 1, attempts_allowed=1), make_quiz("papel", 1)
    reason = f"{GIVEN} {SURNAMES} no tuvo luz."
    post(desk, "desk_allow", cohort.pk, person.pk, limited.translation_key, extra_attempts="2", reason=reason)
    post(desk, "desk_paper", cohort.pk, on_paper.translation_key, persona=person.pk)
    sheets = request_sheets(
        cohort, on_paper.translation_key, paper_size="letter", by=trainer, language="es", now=timezone.now()
    )
    run_job.call(str(sheets.pk))
    finish_course(person)


def be_certified(person, cohort, trainer, desk):
    first = issue(person, by=person, now=timezone.now())
    fields = {"given_names": "Zoraida Citlali", "surnames": SURNAMES.replace("ú", "u")}
    fields["reason"] = f"Es {SURNAMES}, sin acento."
    post(desk, "desk_correct_certificate", first.serial, **fields)
    second = Certificate.objects.get(replaces=first)
    asked = {"name": f"{GIVEN} {SURNAMES} Paz"}
    note = f"Es {SURNAMES} Paz."
    request_correction_as_holder(second, requested=asked, previous={"name": GIVEN}, note=note, now=timezone.now())
    own = {"given_names": GIVEN, "surnames": "Quiñónez"}
    change = {"requested": own, "previous": own, "note": GIVEN, "certificate": second}
    request_correction(person, origin="own", now=timezone.now(), **change)
    # What somebody else asks stays, without a word about the person.
    other = User.objects.get(username="LUZ567")
    note = f"Como {GIVEN} {SURNAMES}."
    change = {"requested": {"role": "Caja"}, "previous": {}, "note": note}
    request_correction(other, origin="confirming", now=timezone.now(), **change)
    CorrectionRequest.objects.filter(learner=other).update(answer=f"No, es de Zoraida {SURNAMES}.")
    post(desk, "desk_revoke_certificate", second.serial, reason="Zoraida ya no trabaja aquí.")
    request_certificates(
        cohort, cohort.learners.all(), by=trainer, now=timezone.now(), which=Which.CHOSEN, language="es"
    )


def be_exported(person, cohort, trainer, desk):
    for page, args in (("desk_person_file", [person.pk]), ("desk_cohort_xlsx", []), ("desk_audit_csv", [])):
        assert desk.get(reverse(page, args=[cohort.pk, *args])).status_code == 200
    rows = [["Apellidos", "Nombres"], ["Paz", "Luz"], [SURNAMES.upper(), "ZORAIDA"]]
    bring_list(cohort, rows, name="personal.csv", by=trainer, now=timezone.now())
    written = bring_list(cohort, [], name=f"Zoraida {SURNAMES}.xlsx", by=trainer, now=timezone.now())
    type(written).objects.filter(pk=written.pk).update(finished_at=timezone.now())
    admin = Client()
    admin.force_login(make_staff("admina", ADMINISTRATORS))
    post(admin, "desk_find_certificates", q=f"zoraida {SURNAMES}")
    post(admin, "desk_find_people", q=f"zoraida {SURNAMES}")
    post(desk, "desk_find_people", q=f"zoraida {SURNAMES}")
    kind = ContentType.objects.get_for_model(User)
    form = {"content_type": kind, "object_id": "", "parent_object_id": "", "last_updated_at": timezone.now()}
    FormState.objects.create(user=trainer, data="first_name=Zoraida&last_name=Qui%C3%B1%C3%B3nez", **form)
    said = f'duplicate key: Key (last_name)=("{SURNAMES}") of Zoraida'
    fields = {"priority": 0, "task_path": "x", "queue_name": "default", "backend_name": "background"}
    fields |= {"args_kwargs": {"args": [], "kwargs": {}}, "run_after": timezone.now()}
    DBTaskResult.objects.create(traceback=said, **fields)


def test_after_a_whole_life_only_what_is_printed_stays(world, django_capture_on_commit_callbacks):
    cohort, trainer = world
    make_graduate("LUZ567", first_name="Luz", last_name="Ixcot")
    desk, phone = Client(), Client()
    desk.force_login(trainer)
    with django_capture_on_commit_callbacks(execute=True):
        person = come(cohort, trainer, phone)
        be_registered(person, cohort, trainer, desk)
        learn(person, cohort, trainer, desk)
        print_cards(cohort, [person], trainer)
        be_certified(person, cohort, trainer, desk)
        be_exported(person, cohort, trainer, desk)
    # A card with a PIN closed the session on the phone; now there is another one, which names the person.
    phone.force_login(person)
    session = phone.session
    session["said"] = CODE
    session.save()
    # So it is looked into: each of these is another kind of packing.
    assert {
        ("course_user", "email"),
        ("course_rosterupload", "rows"),
        ("course_rosterupload", "name"),
        ("course_job", "file"),
        ("course_job", "result"),
        ("course_auditentry", "subject"),
        ("certificates_certificateevent", "note"),
        ("certificates_correctionrequest", "note"),
        ("certificates_correctionrequest", "answer"),
        ("certificates_correctionrequest", "requested"),
        ("certificates_certificate", "revocation_reason"),
        ("quizzes_allowance", "reason"),
        ("django_session", "session_data"),
        ("wagtailadmin_formstate", "data"),
        ("django_tasks_database_dbtaskresult", "traceback"),
    } | {(table, column) for table, column in PRINTED if column != "credential"} <= set(found())

    post(desk, "desk_delete_person", cohort.pk, person.pk, code=CODE)
    assert left_but_printed() == {}
    assert not User.objects.filter(pk=person.pk).exists()
    assert "_auth_user_id" not in phone.session
    assert sorted(one.printed["name"] for one in Certificate.objects.all())[-1].startswith("Zoraida Citlali")
    reasons = {"", "La razón nombraba a la persona, y se borró con la cuenta."}
    assert set(Certificate.objects.values_list("revocation_reason", flat=True)) == reasons
    entries = AuditEntry.objects.filter(about__isnull=False, about__person=None)
    about = {entry.action: entry.about_text.partition(": ")[0] for entry in entries}
    assert set(about.values()) == {"una cuenta eliminada"}
    assert {"joined_by_code", "accounts_merged", "person_changed", "pin_given", "person_deleted"} <= set(about)
    assert {event.who for event in CertificateEvent.objects.filter(by=None)} == {"una cuenta eliminada"}
    [(asked, note, answer)] = CorrectionRequest.objects.values_list("requested", "note", "answer")
    assert (asked, note, answer) == ({"role": "Caja"}, "", "")
    assert {job.kind for job in Job.objects.all()} == {"cards", "sheets", "certificates"}
    assert not any(job.file or job.result for job in Job.objects.all())


def by_admin(admin, person):
    return post(admin, "wagtailusers_users:delete", person.pk)


def by_admin_with_others(admin, person):
    page = reverse("wagtail_bulk_action", args=["course", "user", "delete"])
    assert admin.post(f"{page}?id={person.pk}").status_code == 302


def in_a_shell(_admin, person):
    User.objects.filter(pk=person.pk).delete()


@pytest.mark.parametrize("delete", [by_admin, by_admin_with_others, in_a_shell])
def test_an_account_goes_alike_whoever_deletes_it(
    world, delete, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    cohort, trainer = world
    admin, phone = Client(), Client()
    admin.force_login(make_staff("admina", ADMINISTRATORS, is_superuser=True))
    person, other = rare(cohort=cohort, email=EMAIL), make_learner("LUZ567", "Luz", "Tzunún", cohort=cohort)
    for someone, browser in ((person, phone), (other, Client())):
        browser.force_login(someone)
    with django_capture_on_commit_callbacks(execute=True):
        saved = {"username": CODE, "first_name": "Zoraida Citlali", "last_name": SURNAMES, "role": "apoyo"}
        post(admin, "wagtailusers_users:edit", person.pk, **saved, is_active="on", new_pin="on")
        profile = UserProfile.get_for_user(User.objects.get(pk=person.pk))
        profile.avatar.save(f"{GIVEN}.png", ContentFile(b"picture"))
        bring_list(cohort, [["Apellidos", "Nombres"], [SURNAMES, GIVEN]], name="x.csv", by=trainer, now=timezone.now())
        theirs = bring_list(cohort, [["Apellidos", "Nombres"], ["Tzunún", "Luz"]], name="", by=trainer, now=NOW)
        print_cards(cohort, [person], trainer)
    assert {("course_user", "email"), ("wagtailcore_modellogentry", "label")} <= set(found())
    with django_capture_on_commit_callbacks(execute=True):
        delete(admin, person)
    assert {where: words for where, words in left_but_printed().items() if words != {"tzunun"}} == {}
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert "_auth_user_id" not in phone.session
    assert "_auth_user_id" in browser.session
    assert type(theirs).objects.filter(pk=theirs.pk).exists()


def test_a_new_column_with_the_name_is_found_by_itself():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE course_area ADD COLUMN nota text DEFAULT 'La señora ZORAIDA Quiñonez'")
        cursor.execute("CREATE TABLE apuntes (contenido text)")
        cursor.execute("""INSERT INTO apuntes VALUES ('{"de": "Tzun\\u00fan"}')""")
        cursor.execute("INSERT INTO course_area (name, sort_key, key) VALUES ('Sur', 'sur', %s)", ["0" * 32])
    assert found() == {("course_area", "nota"): {"zoraida", "quinonez"}, ("apuntes", "contenido"): {"tzunun"}}


@pytest.mark.parametrize(
    "text",
    [
        "QUINONEZ TZUNÚN, ZORAIDA",
        "doña zoraida  tzunun",
        "es zqt789.",
        "de ZQUINONEZ.TZ@ejemplo.gt",
        "Citlali Quiñónez",
    ],
)
def test_a_person_is_named_by_code_address_or_a_given_name_with_a_surname(text):
    person = User(username=CODE, first_name=GIVEN, last_name=SURNAMES, email=EMAIL)
    assert Mentions(person, former=[("Citlali", SURNAMES)]).in_text(text)


@pytest.mark.parametrize("text", ["", "Zoraida Pérez", "Luz Tzunún", "ZQT7890", "de la Cruz", "La facilitadora"])
def test_others_are_not_taken_for_the_person(text):
    person = User(username=CODE, first_name=GIVEN, last_name=f"{SURNAMES} de la Cruz")
    assert not Mentions(person).in_text(text)
    assert not Mentions(User(username="facilitadora", first_name="Marta", last_name="Ajú")).in_text(text)
