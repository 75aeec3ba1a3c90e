"""Everybody posts a form that would change something to every address that takes one, against one table.

A row is what PEOPLE get, in their order, and the form, in which `world` is `tests.everyone.World` and `who` the letter
of whoever sends it. What they get: `+` something was changed, `=` an answer and nothing was changed, `>` the sign-in
page, `1` the page of a first own PIN, `-` nothing, as if it did not exist, `!` a refusal in words. Whoever gets
anything but `+` has written nothing, in no table. A form with which nobody can do anything any more fails too.
"""

import json
import random
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from certificates.models import Certificate, CorrectionRequest
from course.models import Cohort, JobTitle, RosterUpload, User
from course.paper.lettering import on_sheet
from course.people.refreshers import whom_it_affects
from course.roster.importing import plan_fingerprint
from course.roster.uploads import plan_of
from modules.models import Edition
from modules.progress.outline import course_outline
from quizzes.models import Attempt
from tests.addresses import all_addresses
from tests.everyone import EVERYONE, Everyone, address_of, one_world
from tests.factories import PASSWORD, PIN
from tests.offline.devices import fact_answer, sealed
from tests.survey_factories import make_lot

# On PostgreSQL every form of the desk is posted in `test_who_did_what.py`, and each other one where it is told of.
pytestmark = pytest.mark.django_db

NEW = "739152"
LUZ = {"given_names": "Luz", "surnames": "Ixcot", "otra": "1"}
FORM = "application/x-www-form-urlencoded"


def pin_of(who):
    return PIN if who in "LKOGFC" else PASSWORD


def begun_anew(letter=None):
    """Confirm what the page showed before: with the whole group, or with one person of it."""

    def fields(world, who):
        now, cohort = timezone.now(), Cohort.objects.get(pk=world.own["cohort_pk"])
        begin = {"name": "Repaso", "since": timezone.localdate(now), "modules": [str(course_outline()[0].key)]}
        learner = User.objects.get(pk=world.own["learner_pk"]) if letter else None
        return begin | {"shown": whom_it_affects(cohort, learner=learner, **begin, now=now).seal}

    return fields


def new_pin(world, who):
    new = NEW if who in "LKOGFC" else "un-volcan-tras-otro-volcan"
    return {"present": pin_of(who), "new": new, "again": new}


def counted_edition(world, who):
    edition = Edition.objects.get(pk=world.own["edition_pk"])
    for _lot in range(3):
        make_lot("post", 10, chance=random.Random(1), edition=edition)
    return {"edicion": edition.key}


def confirmed_list(world, who):
    shown = plan_fingerprint(plan_of(RosterUpload.objects.get(pk=world.own["upload_id"])))
    return {"action": "confirm", "shown": shown}


def learned_title(world, who):
    title, _made = JobTitle.objects.get_or_create(title="Astronauta", defaults={"role": "apoyo"})
    return {"title": title.pk}


def typed_sheet(world, who):
    attempt = Attempt.objects.get(paper_sheet__code=world.own["code"])
    return {f"r{question.number}": question.options[0][0] for question in on_sheet(attempt.paper)}


def keyed_sheets(world, who):
    collected = world.people["T" if who != "T" else "L"].pk
    return {"hojas": "1", "collected_by": collected, "given_to": [world.people["K"].pk], "h1-Q": "-"}


def first_answer(world, who):
    item = Attempt.objects.get(pk=world.own["under_way"]).paper["questions"][0]
    return {"question": item["key"], "choice": item["options"][0]["key"], "go": "next"}


def second_answer(world, who):
    item = Attempt.objects.get(pk=world.own["asking"]).paper["second"][0]
    prefix = f"q-{item['key']}-"
    return {
        "page": "second",
        "go": "send",
        f"{prefix}question": item["key"],
        f"{prefix}shown": '""',
        f"{prefix}choice": item["options"][0]["key"],
    }


def answers_by_script(world, who):
    given = first_answer(world, who)
    return [{"question": given["question"], "response": given["choice"], "client": "p", "number": 1}]


