"""Every address of the site, looked at by everyone who might try it, against one table. A new address needs a row here.

A row is what `tests.everyone.PEOPLE` get, in their order: `+` the page, `.` a page that leads on to another, `>` the
sign-in page, `1` the page of a first own PIN, `-` nothing, as if it did not exist, `!` a refusal in words, `x` only a
post is taken: what posts do is in `test_posts.py`, and the admin's addresses are in `tests/security/test_admin.py`.
"""

from itertools import cycle
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from tests.addresses import all_addresses
from tests.course.test_posts import sign_of as posted
from tests.everyone import EVERYONE, SPECIAL, Everyone, address_of, one_world

pytestmark = pytest.mark.django_db


def addresses_of_ours():
    """Return {name: its parameters} of all addresses but the admin's."""
    return {one.name: list(one.parameters) for one in all_addresses() if not one.place.startswith("cms/")}


TABLE = {
    "root": ".....1..........",
    "ready": "++++++++++++++++",
    "live": "++++++++++++++++",
    "service_worker": "++++++++++++++++",
    "deliver_facts": "xxxxxxxxxxxxxxxx",
    "leave_offline": "xxxxxxxxxxxxxxxx",
    "account_login": "+....1+.........",
    "account_logout": ">+++++>+++++++++",
    "account_inactive": "+++++1++++++++++",
    "account_reauthenticate": ">++++1>+++++++++",
    "mfa_index": ">++++1>+++++++++",
    "mfa_authenticate": ">....1>.........",
    "mfa_reauthenticate": ">....1>.........",
    "mfa_activate_totp": ">....1>.........",
    "mfa_deactivate_totp": ">....1>.........",
    "mfa_view_recovery_codes": ">....1>.........",
    "mfa_generate_recovery_codes": ">....1>.........",
    "mfa_download_recovery_codes": ">....1>.........",
    "choose_pin": ">....+>.........",
    "choose_role": ">++++1>+++++++++",
    "my_account": ">++++1>+++++++++",
    "my_mail": ">++++1>+++++++++",
    "my_details": ">++++1>+++++++++",
    "ask_confirmation": ">xxxx1>xxxxxxxxx",
    "close_sessions": ">xxxx1>xxxxxxxxx",
    "spaced_case": ">+++.1>.........",
    "own_data": ">++++1>+++++++++",
    # The token is a word of any kind: here it is nobody's.
    "stop_reminders": "!!!!!!!!!!!!!!!!",
    "confirm_address": "!!!!!!!!!!!!!!!!",
    "accept_invitation": "++++++++++++++++",
    "join_group": "+++++1++++++++++",
    "keep_alive": "xxxxxxxxxxxxxxxx",
    "verify_form": "+++++1++++++++++",
    "verify_file": ".....1..........",
    "verify_list": "+++++1++++++++++",
    "holder_correction": "+++++1++++++++++",
    "badge_image": "+++++1++++++++++",
    "issuer_image": "+++++1++++++++++",
    "status_list": "+++++1++++++++++",
    "verify": "+++++1++++++++++",
    "credential_json": "+++++1++++++++++",
    "baked_png": "+++++1++++++++++",
    "baked_svg": "+++++1++++++++++",
    "upload": "-----1----------",
    "did_document": "+++++1++++++++++",
    "set_language": "................",
    "my_course": "+++++1++++++++++",
    "comfort": "++++++++++++++++",
    "continue_course": ">....1>.........",
    "survey": ">++++1>+++++++++",
    "desk_cards": ">----1>+-+----++",
    "desk_cards_xlsx": ">----1>+-+----++",
    "desk_cards_csv": ">----1>+-+----++",
    "desk_card_print": ">----1>+--------",
    "desk_card_state": ">----1>+--------",
    "desk_card_pdf": ">----1>+--------",
    "desk_new_pin": ">----1>+-+----++",
    "desk_address": ">----1>+-+----++",
    "desk_change_person": ">----1>+-+----++",
    "desk_leave": ">----1>+-+----++",
    "desk_person_file": ">----1>+-+----++",
    "desk_delete_person": ">----1>+-+----++",
    "desk_merge": ">----1>+-+----++",
    "desk_archive": ">----1>+-+----++",
    "desk_archive_xlsx": ">----1>+-+----++",
    "desk_archive_csv": ">----1>+-+----++",
    "desk_join_code": ">xxxx1>xxxxxxxxx",
    "desk_places": ">----1>--++---++",
    "desk_places_xlsx": ">----1>--++---++",
    "desk_places_csv": ">----1>--++---++",
    "desk_find_certificates": ">----1>--++---++",
    "desk_find_certificates_xlsx": ">----1>--++---++",
    "desk_find_certificates_csv": ">----1>--++---++",
    "desk_new_clinic": ">----1>++++---++",
    "desk_change_clinic": ">----1>--+----++",
    "desk_new_group": ">----1>++++---++",
    "desk_find_people": ">----1>++++---++",
    "desk_add_person": ">----1>++++---++",
    "desk_add_to_session": ">----1>+-+----++",
    "desk_change_group": ">----1>+-+----++",
    "desk_roster": ">----1>+-+----++",
    "desk_roster_template": ">----1>+-+----++",
    "desk_roster_plan": ">----1>+--------",
    "desk_roster_state": ">----1>+--------",
    "desk_roster_plan_xlsx": ">----1>+--------",
    "desk_roster_plan_csv": ">----1>+--------",
    "desk_papers": ">----1>+-+----++",
    "desk_papers_xlsx": ">----1>+-+----++",
    "desk_papers_csv": ">----1>+-+----++",
    "desk_paper": ">----1>+-+----++",
    "desk_paper_pdf": ">----1>+-+----++",
    "desk_print_papers": ">xxxx1>xxxxxxxxx",
    "desk_paper_print": ">----1>+-+----++",
    "desk_paper_state": ">----1>+-+----++",
    "desk_sheets_xlsx": ">----1>+-+----++",
    "desk_sheets_csv": ">----1>+-+----++",
    "desk_entry": ">----1>+-+----++",
    "desk_enter_sheet": ">----1>.-.----..",
    "desk_withdraw_sheet": ">xxxx1>xxxxxxxxx",
    "desk_sheet": ">----1>.-.----..",
    "desk_sessions": ">----1>+-+----++",
    "desk_sessions_xlsx": ">----1>+-+----++",
    "desk_sessions_csv": ">----1>+-+----++",
    "desk_session": ">----1>+-+----++",
    "desk_attendance_xlsx": ">----1>+-+----++",
    "desk_attendance_csv": ">----1>+-+----++",
    "desk_session_change": ">----1>+-+----++",
    "desk_session_delete": ">----1>+-+----++",
    "desk_sign_in_sheet": ">----1>+-+----++",
    "desk_wall": ">----1>+-+----++",
    "desk_door": ">xxxx1>xxxxxxxxx",
    "desk_stage": ">----1>+-+----++",
    "desk_scene": ">----1>---------",
    "desk_round": ">xxxx1>xxxxxxxxx",
    "turn": ">>>>>1>>>>>>>>>>",
    "attend_session": ">++!!1>!!!!!!!!!",
    "desk_cohorts": ">----1>++++---++",
    "desk_marking": ">----1>++++---++",
    "desk_marking_xlsx": ">----1>++++---++",
    "desk_marking_csv": ">----1>++++---++",
    "desk_pile": ">----1>+-+----++",
    "desk_pile_xlsx": ">----1>+-+----++",
    "desk_pile_csv": ">----1>+-+----++",
    "desk_next_answer": ">----1>.-.----..",
    "desk_release": "xxxxx1xxxxxxxxxx",
    "desk_mark_answer": ">----1>+-+----++",
    "desk_held": ">----1>++++---++",
    "desk_held_xlsx": ">----1>++++---++",
    "desk_held_csv": ">----1>++++---++",
    "desk_decide": "xxxxx1xxxxxxxxxx",
    "desk_all_audit": ">----1>++++---++",
    "desk_all_audit_xlsx": ">----1>++++---++",
    "desk_all_audit_csv": ">----1>++++---++",
    "desk_health": ">----1>--------+",
    "desk_hand_over": ">----1>+-+----++",
    "desk_asked": ">----1>-------++",
    "desk_job_titles": ">----1>-------++",
    "desk_refusals": ">----1>-------++",
    "desk_refusals_xlsx": ">----1>-------++",
    "desk_refusals_csv": ">----1>-------++",
    "desk_summary": ">----1>++++---++",
    "desk_summary_xlsx": ">----1>++++---++",
    "desk_summary_csv": ">----1>++++---++",
    "desk_plans": ">----1>++++---++",
    "desk_plans_xlsx": ">----1>++++---++",
    "desk_plans_csv": ">----1>++++---++",
    "desk_due_plans_xlsx": ">----1>++++---++",
    "desk_due_plans_csv": ">----1>++++---++",
    "desk_plan": ">----1>+-+----++",
    "desk_plan_xlsx": ">----1>+-+----++",
    "desk_plan_csv": ">----1>+-+----++",
    "desk_plan_new": ">----1>+-+----++",
    "desk_plan_review": ">----1>+-+----++",
    "desk_plan_correct": ">----1>+-+----++",
    "desk_plan_let_go": ">----1>+-+----++",
    "desk_plan_heads": ">----1>+-+----++",
    "desk_plan_pdf": ">----1>+-+----++",
    "my_plan": ">-+--1>---------",
    "my_plan_new": ">-+--1>---------",
    "my_plan_review": ">-+--1>---------",
    "my_plan_correct": ">-+--1>---------",
    "my_plan_let_go": ">-+--1>---------",
    "my_plan_pdf": ">-+--1>---------",
    "desk_training": ">----1>++++---++",
    "desk_training_xlsx": ">----1>++++---++",
    "desk_training_csv": ">----1>++++---++",
    "desk_survey": ">----1>++++---++",
    "desk_survey_paper": ">----1>+-+----++",
    "desk_survey_sheet": ">----1>+-+----++",
    "desk_survey_key": ">----1>+-+----++",
    "desk_survey_close_clinic": ">----1>--+----++",
    "desk_survey_close_area": ">----1>--+----++",
    # Where the key is there is nothing to give up.
    "desk_survey_give_up": ">----1>-------..",
    "desk_survey_results": ">----1>++++---++",
    "desk_survey_results_xlsx": ">----1>++++---++",
    "desk_survey_results_csv": ">----1>++++---++",
    "desk_survey_package": ">----1>-------++",
    "desk_report": ">----1>++++---++",
    "desk_report_xlsx": ">----1>++++---++",
    "desk_report_csv": ">----1>++++---++",
    "desk_certificates": ">----1>++++---++",
    "desk_certificates_xlsx": ">----1>++++---++",
    "desk_certificates_csv": ">----1>++++---++",
    "desk_attendances": ">----1>++++---++",
    "desk_attendances_xlsx": ">----1>++++---++",
    "desk_attendances_csv": ">----1>++++---++",
    "desk_slips": ">----1>++++---++",
    "desk_slips_pdf": ">----1>+--------",
    "desk_calls_xlsx": ">----1>++++---++",
    "desk_reminders": ">----1>++++---++",
    "desk_reminders_xlsx": ">----1>++++---++",
    "desk_reminders_csv": ">----1>++++---++",
    "desk_calls_csv": ">----1>++++---++",
    "desk_undo_call": "xxxxx1xxxxxxxxxx",
    "desk_call_rules": ">----1>+-+----++",
    "desk_call": "xxxxx1xxxxxxxxxx",
    "desk_cohort": ">----1>+-+----++",
    "desk_audit": ">----1>+-+----++",
    "desk_audit_xlsx": ">----1>+-+----++",
    "desk_audit_csv": ">----1>+-+----++",
    "desk_cohort_xlsx": ">----1>+-+----++",
    "desk_cohort_csv": ">----1>+-+----++",
    "desk_activities": ">----1>+-+----++",
    "desk_activities_xlsx": ">----1>+-+----++",
    "desk_activities_csv": ">----1>+-+----++",
    "desk_cohort_certificates": ">----1>+-+----++",
    "desk_cohort_certificates_xlsx": ">----1>+-+----++",
    "desk_cohort_certificates_csv": ">----1>+-+----++",
    "desk_batch": ">----1>+-+----++",
    "desk_left_out_xlsx": ">----1>+-+----++",
    "desk_left_out_csv": ">----1>+-+----++",
    "desk_batch_state": ">----1>+-+----++",
    "desk_batch_pdf": ">----1>+-+----++",
    "desk_batch_list": ">----1>+-+----++",
    "desk_left_out_pdf": ">----1>+-+----++",
    "desk_begin_anew": ">----1>+-+----++",
    "desk_begin_person_anew": ">----1>+-+----++",
    "desk_person": ">----1>+-+----++",
    "desk_attempts_xlsx": ">----1>+-+----++",
    "desk_attempts_csv": ">----1>+-+----++",
    "desk_allow": ">----1>+-+----++",
    "desk_issue_certificate": ">----1>.-.----..",
    "desk_correct_certificate": ">----1>+-+----++",
    "desk_annul_certificate": ">----1>+-+----++",
    "desk_unlock": "xxxxx1xxxxxxxxxx",
    "desk_corrections": ">----1>++++---++",
    "desk_correction": "xxxxx1xxxxxxxxxx",
    "styleguide": "-----1-+++++++++",
    "styleguide_page": "-----1----------",
    "certificate_image": ">----1>---------",
    "my_certificate": ">++++1>+++++++++",
    "my_correction": ">+.+.1>.........",
    "certificate_pdf": ">+---1>+-+----++",
    "my_quizzes": ">++++1>+++++++++",
    "quiz_analysis": ">----1>+++++++++",
    "quiz_analysis_csv": ">----1>+++++++++",
    "quiz_analysis_xlsx": ">----1>+++++++++",
    "question_analysis": ">----1>+++++++++",
    "question_analysis_csv": ">----1>---------",
    "question_analysis_xlsx": ">----1>---------",
    "quiz_entry": ">++++1>+++++++++",
    "quiz_start": ">....1>.........",
    "quiz_continue": ">....1>.........",
    "paper_image": ">----1>---------",
    "attempt_question": ">.---1>---------",
    "attempt_summary": ">.---1>---------",
    # Of an attempt that was sent there is nothing to keep.
    "attempt_paper": ">----1>---------",
    "attempt_submit": ".....1..........",
    "attempt_second": ">.---1>---------",
    "attempt_result": ">+---1>---------",
    "save_answers": "xxxxx1xxxxxxxxxx",
    "analysis_list": ">----1>+++++++++",
    "mark_lesson_read": ".....1..........",
    "printed_lesson": ">+++!1>+++++++++",
    "practice": ">+++!1>+++++++++",
    "practice_pdf": ">+++!1>+++++++++",
    "voice": ">+++!1>+++++++++",
    "photo": ">+++!1>+++++++++",
    "recording": ">+++!1>+++++++++",
    "captions": ">+++!1>+++++++++",
    "film": ">+++!1>+++++++++",
    "directory": "+++++1++++++++++",
    "directory_need": "-----1----------",
    "search": "+++++1++++++++++",
    "glossary": "+++++1++++++++++",
    "language_guide": "+++++1++++++++++",
    "sources": "+++++1++++++++++",
    "whole_weave": ">+++!1>.........",
    # Of a module that is not there.
    "woven": ">---!1>---------",
    "printables": ">+++!1>+++++++++",
    "printable": ">---!1>---------",
    "printable_pdf": ">---!1>---------",
    "offline": "+++++1++++++++++",
    "keep_course": ">+++!1>+++++++++",
    "module_copy": ">+++!1>+++++++++",
    "common_copy": ">+++!1>+++++++++",
    "course_content": ">+++!1>+++++++++",
    "wagtailcore_authenticate_with_password": "-----1----------",
    "wagtailcore_login": ">>>>>1>>>>>>>>>>",
    "wagtail_serve": "-----1----------",
}


