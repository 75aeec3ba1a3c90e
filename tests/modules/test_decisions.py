"""Whoever approves or asks for changes reads of what, whether it is public now, and what happens next."""

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from course.people.roles import PEER_REVIEWERS
from modules.models import LessonPage, ModulePage
from tests.factories import make_staff
from tests.modules.reviewing import BOTH, LEGAL, answer_review, edit, make_reviewed_course, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
WAITS_FOR_PEERS = (
    "Todavía no es pública: falta la revisión de pares. Le toca al grupo «Revisores pares», que la encuentra en su "
    "página de inicio del CMS."
)


def read(client, answer):
    """Follow where a window leads, and return what the admin says there."""
    page = client.get(answer.url)
    assert page.url == reverse("wagtailadmin_home")
    return [unescape(str(message)).strip() for message in get_messages(page.wsgi_request)]


def decide_in_editor(client, person, page, **fields):
    """Decide on the page of the editor itself; return what it says."""
    page.refresh_from_db()
    action = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    after = client.get(edit(client, person, page, **action, **fields).url)
    return [unescape(str(message)).strip() for message in get_messages(after.wsgi_request)]


def test_approving_says_what_was_approved_and_that_it_is_public(client, people):
    _module, lesson = make_reviewed_course()
    submit(client, people["editor"], lesson, title="El portón")
    assert read(client, answer_review(client, people["lawyer"], lesson)) == [
        "«El portón» (M1-L1): la revisión legal quedó aprobada, a nombre de Lcda. Ana Coj. Es pública desde ahora."
    ]


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


def test_what_was_given_a_day_says_when(client, people):
    _module, lesson = make_reviewed_course()
    day = timezone.localtime() + timedelta(days=400)
    submit(client, people["editor"], lesson, go_live_at=day.strftime("%Y-%m-%d %H:%M"))
    [said] = read(client, answer_review(client, people["lawyer"], lesson))
    assert "Se publica el " in said
    assert said.endswith("Mientras tanto se lee el texto de antes.")


def test_asking_for_changes_says_what_becomes_of_it(client, people):
    _module, lesson = make_reviewed_course()
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
    # Whose form decides nothing is told what Wagtail tells.
    assert decide_in_editor(client, people["editor"], lesson) == ["Se guardó la página «El portón verde»."]


def test_nobody_else_is_told_what_was_decided(client, people):
    _module, lesson = make_reviewed_course()
    submit(client, people["editor"], lesson)
    address = answer_review(client, people["lawyer"], lesson).url
    client.force_login(people["peer"])
    page = client.get(address)
    assert (page.url, list(get_messages(page.wsgi_request))) == (reverse("wagtailadmin_home"), [])
    client.force_login(make_staff("nadie"))
    assert client.get(address).status_code == 302