def delivered_answer(world, who):
    now, attempt = timezone.now(), Attempt.objects.get(pk=world.own["under_way"])
    fact = fact_answer(attempt.learner, attempt.pk, first_answer(world, who), now)
    return json.dumps({"sent_at": now.isoformat(), "facts": [sealed(fact)]})


def pdf_of_certificate(world, who):
    content = bytes(Certificate.objects.get(serial=world.own["serial"]).pdf)
    return {"pdf": SimpleUploadedFile("c.pdf", content), "code": world.own["serial"]}


def group_fields(world, who):
    trainer = world.people[who if who in "XAB" else "T"]
    return {"name": "Otro nombre", "opens_on": "2026-01-01", "trainers": trainer.pk}


def of_people(*letters, name="persona", **fields):
    return lambda world, who: {name: [world.people[one].pk for one in letters]} | fields


def code_of(letter):
    return lambda world, who: {"code": world.people[letter].username}


def place(world, who):
    return {"name": "Puesto de Salud Los Encinos", "area": Cohort.objects.get(pk=world.own["cohort_pk"]).clinic.area_id}


def printed(letter, **fields):
    def named(world, who):
        person = world.people[letter]
        return {"given_names": person.first_name, "surnames": person.last_name, **fields}

    return named


def new_action(world, who):
    today = timezone.localdate()
    days = {"agreed_on": today.isoformat(), "due_on": (today + timedelta(days=90)).isoformat()}
    return {"words": "Rótulo de trato igual en la entrada.", "post": "Recepción"} | days


def reviewed_action(world, who):
    prefix = f"{world.own['action_key']}-30-"
    said = {"seen": "0", "answer": "partly", "obstacles": "time", "words": "Falta papel."}
    return {f"{prefix}{name}": value for name, value in said.items()}


def declined(world, who):
    asked = CorrectionRequest.objects.get(key=world.own["key"])
    return {"decision": "decline", "shown": asked.digest, "answer": "Así está en su DPI."}


SIGN_IN = {"login": "ANA234", "password": PIN}
PERSON = {"first_name": "Ana", "last_name": "Coj", "role": "apoyo"}
SESSION = {"held_on": "2026-11-25", "place": "Patio", "minutes": "60"}
RULES = {"tries_before_help": 3, "quiet_days_before_help": 20, "days_before_first_step": 9}

# What only shows something, and shows it to a post too.
READING = {
    "root",
    "set_language",
    "my_course",
    "continue_course",
    "my_quizzes",
    "quiz_entry",
    "quiz_continue",
    "paper_image",
    "attempt_paper",
    "attempt_summary",
    "attempt_result",
    "printed_lesson",
    "practice",
    "practice_pdf",
    "keep_course",
    "module_copy",
    "common_copy",
    "directory",
    "directory_need",
    "glossary",
    "language_guide",
    "sources",
    "whole_weave",
    "woven",
    "printables",
    "printable",
    "printable_pdf",
    "course_content",
    "wagtailcore_authenticate_with_password",
    "wagtail_serve",
}

# Of an address whose keys are others than the group's own of `things_of`: {key: what it is called there}.
OTHER_KEYS = {
    "stop_reminders": {"token": "reminder_token"},
    "confirm_address": {"token": "address_token"},
    "desk_paper": {"quiz_key": "paper_key"},
    "desk_print_papers": {"quiz_key": "paper_key"},
    "desk_release": {"quiz_key": "exam_key"},
    "desk_mark_answer": {"number": "open_number"},
    "attempt_question": {"attempt_id": "under_way", "number": "first"},
    "attempt_submit": {"attempt_id": "under_way"},
    "attempt_second": {"attempt_id": "asking"},
    "save_answers": {"attempt_id": "under_way"},
    "desk_scene": {"identifier": "scene"},
    "desk_call": {"learner_pk": "newcomer"},
    "desk_issue_certificate": {"learner_pk": "graduate"},
}

