import json
from itertools import cycle
from urllib.parse import urlencode

import pytest
from lxml import html

from tests.everyone import SPECIAL, Everyone, one_world
from tests.test_access import (
    COLUMNS,
    address_in,
    fields_of,
    ours,
    post_form,
    row_of,
    sign_of,
    sign_of_post,
    whoever_gets,
)

pytestmark = pytest.mark.django_db

ASKED = """
area accion camino centro code codigo c despues doble estado examenes grupo hoja orden otra p pagina papel path persona
puesto ver
"""


# Where there is nothing to fill in wrongly: buttons, choices that fall back on what was there, and what has no page.
NEVER_REFUSED = {
    "ask_confirmation",
    "attempt_submit",
    "attend_session",
    "close_sessions",
    "confirm_address",
    "deliver_facts",
    "desk_archive",
    # Any reason is one.
    "desk_asked",
    "desk_call",
    "desk_correction",
    "desk_decide",
    "desk_door",
    "desk_find_certificates",
    "desk_find_people",
    "desk_job_titles",
    "desk_join_code",
    "desk_leave",
    "desk_new_pin",
    "desk_print_papers",
    "desk_roster_plan",
    "desk_scene",
    "desk_survey_close_area",
    "desk_survey_close_clinic",
    "desk_survey_package",
    "desk_session",
    # Nothing hangs on the session of this world.
    "desk_session_delete",
    "desk_undo_call",
    "desk_unlock",
    "desk_withdraw_sheet",
    "mark_lesson_read",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "quiz_start",
    "save_answers",
    "search",
    "spaced_case",
    "stop_reminders",
    # Nothing has to be answered.
    "survey",
}
# What leads on to a page of its own, with a title of its own; the rest stays, and says what it did.
LEADS_ON = {
    "account_login",
    "attempt_question",
    "attempt_submit",
    "attend_session",
    "choose_role",
    "confirm_address",
    "desk_cards",
    "desk_cohort_certificates",
    "desk_door",
    "desk_new_pin",
    "desk_print_papers",
    "desk_roster",
    "desk_roster_plan",
    "desk_scene",
    "desk_sessions",
    "holder_correction",
    "mark_lesson_read",
    "my_certificate",
    "quiz_start",
    "survey",
}


@pytest.fixture(scope="module")
def world(filled_once, tmp_path_factory):
    with one_world(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture
def everyone(world):
    return Everyone(world.people)


def test_no_form_of_another_site_changes_anything(world):
    everyone, headers = Everyone(world.people, checks_forgery=True), {"origin": "https://mal.example"}
    changed = set()
    for one in ours():
        who = whoever_gets("+", one.name) or "S"
        if post_form(everyone, world, who, address_in(world, one), one.name, headers=headers).wrote:
            changed.add(one.name)
    # A program for mail posts without a page of ours: the address itself is the secret.
    assert changed == {"stop_reminders"}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_changes_anything(world, everyone, method):
    for one in ours():
        fields = fields_of(one.name, world, "T")
        body = urlencode(fields, doseq=True) if isinstance(fields, dict) else json.dumps(fields)
        # Whoever may do most here, so that nothing but the method stands in the way.
        who = whoever_gets("+", one.name) or "S"
        form = "application/x-www-form-urlencoded"
        answer = everyone.ask(who, method, address_in(world, one), body, content_type=form)
        assert (answer.wrote, answer.status < 500) == (set(), True), one.name


@pytest.mark.nightly
def test_asking_for_the_head_alone_is_answered_as_asking_for_the_page(world, everyone):
    for one in ours():
        head = everyone.ask("T", "head", address_in(world, one))
        assert sign_of(head) == row_of(one.name)[0][COLUMNS.index("T")], one.name
        assert head.response.getvalue() == b"", one.name


def test_a_number_longer_than_a_database_holds_is_the_key_of_nothing(world, everyone):
    found = {}
    for one in ours():
        for parameter in one.parameters:
            if one.name not in SPECIAL and isinstance(world.own[parameter], int):
                address = address_in(world, one, **{parameter: 10**30})
                sign = sign_of(everyone.ask("S", "get", address))
                if sign == "x":
                    sign = sign_of_post(everyone.ask("S", "post", address, {"decision": "dejar"}))
                found[one.name, parameter] = sign
    found["status_list", "number"] = sign_of(everyone.ask("S", "get", f"/v/estados/{10**30}/"))
    assert len(found) > 50
    # The address of a sheet leads to its pile, in whichever group that is; a week without a case to the course.
    assert {where: sign for where, sign in found.items() if sign != "-"} == {
        ("desk_enter_sheet", "cohort_pk"): ".",
        ("spaced_case", "week"): ".",
    }


@pytest.mark.nightly
@pytest.mark.parametrize("numbers", [[10**30], ["9" * 5000, -(10**30)]], ids=["long", "too long to be read, negative"])
def test_a_long_number_behind_the_question_mark_breaks_no_page(world, everyone, numbers):
    asked = urlencode(dict(zip(ASKED.split(), cycle(numbers), strict=False)))
    for one in ours():
        everyone.ask("S", "get", f"{address_in(world, one)}?{asked}")


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["N", "L", "T"])
def test_a_nul_in_an_address_leads_nowhere(world, everyone, who):
    of_text = {"verify": "serial", "desk_sheet": "code", "quiz_entry": "identifier", "directory_need": "need"}
    by_name = {one.name: one for one in ours()}
    for name, parameter in of_text.items():
        address = address_in(world, by_name[name]).replace(str(world.own[parameter]), "%00")
        assert sign_of(everyone.ask(who, "get", address)) == "-"
    merge = address_in(world, by_name["desk_merge"])
    for query in ("code=%00", "a%00=1", "code=a&code=b%00"):
        assert sign_of(everyone.ask(who, "get", f"{merge}?{query}")) == "-"


