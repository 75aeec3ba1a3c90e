from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import TaskState, Workflow

from course.seed import seed
from modules.models import LessonPage, Review, ReviewTask
from modules.models.reviews import find_workflow
from modules.reviews.due import DueKind, Why, everything_due, pages_due
from modules.reviews.publishing import publish_without_review
from tests.factories import make_cohort, make_learner
from tests.modules.factories import make_organisation
from tests.modules.reviewing import BOTH, LEGAL, PEERS, approve, edit, make_reviewed_course, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def today():
    return date_format(timezone.localdate())


def read_as_learner(client, page):
    learner = make_learner()
    make_cohort(learners=[learner])
    client.force_login(learner)
    return client.get(page.specific.get_url()).text


@pytest.mark.parametrize(
    ("reviews", "sentence"),
    [
        (LEGAL, "Ninguna persona abogada ha revisado todavía este texto."),
        (PEERS, "Las trabajadoras sexuales organizadas todavía no han revisado este texto."),
    ],
)
def test_page_says_that_review_is_missing(client, reviews, sentence):
    _module, lesson = make_reviewed_course(reviews)
    assert sentence in read_as_learner(client, lesson)


def test_page_shows_reviewer_and_day(client, people):
    module, lesson = make_reviewed_course(BOTH)
    approve(client, people, lesson, BOTH)
    approve(client, people, module, BOTH)

    for page in (module, lesson):
        read = page.get_url()
        client.force_login(people["editor"])
        shown = client.get(read).text
        assert f"Revisión legal: Lcda. Ana Coj, {today()}." in shown
        assert f"Revisado con OMES, {today()}." in shown


def test_draft_keeps_review_of_published_page(client, people, lesson):
    approve(client, people, lesson)
    edit(client, people["editor"], lesson, title="Otro")
    assert f"Revisión legal: Lcda. Ana Coj, {today()}." in read_as_learner(client, lesson)


def test_page_published_without_review_says_that_it_changed(client, people, lesson):
    approve(client, people, lesson)
    edit(client, people["editor"], lesson, title="Con otro teléfono")
    publish_without_review(LessonPage.objects.get(), by=people["administrator"], reason="Cambió el teléfono hoy.")
    sentence = f"Este texto cambió después de su última revisión legal (Lcda. Ana Coj, {today()})."
    assert sentence in read_as_learner(client, LessonPage.objects.get())


def test_module_without_reviews_shows_none(client):
    _module, lesson = make_reviewed_course(reviews=())
    read = read_as_learner(client, lesson)
    assert "revisado" not in read
    assert "Revisión legal" not in read


def editor_of(client, person, page):
    client.force_login(person)
    return client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text


def test_editor_shows_missing_reviews_and_submit_button(client, people):
    _module, lesson = make_reviewed_course(BOTH)

    shown = editor_of(client, people["editor"], lesson)

    assert "Esta página se publica solo después de revisarla." in shown
    assert shown.count("al borrador todavía le falta.") == 2
    assert "Guardar y enviar a revisión" in shown
    assert 'name="action-publish"' not in shown
    assert "Publicar sin revisión…" not in shown
    assert "Publicar sin revisión…" in editor_of(client, people["administrator"], lesson)


def test_editor_links_to_changes_since_last_review(client, people, lesson):
    approve(client, people, lesson)
    approved = lesson.live_revision_id
    assert "Este borrador tiene todas las revisiones que necesita." in editor_of(client, people["editor"], lesson)

    edit(client, people["editor"], lesson, title="Otro")
    shown = editor_of(client, people["editor"], lesson)
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[lesson.pk, approved, "latest"])
    assert f"Última aprobación, {today()}: Lcda. Ana Coj." in shown
    assert compare in shown
    assert "Otro" in client.get(compare).text

    publish_without_review(LessonPage.objects.get(), by=people["administrator"], reason="Cambió el teléfono hoy.")
    shown = editor_of(client, people["editor"], lesson)
    assert reverse("wagtailadmin_pages:revisions_compare", args=[lesson.pk, approved, "live"]) in shown
    assert f"se publicó sin revisión el {today()} (Eva Tzoc): «Cambió el teléfono hoy.»" in shown
    assert "al borrador todavía le falta." in shown
    assert "Guardar y enviar a revisión" in shown


def test_editor_shows_review_in_progress(client, people, lesson):
    submit(client, people["editor"], lesson)

    shown = editor_of(client, people["lawyer"], lesson)

    assert "Este borrador está en revisión." in shown
    assert "Guardar y enviar a revisión" not in shown
    assert "¿Le toca a usted?" in shown
    assert "¿Le toca a usted?" not in editor_of(client, people["editor"], lesson)
    assert "Aprobar" in editor_of(client, people["lawyer"], lesson)
    assert "Pedir cambios" in shown


def test_reviewer_enters_name_to_show(client, people):
    for reviews, who, words in [
        (LEGAL, "lawyer", "Lcda. Ana Coj"),
        (PEERS, "peer", "No escriba el nombre de una persona"),
    ]:
        _module, lesson = make_reviewed_course(reviews)
        submit(client, people["editor"], lesson)
        client.force_login(people[who])
        state = LessonPage.objects.get().current_workflow_task_state
        window = reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.pk])

        assert words in client.get(window, headers={"x-requested-with": "XMLHttpRequest"}).json()["html"]
        client.post(window, {"credit": ""})
        assert not TaskState.objects.filter(status=TaskState.STATUS_APPROVED, pk=state.pk).exists()