TABLE = {
    "account_login": ("+====1+=========", SIGN_IN),
    "account_logout": (">>>>>>>>>>>>>>>>", {}),
    "account_reauthenticate": (">====1>=========", lambda world, who: {"password": pin_of(who)}),
    "mfa_authenticate": (">====1>=========", {"code": "123456"}),
    "mfa_reauthenticate": (">====1>=========", {"code": "123456"}),
    "mfa_activate_totp": (">====1>=========", {"code": "123456"}),
    "mfa_deactivate_totp": (">====1>=========", {}),
    "mfa_generate_recovery_codes": (">====1>=========", {}),
    "mfa_download_recovery_codes": (">====1>=========", {}),
    "choose_pin": (">====+>=========", new_pin),
    "choose_role": (">++++1>+++++++++", {"role": "apoyo"}),
    "join_group": (
        "+++=+1++++++++++",
        lambda world, who: {"code": world.foreign["join_code"], "given_names": "Luz", "surnames": "Paz"},
    ),
    "my_account": (">++++1>+++++++++", new_pin),
    "my_details": (">++++1>+++++++++", {"phone": "5555 1234", "sex": ""}),
    "my_mail": (">++++1>+++++++++", {"email": "ana@ejemplo.gt", "wanted": "on"}),
    # Of the people only who left has an address that nobody confirmed.
    "ask_confirmation": (">===+1>=========", {}),
    "close_sessions": (">++++1>+++++++++", {"session": "others"}),
    # Nobody said here that the computer is not shared: there the file is refused.
    "spaced_case": (">+++=1>=========", {"caso-1": "a"}),
    # Whoever is in no group is not asked.
    "survey": (">+++=1>=========", {"ronda": "post", "seguir": "1"}),
    "own_data": (">!!!!1>!!!!!!!!!", new_pin),
    "stop_reminders": ("++++++++++++++++", {}),
    "confirm_address": ("++++++++++++++++", {}),
    "accept_invitation": ("++++++++++++++++", {"new": "un-volcan-tras-otro", "again": "un-volcan-tras-otro"}),
    "keep_alive": ("!=====!=========", {}),
    # To whom it is credited stands in it.
    "deliver_facts": ("++++++++++++++++", delivered_answer),
    # Of a session nothing is left, which is no table of these; what ended is no page.
    "leave_offline": ("!!!!!!!!!!!!!!!!", {}),
    "verify_form": ("=====1==========", lambda world, who: {"code": world.own["serial"]}),
    "holder_correction": ("+++++1++++++++++", {"name": "Ana Lucía Coj", "role": "", "clinic": "", "note": ""}),
    "verify_file": ("=====1==========", pdf_of_certificate),
    "verify_list": ("=====1==========", lambda world, who: {"text": world.own["serial"]}),
    "comfort": ("=+++++=+++++++++", {"size": "130", "theme": "dark"}),
    "search": ("=====1==========", {"q": "saludo"}),
    "desk_cards": (">----1>+-+----++", of_people("L", ending_pins="on")),
    "desk_new_pin": (">----1>+-+----++", {}),
    "desk_address": (">----1>+-+----++", {"email": "ana@ejemplo.gt"}),
    "desk_change_person": (">----1>+-+----++", PERSON),
    "desk_leave": (">----1>+-+----++", {"action": "archive"}),
    "desk_delete_person": (">----1>+-+----++", code_of("L")),
    "desk_merge": (">----1>+-+----++", code_of("K")),
    "desk_archive": (">----1>+-+----++", of_people("G")),
    "desk_change_group": (">----1>+-+----++", group_fields),
    "desk_hand_over": (">----1>+-+----++", {"code": "otra", "note": "Falta el módulo 4."}),
    "desk_asked": (
        ">----1>-------++",
        {"sex_reason": "Informe mensual", "phone_reason": "Llamar a quien necesita ayuda"},
    ),
    "desk_job_titles": (">----1>-------++", learned_title),
    "desk_join_code": (">----1>+-+----++", {}),
    "desk_roster": (">----1>+-+----++", {"pasted": "Nombres\tApellidos\nLuz\tPaz"}),
    "desk_roster_plan": (">----1>+--------", confirmed_list),
    "desk_paper": (">----1>+-+----++", of_people("K")),
    "desk_print_papers": (">----1>+-+----++", {"hoja": "letter"}),
    "desk_enter_sheet": (">----1>+-+----++", typed_sheet),
    "desk_withdraw_sheet": (">----1>+-+----++", {}),
    "desk_new_group": (">----1>++++---++", group_fields),
    "desk_find_certificates": (">----1>--==---==", {"q": "Ana"}),
    "desk_find_people": (">----1>====---==", {"q": "Ana"}),
    "desk_add_person": (">----1>+!+!---++", lambda world, who: LUZ | {"cohort": world.own["cohort_pk"]}),
    "desk_add_to_session": (">----1>+-+----++", LUZ),
    "desk_new_clinic": (">----1>+++!---++", place),
    "desk_change_clinic": (">----1>--+----++", place),
    "desk_survey_key": (">----1>+-+----++", keyed_sheets),
    "desk_survey_close_clinic": (">----1>--+----++", {}),
    "desk_survey_close_area": (">----1>--+----++", {}),
    "desk_survey_give_up": (">----1>-------==", {}),
    "desk_survey_package": (">----1>-------++", counted_edition),
    "desk_sessions": (">----1>+-+----++", SESSION),
    "desk_session": (">----1>+-+----++", of_people("K")),
    "desk_session_change": (">----1>+-+----++", SESSION),
    "desk_session_delete": (">----1>+-+----++", {}),
    "desk_door": (">----1>+-+----++", {"abrir": "1"}),
    "desk_scene": (">----1>+-+----++", {"A": "7", "B": "8"}),
    "desk_round": (
        ">----1>=-=----==",
        lambda world, who: {"quiz": str(Attempt.objects.get(pk=world.own["under_way"]).quiz_key)},
    ),
    "attend_session": (">++!!1>!!!!!!!!!", {}),
    "turn": (">>>>>1>>>>>>>>>>", {"terminar": "1"}),
    "desk_release": (">----1>+-+----++", lambda world, who: {"attempt": str(world.own["exam_attempt"])}),
    "desk_mark_answer": (">----1>+-+----++", {"seen": 0, "points": "1", "comment": "Bien."}),
    "desk_decide": (">----1>+-+----++", {"decision": "contar"}),
    "desk_reminders": (">----1>+===---==", of_people("F")),
    "desk_undo_call": (">----1>+-+----++", {}),
    "desk_begin_anew": (">----1>+-+----++", begun_anew()),
    "desk_begin_person_anew": (">----1>+-+----++", begun_anew("L")),
    "desk_call_rules": (">----1>+-+----++", RULES),
    "desk_call": (">----1>+-+----++", {}),
    "desk_cohort_certificates": (">----1>+-+----++", {"cuales": "nuevos"}),
    "desk_allow": (">----1>+-+----++", {"extra_attempts": "2", "reason": "Se fue la luz."}),
    "desk_issue_certificate": (">----1>+-+----++", printed("K", action="issue")),
    "desk_correct_certificate": (
        ">----1>+-+----++",
        {"given_names": "Ana Lucía", "surnames": "Coj de la Crúz", "reason": "Falta un acento."},
    ),
    "desk_annul_certificate": (">----1>+-+----++", {"reason": "Falta una firma."}),
    "desk_plan_new": (">----1>+-+----++", new_action),
    "desk_plan_review": (">----1>+-+----++", reviewed_action),
    "desk_plan_correct": (">----1>+-+----++", reviewed_action),
    "desk_plan_let_go": (">----1>+-+----++", {"why": "El edificio es alquilado."}),
    "desk_plan_heads": (">----1>+-+----++", lambda world, who: {"person": world.people["L"].pk}),
    "my_plan_new": (">-+--1>---------", new_action),
    "my_plan_review": (">-+--1>---------", reviewed_action),
    "my_plan_correct": (">-+--1>---------", reviewed_action),
    "my_plan_let_go": (">-+--1>---------", {"why": "El edificio es alquilado."}),
    "desk_unlock": (">----1>+-+----++", {}),
    "desk_correction": (">----1>+-+----++", declined),
    "my_certificate": (">=+==1>=========", printed("K")),
    "my_correction": (">+=+=1>=========", printed("L", clinic="Otro centro")),
    "quiz_start": (">+++!1>+++++++++", {}),
    "attempt_question": ("=+---1=---------", first_answer),
    "attempt_submit": (">+---1>---------", {}),
    "attempt_second": ("=+---1=---------", second_answer),
    "save_answers": ("!+---1!---------", answers_by_script),
    "mark_lesson_read": (">+++!1>+++++++++", {}),
    "wagtailcore_login": (">>>>>1>>>>>>>>>>", SIGN_IN),
}
WHERE = "tests/course/test_posts.py: give it a row of TABLE, with a form that changes something, or name it in READING"


