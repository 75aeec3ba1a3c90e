import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from certificates.models import Certificate
from course.models import Attendance, AuditEntry, Call, Enrolment, PersonIdentifier, RosterUpload, Session, User
from course.people.delays import JOINING
from course.people.enrolment import UnknownJoinCode, create_join_code, join_cohort, remove_join_code
from course.people.leaving import CannotLeave, archive_person, delete_person
from course.people.merging import CannotMerge, merge_accounts
from course.roster.uploads import bring_sheets
from modules.models import LessonRead, TrainingRecord
from quizzes.models import Answer, AnswerWrite, Attempt
from tests.certificates.factories import issue, make_graduate
from tests.factories import NOW, enrol, make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, trainer):
    client.force_login(trainer)
    return client


def page(name, cohort, *learner):
    return reverse(name, args=[cohort.pk, *(one.pk for one in learner)])


def current(learner):
    return set(Enrolment.objects.current().filter(learner=learner).values_list("cohort__name", flat=True))


def test_a_person_moves_to_another_group_of_the_trainer_only(desk, cohort, trainer):
    ana = make_learner(cohort=cohort)
    other = make_cohort("Otro", trainers=[trainer])
    foreign = make_cohort("Ajeno", trainers=[make_trainer("otra")])
    leave = page("desk_leave", cohort, ana)
    shown = desk.get(leave).text
    assert "Otro" in shown
    assert "Ajeno" not in shown
    assert desk.post(leave, {"action": "move", "group": foreign.pk}).status_code == 404
    assert desk.post(leave, {"action": "move", "group": other.pk}).url == page("desk_person", other, ana)
    assert current(ana) == {"Otro"}
    assert AuditEntry.objects.filter(action="person_moved").count() == 2


def test_what_a_person_did_stays_when_they_are_moved_archived_and_brought_back(course, desk, cohort, trainer):
    ana, other = make_graduate(cohort=cohort), make_cohort("Otro", trainers=[trainer])
    issue(ana)
    done = (LessonRead, Attempt, AnswerWrite, Answer, TrainingRecord, Certificate)

    def rows():
        return [list(model.objects.order_by("pk").values()) for model in done]

    def opens():
        return User.objects.get(pk=ana.pk).is_active

    before = rows()
    assert all(before)
    desk.post(page("desk_leave", cohort, ana), {"action": "move", "group": other.pk})
    assert (current(ana), rows()) == ({"Otro"}, before)
    desk.post(page("desk_leave", other, ana), {"action": "archive"})
    assert (current(ana), rows(), opens()) == (set(), before, False)
    assert "Coj de la Cruz" in desk.get(page("desk_archive", other)).text
    desk.post(page("desk_archive", other), {"persona": ana.pk})
    assert (current(ana), rows(), opens()) == ({"Otro"}, before, True)


def test_who_is_in_another_group_keeps_the_account_and_is_in_no_archive(desk, cohort, trainer):
    ana = make_learner(cohort=cohort)
    enrol(ana, make_cohort("Otro", trainers=[make_trainer("otra")]))
    with pytest.raises(CannotLeave):
        delete_person(ana, by=trainer, cohort=cohort, now=NOW)
    archive_person(ana, cohort, by=trainer, now=NOW)
    ana.refresh_from_db()
    assert ana.is_active
    assert "Coj de la Cruz" not in desk.get(page("desk_archive", cohort)).text
    assert desk.post(page("desk_archive", cohort), {"persona": ana.pk}).status_code == 404


@pytest.fixture
def graduate(course, cohort):
    ana = make_graduate()
    enrol(ana, cohort)
    issue(ana)
    return ana


