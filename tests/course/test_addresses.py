"""Every address of the site, tried by everyone who might try it, against one table. A new address needs a row here.

The people: nobody signed in (N), a learner whose things they are (L), another learner (O), the trainer of the group
(T), the trainer of another group (X), who leads the health area of the group (A), an editor (E), an administrator by
the role (M) and who installed the site, with every right (S). What they get: `+` the page, `.` a page that leads on to
another, `>` the sign-in page, `-` nothing, as if it did not exist, `!` a refusal in words. What only takes a POST is
posted, empty.
"""

import random
from datetime import timedelta
from itertools import cycle
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from certificates.badges.keys import make_key
from certificates.issuing.issue import issue_certificate
from certificates.models import CertificateBatch, StatusList
from course.groups.certificates import group_key
from course.models import Area, Call, CardPrint, PaperPrint, PaperSheet, Session
from course.people.roles import ADMINISTRATORS, EDITORS
from course.roster.uploads import bring_list
from modules.models import LessonPage
from quizzes.attempts import taking as attempts
from quizzes.models import HeldWrite, Reason
from tests.addresses import all_addresses
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

pytestmark = pytest.mark.django_db
PEOPLE = "NLOTXAEMS"


def addresses_of_ours():
    """Return {name: its parameters} of all addresses but the Wagtail admin's, which guards itself by one permission."""
    return {one.name: list(one.parameters) for one in all_addresses() if not one.place.startswith("cms/")}


