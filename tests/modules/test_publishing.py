import json
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision
from wagtail_localize.operations import translate_object

from course.people.roles import ADMINISTRATORS, EDITORS, PEER_REVIEWERS
from modules.models import LessonPage, ModulePage, Review
from modules.models.reviews import missing_reviews
from tests.factories import make_module, make_staff
from tests.modules.reviewing import (
    BOTH,
    LEGAL,
    PEERS,
    answer_review,
    approve,
    edit,
    form_of,
    make_reviewed_course,
    submit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


PUBLISH = {"action-publish": "1"}
APPROVE = {"action-workflow-action": "1", "workflow-action-name": "approve"}


def title_of(page):
    return type(page).objects.get(pk=page.pk).title


def missing_in_draft(page):
    page = type(page).objects.get(pk=page.pk)
    return missing_reviews(page, page.latest_revision)


@pytest.mark.parametrize("who", ["editor", "administrator", "lawyer", "superuser"])
def test_the_publish_button_posted_by_hand_keeps_a_draft(client, people, who):
    people["superuser"] = make_staff("jefa", group=EDITORS, is_superuser=True)
    _module, lesson = make_reviewed_course()
    edit(client, people[who], lesson, title="Otro", **PUBLISH)
    assert title_of(lesson) == "Lección 1"
    assert LessonPage.objects.get().get_latest_revision_as_object().title == "Otro"


def test_neither_several_at_once_nor_the_programming_interface_publish_what_is_not_reviewed(client, people):
    module, lesson = make_reviewed_course()
    edit(client, people["editor"], lesson, title="Otro")
    several = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    for page in (lesson, module):
        client.post(f"{several}?id={page.pk}", {"include_descendants": "on"})
    assert client.post(reverse("wagtailadmin_api:pages:action", args=[lesson.pk, "publish"])).status_code == 403
    assert title_of(lesson) == "Lección 1"


def test_a_date_for_publishing_needs_the_review_too(client, people, lesson):
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    edit(client, people["editor"], lesson, title="Otro", go_live_at=tomorrow, **PUBLISH)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_what_was_given_a_date_and_lost_its_review_stays_a_draft_and_stops_nothing_else(client, people):
    _module, lesson = make_reviewed_course(lessons=2)
    other = LessonPage.objects.last()
    due = timezone.now() - timedelta(minutes=1)
    for page in (lesson, other):
        page.title = "Otro"
        page.save_revision(approved_go_live_at=due)
    other.get_workflow().start(other, None).current_task_state.specific.approve(user=people["lawyer"], update=False)

    call_command("publish_scheduled")

    assert (title_of(lesson), title_of(other)) == ("Lección 1", "Otro")
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_ending_the_review_publishes_nothing(client, people, lesson):
    submit(client, people["editor"], lesson, title="Otro")
    edit(client, people["editor"], lesson, title="Otro", **{"action-cancel-workflow": "1"})
    lesson.refresh_from_db()
    assert not lesson.workflow_in_progress
    assert lesson.title == "Lección 1"


@pytest.mark.parametrize("reviews", [(), BOTH])
def test_a_superuser_opens_the_form_of_a_new_lesson(client, reviews):
    module, _lesson = make_reviewed_course(reviews=reviews)
    client.force_login(make_staff("jefa", is_staff=True, is_superuser=True))
    assert client.get(reverse("wagtailadmin_pages:add", args=["modules", "lessonpage", module.pk])).status_code == 200


def test_a_new_lesson_begins_as_a_draft(client, people):
    module, _lesson = make_reviewed_course()
    client.force_login(people["editor"])
    fields = form_of(LessonPage(title="Nueva", slug="nueva", minutes=2), **PUBLISH)
    client.post(reverse("wagtailadmin_pages:add", args=["modules", "lessonpage", module.pk]), fields)
    assert list(LessonPage.objects.filter(draft_title="Nueva").values_list("live", flat=True)) == [False]


@pytest.mark.parametrize(
    ("reviews", "more", "is_made"),
    [(LEGAL, {}, True), (LEGAL, {"publish_copies": "on"}, False), ((), {"alias": "on"}, True)],
)
def test_a_copy_is_a_draft_and_follows_no_original(client, people, reviews, more, is_made):
    module, lesson = make_reviewed_course(reviews=reviews)
    client.force_login(people["administrator"])
    address = reverse("wagtailadmin_pages:copy", args=[lesson.pk])
    assert 'name="alias"' not in client.get(address).text
    client.post(address, {"new_title": "Copia", "new_slug": "copia", "new_parent_page": module.pk} | more)
    copies = LessonPage.objects.filter(draft_title="Copia").values_list("live", "alias_of")
    assert list(copies) == [(False, None)] * is_made


def test_a_public_lesson_does_not_slip_in_from_a_module_without_reviews(client, people):
    module, _lesson = make_reviewed_course()
    free = make_module(module.get_parent().specific, 2, lessons=1, quiz=False)
    lesson = LessonPage.objects.child_of(free).get()
    client.force_login(people["editor"])

    client.post(reverse("wagtailadmin_pages:move_confirm", args=[lesson.pk, module.pk]))
    assert LessonPage.objects.child_of(free).exists()

    lesson.unpublish()
    LessonPage.objects.filter(pk=lesson.pk).update(slug="otra")
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[lesson.pk, module.pk]))
    assert not LessonPage.objects.child_of(free).exists()