@pytest.fixture(scope="module")
def world(filled_once, tmp_path_factory):
    with one_world(tmp_path_factory.mktemp("keys")) as made:
        yield made


def posted_address(one, world):
    own = world.own
    own = own | {"first": 1, "scene": "M1-E1", "newcomer": world.people["F"].pk, "graduate": world.people["K"].pk}
    keys = {key: own[called] for key, called in OTHER_KEYS.get(one.name, {}).items()}
    return address_of(one.name, list(one.parameters), own | keys)


def sign_of(answer):
    if answer.wrote:
        return "+"
    if answer.leads_to.startswith(reverse("account_login")):
        return ">"
    if answer.leads_to.startswith(reverse("choose_pin")):
        return "1"
    return "=" if answer.status in (200, 302) else {404: "-", 405: "x"}.get(answer.status, "!")


def post_form(everyone, world, who, address, form, **request):
    fields = form(world, who) if callable(form) else form
    if isinstance(fields, list | str):
        body = fields if isinstance(fields, str) else json.dumps(fields)
        return everyone.ask(who, "post", address, body, content_type="application/json", **request)
    return everyone.ask(who, "post", address, fields, **request)


def ours():
    return [one for one in all_addresses() if not one.place.startswith("cms/")]


@pytest.mark.postgres
def test_everybody_gets_what_the_table_says(world):
    everyone, found = Everyone(world.people), {}
    for one in ours():
        if one.name in TABLE:
            address, form = posted_address(one, world), TABLE[one.name][1]
            found[one.name] = "".join(sign_of(post_form(everyone, world, who, address, form)) for who in EVERYONE)
    assert found == {name: signs for name, (signs, _form) in TABLE.items()}


