import random
import re
from datetime import timedelta
from functools import partial
from itertools import cycle

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from lxml.html import fromstring
from wagtail.models import ModelLogEntry, Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from course.people.roles import ADMINISTRATORS
from modules.models import Edition, LessonPage, LessonRead, ModulePage, Registration, TrainingRecord
from modules.progress.deriving import progress_of
from modules.progress.effects import carry_out, change_of, course_before
from modules.progress.events import mark_lesson_read
from modules.progress.following import holding_back
from modules.progress.outline import get_course_structure
from modules.progress.telling import tell_people
from quizzes.attempts.taking import start_attempt, submit_attempt
from quizzes.cms.publishing import seal as seal_of_quiz
from quizzes.models import Attempt, Quiz, QuizDraw
from tests.factories import (
    NOW,
    finish_course,
    finish_module,
    make_cohort,
    make_course,
    make_learner,
    make_quiz,
    make_staff,
    pass_quiz,
)
from tests.modules.reviewing import answer_review, form_of, submit
from tests.quizzes.admin_fields import quiz_fields

pytestmark = pytest.mark.django_db

BEGINNERS, MIDDLE = "beginners", "middle"


class World:
    def __init__(self, client, *, reviewed=False):
        self.client = client
        self.course = make_course(modules=2, lessons=2, quiz=False)
        self.first, self.second = ModulePage.objects.order_by("path")
        self.quiz = make_quiz("m1", 2)
        self.first.quiz = self.quiz
        self.first.needs_legal_review = reviewed
        self.first.save()
        self.editor = make_staff("administradora", group=ADMINISTRATORS)
        self.middle = make_learner("MED234", first_name="Juana")
        self.finished = make_learner("FIN234", first_name="Petrona")
        mark_lesson_read(self.middle, self.first.lessons[0], now=NOW)
        finish_course(self.finished)
        client.force_login(self.editor)

    def draft_module(self):
        fields = {"title": "Módulo de prueba 3", "slug": "m3", "number": 3, "locale": self.course.locale}
        module = self.course.add_child(instance=ModulePage(live=False, **fields))
        self.draft_lesson(module)
        return module

    def draft_lesson(self, module=None):
        fields = {"title": "Lección 3", "slug": "3", "minutes": 2, "locale": self.course.locale}
        return (module or self.second).add_child(instance=LessonPage(live=False, **fields))

    def post(self, name, *args, **fields):
        return self.client.post(reverse(name, args=args), fields)

    def edit(self, page, **fields):
        return self.post("wagtailadmin_pages:edit", page.pk, **form_of(page, **fields))

    def bulk(self, action, pages, **fields):
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        return self.client.post(address + "?" + "&".join(f"id={page.pk}" for page in pages), fields)

    def edition_of(self, learner):
        return Registration.objects.current().get(learner=learner).edition.number


@pytest.fixture
def world(client):
    return World(client)


def publish(world):
    return world.edit(world.draft_lesson(), **{"action-publish": "1"})


def create(world):
    fields = form_of(LessonPage(title="Lección 3", slug="3", minutes=2)) | {"action-publish": "1"}
    return world.post("wagtailadmin_pages:add", "modules", "lessonpage", world.second.pk, **fields)


def publish_several(world):
    return world.bulk("publish", [world.draft_module()], include_descendants="on")


def copy(world):
    fields = {"new_title": "Otra", "new_slug": "otra", "new_parent_page": world.second.pk, "publish_copies": "on"}
    return world.post("wagtailadmin_pages:copy", world.second.get_children().first().pk, **fields)


def unpublish(world):
    return world.post("wagtailadmin_pages:unpublish", world.second.get_children().first().pk)


def unpublish_module(world):
    return world.post("wagtailadmin_pages:unpublish", world.second.pk, include_descendants="on")


def unpublish_several(world):
    return world.bulk("unpublish", world.second.get_children())


def last_lesson(world):
    lesson = world.second.get_children().last()
    lesson.slug = "otra"
    lesson.save()
    return lesson


def move(world):
    return world.post("wagtailadmin_pages:move_confirm", last_lesson(world).pk, world.first.pk)


def move_several(world):
    return world.bulk("move", [last_lesson(world)], chooser=world.first.pk)


