"""Count what a trainer's hands do: `python -m benchmarks.trainer_hands`.

Goes through the real pages in Debian's Chromium with a hand that counts, and prints clicks, keys, pages, the seconds
that pages took, and the seconds that a person needs by the Keystroke-Level Model: S. K. Card, T. P. Moran, A. Newell,
«The keystroke-level model for user performance time with interactive systems», Communications of the ACM 23(7), 1980.
"""

import contextlib
import random
import time
from dataclasses import dataclass

from playwright.sync_api import expect, sync_playwright

from .pictures import CHROMIUM, FLAGS
from .site import new_site, serve, session_of

PEOPLE, SHEETS, ANSWERS, PIN = 18, 20, 10, "482913"
LONGEST = 300
# Seconds, from the paper: a key or a button of the mouse, by an average typist who is no secretary; a letter out of no
# word, such as one copied from a sheet; pointing; a hand that goes from one thing to another; thinking what is next.
K, LETTER, P, H, M = 0.28, 0.50, 1.10, 0.40, 1.35


@dataclass
class Hand:
    """A hand with a mouse and a keyboard. Thinking comes before every click, so the sums are rather too high."""

    page: object
    clicks: int = 0
    keys: int = 0
    loads: int = 0
    waited: float = 0
    modelled: float = 0
    on_keys: bool = False

    def go_to(self, *, keys):
        if keys != self.on_keys:
            self.modelled += H
        self.on_keys = keys

    def click(self, control, *, loads=False):
        self.go_to(keys=False)
        self.clicks += 1
        self.modelled += M + P + K
        with self.wait(self.page.expect_navigation()) if loads else contextlib.nullcontext():
            control.click()

    def type(self, text, *, seconds=K):
        self.go_to(keys=True)
        self.keys += len(text)
        self.modelled += len(text) * seconds
        self.page.keyboard.type(text)

    def press(self, key):
        self.go_to(keys=True)
        self.keys += 1
        self.modelled += K
        self.page.keyboard.press(key)

    @contextlib.contextmanager
    def wait(self, arrival):
        """Count how long the page takes; a person waits as long."""
        before = time.perf_counter()
        with arrival:
            yield
        self.waited += time.perf_counter() - before
        self.loads += 1

    @property
    def seconds(self):
        return self.modelled + self.waited


def main():
    with new_site() as port:
        things = prepare()
        server = serve(port)
        try:
            with sync_playwright() as p:
                browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                report(browser, f"http://127.0.0.1:{port}", things)
        finally:
            server.terminate()
            server.wait()