def test_deleting_leaves_the_certificate_with_its_name_and_nothing_else(desk, cohort, graduate):
    delete = page("desk_delete_person", cohort, graduate)
    said = desk.get(delete).text
    for words in ("1 certificado con su nombre", "«una cuenta eliminada»", "lo que se exportó o imprimió antes"):
        assert words in said
    assert desk.post(delete, {"code": "otro"}).status_code == 422
    assert User.objects.filter(pk=graduate.pk).exists()
    assert desk.post(delete, {"code": "ana234"}).url == page("desk_cohort", cohort)
    assert not User.objects.filter(username="ANA234").exists()
    assert not Attempt.objects.exists()
    assert not Answer.objects.exists()
    certificate = Certificate.objects.get()
    assert (certificate.learner, certificate.printed["name"]) == (None, "Ana Lucía Coj de la Cruz")
    assert desk.get(reverse("verify", args=[certificate.serial])).status_code == 200
    assert AuditEntry.objects.get(action="person_deleted").about_text == "una cuenta eliminada"


def test_an_account_that_did_something_for_others_is_kept(cohort, trainer):
    former = make_learner(cohort=cohort)
    ana = make_learner("CDF234", cohort=cohort)
    Call.objects.create(cohort=cohort, learner=ana, made_by=former, reason="9 días sin entrar")
    with pytest.raises(CannotLeave, match="Archívela"):
        delete_person(former, by=trainer, cohort=cohort, now=NOW)
    with pytest.raises(CannotMerge):
        merge_accounts(ana, former, by=trainer, cohort=cohort, now=NOW)
    assert User.objects.filter(pk=former.pk).exists()


def test_the_file_has_all_that_is_kept_but_no_single_answer(desk, cohort, graduate):
    User.objects.filter(pk=graduate.pk).update(phone="+50255551234", sex="woman")
    PersonIdentifier.objects.create(person=graduate, kind="cui", digest="d" * 64, ends_with="01")
    book = load_workbook(io.BytesIO(desk.get(page("desk_person_file", cohort, graduate)).content))
    assert book.sheetnames == [
        "Persona",
        "Grupos",
        "Lecciones leídas",
        "Intentos",
        "Registro de capacitación",
        "Certificados",
        "Asistencia a sesiones",
        "Llamadas y recordatorios",
    ]
    words = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    for kept in ("ANA234", "5555 1234", "Mujer", "termina en ••01"):
        assert kept in words
    assert "dddd" not in words
    assert "Ana Lucía Coj de la Cruz" in words
    assert "Saludar" not in words
    assert AuditEntry.objects.get().action == "person_exported"


@pytest.mark.parametrize(
    "name", ["desk_leave", "desk_person_file", "desk_delete_person", "desk_merge", "desk_change_person"]
)
def test_staff_and_oneself_are_changed_by_nobody_here(desk, cohort, trainer, name):
    for person in (make_staff("jefa", is_staff=True), trainer):
        enrol(person, cohort)
        assert desk.get(page(name, cohort, person)).status_code == 404


def test_people_join_by_code_while_the_trainer_allows_it(client, cohort, trainer):
    ana = make_learner()
    code = create_join_code(cohort, by=trainer, now=NOW, chance=random.Random(4))
    client.force_login(ana)
    client.post(reverse("join_group"), {"code": f"{code[:4].lower()} {code[4:]}"})
    assert current(ana) == {cohort.name}
    join_cohort(ana, code, now=NOW)
    assert Enrolment.objects.count() == 1
    assert AuditEntry.objects.filter(action="joined_by_code", by=ana).count() == 1
    remove_join_code(cohort, by=trainer, now=NOW)
    with pytest.raises(UnknownJoinCode):
        join_cohort(ana, code, now=NOW)
    assert client.post(reverse("join_group"), {"code": ""}).status_code == 422


