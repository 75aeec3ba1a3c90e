import json
import random
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from course.paper.sheets import hand_out
from course.people.devices import HIDDEN_BEFORE
from course.people.owner_tokens import make_owner_token
from quizzes.attempts.rules import can_be_taken_offline
from quizzes.base.offline_copies import LOOK_PLACEHOLDER, OWNER_PLACEHOLDER
from quizzes.kinds import KINDS, get_kind
from quizzes.models import Attempt, FeedbackTime, Medium
from quizzes.question_forms.feedback import get_item_states
from tests.factories import make_cohort, make_course, make_learner, make_question, make_quiz, make_trainer
from tests.quizzes.factories import answer_all, choice_key, give, item_of, make_full_quiz, start, submit
from tests.quizzes.test_images import image_address, make_pictured

pytestmark = pytest.mark.django_db

ALL_KINDS = [*KINDS]
FILLED = re.compile(r'<(?:select|input type="text")[^>]* data-key=')


@pytest.fixture
def learner(db):
    make_course(modules=1, lessons=1)
    return make_learner("ODD222", "Xquenda Ñuul", "Qʼanil & Ößterlund", cohort=make_cohort(), comfort="size-150")


@pytest.fixture
def learner_client(client, learner):
    client.force_login(learner)
    return client


def url(name, *args, language="es"):
    with translation.override(language):
        return reverse(name, args=args)


def begun(learner, quiz, **more):
    return start(learner, quiz, now=timezone.now() - timedelta(minutes=5), **more)


def paper_of(client, attempt, language="es"):
    answer = client.get(url("attempt_paper", attempt.pk, language=language))
    told = (answer.status_code, answer["Cache-Control"], answer["Content-Type"])
    assert told == (200, "private, no-store", "application/json")
    return json.loads(answer.content)


def page_of(paper, attempt, number):
    return paper["pages"][url("attempt_question", attempt.pk, number)]


def summary_of(paper, attempt):
    return paper["pages"][url("attempt_summary", attempt.pk)]


def test_it_holds_every_question_and_the_summary_and_says_what_leads_to_it(learner, learner_client):
    attempt = begun(learner, make_quiz("m9", [make_pictured("Q1"), make_question("Q2"), make_question("Q3")]))
    paper = paper_of(learner_client, attempt)
    places = [url("attempt_question", attempt.pk, number) for number in (1, 2, 3)]
    assert set(paper["pages"]) == {*places, url("attempt_summary", attempt.pk)}
    assert (paper["attempt"], paper["first"], paper["title"]) == (str(attempt.pk), places[0], "Cuestionario m9")
    assert paper["entry"] == [url(name, "m9") for name in ("quiz_entry", "quiz_continue", "quiz_start")]
    pictured = next(item for item in attempt.snapshot["questions"] if "image" in item)
    assert paper["images"] == [image_address(pictured)]
    names = {address.rpartition("/")[2].split(".")[0] for address in paper["assets"]}
    assert {"site", "person", "quiz", "copied"} <= names
    assert "timer" not in names


def test_it_names_nobody_and_carries_no_token(learner, learner_client):
    attempt = begun(learner, make_full_quiz("m9", ALL_KINDS))
    text = unescape(json.dumps(paper_of(learner_client, attempt), ensure_ascii=False))
    marks = [learner.first_name, learner.last_name, learner.username, make_owner_token(learner), str(learner.key)]
    marks += ["size-150"]
    marks += [learner_client.session.session_key, learner_client.cookies["person"].value, "csrfmiddlewaretoken"]
    assert [mark for mark in [*marks, "data-person"] if mark in text] == []
    assert text.count(f'class=\\"{LOOK_PLACEHOLDER}\\"') == len(attempt.snapshot["questions"]) + 1
    assert text.count(f'content=\\"{OWNER_PLACEHOLDER}\\"') == len(attempt.snapshot["questions"]) + 1


def test_it_holds_nothing_of_what_is_right_while_the_attempt_is_under_way(learner, learner_client):
    attempt = begun(learner, make_full_quiz("m9", ALL_KINDS))
    text = unescape(json.dumps(paper_of(learner_client, attempt), ensure_ascii=False))
    feedback = {option["feedback"] for item in attempt.snapshot["questions"] for option in item["options"]} - {""}
    assert len(feedback) > 5
    assert [words for words in feedback if words.partition(" [")[0] in text] == []
    assert [word for word in ("is_correct", "marking_guide", "tolerance") if word in text] == []


def test_it_shows_the_answers_that_stand_now(learner, learner_client):
    attempt = begun(learner, make_full_quiz("m9", ["single", "short_text", "open"]))
    single = item_of(attempt, "single")
    give(attempt, single, choice_key(single, "Callar"))
    give(attempt, item_of(attempt, "open"), "Buenos días a <todas>")
    paper = paper_of(learner_client, attempt)
    pages = "".join(paper["pages"].values())
    assert f'value="{choice_key(single, "Callar")}" checked' in pages
    assert "Buenos días a &lt;todas&gt;</textarea>" in pages
    assert "2 de 3 preguntas respondidas." in summary_of(paper, attempt)
    changed = paper["rev"]
    give(attempt, single, choice_key(single, "Saludar"), number=2)
    assert paper_of(learner_client, attempt)["rev"] != changed
    assert paper_of(learner_client, attempt) == paper_of(learner_client, attempt)