def delete(world):
    return world.post("wagtailadmin_pages:delete", world.second.get_children().first().pk)


def delete_several(world):
    return world.bulk("delete", world.second.get_children())


def give_quiz(world):
    return world.edit(world.second, **{"quiz": str(make_quiz("m2", 2).pk), "action-publish": "1"})


def raise_pass_mark(world):
    rows = [{"id": str(entry.pk), "question": str(entry.question_id)} for entry in world.quiz.entries.all()]
    entries = nested_form_data({"entries": inline_formset(rows, initial=len(rows))})
    fields = quiz_fields(title=world.quiz.title, identifier="m1", pass_mark="90") | entries | {"action-publish": "1"}
    return world.client.post(reverse("wagtailsnippets_quizzes_quiz:edit", args=[world.quiz.pk]), fields)


def raise_pass_mark_as_told_by_the_bank(world):
    world.quiz.pass_mark = 90
    revision = world.quiz.save_revision()
    return world.post("publish_affecting", revision.pk, seal=seal_of_quiz(revision))


def approve(world):
    world.second.needs_legal_review = True
    world.second.save()
    lawyer = make_staff("abogada", group="Revisores legales")
    lesson = world.draft_lesson()
    submit(world.client, world.editor, lesson)
    return answer_review(world.client, lawyer, lesson)


def publish_without_review(world):
    world.second.needs_legal_review = True
    world.second.save()
    return world.post("publish_without_review", world.draft_lesson().pk, reason="Un número está mal.")


WAYS = [
    publish,
    create,
    publish_several,
    copy,
    unpublish,
    unpublish_module,
    unpublish_several,
    move,
    move_several,
    delete,
    delete_several,
    give_quiz,
    raise_pass_mark,
    raise_pass_mark_as_told_by_the_bank,
    approve,
    publish_without_review,
]

OF_RULES = (give_quiz, raise_pass_mark, raise_pass_mark_as_told_by_the_bank)


def confirm(client, asked, choice=BEGINNERS, **changes):
    [form] = [form for form in fromstring(asked.text).forms if "edition_seal" in form.fields]
    fields = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return client.post(form.action, fields | {"edition_for": choice} | changes)


def was_asked(response):
    return response.status_code == 200 and 'name="edition_seal"' in response.text


def seal_in(page, name="edition_seal"):
    return re.search(rf'name="{name}" value="([^"]+)"', page.text)[1]


def live():
    return sorted(LessonPage.objects.live().values_list("url_path", flat=True))


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("way", "choice"), [*zip(WAYS, cycle([BEGINNERS, MIDDLE]))], ids=lambda one: getattr(one, "__name__", one)
)
def test_every_way_asks_and_does_as_was_chosen(client, world, way, choice):
    before = Edition.objects.get()

    asked = way(world)

    assert was_asked(asked), asked
    assert Edition.objects.get() == before
    lessons = live()

    confirm(client, asked, choice)

    now = Edition.objects.order_by("number").last()
    assert (now.number, Edition.objects.count()) == (2, 2)
    assert now.contents != before.contents
    assert lessons != live() or way in OF_RULES
    assert world.edition_of(world.middle) == {BEGINNERS: 1, MIDDLE: 2}[choice]
    assert world.edition_of(world.finished) == 1
    assert progress_of(world.finished).finished
    entry = ModelLogEntry.objects.get(action="modules.edition_came_into_force")
    assert (entry.data["for"], entry.data["did"]["moved"]) == (choice, int(choice == MIDDLE))


def test_the_page_says_whom_and_what(world):
    enrolled = make_learner("ENR234", first_name="Sebastiana", cohort=make_cohort())
    enrolled.enrolments.update(enrolled_at=timezone.now())

    told = " ".join(unpublish_several(world).text.split())
    for sentence in (
        "Esto cambia lo que el curso pide:",
        "Ya no: Módulo 2, «Módulo de prueba 2»: la lección «Lección 1».",
        "Ya no: Módulo 2, «Módulo de prueba 2»: la lección «Lección 2».",
        "3 personas están en el curso: 2 ya empezaron, 1 terminaron, 0 con certificado.",
        "Lo que ya no se publica no se le pide a nadie; a quien ya lo hizo se le sigue contando.",
        "Quien ya terminó no pierde nada.",
        "Desde ahora, para quien empiece",
        "También para quienes van a la mitad o están por empezar (2 personas; 1 ya empezaron)",
        "conservan su edición: si esto se vuelve a publicar, se les vuelve a pedir.",
        "Despublicarlo</button>",
    ):
        assert sentence in told
    assert "despublicad" not in told  # what Wagtail said of it is not true