TABLE = {
    "root": ".........",
    "account_login": "+........",
    "account_logout": ">++++++++",
    "account_inactive": "+++++++++",
    "account_reauthenticate": ">++++++++",
    "mfa_index": ">++++++++",
    "mfa_authenticate": ">........",
    "mfa_reauthenticate": ">........",
    "mfa_activate_totp": ">........",
    "mfa_deactivate_totp": ">........",
    "mfa_view_recovery_codes": ">........",
    "mfa_generate_recovery_codes": ">........",
    "mfa_download_recovery_codes": ">........",
    "choose_pin": ">........",
    "choose_role": ">++++++++",
    "my_account": ">++++++++",
    "my_mail": ">++++++++",
    # The token is a word of any kind: here it is nobody's.
    "stop_reminders": "!!!!!!!!!",
    "join_group": "+++++++++",
    "keep_alive": "!++++++++",
    "verify_form": "+++++++++",
    "verify_file": ".........",
    "badge_image": "+++++++++",
    "status_list": "+++++++++",
    "verify": "+++++++++",
    "credential_json": "+++++++++",
    "baked_png": "+++++++++",
    "baked_svg": "+++++++++",
    "upload": "---------",
    "did_document": "+++++++++",
    "set_language": ".........",
    "my_course": "+++++++++",
    "comfort": "+++++++++",
    "continue_course": ">........",
    "desk_cards": ">--+-+-++",
    "desk_cards_xlsx": ">--+-+-++",
    "desk_cards_csv": ">--+-+-++",
    "desk_card_print": ">--+-----",
    "desk_card_state": ">--+-----",
    "desk_card_pdf": ">--+-----",
    "desk_new_pin": ">--+-+-++",
    "desk_address": ">--+-+-++",
    "desk_change_person": ">--+-+-++",
    "desk_leave": ">--+-+-++",
    "desk_person_file": ">--+-+-++",
    "desk_delete_person": ">--+-+-++",
    "desk_merge": ">--+-+-++",
    "desk_archive": ">--+-+-++",
    "desk_archive_xlsx": ">--+-+-++",
    "desk_archive_csv": ">--+-+-++",
    "desk_join_code": ">--.-.-..",
    "desk_places": ">----+-++",
    "desk_places_xlsx": ">----+-++",
    "desk_places_csv": ">----+-++",
    "desk_find_certificates": ">----+-++",
    "desk_find_certificates_xlsx": ">----+-++",
    "desk_find_certificates_csv": ">----+-++",
    "desk_new_clinic": ">--+++-++",
    "desk_change_clinic": ">----+-++",
    "desk_new_group": ">--+++-++",
    "desk_change_group": ">--+-+-++",
    "desk_roster": ">--+-+-++",
    "desk_roster_template": ">--+-+-++",
    "desk_roster_plan": ">--+-----",
    "desk_roster_state": ">--+-----",
    "desk_roster_plan_xlsx": ">--+-----",
    "desk_roster_plan_csv": ">--+-----",
    "desk_papers": ">--+-+-++",
    "desk_papers_xlsx": ">--+-+-++",
    "desk_papers_csv": ">--+-+-++",
    "desk_paper": ">--+-+-++",
    "desk_paper_pdf": ">--+-+-++",
    "desk_print_papers": ">--.-.-..",
    "desk_paper_print": ">--+-+-++",
    "desk_paper_state": ">--+-+-++",
    "desk_sheets_xlsx": ">--+-+-++",
    "desk_sheets_csv": ">--+-+-++",
    "desk_entry": ">--+-+-++",
    "desk_enter_sheet": ">--.-.-..",
    "desk_withdraw_sheet": ">--.-.-..",
    "desk_sheet": ">--.-.-..",
    "desk_sessions": ">--+-+-++",
    "desk_sessions_xlsx": ">--+-+-++",
    "desk_sessions_csv": ">--+-+-++",
    "desk_session": ">--+-+-++",
    "desk_attendance_xlsx": ">--+-+-++",
    "desk_attendance_csv": ">--+-+-++",
    "desk_session_change": ">--+-+-++",
    "desk_sign_in_sheet": ">--+-+-++",
    "desk_wall": ">--+-+-++",
    "desk_door": ">--.-.-..",
    "desk_stage": ">--+-+-++",
    "desk_scene": ">--------",
    "desk_round": ">--.-.-..",
    "turn": ">>>>>>>>>",
    "attend_session": ">+!!!!!!!",
    "desk_cohorts": ">--+++-++",
    "desk_marking": ">--+++-++",
    "desk_marking_xlsx": ">--+++-++",
    "desk_marking_csv": ">--+++-++",
    "desk_pile": ">--+-+-++",
    "desk_pile_xlsx": ">--+-+-++",
    "desk_pile_csv": ">--+-+-++",
    "desk_next_answer": ">--.-.-..",
    "desk_release": ">--.-.-..",
    "desk_mark_answer": ">--+-+-++",
    "desk_held": ">--+++-++",
    "desk_held_xlsx": ">--+++-++",
    "desk_held_csv": ">--+++-++",
    "desk_decide": ">--.-.-..",
    "desk_all_audit": ">--+++-++",
    "desk_all_audit_xlsx": ">--+++-++",
    "desk_all_audit_csv": ">--+++-++",
    "desk_summary": ">--+++-++",
    "desk_summary_xlsx": ">--+++-++",
    "desk_summary_csv": ">--+++-++",
    "desk_slips": ">--+++-++",
    "desk_slips_pdf": ">---+----",
    "desk_calls_xlsx": ">--+++-++",
    "desk_reminders": ">--+++-++",
    "desk_reminders_xlsx": ">--+++-++",
    "desk_reminders_csv": ">--+++-++",
    "desk_calls_csv": ">--+++-++",
    "desk_undo_call": ">--.-.-..",
    "desk_call_rules": ">--+-+-++",
    "desk_call": ">--.-.-..",
    "desk_cohort": ">--+-+-++",
    "desk_audit": ">--+-+-++",
    "desk_audit_xlsx": ">--+-+-++",
    "desk_audit_csv": ">--+-+-++",
    "desk_cohort_xlsx": ">--+-+-++",
    "desk_cohort_csv": ">--+-+-++",
    "desk_activities": ">--+-+-++",
    "desk_activities_xlsx": ">--+-+-++",
    "desk_activities_csv": ">--+-+-++",
    "desk_cohort_certificates": ">--+-+-++",
    "desk_cohort_certificates_xlsx": ">--+-+-++",
    "desk_cohort_certificates_csv": ">--+-+-++",
    "desk_batch": ">--+-+-++",
    "desk_left_out_xlsx": ">--+-+-++",
    "desk_left_out_csv": ">--+-+-++",
    "desk_batch_state": ">--+-+-++",
    "desk_batch_pdf": ">--+-+-++",
    "desk_batch_list": ">--+-+-++",
    "desk_person": ">--+-+-++",
    "desk_attempts_xlsx": ">--+-+-++",
    "desk_attempts_csv": ">--+-+-++",
    "desk_allow": ">--+-+-++",
    "desk_issue_certificate": ">--.-.-..",
    "desk_correct_certificate": ">--+-+-++",
    "desk_annul_certificate": ">--+-+-++",
    "desk_unlock": ">--.-.-..",
    "styleguide": "---++++++",
    "styleguide_page": "---------",
    "certificate_image": ">--------",
    "my_certificate": ">++++++++",
    "certificate_pdf": ">+-+-+-++",
    "my_quizzes": ">++++++++",
    "quiz_analysis": ">--++++++",
    "quiz_analysis_csv": ">--++++++",
    "quiz_analysis_xlsx": ">--++++++",
    "question_analysis": ">--++++++",
    "question_analysis_csv": ">--------",
    "question_analysis_xlsx": ">--------",
    "quiz_entry": ">++++++++",
    "quiz_start": ">........",
    "quiz_continue": ">........",
    "paper_image": ">--------",
    "attempt_question": ">.-------",
    "attempt_summary": ">.-------",
    "attempt_submit": ".........",
    "attempt_result": ">+-------",
    "save_answers": "!!!!!!!!!",
    "analysis_list": ">--++++++",
    "mark_lesson_read": ".........",
    "printed_lesson": ">++++++++",
    "directory": "+++++++++",
    "directory_need": "---------",
    "search": "+++++++++",
    "glossary": "+++++++++",
    "language_guide": "+++++++++",
    "sources": "+++++++++",
    "printables": ">++++++++",
    "printable": ">--------",
    "printable_pdf": ">--------",
    "course_content": ">++++++++",
    "wagtailcore_authenticate_with_password": "---------",
    "wagtailcore_login": ">>>>>>>>>",
    "wagtail_serve": "---------",
}