def test_what_somebody_typed_is_no_place_of_a_line_that_pages_share(learner, learner_client):
    attempt = begun(learner, make_full_quiz("m9", ["open"]))
    give(attempt, item_of(attempt, "open"), "Sala __0__, cama __12__, _3_")
    paper = paper_of(learner_client, attempt)
    assert paper["shared"] == []
    page = page_of(paper, attempt, 1)
    assert re.findall(r"__\d+__", page) == []
    assert "Sala __0__, cama __12__, _3_" in unescape(page)


def test_answers_that_this_session_does_not_show_are_not_in_it(learner, learner_client):
    attempt = begun(learner, make_full_quiz("m9", ["single", "open"]))
    single = item_of(attempt, "single")
    give(attempt, single, choice_key(single, "Callar"))
    give(attempt, item_of(attempt, "open"), "Lo que escribí antes")
    session = learner_client.session
    session[HIDDEN_BEFORE] = (timezone.now() + timedelta(minutes=1)).isoformat()
    session.save()
    text = "".join(paper_of(learner_client, attempt)["pages"].values())
    said = ("Lo que escribí antes", " checked", "no se muestra aquí")
    assert [words in text for words in said] == [False, False, True]


def test_the_paper_of_somebody_else_does_not_exist(learner):
    attempt = begun(learner, make_quiz("m9", 2))
    others = [make_learner("OTR222", "Otilia", "Zet"), make_trainer(is_superuser=True)]
    for other in others:
        browser = Client()
        browser.force_login(other)
        assert browser.get(url("attempt_paper", attempt.pk)).status_code == 404
    nobody = Client().get(url("attempt_paper", attempt.pk))
    assert (nobody.status_code, nobody.url.split("?")[0]) == (302, reverse("account_login"))


def test_who_begun_it_gets_it_though_the_group_is_closed_by_now(learner, learner_client):
    attempt = begun(learner, make_quiz("m9", 2))
    learner.enrolments.update(left_at=timezone.now())
    assert paper_of(learner_client, attempt)["attempt"] == str(attempt.pk)


FORBIDDEN = {
    "a limit of time": {"time_limit": 20},
    "an exam": {"is_exam": True},
    "each question is checked": {"feedback_time": FeedbackTime.NOW},
    "an exam that would check": {"is_exam": True, "feedback_time": FeedbackTime.NOW},
}


@pytest.mark.parametrize("rules", FORBIDDEN.values(), ids=FORBIDDEN)
def test_rules_under_which_no_device_keeps_it(learner, learner_client, rules):
    attempt = begun(learner, make_quiz("m9", 2, **rules))
    assert not can_be_taken_offline(attempt)
    assert learner_client.get(url("attempt_paper", attempt.pk)).status_code == 404
    for address in (url("attempt_question", attempt.pk, 1), url("attempt_summary", attempt.pk)):
        page = learner_client.get(address, follow=True)
        assert page.status_code == 200
        assert 'name="keep"' not in page.text


ALLOWED = {
    "the usual": {},
    "all on one page": {"layout": "all"},
    "how sure": {"asks_certainty": True},
    "few attempts": {"attempts_allowed": 1, "wait_minutes": 60},
}


@pytest.mark.parametrize("rules", ALLOWED.values(), ids=ALLOWED)
def test_rules_under_which_it_is_kept_and_its_pages_say_where(learner, learner_client, rules):
    attempt = begun(learner, make_quiz("m9", 2, **rules))
    keep = f'<meta name="keep" content="{url("attempt_paper", attempt.pk)}">'
    for address in (url("attempt_question", attempt.pk, 1), url("attempt_summary", attempt.pk)):
        assert keep in learner_client.get(address).text
    pages = paper_of(learner_client, attempt)["pages"].values()
    assert [page for page in pages if 'name="keep"' in page] == []


def test_the_rules_are_those_of_the_paper_and_not_of_the_quiz_today(learner, learner_client):
    quiz = make_quiz("m9", 2)
    attempt = begun(learner, quiz)
    quiz.is_exam = True
    quiz.save()
    assert learner_client.get(url("attempt_paper", attempt.pk)).status_code == 200


def test_shared_computer_stores_no_quiz(learner, learner_client):
    attempt = begun(learner, make_quiz("m9", 2))
    session = learner_client.session
    session["shared_computer"] = True
    session.save()
    for address in (url("attempt_question", attempt.pk, 1), url("attempt_summary", attempt.pk)):
        assert 'name="keep"' not in learner_client.get(address).text
    assert learner_client.get(url("attempt_paper", attempt.pk)).status_code == 404


