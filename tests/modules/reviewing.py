"""What the tests of reviews build: reviewers, and pages that need them, sent through the real doors of the CMS."""

from django.urls import reverse

from course.people.roles import ADMINISTRATORS, EDITORS, LEGAL_REVIEWERS, PEER_REVIEWERS
from modules.models import LessonPage, ModulePage
from tests.factories import make_course, make_staff

LEGAL, PEERS = ("legal",), ("peers",)
BOTH = ("legal", "peers")


def make_reviewed_course(reviews=LEGAL, lessons=1):
    make_course(modules=1, lessons=lessons, quiz=False)
    ModulePage.objects.update(needs_legal_review="legal" in reviews, needs_peer_review="peers" in reviews)
    # As after `load_content`: published as a revision that nobody has reviewed.
    for page in (ModulePage.objects.get(), *LessonPage.objects.all()):
        page.publish(page.save_revision(), unreviewed=True)
    return ModulePage.objects.get(), LessonPage.objects.first()


def make_people():
    return {
        "editor": make_staff("editora", group=EDITORS),
        "lawyer": make_staff("abogada", group=LEGAL_REVIEWERS, first_name="Ana", last_name="Coj"),
        "peer": make_staff("par", group=PEER_REVIEWERS, first_name="Luz", last_name="Pop"),
        "administrator": make_staff("administradora", group=ADMINISTRATORS, first_name="Eva", last_name="Tzoc"),
    }


def form_of(page, **changes):
    fields = {
        "title": page.draft_title or page.title,
        "slug": page.slug,
        "minutes": str(page.minutes),
        "warning": page.warning,
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        "go_live_at": "",
        "expire_at": "",
        "seo_title": "",
        "search_description": "",
        "show_in_menus": "",
    }
    if isinstance(page, LessonPage):
        fields |= {"body-count": "1", "body-0-type": "key_message", "body-0-order": "0", "body-0-deleted": ""}
        fields |= {"body-0-id": "", "body-0-value": "Un saludo también cura.", "plain_language_reason": ""}
    else:
        fields |= {"number": str(page.number), "subtitle": "", "summary": "", "notice": "", "quiz": ""}
        fields |= {"needs_legal_review": "on" if page.needs_legal_review else ""}
        fields |= {"needs_peer_review": "on" if page.needs_peer_review else ""}
        fields |= {f"{name}-count": "0" for name in ("objectives", "key_messages", "role_tips", "practice")}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def edit(client, person, page, **changes):
    client.force_login(person)
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, **changes))


def submit(client, editor, page, **changes):
    edit(client, editor, page, **{"action-submit": "1"}, **changes)
    page.refresh_from_db()
    return page.latest_revision


def answer_review(client, reviewer, page, action="approve", **fields):
    client.force_login(reviewer)
    page.refresh_from_db()
    state = page.current_workflow_task_state
    if state is None:
        return None
    fields = {"credit": "Lcda. Ana Coj", "comment": ""} | fields
    return client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk]), fields)


def approve(client, people, page, reviews=LEGAL):
    submit(client, people["editor"], page)
    for review in reviews:
        person, credit = {"legal": ("lawyer", "Lcda. Ana Coj"), "peers": ("peer", "OMES")}[review]
        answer_review(client, people[person], page, credit=credit)
    page.refresh_from_db()