def test_another_code_opens_the_group_and_the_earlier_one_nothing(client, desk, cohort):
    pages = [desk.post(page("desk_join_code", cohort), {"action": "new"}, follow=True).text]
    cohort.refresh_from_db()
    earlier = cohort.join_code
    pages.append(desk.post(page("desk_join_code", cohort), {"action": "new"}, follow=True).text)
    cohort.refresh_from_db()
    for code, said in zip((earlier, cohort.join_code), pages, strict=True):
        assert f"con el código {code[:4]} {code[4:]}. Uno anterior ya no sirve." in said
    ana = make_learner()
    client.force_login(ana)
    assert client.post(reverse("join_group"), {"code": earlier}).status_code == 422
    assert current(ana) == set()
    client.post(reverse("join_group"), {"code": cohort.join_code})
    assert current(ana) == {cohort.name}


def test_whoever_has_no_account_gets_one_with_the_code_and_chooses_a_pin(client, cohort, trainer):
    code = create_join_code(cohort, by=trainer, now=NOW, chance=random.Random(4))
    assert reverse("join_group") in client.get(reverse("account_login")).text
    sent = {"code": code, "given_names": "ANA LUCÍA", "surnames": "coj de la cruz"}
    answer = client.post(reverse("join_group"), sent)
    ana = cohort.learners.get()
    assert (str(ana), ana.has_usable_password()) == ("Ana Lucía Coj de la Cruz", False)
    assert ana.username in client.get(answer.url).text
    client.post(answer.url, {"new": "739182", "again": "739182"})
    client.logout()
    assert client.post("/accounts/login/", {"login": ana.username, "password": "739182"}).status_code == 302
    client.logout()
    again = client.post(reverse("join_group"), sent)
    assert again.status_code == 422
    assert "ya está en el grupo" in again.text
    assert "Ningún grupo tiene este código" in client.post(reverse("join_group"), sent | {"code": "XXXXXXXX"}).text
    assert User.objects.count() == 2


