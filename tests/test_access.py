import json
import re
from io import BytesIO

import PIL.Image
import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from wagtail.admin.viewsets import viewsets
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, GroupPagePermission, Page, Task, Workflow

from modules.models import LessonPage
from quizzes.models import Question, Quiz, Stimulus, Topic
from tests import forms
from tests.addresses import all_addresses
from tests.certificates.factories import make_design
from tests.everyone import PEOPLE, Everyone, address_of, one_world
from tests.factories import make_act, spanish
from tests.modules.factories import (
    make_language_entry,
    make_organisation,
    make_printable,
    make_source,
    make_term,
)

# On PostgreSQL every form of the desk is posted in `test_who_did_what.py`, and each other one where it is told of.
pytestmark = pytest.mark.django_db

# Nobody; a learner, a colleague, one of another group, who left, who must choose a PIN, whose account is closed; the
# trainer, one of another group of the same clinic; who leads the area, another area; editor, reviewer, administrator,
# superuser.
COLUMNS = "NLKOGFCTWABERMS"
PUBLIC = "+++++1+++++++++"
SHOWN = "=====1========="
SIGNED_IN = ">++++1>++++++++"
ANSWERED = ">====1>========"
LED_ON = ">....1>........"
COURSE = ">+++!1>++++++++"
READ = ">===!1>========"
GROUP = ">----1>+-+---++"
TRAINER = ">----1>+-------"
CLINIC = ">----1>+++---++"
DESK = ">----1>++++--++"
AREA = ">----1>--+---++"
AREAS = ">----1>--++--++"
ADMINISTRATOR = ">----1>------++"
NOT_THERE = ">----1>--------"
OWN_PLAN = ">-+--1>--------"
ONLY_POSTED = "xxxxx1xxxxxxxxx"
POSTED_SIGNED_IN = ">xxxx1>xxxxxxxx"
TEXT = ">----1>++++++++"
EVERYBODY = "+++++++++++++++"

