"""What every form answers: refused or done, it is said in one way, first on the page, where the focus is.

Every form of `test_posts.TABLE` is sent empty and with nonsense, by somebody who may send it, and once as it should be.
"""

import pytest
from lxml import html

from tests.course.test_posts import TABLE, ours, posted_address
from tests.everyone import EVERYONE, Everyone, make_world

pytestmark = pytest.mark.django_db

NONSENSE = "¿" * 70
# Where there is nothing to fill in wrongly: buttons, choices that fall back on what was there, and what has no page.
NEVER_REFUSED = {
    "ask_confirmation",
    # Nobody here is asked again what is indispensable.
    "attempt_second",
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
    "desk_survey_give_up",
    "desk_survey_package",
    "desk_session",
    # Nothing hangs on the session of this world.
    "desk_session_delete",
    "desk_undo_call",
    "desk_unlock",
    "desk_withdraw_sheet",
    "keep_alive",
    "mark_lesson_read",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
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
    "attempt_second",
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


def fields_of(form, world, who):
    fields = form(world, who) if callable(form) else form
    return fields if isinstance(fields, dict) else {}


def page_of(response):
    """Return the page as a tree, or None where the answer is no page of the site."""
    text = "" if response.streaming else response.content.decode("utf-8", "replace")
    if '<main id="contenido"' not in text:
        return None
    page = html.fromstring(text)
    for kept in page.findall(".//template"):
        kept.drop_tree()
    return page


def first_said(page):
    """Return the first thing in the page's main part."""
    return page.get_element_by_id("contenido")[0]


def complaints_about_refusal(page):
    """Yield what is not as it should be on a page that refuses something."""
    summary = first_said(page)
    if not page.findtext(".//title").startswith("Error: "):
        yield "title"
    if "error-summary" not in summary.get("class", ""):
        yield "the summary is not first"
        return
    if summary.get("tabindex") != "-1" or summary.get("autofocus") is None or summary.find("h2") is None:
        yield "no focus"
    for link in summary.iterfind(".//a"):
        control = page.get_element_by_id(link.get("href")[1:], None)
        if control is None or control.tag not in ("input", "select", "textarea"):
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


@pytest.fixture
def world(settings, tmp_path):
    return make_world(tmp_path / "keys", settings)


@pytest.mark.nightly
def test_every_form_says_in_one_way_what_it_refuses_and_what_it_did(world):
    everyone, tried, refused, leading_on, wrong = Everyone(world.people), set(), set(), set(), []
    for one in ours():
        signs, form = TABLE.get(one.name, ("", {}))
        by_sign = {sign: letter for letter, sign in reversed([*zip(EVERYONE, signs, strict=False)])}
        who = by_sign.get("+") or by_sign.get("=")
        if not who:
            continue
        tried.add(one.name)
        address, right = posted_address(one, world), fields_of(form, world, who)
        for fields in ({"csrfmiddlewaretoken": ""}, dict.fromkeys(right, NONSENSE)):
            answer = everyone.ask(who, "post", address, fields, follow=True)
            page = page_of(answer.response)
            if page is None:
                continue
            assert not page.xpath("//*[@role='alert']"), address
            if page.find_class("error-summary") or page.find_class("field-error"):
                refused.add(one.name)
                wrong += [(one.name, complaint) for complaint in complaints_about_refusal(page)]
        answer = everyone.ask(who, "post", address, right, follow=True)
        page = page_of(answer.response)
        if page is not None and answer.wrote:
            assert not page.find_class("error-summary"), address
            said = page.xpath("//*[@data-said]")
            leading_on |= set() if said else {one.name}
            chain = [place for place, _status in answer.response.redirect_chain]
            wrong += [(one.name, f"scrolls past what is said: {place}") for place in chain if said and "#" in place]
            if said and (said[0] is not first_said(page) or said[0].get("autofocus") is None):
                wrong.append((one.name, "what was done is not first"))
    assert wrong == []
    assert tried - refused == NEVER_REFUSED
    assert leading_on == LEADS_ON
