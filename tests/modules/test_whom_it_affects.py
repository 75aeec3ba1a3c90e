"""Whoever changes what the course asks is told first whom it affects: every way of the admin, asked and not asked."""

from itertools import cycle

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from course.people.roles import ADMINISTRATORS, ensure_reviews
from modules.cms.asking import seal_of_draft
from modules.models import Edition, LessonPage, ModulePage, Registration
from modules.progress.facts import mark_lesson_read
from modules.progress.states import progress_of
from tests.factories import (
    NOW,
    finish_course,
    make_course,
    make_learner,
    make_quiz,
    make_staff,
)
from tests.modules.reviewing import answer_review, form_of, submit

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BEGINNERS, MIDDLE = "beginners", "middle"


class World:
    """A course of two modules, somebody in the middle of it and somebody who finished, and who edits it."""

    def __init__(self, client, *, reviewed=False):
        ensure_reviews()
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


def publish(world):
    return world.edit(world.draft_lesson(), **{"action-publish": "1"})


def create(world):
    fields = form_of(LessonPage(title="Lección 3", slug="3", minutes=2)) | {"action-publish": "1"}
    return world.post("wagtailadmin_pages:add", "modules", "lessonpage", world.second.pk, **fields)


def publish_several(world):
    return world.bulk("publish", [world.draft_module()], include_descendants="on")


def copy(world):
    fields = {"new_title": "Otra", "new_slug": "otra", "new_parent_page": world.second.pk, "publish_copies": "on"}
    lesson = world.second.get_children().first()
    return world.post("wagtailadmin_pages:copy", lesson.pk, **fields)


def unpublish(world):
    return world.post("wagtailadmin_pages:unpublish", world.second.get_children().first().pk)


def unpublish_module(world):
    return world.post("wagtailadmin_pages:unpublish", world.second.pk, include_descendants="on")


def unpublish_several(world):
    return world.bulk("unpublish", world.second.get_children())


def move(world):
    lesson = world.second.get_children().last()
    lesson.slug = "otra"
    lesson.save()
    return world.post("wagtailadmin_pages:move_confirm", lesson.pk, world.first.pk)


def move_several(world):
    lesson = world.second.get_children().last()
    lesson.slug = "otra"
    lesson.save()
    return world.bulk("move", [lesson], chooser=world.first.pk)


def delete(world):
    return world.post("wagtailadmin_pages:delete", world.second.get_children().first().pk)


def delete_several(world):
    return world.bulk("delete", world.second.get_children())


def give_quiz(world):
    fields = {"quiz": str(make_quiz("m2", 2).pk), "action-publish": "1"}
    return world.edit(world.second, **fields)


def let_attendance_count(world):
    return world.edit(world.second, attendance_counts="on", **{"action-publish": "1"})


def raise_pass_mark(world):
    world.quiz.pass_mark = 90
    revision = world.quiz.save_revision()
    return world.post("publish_told", revision.pk, draft=seal_of_draft(revision))


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
    return world.post(
        "publish_without_review", world.draft_lesson().pk, reason="Un número está mal."
    )


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
    let_attendance_count,
    raise_pass_mark,
    approve,
    publish_without_review,
]


def confirm(client, asked, choice=BEGINNERS, **changes):
    fields = {}
    for name, value in asked.context["fields"]:
        fields.setdefault(name, []).append(value)
    fields |= {"edition_seal": asked.context["seal"], "edition_for": choice} | changes
    return client.post(asked.context["address"], fields)


def was_asked(response):
    return response.status_code == 200 and "modules/admin/whom_it_affects.html" in {t.name for t in response.templates}


def live():
    return sorted(LessonPage.objects.live().values_list("url_path", flat=True))


@pytest.mark.parametrize(
    ("way", "choice"), zip(WAYS, cycle([BEGINNERS, MIDDLE])), ids=lambda way: getattr(way, "__name__", way)
)
def test_every_way_asks_and_does_as_was_chosen(client, way, choice):
    world = World(client)
    before = Edition.objects.get()

    asked = way(world)

    assert was_asked(asked), asked
    people = asked.context["change"].people
    assert (people.middle, people.middle_began, people.finished) == (1, 1, 1)
    assert Edition.objects.get() == before
    lessons = live()

    confirm(client, asked, choice)

    now = Edition.objects.order_by("number").last()
    assert (now.number, Edition.objects.count()) == (2, 2)
    assert now.contents != before.contents
    assert lessons != live() or way in (give_quiz, let_attendance_count, raise_pass_mark)
    assert world.edition_of(world.middle) == {BEGINNERS: 1, MIDDLE: 2}[choice]
    assert world.edition_of(world.finished) == 1
    assert progress_of(world.finished).finished
    entry = ModelLogEntry.objects.get(action="modules.edition_came_into_force")
    assert (entry.data["for"], entry.data["did"]["moved"]) == (choice, int(choice == MIDDLE))