# A list's files have the row of its page.
TABLE = {
    "root": (".....1.........", SHOWN, {}),
    "ready": EVERYBODY,
    "live": EVERYBODY,
    "service_worker": EVERYBODY,
    "deliver_facts": ("xxxxxxxxxxxxxxx", EVERYBODY, forms.delivered_answer),
    "account_login": ("+....1+........", "+====1+========", forms.SIGN_IN),
    "account_logout": (">+++++>++++++++", ">>>>>>>>>>>>>>>", {}),
    "account_inactive": PUBLIC,
    "account_reauthenticate": (SIGNED_IN, ANSWERED, lambda world, who: {"password": forms.pin_of(who)}),
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": (LED_ON, ANSWERED, {"code": "123456"}),
    "mfa_reauthenticate": (LED_ON, ANSWERED, {"code": "123456"}),
    "mfa_activate_totp": (LED_ON, ANSWERED, {"code": "123456"}),
    "mfa_deactivate_totp": (LED_ON, ANSWERED, {}),
    "mfa_view_recovery_codes": LED_ON,
    "mfa_generate_recovery_codes": (LED_ON, ANSWERED, {}),
    "mfa_download_recovery_codes": (LED_ON, ANSWERED, {}),
    "choose_pin": (">....+>........", ">====+>========", forms.new_pin),
    "choose_role": (SIGNED_IN, SIGNED_IN, {"role": "apoyo"}),
    "my_account": (SIGNED_IN, SIGNED_IN, forms.new_pin),
    "my_mail": (SIGNED_IN, SIGNED_IN, {"email": "ana@ejemplo.gt", "wanted": "on"}),
    "my_details": (SIGNED_IN, SIGNED_IN, {"phone": "5555 1234", "sex": ""}),
    "ask_confirmation": (POSTED_SIGNED_IN, ">===+1>========", {}),
    "close_sessions": (POSTED_SIGNED_IN, SIGNED_IN, {"session": "others"}),
    "spaced_case": (">+++.1>........", ">+++=1>========", {"caso-1": "a"}),
    "own_data": (SIGNED_IN, ">!!!!1>!!!!!!!!", forms.new_pin),
    "stop_reminders": (EVERYBODY, EVERYBODY, {}),
    "confirm_address": (EVERYBODY, EVERYBODY, {}),
    "accept_invitation": (EVERYBODY, EVERYBODY, {"new": "un-volcan-tras-otro", "again": "un-volcan-tras-otro"}),
    "join_group": (
        PUBLIC,
        "+++=+1+++++++++",
        lambda world, who: {"code": world.foreign["join_code"], "given_names": "Luz", "surnames": "Paz"},
    ),
    "keep_alive": ("xxxxxxxxxxxxxxx", "!=====!========", {}),
    "verify_form": (PUBLIC, SHOWN, lambda world, who: {"code": world.own["serial"]}),
    "verify_file": (".....1.........", SHOWN, forms.pdf_of_certificate),
    "verify_list": (PUBLIC, SHOWN, lambda world, who: {"text": world.own["serial"]}),
    "holder_correction": (PUBLIC, PUBLIC, {"name": "Ana Lucía Coj", "role": "", "clinic": "", "note": ""}),
    "badge_image": PUBLIC,
    "issuer_image": PUBLIC,
    "status_list": PUBLIC,
    "verify": PUBLIC,
    "credential_json": PUBLIC,
    "baked_png": PUBLIC,
    "baked_svg": PUBLIC,
    "upload": "-----1---------",
    "did_document": PUBLIC,
    "set_language": ("...............", "===============", {}),
    "my_course": (PUBLIC, SHOWN, {}),
    "comfort": (EVERYBODY, "=+++++=++++++++", {"size": "130", "theme": "dark"}),
    "continue_course": (LED_ON, ANSWERED, {}),
    "survey": (SIGNED_IN, ">+++=1>========", {"ronda": "post", "seguir": "1"}),
    "desk_cards": (GROUP, GROUP, forms.of_people("L", ending_pins="on")),
    "desk_new_pin": (GROUP, GROUP, {}),
    "desk_address": (GROUP, GROUP, {"email": "ana@ejemplo.gt"}),
    "desk_change_person": (GROUP, GROUP, forms.PERSON),
    "desk_leave": (GROUP, GROUP, {"action": "archive"}),
    "desk_person_file": GROUP,
    "desk_delete_person": (GROUP, GROUP, forms.code_of("L")),
    "desk_merge": (GROUP, GROUP, forms.code_of("K")),
    "desk_archive": (GROUP, GROUP, forms.of_people("G")),
    "desk_join_code": (POSTED_SIGNED_IN, GROUP, {}),
    "desk_places": AREAS,
    "desk_find_certificates": (AREAS, ">----1>--==--==", {"q": "Ana"}),
    "desk_new_clinic": (DESK, ">----1>+++!--++", forms.place),
    "desk_change_clinic": (AREA, AREA, forms.place),
    "desk_new_group": (DESK, DESK, forms.group_fields),
    "desk_find_people": (DESK, ">----1>====--==", {"q": "Ana"}),
    "desk_add_person": (DESK, ">----1>+!+!--++", lambda world, who: forms.LUZ | {"cohort": world.own["cohort_pk"]}),
    "desk_add_to_session": (GROUP, GROUP, forms.LUZ),
    "desk_change_group": (GROUP, GROUP, forms.group_fields),
    "desk_roster": (GROUP, GROUP, {"pasted": "Nombres\tApellidos\nLuz\tPaz"}),
    "desk_roster_template": GROUP,
    "desk_roster_plan": (TRAINER, TRAINER, forms.confirmed_list),
    "desk_papers": GROUP,
    "desk_paper": (GROUP, GROUP, forms.of_people("K")),
    "desk_print_papers": (POSTED_SIGNED_IN, GROUP, {"hoja": "letter"}),
    "desk_sheets": GROUP,
    "desk_entry": GROUP,
    "desk_enter_sheet": (">----1>.-.---..", GROUP, forms.typed_sheet),
    "desk_withdraw_sheet": (POSTED_SIGNED_IN, GROUP, {}),
    "desk_sheet": ">----1>.-.---..",
    "desk_sessions": (GROUP, GROUP, forms.SESSION),
    "desk_session": (GROUP, GROUP, forms.of_people("K")),
    "desk_attendance": GROUP,
    "desk_session_change": (GROUP, GROUP, forms.SESSION),
    "desk_session_delete": (GROUP, GROUP, {}),
    "desk_sign_in_sheet": GROUP,
    "desk_wall": GROUP,
    "desk_door": (POSTED_SIGNED_IN, GROUP, {"abrir": "1"}),
    "desk_stage": GROUP,
    "desk_scene": (GROUP, GROUP, {"A": "7", "B": "8"}),
    "desk_round": (
        POSTED_SIGNED_IN,
        ">----1>=-=---==",
        forms.quiz_under_way,
    ),
    "turn": (">>>>>1>>>>>>>>>", ">>>>>1>>>>>>>>>", {"terminar": "1"}),
    "attend_session": (">++!!1>!!!!!!!!", ">++!!1>!!!!!!!!", {}),
    "desk_cohorts": DESK,
    "desk_marking": DESK,
    "desk_pile": GROUP,
    "desk_next_answer": ">----1>.-.---..",
    "desk_release": (ONLY_POSTED, GROUP, lambda world, who: {"attempt": str(world.own["exam_attempt"])}),
    "desk_mark_answer": (GROUP, GROUP, {"seen": 0, "points": "1", "comment": "Bien."}),
    "desk_held": DESK,
    "desk_decide": (ONLY_POSTED, GROUP, {"decision": "contar"}),
    "desk_all_audit": DESK,
    "desk_health": ">----1>-------+",
    "desk_hand_over": (GROUP, GROUP, {"code": "otra", "note": "Falta el módulo 4."}),
    "desk_asked": (
        ADMINISTRATOR,
        ADMINISTRATOR,
        {"sex_reason": "Informe mensual", "phone_reason": "Llamar a quien necesita ayuda"},
    ),
    "desk_job_titles": (ADMINISTRATOR, ADMINISTRATOR, forms.learned_title),
    "desk_refusals": ADMINISTRATOR,
    "desk_summary": DESK,
    "desk_plans": DESK,
    "desk_due_plans": DESK,
    "desk_plan": CLINIC,
    "desk_plan_new": (CLINIC, CLINIC, forms.new_action),
    "desk_plan_review": (CLINIC, CLINIC, forms.reviewed_action),
    "desk_plan_correct": (CLINIC, CLINIC, forms.reviewed_action),
    "desk_plan_let_go": (CLINIC, CLINIC, {"why": "El edificio es alquilado."}),
    "desk_plan_heads": (CLINIC, ">----1>+!+---++", lambda world, who: {"person": world.people["L"].pk}),
    "desk_plan_pdf": CLINIC,
    "my_plan": OWN_PLAN,
    "my_plan_new": (OWN_PLAN, OWN_PLAN, forms.new_action),
    "my_plan_review": (OWN_PLAN, OWN_PLAN, forms.reviewed_action),
    "my_plan_correct": (OWN_PLAN, OWN_PLAN, forms.reviewed_action),
    "my_plan_let_go": (OWN_PLAN, OWN_PLAN, {"why": "El edificio es alquilado."}),
    "my_plan_pdf": OWN_PLAN,
    "desk_training": DESK,
    "desk_survey": DESK,
    "desk_survey_paper": CLINIC,
    "desk_survey_sheet": CLINIC,
    "desk_survey_key": (CLINIC, ">----1>+!+---++", forms.keyed_sheets),
    "desk_survey_close_clinic": (AREA, AREA, {}),
    "desk_survey_close_area": (AREA, AREA, {}),
    "desk_survey_give_up": (">----1>------..", ">----1>------==", {}),
    "desk_survey_results": DESK,
    "desk_survey_package": (ADMINISTRATOR, ADMINISTRATOR, forms.counted_edition),
    "desk_report": DESK,
    "desk_certificates": DESK,
    "desk_attendances": DESK,
    "desk_slips": DESK,
    "desk_slips_pdf": ">----1>++------",
    "desk_calls": DESK,
    "desk_reminders": (DESK, ">----1>+===--==", forms.of_people("F")),
    "desk_undo_call": (ONLY_POSTED, GROUP, {}),
    "desk_call_rules": (GROUP, GROUP, forms.RULES),
    "desk_call": (ONLY_POSTED, GROUP, {}),
    "desk_cohort": GROUP,
    "desk_audit": GROUP,
    "desk_activities": GROUP,
    "desk_cohort_certificates": (GROUP, GROUP, {"cuales": "nuevos"}),
    "desk_job": GROUP,
    "desk_job_state": GROUP,
    "desk_job_file": GROUP,
    "desk_certificates_lot": GROUP,
    "desk_left_out": GROUP,
    "desk_left_out_pdf": GROUP,
    "desk_begin_anew": (GROUP, GROUP, forms.begun_anew()),
    "desk_begin_person_anew": (GROUP, GROUP, forms.begun_anew("L")),
    "desk_person": GROUP,
    "desk_attempts": GROUP,
    "desk_allow": (GROUP, GROUP, {"extra_attempts": "2", "reason": "Se fue la luz."}),
    "desk_issue_certificate": (GROUP, GROUP, forms.printed("K", action="issue")),
    "desk_correct_certificate": (
        GROUP,
        GROUP,
        {"given_names": "Ana Lucía", "surnames": "Coj de la Crúz", "reason": "Falta un acento."},
    ),
    "desk_revoke_certificate": (GROUP, GROUP, {"reason": "Falta una firma."}),
    "desk_unlock": (ONLY_POSTED, GROUP, {}),
    "desk_corrections": DESK,
    "desk_correction": (ONLY_POSTED, GROUP, forms.declined),
    "styleguide": "-----1-++++++++",
    "styleguide_page": "-----1---------",
    "certificate_image": NOT_THERE,
    "my_certificate": (SIGNED_IN, ">=+==1>========", forms.printed("K")),
    "my_correction": (">+.+.1>........", ">+=+=1>========", forms.printed("L", clinic="Otro centro")),
    "certificate_pdf": ">+---1>+-+---++",
    "my_quizzes": (SIGNED_IN, ANSWERED, {}),
    "quiz_analysis": TEXT,
    "question_analysis": TEXT,
    # Nobody has answered it.
    "question_analysis_xlsx": NOT_THERE,
    "question_analysis_csv": NOT_THERE,
    "quiz_entry": (SIGNED_IN, ANSWERED, {}),
    "quiz_start": (LED_ON, COURSE, {}),
    "quiz_continue": (LED_ON, ANSWERED, {}),
    "frozen_image": (NOT_THERE, NOT_THERE, {}),
    "attempt_question": (">+---1>--------", "=+---1=--------", forms.first_answer),
    "attempt_summary": (">.---1>--------", ">=---1>--------", {}),
    "attempt_paper": (NOT_THERE, NOT_THERE, {}),
    "attempt_submit": (".....1.........", ">+---1>--------", {}),
    "attempt_result": (">+---1>--------", ">=---1>--------", {}),
    "attempt_answers": (">.---1>--------", ">=---1>--------", {}),
    "save_answers": (ONLY_POSTED, "!+---1!--------", forms.answers_by_script),
    "analysis_list": TEXT,
    "mark_lesson_read": (".....1.........", COURSE, {}),
    "printed_lesson": (COURSE, READ, {}),
    "practice": (COURSE, READ, {}),
    "practice_pdf": (COURSE, READ, {}),
    "voice": COURSE,
    "photo": COURSE,
    "recording": COURSE,
    "captions": COURSE,
    "film": COURSE,
    "directory": (PUBLIC, SHOWN, {}),
    "directory_need": ("-----1---------", "-----1---------", {}),
    "search": (PUBLIC, SHOWN, {"q": "saludo"}),
    "glossary": (PUBLIC, SHOWN, {}),
    "language_guide": (PUBLIC, SHOWN, {}),
    "sources": (PUBLIC, SHOWN, {}),
    "whole_weave": (">+++!1>........", READ, {}),
    "woven": (">---!1>--------", ">---!1>--------", {}),
    "printables": (COURSE, READ, {}),
    "printable": (">---!1>--------", ">---!1>--------", {}),
    "printable_pdf": (">---!1>--------", ">---!1>--------", {}),
    "offline": PUBLIC,
    "keep_course": (COURSE, READ, {}),
    "module_copy": (COURSE, READ, {}),
    "common_copy": (COURSE, READ, {}),
    "course_content": (COURSE, READ, {}),
    "wagtailcore_authenticate_with_password": ("-----1---------", "-----1---------", {}),
    "wagtailcore_login": (">>>>>1>>>>>>>>>", ">>>>>1>>>>>>>>>", forms.SIGN_IN),
    "wagtail_serve": ("-----1---------", "-----1---------", {}),
}