def test_who_lacks_only_what_is_taken_away_finishes_by_it(client, world):
    finish_module(world.middle, world.first)
    answer = confirm(client, unpublish_module(world), MIDDLE)
    record = TrainingRecord.objects.of_the_course().get(learner=world.middle)
    assert record.edition.number == world.edition_of(world.middle) == 1
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert "«Edición 2» vale desde ahora, para quien empiece. Con esto 1 persona finalizó el curso." in said[-1]


def test_words_order_and_a_course_without_people_ask_nothing(world):
    assert world.edit(world.second, title="Otro título", **{"action-publish": "1"}).status_code == 302
    lesson = world.second.get_children().last()
    assert world.post("wagtailadmin_pages:set_page_position", lesson.pk, position="0").status_code == 200
    assert Edition.objects.count() == 1

    for facts in (TrainingRecord, Registration, LessonRead, Attempt):
        facts.objects.all().delete()

    assert publish(world).status_code == 302
    assert [len(module["lessons"]) for module in Edition.objects.get().contents] == [2, 3]


@pytest.mark.parametrize(
    "wrong",
    [{"edition_for": "todos"}, {"edition_for": ""}, {"edition_seal": ""}, {"edition_seal": "x"}],
    ids=["nobody's choice", "no choice", "no seal", "another seal"],
)
def test_a_wrong_answer_changes_nothing_and_asks_again(client, world, wrong):
    asked, before = unpublish(world), live()
    answer = confirm(client, asked, **wrong)
    assert was_asked(answer)
    assert (live(), Edition.objects.count()) == (before, 1)
    assert "No se hizo nada: algo cambió" in answer.text


def test_the_seal_of_one_change_confirms_no_other_and_no_other_person(client, world):
    first, second = world.second.get_children()
    seal = {"edition_seal": seal_in(world.post("wagtailadmin_pages:unpublish", first.pk)), "edition_for": BEGINNERS}
    assert was_asked(world.post("wagtailadmin_pages:unpublish", second.pk, **seal))
    client.force_login(make_staff("otra", group=ADMINISTRATORS))
    assert was_asked(world.post("wagtailadmin_pages:unpublish", first.pk, **seal))
    assert Edition.objects.count() == 1


def test_one_page_tells_of_a_quiz_that_people_have_begun(client, world):
    asked = raise_pass_mark(world)
    told = " ".join(asked.text.split())
    assert "el cuestionario «Cuestionario m1» se aprueba con 90 % en lugar de 80 %." in told
    assert "Intentos de este cuestionario: 1 persona: 1 conserva su resultado." in told
    assert (confirm(client, asked).status_code, Quiz.objects.get(pk=world.quiz.pk).pass_mark) == (302, 90)


def test_two_tabs_are_told_of_each_other(client, world):
    first, second = world.second.get_children()
    one = world.post("wagtailadmin_pages:unpublish", first.pk)
    confirm(client, world.post("wagtailadmin_pages:unpublish", second.pk))

    again = confirm(client, one, MIDDLE)

    assert was_asked(again)
    assert world.edition_of(world.middle) == 1
    confirm(client, again, MIDDLE)
    # Nobody had begun the edition of the other tab yet: it is one edition.
    assert world.edition_of(world.middle) == 2
    assert [len(module["lessons"]) for module in Edition.objects.get(number=2).contents] == [2, 0]


def test_a_draft_stays_while_its_editor_thinks_and_a_newer_one_is_not_published_unread(client, world):
    lesson = world.draft_lesson()
    asked = world.edit(lesson, title="Con otro título", **{"action-publish": "1"})
    lesson.refresh_from_db()
    assert lesson.get_latest_revision_as_object().title == "Con otro título"
    assert not lesson.live

    world.edit(lesson, title="Todavía otro")
    answer = confirm(client, asked)

    lesson.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, reverse("wagtailadmin_pages:edit", args=[lesson.pk]))
    assert not lesson.live