def test_a_translation_begins_as_a_draft_that_needs_its_own_review(english, django_capture_on_commit_callbacks):
    module, lesson = make_reviewed_course()
    module.get_parent().specific.copy_for_translation(english)

    with django_capture_on_commit_callbacks(execute=True):
        translate_object(module, [english])
        translate_object(lesson, [english])

    translated = LessonPage.objects.get(locale=english)
    assert not translated.live
    assert missing_in_draft(translated) == [Review.LEGAL]


def test_code_that_publishes_is_refused(lesson):
    with pytest.raises(PermissionDenied):
        lesson.save_revision().publish()


def test_a_module_without_reviews_is_published_as_ever(client, people):
    _module, lesson = make_reviewed_course(reviews=())
    edit(client, people["editor"], lesson, title="Otro", **PUBLISH)
    assert title_of(lesson) == "Otro"


@pytest.mark.parametrize("address", ["one", "several"])
def test_an_editor_takes_a_lesson_off_and_only_an_administrator_the_whole_course(client, people, address):
    module, lesson = make_reviewed_course()
    course = module.get_parent().specific

    def take_off(page):
        several = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"]) + f"?id={page.pk}"
        one = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
        client.post({"one": one, "several": several}[address], {"include_descendants": "on"})
        return list(
            Page.objects.filter(pk__in=[course.pk, module.pk, lesson.pk], live=True).values_list("pk", flat=True)
        )

    client.force_login(people["editor"])
    assert take_off(course) == [course.pk, module.pk, lesson.pk]
    assert take_off(lesson) == [course.pk, module.pk]
    client.force_login(people["administrator"])
    assert course.pk not in take_off(course)


def test_an_editor_cannot_say_that_no_review_is_needed(client, people):
    module, _lesson = make_reviewed_course(reviews=BOTH)
    module.unpublish()
    edit(client, people["editor"], module, needs_legal_review="", needs_peer_review="")
    assert ModulePage.objects.get().reviews == [Review.LEGAL, Review.PEERS]
    edit(client, people["administrator"], ModulePage.objects.get(), needs_peer_review="")
    assert ModulePage.objects.get().reviews == [Review.LEGAL]