# Nobody, a trainer, an editor, a reviewer, an administrator, a superuser. `+` the address is theirs, whether it shows a
# page or says that there is nothing; `-` they are turned away; `>` the sign-in page. A row is of a registered viewset's
# class, of a namespace, or of one address where that differs.
IN_CMS = "NTERMS"
CMS = {
    "wagtailadmin_home": ">>++++",
    "wagtailadmin_api": ">>++++",
    "wagtailadmin_explore_root": ">>++++",
    "wagtailadmin_explore": ">>++++",
    "wagtailadmin_explore_results": ">>++++",
    "wagtail_bulk_action": ">>++++",
    "wagtailadmin_pages": ">>++++",
    "wagtailadmin_pages:add": ">>----",
    "wagtailadmin_pages:preview_on_add": ">>+-++",
    "wagtailadmin_pages:add_subpage": ">>+-++",
    "wagtailadmin_pages:delete": ">>+-++",
    "wagtailadmin_pages:unpublish": ">>+-++",
    "wagtailadmin_pages:move": ">>+-++",
    "wagtailadmin_pages:set_page_position": ">>+-++",
    "wagtailadmin_pages:workflow_preview": ">>----",
    "wagtailadmin_pages:set_privacy": ">>+-++",
    "wagtailadmin_pages:lock": ">>---+",
    "wagtailadmin_pages:unlock": ">>---+",
    "wagtailadmin_pages:revisions_unschedule": ">>+-++",
    "wagtailadmin_choose_page": ">>++++",
    "wagtailadmin_choose_page_child": ">>++++",
    "wagtailadmin_choose_page_search": ">>++++",
    "wagtailadmin_choose_page_chosen_multiple": ">>++++",
    "wagtailadmin_choose_page_external_link": ">>++++",
    "wagtailadmin_choose_page_email_link": ">>++++",
    "wagtailadmin_choose_page_phone_link": ">>++++",
    "wagtailadmin_choose_page_anchor_link": ">>++++",
    "wagtailadmin_tag_autocomplete": ">>++++",
    "wagtailadmin_tag_model_autocomplete": ">>++++",
    "wagtailadmin_collections": ">>---+",
    "wagtailadmin_collections:delete": ">>++++",
    "wagtailadmin_workflows": ">>---+",
    "wagtailadmin_workflows:add_task": ">>++++",
    "wagtailadmin_workflows:task_chooser": ">>++++",
    "wagtailadmin_workflows:task_chooser_results": ">>++++",
    "wagtailadmin_workflows:task_chooser_create": ">>++++",
    "wagtailadmin_workflows:task_chosen": ">>++++",
    "wagtailadmin_reports": ">>++++",
    "wagtailadmin_reports:locked_pages": ">>---+",
    "wagtailadmin_reports:locked_pages_results": ">>---+",
    "wagtailadmin_account": ">>++++",
    "wagtailadmin_dismissibles": ">>++++",
    "wagtailadmin_editing_sessions": ">>++++",
    "wagtailadmin_block_preview": ">>++++",
    "unverified_report": ">>++++",
    "unverified_print": ">>++++",
    "translations_report": ">>++++",
    "translations_report_results": ">>++++",
    "translation_still_valid": ">>++++",
    "in_all_languages": ">>++++",
    "publish_without_review": ">>--++",
    "due_report": ">>++++",
    "due_report_results": ">>++++",
    "publish_affecting": ">>----",
    "publish_told": ">>++++",
    "review_decided": ">>----",
    "picture_for_places": ">>+-++",
    "EditionViewSet": ">>+-++",
    "EditionViewSet:add": ">>----",
    "EditionViewSet:delete": ">>----",
    "wagtail_localize": ">>++++",
    "wagtail_localize:submit_page_translation": ">>+-++",
    "wagtail_localize:submit_snippet_translation": ">>+-++",
    "wagtail_localize:update_translations": ">>+-++",
    "wagtailforms": ">>++++",
    "wagtailforms:delete_submissions": ">>----",
    "wagtailredirects": ">>---+",
    "wagtailembeds": ">>++++",
    "wagtailsnippets": ">>----",
    "wagtaildocs": ">>---+",
    "wagtaildocs:create_multiple_from_uploaded_document": ">>++++",
    "wagtaildocs:delete_upload_multiple": ">>++++",
    "wagtailimages": ">>+-++",
    "wagtailimages:edit": ">>---+",
    "wagtailimages:delete": ">>---+",
    "wagtailimages:preview": ">>---+",
    "wagtailimages:image_usage": ">>---+",
    "wagtailimages:edit_multiple": ">>---+",
    "wagtailimages:create_multiple_from_uploaded_image": ">>++++",
    "wagtailimages:delete_multiple": ">>---+",
    "wagtailimages:delete_upload_multiple": ">>++++",
    "CertificateDesignViewSet": ">>+-++",
    "ChooserViewSet:create": ">>----",
    "ChooserViewSet": ">>++++",
    "OrganisationViewSet": ">>+-++",
    "GlossaryTermViewSet": ">>+-++",
    "LanguageEntryViewSet": ">>+-++",
    "PrintableViewSet": ">>+-++",
    "VoiceViewSet": ">>+-++",
    "PhotoViewSet": ">>+-++",
    "RecordingViewSet": ">>+-++",
    "FilmViewSet": ">>+-++",
    "QuizViewSet": ">>+-++",
    "QuestionViewSet": ">>+-++",
    "CaseViewSet": ">>+-++",
    "ActViewSet": ">>+-++",
    "TopicViewSet": ">>+-++",
    "SourceViewSet": ">>+-++",
    "StatementViewSet": ">>+-++",
    "BlockViewSet": ">>+-++",
    "ScaleViewSet": ">>+-++",
    "QuestionImportViewSet": ">>+-++",
    "SurveyOverviewViewSet": ">>+-++",
    "AreaViewSet": ">>--++",
    "LocaleViewSet": ">>+-++",
    "LocaleViewSet:usage": ">>---+",
    "LocaleViewSet:edit": ">>---+",
    "SiteViewSet": ">>---+",
    "PeopleViewSet": ">>--++",
    "RoleViewSet": ">>---+",
    "DocumentChooserViewSet": ">>++++",
    "DocumentChooserViewSet:chosen": ">>---+",
    "DocumentChooserViewSet:create": ">>---+",
    "ImageChooserViewSet": ">>++++",
    "ImageChooserViewSet:chosen": ">>+-++",
    "ImageChooserViewSet:create": ">>+-++",
    "ImageChooserViewSet:select_format": ">>+-++",
}
# Drawings, and words of the scripts, tell nothing; doors are closed to everybody; one breaks on purpose.
NOT_ASKED = {
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_complete",
    "wagtaildocs_authenticate_with_password",
    "wagtailadmin_error_test",
}

