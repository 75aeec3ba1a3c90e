import re
from itertools import product
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from course.account.profile import DisplaySettings
from course.models import User
from course.styleguide.views import contrast as contrast_of
from tests.factories import make_cohort, make_course, make_learner

SHEET = Path("course/static/site.css").read_text(encoding="utf-8")


@pytest.fixture
def learner(db):
    make_course(modules=1)
    return make_learner(cohort=make_cohort())


def classes(response):
    return re.search(r'<html lang="\w+" class="([^"]*)"', response.text).group(1)


def choose(client, **chosen):
    return client.post(reverse("comfort"), {"size": "100", "theme": "", "next": "/es/glosario/"} | chosen)


def test_a_choice_follows_a_person_to_another_device(client, learner):
    telephone = Client()
    client.force_login(learner)
    answer = choose(client, size="130", theme="dark", contrast="on", still="on")
    assert answer.url == "/es/glosario/"
    assert reverse("comfort") not in answer.url
    telephone.force_login(learner)
    assert classes(telephone.get("/es/m1/1/")) == "size-130 theme-dark contrast still"
    choose(telephone)
    assert classes(client.get("/es/m1/1/")) == "size-100"


def test_a_visitor_keeps_a_choice_until_the_browser_is_closed_and_signed_in_until_the_person_chooses(client, learner):
    choose(client, size="150")
    assert client.cookies["comfort"]["max-age"] == ""
    assert client.cookies["comfort"]["httponly"]
    assert classes(client.get(reverse("account_login"))) == "size-150"
    client.force_login(learner)
    assert classes(client.get("/es/")) == "size-150"
    choose(client, size="100")
    assert classes(client.get("/es/")) == "size-100"


def test_script_gets_no_page_back(client, learner):
    client.force_login(learner)
    answer = client.post(reverse("comfort"), {"size": "115", "theme": ""}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert User.objects.get().comfort == "size-115"


def test_who_still_has_to_choose_a_pin_may_enlarge_the_letters_first(client, learner):
    User.objects.update(must_choose_pin=True)
    client.force_login(learner)
    assert client.get(reverse("comfort")).status_code == 200
    choose(client, size="150")
    assert classes(client.get(reverse("choose_pin"))) == "size-150"


def test_the_page_shows_what_is_chosen_and_leads_back(learner_client):
    choose(learner_client, size="115", theme="light", contrast="on")
    page = learner_client.get(reverse("comfort"), headers={"referer": "http://testserver/es/m1/1/?x=y"}).text
    assert re.findall(r'value="([^"]*)"[^>]* checked', page) == ["115", "light"]
    assert re.search(r'name="contrast"[^>]* checked', page)
    assert 'name="next" value="/es/m1/1/"' in page
    assert page.count('class="button"') == 1


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x", ""])
def test_it_leads_to_no_other_site(client, db, there):
    assert choose(client, next=there).url == reverse("my_course")


@pytest.mark.parametrize("chosen", [{"size": "999"}, {"size": ""}, {"theme": '"><script>'}])
def test_a_choice_that_does_not_exist_is_refused_and_nothing_changes(learner_client, chosen):
    answer = choose(learner_client, **chosen)
    assert answer.status_code == 400
    assert "error-summary" in answer.text
    assert User.objects.get().comfort == ""


def test_a_cookie_made_by_hand_is_ignored(client, db):
    client.cookies["comfort"] = 'size-130 theme-pink"><script>'
    assert classes(client.get(reverse("account_login"))) == "size-130"
    assert DisplaySettings.parse("size-1 theme- contrast") == DisplaySettings(contrast=True)


def tokens(theme, contrast):
    order = [":root {"]
    if theme == "dark":
        order.append(":root.theme-dark {")
    if contrast:
        order.append(":root.contrast {")
    if theme == "dark" and contrast:
        order.append(":root.contrast.theme-dark {")
    return {name: value for start in order for name, value in block(start).items()}


def block(start):
    begin = SHEET.index(start) + len(start)
    return dict(re.findall(r"--([a-z-]+): (#[0-9A-Fa-f]{6})", SHEET[begin : SHEET.index("}", begin)]))


@pytest.mark.parametrize(("theme", "contrast"), [*product(["light", "dark"], [False, True])])
def test_every_text_is_legible(theme, contrast):
    colours = tokens(theme, contrast)
    least = 7 if contrast else 4.5
    text = ["ink", "muted", "action", "indigo", "jade", "clay", "cochineal"]
    pairs = [(colour, ground) for colour in text for ground in ("paper", "raised")]
    pairs += [("on-action", "action"), ("paper", "ink"), ("paper", "cochineal")]
    assert [pair for pair in pairs if contrast_of(*(colours[name] for name in pair)) < least] == []


def test_what_the_device_asks_for_looks_as_if_chosen():
    assert block(":root:not(.theme-light) {") == block(":root.theme-dark {")
    assert block(":root.contrast:not(.theme-light) {") == block(":root.contrast.theme-dark {")