@pytest.fixture
def world(settings, tmp_path):
    """One of everything, and the people who try: {letter: person}, {parameter of an address: value}."""
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    make_key()
    make_course(modules=1, lessons=1, questions=1)
    learner, lead = (
        make_learner(clinic=make_clinic("Centro", area=Area.objects.create(name="Área"))),
        make_staff("jefa"),
    )
    Area.objects.get().leads.add(lead)
    type(lead).objects.filter(pk=lead.pk).update(is_staff=True)
    trainer = make_trainer()
    cohort = make_cohort(trainers=[trainer], learners=[learner], clinic=learner.clinic)
    other = make_learner("OTR222")
    make_cohort("Otro grupo", trainers=[make_trainer("otra")], learners=[other])
    # Whoever has not begun after a month is to be called, whatever day it is.
    other.enrolments.update(enrolled_at=timezone.now() - timedelta(days=30))
    finish_course(learner)
    certificate = issue_certificate(
        learner, printed_name=str(learner), role="recepcion", clinic="Centro", now=NOW, language="es"
    )
    quiz = make_quiz(
        "casos",
        [make_question("C-Q1"), make_question("C-Q2", kind="open", choices=[], marking_guide="Saludo")],
        attempts_allowed=5,
    )
    attempt = attempts.start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(1))
    attempts.save_answer(
        attempt, attempt.paper["questions"][1]["key"], "Buenos días", client="p", number=1, given_at=NOW, now=NOW
    )
    attempts.submit_attempt(attempt, now=NOW)
    held = HeldWrite.objects.create(
        attempt=attempt, question="x", client="p", number=9, response="a", given_at=NOW, reason=Reason.UNREADABLE
    )
    batch = CertificateBatch.objects.create(
        title="Grupo",
        learners=[learner.pk],
        language="es",
        fingerprint="x",
        group_key=group_key(cohort),
        requested_by=trainer,
        finished_at=NOW,
        certificates=[certificate.serial],
        pdf=bytes(certificate.pdf),
        delivery_list=b"%PDF",
    )
    cards = CardPrint.objects.create(
        cohort=cohort,
        learners=[learner.pk],
        fingerprint="x",
        requested_by=trainer,
        finished_at=timezone.now(),
        pdf=b"%PDF",
    )
    upload = bring_list(
        cohort, [["Nombres", "Apellidos"], ["Ana", "Coj"]], name="lista", by=trainer, now=timezone.now()
    )
    session = Session.objects.create(cohort=cohort, made_by=trainer, open_until=timezone.now() + timedelta(hours=1))
    sheet = PaperSheet.objects.create(code="34679ACD", attempt=attempt, cohort=cohort, printed_by=trainer)
    papers = PaperPrint.objects.create(
        cohort=cohort,
        quiz_key=quiz.translation_key,
        sheets=[sheet.code],
        paper_size="letter",
        fingerprint="x",
        requested_by=trainer,
        finished_at=timezone.now(),
        pdf=b"%PDF",
    )
    call = Call.objects.create(cohort=cohort, learner=learner, made_by=trainer, reason="…")
    people = {
        "N": None,
        "L": learner,
        "O": other,
        "T": trainer,
        "X": type(trainer).objects.get(username="otra"),
        "A": lead,
        "E": make_staff("editora", EDITORS),
        "M": make_staff("administradora", ADMINISTRATORS),
        "S": make_staff("admin", is_staff=True, is_superuser=True),
    }
    values = {
        "cohort_pk": cohort.pk,
        "learner_pk": learner.pk,
        "clinic_pk": learner.clinic_id,
        "quiz_key": quiz.translation_key,
        "question_key": quiz.entries.first().question.translation_key,
        "attempt_id": attempt.pk,
        "number": 2,
        "pk": held.pk,
        "serial": certificate.serial,
        "batch_id": batch.pk,
        "call_pk": call.pk,
        "session_pk": session.pk,
        "token": session.token,
        "code": sheet.code,
        "print_id": cards.pk,
        "papers_id": papers.pk,
        "upload_id": upload.pk,
        "identifier": quiz.identifier,
        "lesson_key": LessonPage.objects.get().translation_key,
        "module": "m1",
        "lesson": "1",
        "need": "salud",
        "digest": "0" * 64,
        "list": StatusList.objects.get().pk,
        "name": "no-esta",
        "path": "no-esta.png",
    }
    return people, values