# What reading leaves behind, but for the audit log, which names whoever fetched a file about people.
LEAVES = {
    "certificate_pdf": {"certificates_certificateevent"},
    "desk_certificates_lot": {"certificates_certificateevent"},
}
AUDIT = {"course_auditentry", "course_auditedperson"}
# Open to whoever holds the certificate's number, and examples of names.
NAMED_TO_OTHERS = {"verify", "holder_correction", "styleguide"}


@pytest.fixture(scope="module")
def world(filled_once, tmp_path_factory):
    with one_world(tmp_path_factory.mktemp("keys")) as made:
        yield made


def ours():
    return [one for one in all_addresses() if not one.place.startswith("cms/")]


def row_of(name):
    row = TABLE.get(name) or TABLE[re.sub("_(xlsx|csv)$", "", name)]
    if isinstance(row, str):
        return row, None, {}
    return row if name in TABLE else (row[0], None, {})


def whoever_gets(sign, name):
    got = row_of(name)[1] or ""
    return COLUMNS[got.index(sign)] if sign in got else None


def fields_of(name, world, who):
    form = row_of(name)[2]
    return form(world, who) if callable(form) else form


def address_in(world, one, **other):
    keys = {key: world.own[called] for key, called in forms.OTHER_KEYS.get(one.name, {}).items()}
    return address_of(one.name, list(one.parameters), world.own | keys | other)