@pytest.mark.parametrize("field", ["go_live_at", "expire_at"])
def test_what_is_scheduled_is_told_once_and_holds_for_who_begins_then(client, noon, world, field):
    begins, day = field == "go_live_at", timezone.localtime() + timedelta(days=2)
    scheduled = {field: day.strftime("%Y-%m-%d %H:%M"), "action-publish": "1"}
    lesson = world.draft_lesson() if begins else world.second.lessons[0]

    asked = world.edit(lesson, **scheduled)

    assert was_asked(asked)
    words = " ".join(asked.text.split())
    assert ("Está programado para el" in words, "Desde entonces vale para quien empiece" in words) == (
        not begins,
        begins,
    )
    assert 'type="radio"' not in words
    assert (confirm(client, asked).status_code, Edition.objects.count()) == (302, 1)
    if not begins:
        lesson.refresh_from_db()
        assert not was_asked(world.edit(lesson, title="Con otro título", **scheduled))
    with time_machine.travel(day + timedelta(minutes=1)):
        call_command("publish_scheduled")
    assert LessonPage.objects.get(pk=lesson.pk).live is begins
    assert (Edition.objects.count(), world.edition_of(world.middle)) == (2, 1)


def test_a_new_module_without_anything_to_do_is_not_published_without_a_word(world):
    module = world.draft_module()
    LessonPage.objects.child_of(module).delete()
    asked = world.edit(module, **{"action-publish": "1"})
    assert "Módulo 3, «Módulo de prueba 3» todavía no tiene lecciones publicadas" in asked.text


def test_those_in_the_middle_are_taken_along_later_by_who_may_publish(client, world):
    confirm(client, publish(world))
    newest = Edition.objects.get(number=2)
    address = reverse("editions:take_along", args=[newest.pk])
    assert address in client.get(reverse("editions:edit", args=[newest.pk])).text
    assert "1 persona lleva hasta ahora «Edición 1»" in unpublish(world).text

    page = client.get(address)

    told = " ".join(page.text.split())
    for sentence in (
        "1 persona lleva «Edición 1» y no ha terminado. Lo que cambia:",
        "Nuevo: Módulo 2, «Módulo de prueba 2»: la lección «Lección 3».",
        "Pasar a 1 persona</button>",
    ):
        assert sentence in told
    for wrong in ({}, {"seal": "x"}):
        assert "No se hizo nada" in client.post(address, wrong).text
    assert world.edition_of(world.middle) == 1

    answer = client.post(address, {"seal": seal_in(page, "seal")}, follow=True)

    assert (world.edition_of(world.middle), world.edition_of(world.finished)) == (2, 1)
    assert "1 persona que no ha terminado pasa a ella." in answer.text
    assert address not in answer.text
    history = client.get(reverse("editions:history", args=[newest.pk])).text
    assert "Pasaron a ella: 1. Finalizaron con esto: 0." in history
    assert "Nadie va a la mitad con una edición anterior" in client.get(address).text


def test_nobody_is_taken_along_to_what_was_not_shown(client, world):
    confirm(client, publish(world))
    address = reverse("editions:take_along", args=[Edition.objects.get(number=2).pk])
    seal = seal_in(client.get(address), "seal")
    mark_lesson_read(make_learner("NUE234"), world.first.lessons[0], now=timezone.now())
    confirm(client, unpublish(world))

    client.post(address, {"seal": seal})

    assert (Edition.objects.count(), world.edition_of(world.middle)) == (3, 1)
    client.force_login(make_staff("par", group="Revisores pares"))
    assert client.get(address).status_code == 302


def test_a_quiz_that_people_need_is_not_closed_without_a_word(client, world):
    asked = client.post(reverse("wagtailsnippets_quizzes_quiz:unpublish", args=[world.quiz.pk]))
    assert was_asked(asked)
    assert "Hace falta el cuestionario «Cuestionario m1» para terminar su módulo." in asked.text
    assert Quiz.objects.get(pk=world.quiz.pk).live
    confirm(client, asked)
    assert not Quiz.objects.get(pk=world.quiz.pk).live
    assert Edition.objects.count() == 1