def prepare():
    """Make a trainer's group of 18 who have a PIN, and another with 20 sheets of paper; return what is needed."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from course.models import Cohort, Session, User
    from course.paper.lettering import on_sheet
    from course.paper.sheets import hand_out
    from course.people.roles import TRAINERS, ensure_groups
    from modules.progress.outline import course_outline
    from quizzes.models import Quiz

    call_command("prepare_site", verbosity=0)
    trainer = User.objects.create(username="facilitadora", first_name="Marta", last_name="Xicay", is_staff=True)
    trainer.groups.add(ensure_groups()[TRAINERS])
    groups = [Cohort.objects.create(name=name) for name in ("Sesión", "Papel")]
    for group, number in zip(groups, (PEOPLE, SHEETS), strict=True):
        group.trainers.add(trainer)
        make_people(group, number)
    quizzes = Quiz.objects.filter(
        translation_key__in=[module.quiz_key for module in course_outline()], live=True, locale__language_code="es"
    )
    counts = quizzes.question_counts()
    quiz = min(quizzes, key=lambda one: (abs(counts[one.pk] - ANSWERS), one.pk))
    chance = random.Random(1)
    handed = hand_out(
        quiz, groups[1].learners.in_spanish_order(), cohort=groups[1], by=trainer, now=timezone.now(), chance=chance
    )
    typed = [[crossed(question, chance) for question in on_sheet(sheet.attempt.snapshot)] for sheet in handed.sheets]
    # Not of the group of the round, where everybody signs in with the PIN that is known here.
    people, met = groups[1].learners.in_spanish_order(), Session.objects.create(cohort=groups[1], made_by=trainer)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(trainer)}
    return {
        "groups": [group.pk for group in groups],
        "quiz": quiz.translation_key,
        "typed": typed,
        "cookie": cookie,
        "forgetful": people[1].username,
        "walk_in": met.pk,
    }


def make_people(group, number):
    from django.contrib.auth.hashers import make_password

    from course.models import Enrolment, User

    secret = make_password(PIN)
    for place in range(number):
        person = User.objects.create(
            username=f"{'ABCDEFGHJKLMNPQRTUVW'[place]}AN{group.pk}23",
            first_name="Ana",
            last_name=f"Coj {'ABCDEFGHJKLMNPQRTUVW'[place]}",
            role="recepcion",
            password=secret,
        )
        Enrolment.objects.create(learner=person, cohort=group)


def crossed(question, chance):
    """Return what is typed of a question whose boxes somebody crossed by chance."""
    if question.way == "letter":
        return chance.choice(question.letters)
    if question.way == "letters":
        return "".join(sorted(chance.sample(question.letters, 2)))
    if question.way == "places":
        return "".join(map(str, chance.sample(question.steps, len(question.steps))))
    if question.way == "gaps":
        between = "" if question.full else ";"
        return between.join(chance.choice(gap.letters) if gap.options else "agua" for gap in question.gaps)
    return "".join(chance.choice(question.matches)[0] for _step in question.steps)


def report(browser, site, things):
    print(f"{'':58}{'clicks':>7}{'keys':>6}{'pages':>6}{'waited':>8}{'needed':>10}")
    session, paper = things["groups"]
    page = open_page(browser, site, things["cookie"])
    page.goto(f"{site}/es/grupos/{paper}/papel/{things['quiz']}/respuestas/")
    keys, answers = Hand(page, on_keys=True), sum(map(len, things["typed"]))
    key_in(keys, things["typed"])
    line(f"{SHEETS} sheets, {answers} answers, keyed in", keys)
    spare = LONGEST - keys.seconds
    print(f"Of five minutes {spare:.0f} s are left: {spare / M:.0f} times thinking (M), at {answers} answers.")
    forgotten, walk_in = Hand(page), Hand(page)
    give_forgotten_pin(forgotten, site, things["forgetful"])
    line("a forgotten PIN, from the first screen", forgotten)
    add_walk_in(walk_in, f"{site}/es/grupos/{paper}/sesiones/{things['walk_in']}/")
    line("somebody who is not on the list, from the attendance", walk_in)
    page.goto(f"{site}/es/grupos/{session}/")
    hand = Hand(page)
    # The round signs the trainer out.
    one_by_one, at_once = hold_session(hand)
    line("attendance of 18, tick by tick", one_by_one)
    line("the same with everybody ticked, less two", at_once)
    line("group session of 18: session, attendance, hands, round", hand)
    everybody = Hand(page)
    line("a person of the round, but for answering", everybody, share=pass_round(everybody))


def line(words, hand, *, share=1):
    counted = [round(number / share) for number in (hand.clicks, hand.keys, hand.loads)]
    print(
        f"{words:58}{counted[0]:7}{counted[1]:6}{counted[2]:6}{hand.waited / share:7.1f}s{hand.seconds / share:9.1f}s"
    )


def open_page(browser, site, cookie):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es-GT")
    context.add_cookies([cookie | {"url": site}])
    return context.new_page()


def give_forgotten_pin(hand, site, code):
    """Find who stands before the desk by the code on the card, and give a new PIN."""
    page = hand.page
    page.goto(f"{site}/es/grupos/")
    hand.click(page.locator("#q"))
    hand.type(code, seconds=LETTER)
    enter(hand)
    hand.click(page.get_by_role("button", name="Dar un PIN nuevo"), loads=True)
    expect(page.locator(".big-code")).to_have_count(2)


def add_walk_in(hand, session):
    """Add somebody to the group who came to the session, whose attendance is noted with it."""
    page = hand.page
    page.goto(session)
    hand.click(page.locator('a[href$="/agregar/"]').first, loads=True)
    hand.click(page.locator("[name=given_names]"))
    hand.type("Julia Elena")
    hand.press("Tab")
    hand.type("Tzunun Batz")
    enter(hand)
    expect(page.get_by_label("Tzunun Batz, Julia Elena")).to_be_checked()


def enter(hand):
    """Send what is written with Enter, and wait for the page."""
    with hand.wait(hand.page.expect_navigation()):
        hand.press("Enter")


def hold_session(hand):
    """All that a trainer clicks, from the page of the group to the device that goes round.

    Return the hands of the attendance alone, which is kept twice: ticked one by one, and all at once less two.
    """
    page = hand.page
    hand.click(page.get_by_role("link", name="Sesiones").first, loads=True)
    hand.click(page.locator("[name=place]"))
    hand.type("Salón comunal")
    hand.click(page.locator("[name=modules]").first)
    hand.click(page.get_by_role("button", name="Guardar la sesión"), loads=True)
    ticking = Hand(page)
    for box in page.locator("[name=persona]").all():
        ticking.click(box)
    ticking.click(page.get_by_role("button", name="Guardar la asistencia"), loads=True)
    before = (hand.clicks, hand.keys, hand.loads, hand.waited, hand.modelled)
    hand.click(page.get_by_role("link", name="Marcar a todas las personas"), loads=True)
    for box in page.locator("[name=persona]").all()[-2:]:
        hand.click(box)
    hand.click(page.get_by_role("button", name="Guardar la asistencia"), loads=True)
    after = (hand.clicks, hand.keys, hand.loads, hand.waited, hand.modelled)
    hand.click(page.get_by_role("link", name="Sesión grupal"), loads=True)
    hand.click(page.locator("#scenes ~ .rows a").first, loads=True)
    boxes = page.locator(".stage-ask input").all()
    hand.click(boxes[0])
    for _box in boxes:
        hand.type("6")
        hand.press("Tab")
    hand.click(page.get_by_role("button", name="Mostrar qué sigue"), loads=True)
    hand.click(page.get_by_role("link", name="Volver a la sesión grupal").first, loads=True)
    hand.click(page.get_by_role("button", name="Comenzar"), loads=True)
    return ticking, Hand(page, *(late - early for late, early in zip(after, before, strict=True)))


def pass_round(hand):
    """Do what everybody of the round does but for answering, from the name to the next; return how many there were."""
    page, people = hand.page, 0
    while page.get_by_role("link", name="Soy ").count():
        hand.click(page.get_by_role("link", name="Soy "), loads=True)
        hand.click(page.locator("input[name=password]"))
        hand.type(PIN)
        hand.click(page.locator("main form .button"), loads=True)
        hand.click(page.get_by_role("button", name="Empezar"), loads=True)
        hand.click(
            page.get_by_role("button", name="Revisar y enviar")
            .or_(page.get_by_role("link", name="Revisar y enviar"))
            .first,
            loads=True,
        )
        hand.click(page.get_by_role("button", name="Enviar y terminar"), loads=True)
        leave = page.locator(".leaves button").first
        if not leave.is_visible():
            hand.click(page.locator(".more > summary"))
        hand.click(leave, loads=True)
        people += 1
    return people


def key_in(hand, pile):
    """Key a pile in: look whose sheet is next, take it, type what is crossed; Enter only where a box asks for it."""
    page = hand.page
    for number, typed in enumerate(pile):
        hand.modelled += M + 2 * H
        for letters in typed[:-1]:
            box = page.locator(":focus")
            goes_on = box.get_attribute("data-full")
            hand.type(letters, seconds=LETTER)
            if not goes_on:
                hand.press("Enter")
        hand.type(typed[-1], seconds=LETTER)
        before = time.perf_counter()
        hand.press("Enter")
        expect(page.locator(".sheet-form")).to_have_count(len(pile) - number - 1, timeout=30_000)
        hand.waited += time.perf_counter() - before


if __name__ == "__main__":
    main()