def post_form(everyone, world, who, address, name, **request):
    fields = fields_of(name, world, who)
    if isinstance(fields, dict):
        return everyone.ask(who, "post", address, fields, **request)
    body = fields if isinstance(fields, str) else json.dumps(fields)
    return everyone.ask(who, "post", address, body, content_type="application/json", **request)


def sign_of(answer):
    if answer.leads_to:
        first = {reverse("account_login"): ">", reverse("choose_pin"): "1"}
        return first.get(answer.leads_to.split("?")[0], ".")
    return {200: "+", 304: "+", 404: "-", 405: "x"}.get(answer.status, "!")


def sign_of_post(answer):
    return "+" if answer.wrote else {"+": "=", ".": "="}.get(sign_of(answer), sign_of(answer))


def test_everyone_gets_what_the_table_says(world):
    everyone, found, left, named = Everyone(world.people), {}, {}, set()
    learner = world.people["L"]
    names = {str(learner), learner.surnames_first, learner.username}
    for one in ours():
        answers = {who: everyone.ask(who, "get", address_in(world, one)) for who in COLUMNS}
        found[one.name] = "".join(sign_of(answer) for answer in answers.values())
        if wrote := set().union(*(answer.wrote for answer in answers.values())) - AUDIT:
            left[one.name] = wrote
        for who in "KOGWBER":
            told = answers[who].response.getvalue().decode(errors="ignore")
            named |= {one.name for name in names if name in told}
    assert found == {name: row_of(name)[0] for name in found}
    assert left == LEAVES
    assert named == NAMED_TO_OTHERS