def test_what_was_sent_ran_out_is_on_paper_or_asks_again_is_not_kept(learner, learner_client):
    sent = submit(begun(learner, make_quiz("m9", 2)), now=timezone.now())
    over = begun(learner, make_quiz("m8", 2, closes_at=timezone.now() + timedelta(days=1)))
    Attempt.objects.filter(pk=over.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    on_paper = begun(learner, make_quiz("m7", 2))
    Attempt.objects.filter(pk=on_paper.pk).update(medium=Medium.PAPER)
    handed_out = make_quiz("m6", 2)
    cohort = learner.enrolments.get().cohort
    cohort.trainers.add(trainer := make_trainer())
    hand_out(handed_out, [learner], cohort=cohort, by=trainer, now=timezone.now(), chance=random.Random(1))
    sheet = Attempt.objects.get(snapshot__identifier="m6")
    marked = make_question("M5-1", is_indispensable=True)
    asking = begun(learner, make_quiz("m5", [marked, make_question("M5-2")], pass_mark=50))
    give(asking, asking.snapshot["questions"][1], choice_key(asking.snapshot["questions"][1], "Saludar"))
    assert submit(asking, now=timezone.now()).is_in_second_chance
    for attempt in (sent, over, on_paper, sheet, asking):
        assert learner_client.get(url("attempt_paper", attempt.pk)).status_code == 404, attempt.snapshot["identifier"]
    assert not can_be_taken_offline(Attempt.objects.get(pk=over.pk))


def test_until_when_it_counts_is_said_by_the_day_for_nobody_knows_when_it_is_read(learner, learner_client):
    closes = timezone.localtime().replace(hour=16, minute=40) + timedelta(days=1)
    attempt = begun(learner, make_quiz("m9", 1, closes_at=closes))
    assert "mañana a las 16:40" in learner_client.get(url("attempt_question", attempt.pk, 1)).text
    paper = paper_of(learner_client, attempt)
    said = ("a las 16:40", f"{closes.day} de ", "mañana a las", "data-left", 'role="timer"')
    for page in paper["pages"].values():
        assert [words for words in said if words in page] == [*said[:2]]
    assert "timer" not in " ".join(paper["assets"])


def rows_in(page):
    pattern = r'<li data-item="([^"]+)" data-kind="([^"]+)" data-parts="(\d+)" data-unit="([^"]*)">'
    return {key: (kind, int(parts), unescape(unit)) for key, kind, parts, unit in re.findall(pattern, page)}


def test_the_rows_say_of_every_kind_how_many_fields_make_it_complete(learner, learner_client):
    attempt = begun(learner, make_full_quiz("m9", ALL_KINDS))
    items = attempt.snapshot["questions"]
    paper = paper_of(learner_client, attempt)
    rows = rows_in(summary_of(paper, attempt))
    fields = dict.fromkeys(ALL_KINDS, 0) | {"ordering": 4, "matching": 3, "gaps": 3}
    assert {item["kind"]: rows[item["key"]][1] for item in items} == fields
    assert {item["key"]: item["kind"] for item in items} == {key: kind for key, (kind, *_rest) in rows.items()}
    for number, item in enumerate(items, start=1):
        page = page_of(paper, attempt, number)
        assert rows_in(page) == rows
        assert len(FILLED.findall(page)) == rows[item["key"]][1]


@pytest.mark.parametrize("kind", ["ordering", "matching", "gaps"])
def test_with_a_field_less_it_is_incomplete_and_with_all_of_them_answered(learner, kind):
    attempt = begun(learner, make_full_quiz("m9", [kind]))
    [item] = attempt.snapshot["questions"]
    whole = get_kind(item).right_response(item)
    assert len(whole) == get_kind(item).count_parts(item)
    less = dict([*whole.items()][1:])
    states = [get_item_states(attempt.snapshot, {item["key"]: given})[0].state for given in (whole, less, {})]
    assert states == ["answered", "partly", "open"]


def test_the_sentences_of_the_summary_are_there_for_any_number(learner, learner_client):
    attempt = begun(learner, make_quiz("m9", 3))
    summary = summary_of(paper_of(learner_client, attempt), attempt)
    assert '<p class="lead" data-answered="{answered} de {scored} preguntas respondidas.">' in summary
    notice = r'<div class="notice" data-one="([^"]+)" data-many="([^"]+)"( hidden)?>'
    one, many, hidden = re.search(notice, summary).groups()
    assert one.startswith("Tiene {count} pregunta sin responder")
    assert many.startswith("Tiene {count} preguntas sin responder")
    assert hidden is None
    assert f"<p>{many.format(count=3)}</p>" in summary
    answer_all(attempt)
    summary = summary_of(paper_of(learner_client, attempt), attempt)
    assert re.search(notice, summary)[3] == " hidden"


def test_other_pages_say_nothing_of_it(learner, learner_client):
    attempt = begun(learner, make_quiz("m9", 3))
    for address in (url("attempt_question", attempt.pk, 1), url("attempt_summary", attempt.pk)):
        page = learner_client.get(address).text
        said = ["data-item", "data-words", "data-answered", "data-parts", "copied.js", "copy-notice", "__"]
        assert [words for words in said if words in page] == []