def test_codes_are_not_guessed_quickly(client):
    for _try in range(JOINING.free):
        assert client.post(reverse("join_group"), {"code": "X"}).status_code == 422
    refused = client.post(reverse("join_group"), {"code": "X"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "20")
    assert "Espere 1 minuto e inténtelo de nuevo" in refused.text


def test_how_a_person_is_registered_is_mended_and_the_rest_of_the_account_stays(client, cohort):
    ana = make_learner(cohort=cohort)
    client.force_login(cohort.trainers.get())
    clinic = make_clinic()
    certificates, digest = ana.certificates.count(), ana.password
    address = reverse("desk_change_person", args=[cohort.pk, ana.pk])
    good = {"first_name": " Ana  Lucía", "last_name": "Kʼoj Núñez", "role": "labfar", "clinic": clinic.pk}
    assert f'href="{address}"' in client.get(reverse("desk_person", args=[cohort.pk, ana.pk])).text
    for wrong in ({"first_name": ""}, {"last_name": "Coj 2"}, {"first_name": "🙂"}, {"clinic": 10**6}, {"role": "x"}):
        refused = client.post(address, good | wrong)
        assert refused.status_code == 422
        assert "error-summary" in refused.text
    sent = good | {"username": "OTRO22", "is_staff": "on", "is_superuser": "on", "password": "x", "is_active": ""}
    assert client.post(address, sent).url == reverse("desk_person", args=[cohort.pk, ana.pk])
    ana.refresh_from_db()
    assert (ana.first_name, ana.last_name, ana.role, ana.clinic) == ("Ana Lucía", "K’oj Núñez", "labfar", clinic)
    assert ana.sort_key.startswith("k oj nun~ez")
    assert (ana.username, ana.is_staff, ana.is_superuser, ana.is_active, ana.password) == (
        "ANA234",
        False,
        False,
        True,
        digest,
    )
    assert ana.certificates.count() == certificates
    entry = AuditEntry.objects.get(action="person_changed")
    assert entry.about_text == "Ana Lucía K’oj Núñez (antes: Coj de la Cruz, Ana Lucía)"


def test_a_list_that_waits_is_forgotten_where_one_of_its_sheets_is_called_after_who_is_deleted(trainer):
    cohort = make_cohort(trainers=[trainer])
    ana = make_learner("ANA234", "Ana", "Coj", cohort=cohort)
    rows = [["Nombres", "Apellidos"], ["Eva", "Tum"]]
    for name in ("Ana Coj", "Eva Tum"):
        sheets = [{"name": "2026", "hidden": False, "rows": rows}, {"name": name, "hidden": False, "rows": rows}]
        bring_sheets(cohort, sheets, name=name[:3], by=trainer, now=NOW)
    delete_person(ana, by=trainer, cohort=cohort, now=NOW)
    assert list(RosterUpload.objects.values_list("name", flat=True)) == ["Eva"]


@pytest.fixture
def own(client, course):
    trainer = make_trainer()
    client.force_login(trainer)
    return make_cohort("Propio", trainers=[trainer], learners=[make_learner()])


def test_a_nul_in_what_is_typed_on_the_desk_is_no_error(client, own):
    session = Session.objects.create(cohort=own, held_on=NOW.date(), minutes=60, made_by=own.trainers.get())
    names = {"given_names": "Lu\0z", "surnames": "\0", "job_title": "a\0b", "misma": "\0", "q": "a\0b"}
    place = {"held_on": "2026-11-25", "place": "Pa\0tio", "minutes": "60", "modules": "\0", "counts": "\0"}
    typed = [
        (reverse("desk_find_people"), {"q": "an\0a"}),
        (reverse("desk_add_person"), {**names, "cohort": own.pk}),
        (reverse("desk_add_person"), {**names, "given_names": "Luz", "surnames": "Paz", "cohort": "\0"}),
        (reverse("desk_add_to_session", args=[own.pk, session.pk]), names),
        (reverse("desk_hand_over", args=[own.pk]), {"code": "o\0tra", "note": "Falta\0 el módulo 4."}),
        (reverse("desk_sessions", args=[own.pk]), place),
        (reverse("desk_session_change", args=[own.pk, session.pk]), place),
        (reverse("desk_merge", args=[own.pk, own.learners.get().pk]), {"code": "AN\0A234"}),
        (reverse("desk_roster", args=[own.pk]), {"pasted": "Nombres\tApellidos\nLu\0z\tPaz"}),
        (reverse("desk_roster", args=[own.pk]), {"file": SimpleUploadedFile("a\0.csv", b"Nombres,Apellidos\nLuz,Paz")}),
    ]
    assert [client.post(*form, follow=True).status_code in (200, 404, 422) for form in typed] == [True] * len(typed)


def test_who_was_deleted_between_the_list_and_the_click_is_not_found(client, own):
    gone = make_learner("IDO222", cohort=own)
    names = ["desk_person", "desk_leave", "desk_merge", "desk_new_pin", "desk_change_person", "desk_delete_person"]
    addresses = [reverse(name, args=[own.pk, gone.pk]) for name in names]
    session = Session.objects.create(cohort=own, made_by=own.trainers.get())
    gone.delete()
    assert {client.get(address).status_code for address in addresses} == {404}
    assert {client.post(address).status_code for address in addresses[1:]} == {404}
    ticked = client.post(reverse("desk_session", args=[own.pk, session.pk]), {"persona": [str(gone.pk)]})
    assert (ticked.status_code, Attendance.objects.count()) == (302, 0)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "name", ["<b>Ana</b>", "\u202eanA", "🙂", "=1+1", "Ana\x00", "9" * 30, "a" * 151, "ανα\u0645\u0631", "%_", "​"]
)
def test_whoever_joins_by_code_has_a_name_that_a_page_and_a_paper_can_show(client, own, name):
    code = create_join_code(own, by=own.trainers.get(), now=timezone.now(), chance=random.Random(1))
    client.logout()
    for field in ("given_names", "surnames"):
        given = {"code": code, "given_names": "Luz", "surnames": "Tum"} | {field: name}
        assert client.post(reverse("join_group"), given).status_code == 422
    assert User.objects.count() == 2