@pytest.mark.postgres
def test_a_form_changes_something_for_whom_the_table_says(world):
    everyone, found = Everyone(world.people), {}
    for one in ours():
        address = address_in(world, one)
        if row_of(one.name)[1]:
            answers = [post_form(everyone, world, who, address, one.name) for who in COLUMNS]
            found[one.name] = "".join(sign_of_post(answer) for answer in answers)
        else:
            # Whoever is not signed in is often led away before it is asked whether a post is taken at all.
            signs = {sign_of_post(everyone.ask(who, "post", address, {})) for who in "NLTS"}
            assert signs in ({"x"}, {"x", ">"}), f"{one.name} takes a post: TABLE needs a form for it"
    assert found == {name: row_of(name)[1] for name in found}


def test_no_row_is_of_an_address_that_is_gone():
    names = {one.name for one in ours()}
    assert TABLE.keys() <= names | {re.sub("_(xlsx|csv)$", "", name) for name in names}


# --- The CMS


@pytest.fixture(scope="module")
def cms(world):
    for make in (make_source, make_term, make_organisation, make_language_entry, make_printable, make_design, make_act):
        make()
    case = Stimulus.objects.create(identifier="C", title="En la puerta", locale=spanish())
    for kept in (case, Quiz.objects.first(), Question.objects.first(), LessonPage.objects.get(slug="1")):
        kept.save_revision()
    Topic.objects.create(identifier="trato", name="Trato", locale=spanish())
    picture = BytesIO()
    PIL.Image.new("RGB", (1, 1)).save(picture, "PNG")
    Image.objects.create(title="Foto", file=ImageFile(picture, name="foto.png"))
    Document.objects.create(title="Papel", file=ContentFile(b"%PDF", name="papel.pdf"))
    Redirect.objects.create(old_path="/viejo", redirect_link="/nuevo")
    return world