def test_a_draft_that_asks_for_fewer_reviews_is_reviewed_once_more(client, people):
    module, _lesson = make_reviewed_course()
    edit(client, people["administrator"], module, needs_legal_review="")
    edit(client, people["administrator"], module, needs_legal_review="", **PUBLISH)
    assert missing_in_draft(module) == [Review.LEGAL]
    assert ModulePage.objects.get().reviews == [Review.LEGAL]
    edit(client, people["administrator"], module, needs_legal_review="on", needs_peer_review="on")
    assert missing_in_draft(module) == [Review.LEGAL, Review.PEERS]


@pytest.mark.parametrize(("who", "needed"), [("editor", list(Review)), ("administrator", [])])
def test_a_new_module_needs_every_review_until_an_administrator_says_otherwise(client, people, who, needed):
    module, _lesson = make_reviewed_course()
    client.force_login(people[who])
    fields = form_of(ModulePage(title="Nuevo", slug="m9", number=9), **PUBLISH)
    client.post(reverse("wagtailadmin_pages:add", args=["modules", "modulepage", module.get_parent().pk]), fields)
    made = ModulePage.objects.get(draft_title="Nuevo")
    assert (made.reviews, made.live) == (needed, False)


def test_approving_publishes_exactly_what_was_reviewed(client, people, lesson):
    revision = submit(client, people["editor"], lesson, title="Otro")
    answer_review(client, people["lawyer"], lesson)
    lesson.refresh_from_db()
    assert (lesson.title, lesson.live_revision_id) == ("Otro", revision.pk)


@pytest.mark.parametrize(
    ("reviews", "who"),
    [*((LEGAL, who) for who in ("peer", "editor", "administrator", "superuser")), (PEERS, "lawyer")],
)
def test_only_the_right_group_approves(client, people, reviews, who):
    people["superuser"] = make_staff("jefa", group=ADMINISTRATORS, is_superuser=True)
    _module, lesson = make_reviewed_course(reviews)
    submit(client, people["editor"], lesson, title="Otro")
    answer_review(client, people[who], lesson)
    edit(client, people[who], lesson, **APPROVE)
    assert title_of(lesson) == "Lección 1"
    assert missing_in_draft(lesson)


def test_an_edit_after_the_approval_needs_a_new_one(client, people, lesson):
    approve(client, people, lesson)
    edit(client, people["editor"], lesson, title="Otro", **PUBLISH)
    assert (title_of(lesson), missing_in_draft(lesson)) == ("Lección 1", [Review.LEGAL])


def test_an_approval_of_what_was_on_screen_does_not_overwrite_a_newer_draft(client, people, lesson):
    answer = APPROVE | {"loaded_revision_id": str(submit(client, people["editor"], lesson, title="Leído").pk)}
    edit(client, people["administrator"], lesson, title="Con el número nuevo")

    said = edit(client, people["lawyer"], lesson, title="Leído", **answer)

    assert "Alguien guardó un borrador más nuevo" in client.get(said["Location"]).text
    assert title_of(lesson) == "Lección 1"
    newest = LessonPage.objects.get().latest_revision
    assert newest.content["title"] == "Con el número nuevo"

    edit(client, people["lawyer"], lesson, title="Con el número nuevo", **answer | {"loaded_revision_id": newest.pk})
    assert title_of(lesson) == "Con el número nuevo"


def test_an_edit_between_two_reviews_is_seen_by_both(client, people):
    _module, lesson = make_reviewed_course(reviews=BOTH)
    submit(client, people["editor"], lesson, title="Otro")
    answer_review(client, people["lawyer"], lesson)
    credit = {"workflow-action-extra-data": json.dumps({"credit": "OMES"})}
    edit(client, people["peer"], lesson, title="Corregido", **APPROVE, **credit)
    assert (title_of(lesson), missing_in_draft(lesson)) == ("Lección 1", [Review.LEGAL])
    answer_review(client, people["lawyer"], lesson)
    assert title_of(lesson) == "Corregido"