def test_no_form_of_another_site_changes_anything(world):
    """It is sent with the cookies of whoever may do most, who opened a page elsewhere."""
    everyone, headers = Everyone(world.people, checks_forgery=True), {"origin": "https://mal.example"}
    changed = set()
    for one in ours():
        signs, form = TABLE.get(one.name, ("", {}))
        who = EVERYONE[signs.index("+")] if "+" in signs else "S"
        address = posted_address(one, world)
        if post_form(everyone, world, who, address, form, headers=headers).wrote:
            changed.add(one.name)
    # A program for mail posts without a page of ours: the address itself is the secret.
    assert changed == {"stop_reminders"}


def test_whatever_takes_a_post_is_in_the_table(world):
    everyone, taking = Everyone(world.people), set()
    for one in ours():
        address = posted_address(one, world)
        # Whoever is not signed in is often led away before it is asked whether a post is taken at all.
        signs = {who: sign_of(everyone.ask(who, "post", address, {})) for who in "NLTS"}
        if signs["N"] not in "x>" or {signs["L"], signs["T"], signs["S"]} != {"x"}:
            taking.add(one.name)
    assert taking == TABLE.keys() | READING, WHERE


@pytest.mark.nightly
def test_what_only_shows_something_changes_nothing(world):
    everyone = Everyone(world.people)
    for one in ours():
        if one.name in READING:
            for who in EVERYONE:
                assert sign_of(everyone.ask(who, "post", posted_address(one, world), {})) != "+", (one.name, who)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_changes_anything(world, method):
    everyone = Everyone(world.people)
    for one in ours():
        signs, form = TABLE.get(one.name, ("=" * len(EVERYONE), {}))
        fields = form(world, "T") if callable(form) else form
        body = urlencode(fields, doseq=True) if isinstance(fields, dict) else json.dumps(fields)
        # Whoever may do most here, so that nothing but the method stands in the way.
        who = next((letter for letter, sign in zip(EVERYONE, signs, strict=True) if sign == "+"), "S")
        answer = everyone.ask(who, method, posted_address(one, world), body, content_type=FORM)
        assert (answer.wrote, answer.status < 500) == (set(), True), one.name