def registered_viewsets():
    return {viewset.url_namespace: viewset for viewset in viewsets.viewsets if viewset.name}


def cms_addresses():
    lesson, course = Page.objects.get(slug="1"), Page.objects.get(slug="curso")
    keys = dict.fromkeys(["page_id", "page_pk", "page_to_move_id"], lesson.pk) | {"key": lesson.translation_key}
    keys |= dict.fromkeys(["revision_id", "revision_pk"], lesson.latest_revision_id)
    keys |= dict.fromkeys(["parent_page_id", "destination_id"], course.pk)
    keys |= dict.fromkeys(["image_pk", "image_id"], Image.objects.get(title="Foto").pk)
    keys |= dict.fromkeys(["document_id", "doc_id"], Document.objects.get().pk)
    workflow = dict.fromkeys(["workflow_id", "workflow_pk"], Workflow.objects.first().pk)
    keys |= workflow | {"task_id": Task.objects.first().pk, "collection_id": Collection.get_first_root_node().pk}
    keys |= {"redirect_id": Redirect.objects.get().pk, "object_id": "1", "filter_spec": "width-10"}
    keys |= {"content_type_app_name": "modules", "content_type_model_name": "lessonpage", "app_name": "modules"}
    keys |= {"app_label": "modules", "model_name": "glossaryterm", "action": "delete", "action_name": "approve"}
    registered = registered_viewsets()
    one_of_a_class = {type(viewset): namespace for namespace, viewset in registered.items()}
    for one in all_addresses():
        namespace, _, view = one.name.partition(":")
        viewset = registered.get(namespace)
        is_skipped = one.name in NOT_ASKED or (viewset and one_of_a_class[type(viewset)] != namespace)
        if one.place.startswith("cms/") and not is_skipped and "(" not in one.place and "mode" not in one.parameters:
            values = {key: keys.get(key, 1) for key in one.parameters}
            if "pk" in values and (found := _row_of(one, viewset)):
                values["pk"] = found.pk
                if "revision_id" in values:
                    values["revision_id"] = found.latest_revision_id
            where = type(viewset).__name__ if viewset else namespace
            row = f"{where}:{view}"
            yield one.name, row if row in CMS else where, reverse(one.name, kwargs=values)