def test_an_approved_revision_that_is_overwritten_is_approved_no_more(client, people, lesson):
    approve(client, people, lesson)
    lesson.title = "Otro"
    lesson.save_revision(user=people["editor"], overwrite_revision=lesson.latest_revision)
    assert missing_in_draft(lesson) == [Review.LEGAL]
    with pytest.raises(PermissionDenied):
        lesson.latest_revision.publish()


def test_where_a_workflow_lacks_a_review_the_page_stays_a_draft(client, people, lesson):
    submit(client, people["editor"], lesson, title="Otro")
    ModulePage.objects.update(needs_peer_review=True)
    answer_review(client, people["lawyer"], lesson)
    assert (title_of(lesson), missing_in_draft(lesson)) == ("Lección 1", [Review.PEERS])


def test_editors_wait_while_it_is_reviewed_and_administrators_need_not(client, people, lesson):
    submit(client, people["editor"], lesson, title="Otro")
    edit(client, make_staff("otra", group=EDITORS), lesson, title="De otra")
    assert LessonPage.objects.get().get_latest_revision_as_object().title == "Otro"
    edit(client, people["administrator"], lesson, title="De urgencia")
    assert LessonPage.objects.get().get_latest_revision_as_object().title == "De urgencia"


def reason_address(page):
    return reverse("publish_without_review", args=[page.pk])


def test_an_administrator_publishes_with_a_reason_that_stays_in_the_history(client, people, lesson):
    edit(client, people["editor"], lesson, title="Con otro teléfono")
    client.force_login(people["administrator"])

    asked = client.get(reason_address(lesson)).text
    answer = client.post(reason_address(lesson), {"reason": "El número de la línea cambió hoy."})

    assert "Falta: revisión legal" in asked
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert title_of(lesson) == "Con otro teléfono"
    entry = PageLogEntry.objects.get(action="modules.publish_without_review")
    assert (entry.user, entry.data["reason"]) == (people["administrator"], "El número de la línea cambió hoy.")
    history = client.get(reverse("wagtailadmin_pages:history", args=[lesson.pk])).text
    assert "El número de la línea cambió hoy." in history


@pytest.mark.parametrize("reason", ["", "   ", "urge"])
def test_without_a_reason_nothing_is_published(client, people, lesson, reason):
    edit(client, people["editor"], lesson, title="Otro")
    client.force_login(people["administrator"])
    answer = client.post(reason_address(lesson), {"reason": reason})
    assert answer.status_code == 200
    assert "Escriba el motivo" in answer.text
    assert title_of(lesson) == "Lección 1"


@pytest.mark.parametrize("who", ["editor", "lawyer", "peer"])
def test_nobody_else_publishes_with_a_reason(client, people, lesson, who):
    edit(client, people["editor"], lesson, title="Otro")
    client.force_login(people[who])
    client.post(reason_address(lesson), {"reason": "El número de la línea cambió hoy."})
    assert title_of(lesson) == "Lección 1"
    assert not PageLogEntry.objects.filter(action="modules.publish_without_review").exists()


def test_a_reason_covers_one_text_only(client, people, lesson):
    client.force_login(people["administrator"])
    client.post(reason_address(lesson), {"reason": "El número de la línea cambió hoy."})
    edit(client, people["administrator"], lesson, title="Otro", **PUBLISH)
    assert (title_of(lesson), missing_in_draft(lesson)) == ("Lección 1", [Review.LEGAL])


def test_what_needs_no_review_or_is_reviewed_asks_for_no_reason(client, people, lesson):
    approve(client, people, lesson)
    client.force_login(people["administrator"])
    assert client.get(reason_address(lesson)).status_code == 302
    client.post(reason_address(lesson), {"reason": "El número de la línea cambió hoy."})
    assert not PageLogEntry.objects.filter(action="modules.publish_without_review").exists()


WAITS_FOR_PEERS = (
    "Todavía no es pública: falta la revisión de pares. Le toca al grupo «Revisores pares», que la encuentra en su "
    "página de inicio del CMS."
)