def age_approvals(days):
    for state in TaskState.objects.filter(status=TaskState.STATUS_APPROVED):
        TaskState.objects.filter(pk=state.pk).update(finished_at=state.finished_at - timedelta(days=days))
        type(state.revision).objects.filter(pk=state.revision_id).update(
            created_at=state.revision.created_at - timedelta(days=days)
        )


def reasons(page):
    title = page.draft_title
    return [(due.kind, due.why) for due in pages_due(timezone.localdate()) if due.title.endswith(title)]


def test_page_is_due_when_review_is_missing_old_or_outdated(client, people):
    _module, lesson = make_reviewed_course(BOTH)
    assert reasons(lesson) == [(DueKind.LEGAL, Why.MISSING), (DueKind.PEERS, Why.MISSING)]

    approve(client, people, lesson, BOTH)
    age_approvals(days=364)
    assert reasons(lesson) == []

    age_approvals(days=2)
    assert reasons(lesson) == [(DueKind.LEGAL, Why.OLD), (DueKind.PEERS, Why.OLD)]

    publish_without_review(LessonPage.objects.get(), by=people["administrator"], reason="x")
    edit(client, people["administrator"], lesson)
    publish_without_review(LessonPage.objects.get(), by=people["administrator"], reason="Cambió el teléfono hoy.")
    assert reasons(lesson) == [(DueKind.LEGAL, Why.CHANGED), (DueKind.PEERS, Why.CHANGED)]


def test_due_report_lists_pages_and_organisations(client, people, lesson):
    approve(client, people, lesson)
    edit(client, people["administrator"], lesson)
    publish_without_review(LessonPage.objects.get(), by=people["administrator"], reason="Cambió el teléfono hoy.")
    make_organisation(checked_on=timezone.localdate() - timedelta(days=91), checked_by="Ana Coj")
    make_organisation("otra", name="Otra", checked_on=timezone.localdate() - timedelta(days=90), checked_by="Ana")

    rows = [(due.title, due.kind, due.why, due.last_by, due.note) for due in everything_due(timezone.localdate())]
    assert rows == [
        ("M1 · Módulo de prueba 1", DueKind.LEGAL, Why.MISSING, "", ""),
        ("M1-L1 · Lección 1", DueKind.LEGAL, Why.CHANGED, "Lcda. Ana Coj", "Cambió el teléfono hoy."),
        ("OMES", DueKind.DIRECTORY, Why.OLD, "Ana Coj", ""),
    ]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"kind": "directory"}, ["OMES"]),
        ({"kind": "legal"}, ["M1 · Módulo de prueba 1", "M1-L1 · Lección 1"]),
        ({"kind": "legal", "why": "old"}, []),
        ({"why": "missing"}, ["M1 · Módulo de prueba 1", "M1-L1 · Lección 1", "OMES"]),
    ],
)
@pytest.mark.parametrize("view", ["due_report", "due_report_results"])
def test_due_report_can_be_filtered(editor_client, query, titles, view):
    make_reviewed_course()
    make_organisation()
    page = editor_client.get(reverse(view), query).text
    assert [title for title in ("M1 · Módulo de prueba 1", "M1-L1 · Lección 1", "OMES") if title in page] == titles


def test_home_panel_counts_each_page_once(client, people):
    make_reviewed_course(BOTH)
    client.force_login(people["editor"])
    shown = client.get(reverse("wagtailadmin_home")).text
    assert "A 2 páginas que se leen ahora les falta una revisión vigente." in shown
    assert reverse("due_report") in shown


def workflows():
    return {
        workflow.name: [task.specific.review for task in workflow.tasks]
        for workflow in Workflow.objects.filter(workflow_tasks__task__reviewtask__isnull=False).distinct()
    }


def test_prepare_site_creates_workflows_once():
    for _time in range(2):
        call_command("prepare_site", no_content=True, verbosity=0)

    assert workflows() == {
        "Revisión legal": ["legal"],
        "Revisión de pares": ["peers"],
        "Revisión legal y de pares": ["legal", "peers"],
    }
    groups = {task.review: [group.name for group in task.groups.all()] for task in ReviewTask.objects.all()}
    assert groups == {"legal": ["Revisores legales"], "peers": ["Revisores pares"]}


def test_changed_workflows_stay():
    seed()
    legal = Workflow.objects.get(name="Revisión legal")
    legal.name = "Consulta jurídica"
    legal.save()
    task = ReviewTask.objects.get(review="peers")
    task.groups.set([Group.objects.create(name="OTRANS")])
    Workflow.objects.get(name="Revisión legal y de pares").deactivate()

    seed()

    assert sorted(workflows()) == ["Consulta jurídica", "Revisión de pares", "Revisión legal y de pares"]
    assert [group.name for group in task.groups.all()] == ["OTRANS"]
    assert find_workflow([Review.LEGAL]) == legal
    assert find_workflow([Review.LEGAL, Review.PEERS]) is None


def test_page_is_reviewed_without_default_workflow(client, people, lesson):
    Workflow.objects.filter(name="Moderators approval").delete()
    approve(client, people, lesson)
    assert lesson.live
    assert not lesson.has_unpublished_changes


def test_workflow_without_reviews_is_created_again():
    seed()
    ReviewTask.objects.all().delete()
    assert find_workflow([Review.LEGAL]) is None
    seed()
    assert find_workflow([Review.LEGAL]).name == "Revisión legal"


def test_page_uses_workflow_with_needed_reviews():
    for reviews, name in [(LEGAL, "Revisión legal"), (PEERS, "Revisión de pares"), (BOTH, "Revisión legal y de pares")]:
        module, lesson = make_reviewed_course(reviews)
        assert (module.get_workflow().name, lesson.get_workflow().name) == (name, name)