def _row_of(one, viewset):
    if one.name.startswith("wagtailadmin_workflows:"):
        model = Task if "task" in one.name else Workflow
    elif one.name.startswith("wagtailadmin_collections:"):
        model = Collection
    else:
        model = getattr(one.callback, "view_initkwargs", {}).get("model") or getattr(viewset, "model", None)
    model = apps.get_model(model) if isinstance(model, str) else model
    return model._default_manager.first() if model else None


def sign_in_cms(answer):
    there = answer.leads_to.split("?")[0]
    if there == reverse("account_login"):
        return ">"
    return "-" if there == reverse("wagtailadmin_home") or answer.status == 403 else "+"


def test_everyone_gets_of_the_cms_what_the_table_says(cms):
    # Forms of Wagtail break at what no page of theirs sends; those of whoever is turned away may not get that far.
    everyone, found, said = Everyone(cms.people, raises=False), {}, {}
    names = [str(cms.people[who]) for who in "LKO"] + [cms.people[who].username for who in "LKO"]
    for name, row, address in cms_addresses():
        said[name] = CMS.get(row, "no row")
        found[name] = ""
        for who in IN_CMS:
            if who == "S" and found[name][-1] == "+":
                # Every right is more than an administrator's; only what they lack is tried once more.
                found[name] += "+"
                continue
            answer = everyone.ask(who, "get", address)
            # A form that takes only a post says so before it asks who it is.
            only_posted = answer.status == 405
            posted = everyone.ask(who, "post", address, {}) if only_posted or sign_in_cms(answer) != "+" else None
            sign = sign_in_cms(posted if only_posted else answer)
            found[name] += sign
            assert answer.status < 500, name
            if sign != "+":
                assert posted.status < 500, (name, who)
                assert not posted.wrote, (name, who)
            if who in "ER":
                told = answer.response.getvalue().decode(errors="ignore")
                assert not [one for one in names if one in told], (name, who)
    assert found == said


def test_every_registered_viewset_is_in_the_table():
    assert {type(viewset).__name__ for viewset in registered_viewsets().values()} <= CMS.keys()


def test_only_whoever_has_a_role_in_the_text_enters_the_cms(cms):
    inside = {who for who in PEOPLE if cms.people[who] and cms.people[who].has_perm("wagtailadmin.access_admin")}
    assert inside == set("ERPMS")


def test_both_kinds_of_reviewers_have_the_same_rights(cms):
    by_kind = []
    for who in "RP":
        [role] = cms.people[who].groups.all()
        pages = GroupPagePermission.objects.filter(group=role).values_list("page_id", "permission_id")
        by_kind.append((cms.people[who].get_all_permissions(), set(pages)))
    assert by_kind[0] == by_kind[1]