def test_a_nul_in_a_form_is_no_code_of_anybody(world, everyone):
    [merge] = [address_in(world, one) for one in ours() if one.name == "desk_merge"]
    assert everyone.ask("T", "post", merge, {"code": f"{world.people['O'].username}\x00"}).status == 422


def page_of(response):
    text = "" if response.streaming else response.content.decode("utf-8", "replace")
    if '<main id="contenido"' not in text:
        return None
    page = html.fromstring(text)
    for kept in page.findall(".//template"):
        kept.drop_tree()
    return page


def faults_of_refusal(page):
    summary = page.get_element_by_id("contenido")[0]
    if not page.findtext(".//title").startswith("Error: "):
        yield "title"
    if "error-summary" not in summary.get("class", ""):
        yield "the summary is not first"
        return
    if summary.get("tabindex") != "-1" or summary.get("autofocus") is None or summary.find("h2") is None:
        yield "no focus"
    for link in summary.iterfind(".//a"):
        control = page.get_element_by_id(link.get("href")[1:], None)
        if control is None or control.tag not in ("input", "select", "textarea", "button"):
            yield f"leads to no control: {link.get('href')}"
    for error in page.find_class("field-error"):
        if error.get("hidden") is not None:
            continue
        described = page.xpath(f"//*[contains(concat(' ', @aria-describedby, ' '), ' {error.get('id')} ')]")
        if not error.get("id") or not described:
            yield f"describes nothing: {error.text_content()}"
        for one in described:
            controls = {"fieldset": one.xpath(".//input|.//select|.//textarea"), "form": []}.get(one.tag, [one])
            if any(c.get("aria-invalid") != "true" for c in controls if c.get("type") != "hidden"):
                yield f"not invalid: {error.text_content()}"


def test_every_form_says_in_one_way_what_it_refuses_and_what_it_did(world, everyone):
    tried, refused, leading_on, faults = set(), set(), set(), []
    for one in ours():
        who = whoever_gets("+", one.name) or whoever_gets("=", one.name)
        right = fields_of(one.name, world, who) if who else {}
        right = right if isinstance(right, dict) else {}
        if not right and not whoever_gets("+", one.name):
            continue
        tried.add(one.name)
        address = address_in(world, one)
        for fields in ({"csrfmiddlewaretoken": ""}, dict.fromkeys(right, "¿" * 70)):
            page = page_of(everyone.ask(who, "post", address, fields, follow=True).response)
            if page is None:
                continue
            assert not page.xpath("//*[@role='alert']"), address
            if page.find_class("error-summary") or page.find_class("field-error"):
                refused.add(one.name)
                faults += [(one.name, fault) for fault in faults_of_refusal(page)]
        answer = everyone.ask(who, "post", address, right, follow=True)
        page = page_of(answer.response)
        if page is None or not answer.wrote:
            continue
        assert not page.find_class("error-summary"), address
        said = page.xpath("//*[@data-said]")
        if not said:
            leading_on.add(one.name)
            continue
        # An anchor scrolls past what is said.
        if any("#" in place for place, _status in answer.response.redirect_chain):
            faults.append((one.name, "scrolls past what is said"))
        if said[0] is not page.get_element_by_id("contenido")[0] or said[0].get("autofocus") is None:
            faults.append((one.name, "what was done is not first"))
    assert faults == []
    assert tried - refused == NEVER_REFUSED
    assert leading_on == LEADS_ON