# What reading leaves behind: who fetched a file about people is in the log.
LOGGED = {name for name in TABLE if name.startswith("desk_") and name.endswith(("_xlsx", "_csv", "_pdf"))}
LOGGED |= {"desk_person_file", "desk_sign_in_sheet", "desk_slips", "desk_batch_list"}
LEAVES = {name: {"course_auditentry"} for name in LOGGED} | {
    "certificate_pdf": {"certificates_certificateevent"},
    "desk_batch_pdf": {"certificates_certificateevent", "course_auditentry"},
}
WHERE = "tests/course/test_addresses.py: TABLE needs a row for it"


@pytest.fixture(scope="module")
def world(filled_once, tmp_path_factory):
    with one_world(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture
def everyone(world):
    return Everyone(world.people)


def sign_of(answer):
    if answer.leads_to:
        first = {reverse("account_login"): ">", reverse("choose_pin"): "1"}
        return first.get(answer.leads_to.split("?")[0], ".")
    return {200: "+", 304: "+", 404: "-", 405: "x"}.get(answer.status, "!")


def test_everyone_gets_what_the_table_says(world, everyone):
    found, left = {}, {}
    for name, parameters in addresses_of_ours().items():
        address = address_of(name, parameters, world.own)
        answers = [everyone.ask(who, "get", address) for who in EVERYONE]
        found[name] = "".join(sign_of(answer) for answer in answers)
        if wrote := set().union(*(answer.wrote for answer in answers)):
            # An entry of the log and whom it is about are one.
            left[name] = wrote - {"course_auditedperson"}
    assert found.keys() == TABLE.keys(), WHERE
    assert found == TABLE
    assert left == LEAVES


def look(everyone, who, address):
    return sign_of(everyone.ask(who, "get", address))


def test_a_number_longer_than_a_database_holds_is_the_key_of_nothing(world, everyone):
    values = world.own
    found = {}
    for name, parameters in addresses_of_ours().items():
        for parameter in parameters:
            if name not in SPECIAL and isinstance(values[parameter], int):
                address = address_of(name, parameters, values | {parameter: 10**30})
                found[name, parameter] = look(everyone, "S", address)
                if found[name, parameter] == "x":
                    found[name, parameter] = posted(everyone.ask("S", "post", address, {"decision": "dejar"}))
    found["status_list", "number"] = look(everyone, "S", f"/v/estados/{10**30}/")
    assert len(found) > 50
    # The address of a sheet leads to its pile, in whichever group that is; a week without a case to the course.
    assert {where: answer for where, answer in found.items() if answer != "-"} == {
        ("desk_enter_sheet", "cohort_pk"): ".",
        ("spaced_case", "week"): ".",
    }


ASKED = """
area accion camino centro code codigo c despues doble estado examenes grupo hoja orden otra p pagina papel path persona
puesto ver
"""


@pytest.mark.nightly
@pytest.mark.parametrize("numbers", [[10**30], ["9" * 5000, -(10**30)]], ids=["long", "too long to be read, negative"])
def test_a_long_number_behind_the_question_mark_breaks_no_page(world, everyone, numbers):
    values = world.own
    asked = urlencode(dict(zip(ASKED.split(), cycle(numbers), strict=False)))
    for name, parameters in addresses_of_ours().items():
        look(everyone, "S", f"{address_of(name, parameters, values)}?{asked}")


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["N", "L", "T"])
def test_a_nul_in_an_address_leads_nowhere(world, everyone, who):
    values = world.own
    parameters = {"serial": "verify", "code": "desk_sheet", "identifier": "quiz_entry", "need": "directory_need"}
    for parameter, name in parameters.items():
        address = address_of(name, addresses_of_ours()[name], values).replace(str(values[parameter]), "%00")
        assert look(everyone, who, address) == "-"
    merge = address_of("desk_merge", ["cohort_pk", "learner_pk"], values)
    for query in ("code=%00", "a%00=1", "code=a&code=b%00"):
        assert look(everyone, who, f"{merge}?{query}") == "-"


def test_a_nul_in_a_form_is_no_code_of_anybody(world, everyone):
    merge = address_of("desk_merge", ["cohort_pk", "learner_pk"], world.own)
    assert everyone.ask("T", "post", merge, {"code": f"{world.people['O'].username}\x00"}).status == 422


@pytest.mark.nightly
def test_asking_for_the_head_alone_is_answered_as_asking_for_the_page(world, everyone):
    for name, parameters in addresses_of_ours().items():
        head = everyone.ask("T", "head", address_of(name, parameters, world.own))
        assert sign_of(head) == TABLE[name][EVERYONE.index("T")], name
        assert head.response.getvalue() == b"", name