def test_the_whole_course_is_not_taken_off_without_a_word(client, world):
    asked = world.post("wagtailadmin_pages:unpublish", world.course.pk, include_descendants="on")
    assert was_asked(asked)
    assert "no queda nada del curso publicado" in asked.text
    confirm(client, asked)
    assert not ModulePage.objects.live().exists()
    assert TrainingRecord.objects.of_the_course().filter(learner=world.finished).exists()


def test_a_window_of_the_admin_leads_to_where_one_is_asked(client, world, mailoutbox):
    world.second.needs_legal_review = True
    world.second.save()
    lesson = world.draft_lesson()
    submit(client, world.editor, lesson)
    client.force_login(make_staff("abogada", group="Revisores legales"))
    lesson.refresh_from_db()
    state = lesson.current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.pk])

    answer = client.post(
        address, {"credit": "Lcda. Ana Coj", "comment": ""}, headers={"X-Requested-With": "XMLHttpRequest"}
    )

    assert answer.json() == {"step": "success", "redirect": reverse("wagtailadmin_pages:edit", args=[lesson.pk])}
    state.refresh_from_db()
    assert (state.status, LessonPage.objects.get(pk=lesson.pk).live) == ("in_progress", False)


def test_the_list_of_editions_says_who_takes_which_and_lets_none_be_made(client, world):
    confirm(client, publish(world))
    mark_lesson_read(make_learner("NUE234"), world.first.lessons[0], now=timezone.now())
    listed = client.get(reverse("editions:index"))

    table = fromstring(listed.text).find_class("listing")[0]
    rows = [[cell.text_content().strip() for cell in row][4:] for row in table.iter("tr")]
    assert rows == [["La llevan", "La finalizaron"], ["1", "0"], ["2", "1"]]
    newest = Edition.objects.get(number=2)
    told = client.get(reverse("editions:edit", args=[newest.pk])).text
    assert "<strong>Módulo 2, «Módulo de prueba 2»</strong><br>«Lección 1», «Lección 2», «Lección 3»." in told
    assert (
        "Pasaron a ella: 0. Siguen con una edición anterior: 1."
        in client.get(reverse("editions:history", args=[newest.pk])).text
    )
    assert reverse("editions:edit", args=[newest.pk]) in listed.text
    client.post(reverse("editions:edit", args=[newest.pk]), {"name": "2027", "number": "9", "contents": "[]"})
    newest.refresh_from_db()
    assert (newest.name, newest.number, len(newest.contents)) == ("2027", 2, 2)
    assert str(get_course_structure().editions[newest.pk]) == "2027"
    assert client.get(reverse("editions:add")).status_code == 302


@pytest.mark.parametrize("also_the_middle", [False, True])
def test_how_a_quiz_asks_holds_for_those_in_the_middle_too_from_their_next_attempt(world, also_the_middle):
    passed = make_learner("APR234")
    pass_quiz(passed, world.quiz)
    begin = partial(start_attempt, world.middle, language="es", now=NOW, chance=random.Random(1))
    open_one = begin(world.quiz)
    with transaction.atomic(), holding_back() as waiting:
        before = course_before()
        world.quiz.draws = [QuizDraw(locale=world.quiz.locale, pool="core", count=1)]
        world.quiz.save()
        change = change_of(waiting, before)
        told = " ".join(tell_people(change))
        carry_out(waiting, change, also_the_middle=also_the_middle)

    assert "vale para todas las personas desde su próximo intento, elija lo que elija" in told
    assert {world.edition_of(learner) for learner in (world.middle, passed)} == {2 if also_the_middle else 1}
    open_one.refresh_from_db()
    assert len(open_one.snapshot["questions"]) == 2
    submit_attempt(open_one, now=NOW)
    assert len(begin(world.quiz).snapshot["questions"]) == 1
    assert progress_of(world.finished, now=NOW).finished
    assert progress_of(passed, now=NOW).modules[0].quiz.passed

    with transaction.atomic(), holding_back() as waiting:
        before = course_before()
        Page.objects.get(pk=world.second.pk).specific.unpublish()
        assert "próximo intento" not in " ".join(tell_people(change_of(waiting, before)))