def answer_to(client, person, address):
    """Return the sign of the table for what a person gets; nothing that the request does stays."""
    client.logout()
    if person is not None:
        client.force_login(person)
    with transaction.atomic():
        response = client.get(address)
        if response.status_code == 405:
            response = client.post(address, {"decision": "dejar"})
        transaction.set_rollback(True)
    if response.status_code in (301, 302):
        return ">" if response.url.startswith(reverse("account_login")) else "."
    return {200: "+", 304: "+", 404: "-"}.get(response.status_code, "!")


# Addresses that `reverse` cannot make of the values above, and the identifiers of other things than the quiz.
_SPECIAL = {
    "course_content": "/es/m1/1/",
    "status_list": "/v/estados/{list}/",
    "wagtail_serve": "/es/una/pagina/que/no/esta/",
    "wagtailcore_authenticate_with_password": "/es/_util/authenticate_with_password/1/1/",
    "printable": "/es/hojas/no-esta/",
    "printable_pdf": "/es/hojas/no-esta.pdf",
}


def address_of(name, parameters, values):
    if name in _SPECIAL:
        return _SPECIAL[name].format(**values)
    return reverse(name, kwargs={parameter: values[parameter] for parameter in parameters})


def test_everyone_gets_what_the_table_says(world, client):
    people, values = world
    found = {}
    for name, parameters in addresses_of_ours().items():
        address = address_of(name, parameters, values)
        found[name] = "".join(answer_to(client, people[who], address) for who in PEOPLE)
    assert found == TABLE


def test_a_number_longer_than_a_database_holds_is_the_key_of_nothing(world, client):
    people, values = world
    found = {}
    for name, parameters in addresses_of_ours().items():
        for parameter in parameters:
            if name not in _SPECIAL and isinstance(values[parameter], int):
                address = address_of(name, parameters, values | {parameter: 10**30})
                found[name, parameter] = answer_to(client, people["S"], address)
    found["status_list", "number"] = answer_to(client, people["S"], f"/v/estados/{10**30}/")
    assert len(found) > 50
    # To look at the address of a sheet leads to its pile, in whichever group that is.
    assert {where: answer for where, answer in found.items() if answer != "-"} == {
        ("desk_enter_sheet", "cohort_pk"): "."
    }


ASKED = """
area accion camino centro code codigo c despues doble estado examenes grupo hoja orden p pagina papel path persona
puesto ver
"""


@pytest.mark.parametrize("numbers", [[10**30], ["9" * 5000, -(10**30)]], ids=["long", "too long to be read, negative"])
def test_a_long_number_behind_the_question_mark_breaks_no_page(world, client, numbers):
    people, values = world
    asked = urlencode(dict(zip(ASKED.split(), cycle(numbers), strict=False)))
    for name, parameters in addresses_of_ours().items():
        answer_to(client, people["S"], f"{address_of(name, parameters, values)}?{asked}")


@pytest.mark.parametrize("who", ["N", "L", "T"])
def test_a_nul_in_an_address_leads_nowhere(world, client, who):
    people, values = world
    parameters = {"serial": "verify", "code": "desk_sheet", "identifier": "quiz_entry", "need": "directory_need"}
    for parameter, name in parameters.items():
        address = address_of(name, addresses_of_ours()[name], values).replace(str(values[parameter]), "%00")
        assert answer_to(client, people[who], address) == "-"
    merge = address_of("desk_merge", ["cohort_pk", "learner_pk"], values)
    for query in ("code=%00", "a%00=1", "code=a&code=b%00"):
        assert answer_to(client, people[who], f"{merge}?{query}") == "-"


def test_a_nul_in_a_form_is_no_code_of_anybody(world, client):
    people, values = world
    client.force_login(people["T"])
    merge = address_of("desk_merge", ["cohort_pk", "learner_pk"], values)
    refused = client.post(merge, {"code": f"{people['O'].username}\x00"})
    assert refused.status_code == 422