def read(client, answer):
    page = client.get(answer.url)
    assert page.url == reverse("wagtailadmin_home")
    return [unescape(str(message)).strip() for message in get_messages(page.wsgi_request)]


def decide_in_editor(client, person, page, **fields):
    page.refresh_from_db()
    after = client.get(edit(client, person, page, **APPROVE, **fields).url)
    return [unescape(str(message)).strip() for message in get_messages(after.wsgi_request)]


def test_while_another_review_is_missing_it_says_which_and_who_does_it(client, people):
    _module, lesson = make_reviewed_course(BOTH)
    submit(client, people["editor"], lesson, title="El portón")
    approved = "«El portón» (M1-L1): la revisión legal quedó aprobada, a nombre de Lcda. Ana Coj."
    assert read(client, answer_review(client, people["lawyer"], lesson)) == [
        f"{approved} {WAITS_FOR_PEERS} Mientras tanto se lee el texto de antes."
    ]
    assert read(client, answer_review(client, people["peer"], lesson, credit="OMES")) == [
        "«El portón» (M1-L1): la revisión de pares quedó aprobada, a nombre de OMES. Es pública desde ahora."
    ]


def test_it_says_where_nobody_could_review_it(client, people):
    _module, lesson = make_reviewed_course(BOTH)
    submit(client, people["editor"], lesson)
    Group.objects.get(name=PEER_REVIEWERS).user_set.clear()
    [said] = read(client, answer_review(client, people["lawyer"], lesson))
    assert "no hay nadie en el grupo «Revisores pares». Una persona administradora debe agregar a alguien." in said


def test_a_lesson_of_a_module_that_is_not_public_is_read_with_it(client, people):
    module, lesson = make_reviewed_course()
    ModulePage.objects.update(live=False)
    submit(client, people["editor"], lesson)
    [said] = read(client, answer_review(client, people["lawyer"], lesson))
    assert said.endswith(f"Ya se publicó; se podrá leer cuando «{module.title}» también sea público.")


def test_asking_for_changes_says_what_becomes_of_it(client, people, lesson):
    people["editor"].first_name, people["editor"].last_name = "Elena", "Xol"
    people["editor"].save()
    submit(client, people["editor"], lesson, title="El portón")
    answer = answer_review(client, people["lawyer"], lesson, action="reject", comment="Falta el artículo.")
    assert read(client, answer) == [
        "«El portón» (M1-L1): usted pidió cambios (revisión legal). Queda como borrador; Elena Xol, quien lo envió, "
        "lee en la página lo que usted escribió y lo envía otra vez a revisión. "
        "Mientras tanto se lee el texto de antes."
    ]


def test_in_the_editor_it_stands_in_place_of_has_been_updated(client, people):
    _module, lesson = make_reviewed_course(LEGAL)
    submit(client, people["editor"], lesson, title="El portón")
    lesson.refresh_from_db()
    credit = '{"credit": "Lcda. Ana Coj", "comment": ""}'
    said = decide_in_editor(
        client, people["lawyer"], lesson, title="El portón verde", **{"workflow-action-extra-data": credit}
    )
    assert said == [
        "«El portón verde» (M1-L1): la revisión legal quedó aprobada, a nombre de Lcda. Ana Coj. "
        "Es pública desde ahora."
    ]
    assert LessonPage.objects.get().title == "El portón verde"
    assert decide_in_editor(client, people["editor"], lesson) == ["Se guardó la página «El portón verde»."]


def test_nobody_else_is_told_what_was_decided(client, people, lesson):
    submit(client, people["editor"], lesson)
    address = answer_review(client, people["lawyer"], lesson).url
    client.force_login(people["peer"])
    page = client.get(address)
    assert (page.url, list(get_messages(page.wsgi_request))) == (reverse("wagtailadmin_home"), [])
    client.force_login(make_staff("nadie"))
    assert client.get(address).status_code == 302
