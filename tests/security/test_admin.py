"""Every address of the admin, tried by everybody who might try it, against one table. A new one of it needs a row here.

A row is what they get in the order of WHO: `+` the address is theirs, whether it shows a page or says that there is
nothing; `-` they are turned away; `>` the sign-in page. Whoever is turned away from looking is turned away from
posting too, and has written nothing. Where one address of a place differs, its whole name has a row of its own.
"""

from io import BytesIO

import PIL.Image
import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import GroupPagePermission, Page

from modules.models import LessonPage
from quizzes.models import Case, Question, Quiz, Topic
from tests.addresses import all_addresses
from tests.certificates.factories import make_design
from tests.everyone import Everyone, make_world
from tests.factories import make_act, spanish
from tests.modules.factories import (
    make_language_entry,
    make_organisation,
    make_printable,
    make_source,
    make_term,
)

pytestmark = pytest.mark.django_db

# Nobody, a trainer, an editor, a reviewer, an administrator, and who installed the site.
WHO = "NTERMS"

TABLE = {
    "wagtailadmin_home": ">>++++",
    "wagtailadmin_api": ">>++++",
    "wagtailadmin_explore_root": ">>++++",
    "wagtailadmin_explore": ">>++++",
    "wagtailadmin_explore_results": ">>++++",
    "wagtail_bulk_action": ">>++++",
    "wagtailadmin_pages": ">>++++",
    "wagtailadmin_pages:add": ">>----",
    "wagtailadmin_pages:preview_on_add": ">>+-++",
    "wagtailadmin_pages:add_subpage": ">>+-++",
    "wagtailadmin_pages:delete": ">>+-++",
    "wagtailadmin_pages:unpublish": ">>+-++",
    "wagtailadmin_pages:move": ">>+-++",
    "wagtailadmin_pages:set_page_position": ">>+-++",
    "wagtailadmin_pages:workflow_preview": ">>----",
    "wagtailadmin_pages:set_privacy": ">>+-++",
    "wagtailadmin_pages:lock": ">>---+",
    "wagtailadmin_pages:unlock": ">>---+",
    "wagtailadmin_pages:revisions_unschedule": ">>+-++",
    "wagtailadmin_choose_page": ">>++++",
    "wagtailadmin_choose_page_child": ">>++++",
    "wagtailadmin_choose_page_search": ">>++++",
    "wagtailadmin_choose_page_chosen_multiple": ">>++++",
    "wagtailadmin_choose_page_external_link": ">>++++",
    "wagtailadmin_choose_page_email_link": ">>++++",
    "wagtailadmin_choose_page_phone_link": ">>++++",
    "wagtailadmin_choose_page_anchor_link": ">>++++",
    "wagtailadmin_tag_autocomplete": ">>++++",
    "wagtailadmin_tag_model_autocomplete": ">>++++",
    "wagtailadmin_collections": ">>---+",
    "wagtailadmin_collections:delete": ">>++++",
    "wagtailadmin_workflows": ">>---+",
    "wagtailadmin_workflows:add_task": ">>++++",
    "wagtailadmin_workflows:task_chooser": ">>++++",
    "wagtailadmin_workflows:task_chooser_results": ">>++++",
    "wagtailadmin_workflows:task_chooser_create": ">>++++",
    "wagtailadmin_workflows:task_chosen": ">>++++",
    "wagtailadmin_reports": ">>++++",
    "wagtailadmin_reports:locked_pages": ">>---+",
    "wagtailadmin_reports:locked_pages_results": ">>---+",
    "wagtailadmin_account": ">>++++",
    "wagtailadmin_dismissibles": ">>++++",
    "wagtailadmin_editing_sessions": ">>++++",
    "wagtailadmin_block_preview": ">>++++",
    "unverified_report": ">>++++",
    "unverified_print": ">>++++",
    "translations_report": ">>++++",
    "translations_report_results": ">>++++",
    "translation_still_valid": ">>++++",
    "in_all_languages": ">>++++",
    "publish_without_review": ">>--++",
    "due_report": ">>++++",
    "due_report_results": ">>++++",
    "publish_affecting": ">>----",
    "publish_told": ">>++++",
    "review_decided": ">>----",
    "picture_for_places": ">>+-++",
    "editions": ">>+-++",
    "editions:add": ">>----",
    "editions:delete": ">>----",
    "wagtail_localize": ">>++++",
    "wagtail_localize:submit_page_translation": ">>+-++",
    "wagtail_localize:submit_snippet_translation": ">>+-++",
    "wagtail_localize:update_translations": ">>+-++",
    "wagtailforms": ">>++++",
    "wagtailforms:delete_submissions": ">>----",
    "wagtailredirects": ">>---+",
    "wagtailembeds": ">>++++",
    "wagtailsnippets": ">>----",
    "wagtaildocs": ">>---+",
    "wagtaildocs:create_multiple_from_uploaded_document": ">>++++",
    "wagtaildocs:delete_upload_multiple": ">>++++",
    "wagtailimages": ">>+-++",
    "wagtailimages:edit": ">>---+",
    "wagtailimages:delete": ">>---+",
    "wagtailimages:preview": ">>---+",
    "wagtailimages:image_usage": ">>---+",
    "wagtailimages:edit_multiple": ">>---+",
    "wagtailimages:create_multiple_from_uploaded_image": ">>++++",
    "wagtailimages:delete_multiple": ">>---+",
    "wagtailimages:delete_upload_multiple": ">>++++",
    "wagtailsnippets_certificates_certificatedesign": ">>+-++",
    "wagtailsnippetchoosers:create": ">>----",
    "wagtailsnippetchoosers_certificates_certificatedesign": ">>++++",
    "wagtailsnippets_modules_organisation": ">>+-++",
    "wagtailsnippetchoosers_modules_organisation": ">>++++",
    "wagtailsnippets_modules_glossaryterm": ">>+-++",
    "wagtailsnippetchoosers_modules_glossaryterm": ">>++++",
    "wagtailsnippets_modules_languageentry": ">>+-++",
    "wagtailsnippetchoosers_modules_languageentry": ">>++++",
    "wagtailsnippets_modules_printable": ">>+-++",
    "wagtailsnippetchoosers_modules_printable": ">>++++",
    "wagtailsnippets_modules_voice": ">>+-++",
    "wagtailsnippetchoosers_modules_voice": ">>++++",
    "wagtailsnippets_modules_photo": ">>+-++",
    "wagtailsnippetchoosers_modules_photo": ">>++++",
    "wagtailsnippets_modules_recording": ">>+-++",
    "wagtailsnippetchoosers_modules_recording": ">>++++",
    "wagtailsnippets_modules_film": ">>+-++",
    "wagtailsnippetchoosers_modules_film": ">>++++",
    "wagtailsnippets_quizzes_quiz": ">>+-++",
    "wagtailsnippetchoosers_quizzes_quiz": ">>++++",
    "wagtailsnippets_quizzes_question": ">>+-++",
    "wagtailsnippetchoosers_quizzes_question": ">>++++",
    "wagtailsnippets_quizzes_case": ">>+-++",
    "wagtailsnippetchoosers_quizzes_case": ">>++++",
    "wagtailsnippets_quizzes_act": ">>+-++",
    "wagtailsnippetchoosers_quizzes_act": ">>++++",
    "wagtailsnippets_quizzes_topic": ">>+-++",
    "wagtailsnippetchoosers_quizzes_topic": ">>++++",
    "wagtailsnippets_quizzes_source": ">>+-++",
    "wagtailsnippetchoosers_quizzes_source": ">>++++",
    "wagtailsnippets_quizzes_surveystatement": ">>+-++",
    "wagtailsnippetchoosers_quizzes_surveystatement": ">>++++",
    "wagtailsnippets_quizzes_surveyblock": ">>+-++",
    "wagtailsnippetchoosers_quizzes_surveyblock": ">>++++",
    "wagtailsnippets_quizzes_surveyscale": ">>+-++",
    "wagtailsnippetchoosers_quizzes_surveyscale": ">>++++",
    "question_import": ">>+-++",
    "survey_overview": ">>+-++",
    "areas": ">>--++",
    "wagtaillocales": ">>+-++",
    "wagtaillocales:usage": ">>---+",
    "wagtaillocales:edit": ">>---+",
    "wagtailsites": ">>---+",
    "wagtailusers_users": ">>--++",
    "wagtailusers_groups": ">>---+",
    "wagtaildocs_chooser": ">>++++",
    "wagtaildocs_chooser:chosen": ">>---+",
    "wagtaildocs_chooser:create": ">>---+",
    "wagtailimages_chooser": ">>++++",
    "wagtailimages_chooser:chosen": ">>+-++",
    "wagtailimages_chooser:create": ">>+-++",
    "wagtailimages_chooser:select_format": ">>+-++",
}
WHERE = "tests/security/test_admin.py: TABLE needs a row for it"
# Open to everybody, for they tell nothing: drawings, and words of the scripts. And doors that are closed to everybody.
OPEN = {"wagtailadmin_sprite", "wagtailadmin_javascript_catalog"}
CLOSED = {
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_complete",
    "wagtaildocs_authenticate_with_password",
}
# Breaks on purpose, for whoever sets up reports of errors.
BREAKS = {"wagtailadmin_error_test"}


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    made = make_world(tmp_path / "keys", settings)
    for make in (make_source, make_term, make_organisation, make_language_entry, make_printable, make_design):
        make()
    case = Case.objects.create(identifier="C", title="En la puerta", locale=spanish())
    for kept in (case, Quiz.objects.first(), Question.objects.first(), LessonPage.objects.get(slug="1")):
        kept.save_revision()
    Topic.objects.create(identifier="trato", name="Trato", locale=spanish())
    make_act()
    Image.objects.create(title="Foto", file=ImageFile(BytesIO(picture()), name="foto.png"))
    Document.objects.create(title="Papel", file=ContentFile(b"%PDF", name="papel.pdf"))
    Redirect.objects.create(old_path="/viejo", redirect_link="/nuevo")
    return made


def picture():
    """Return the smallest PNG."""
    written = BytesIO()
    PIL.Image.new("RGB", (1, 1)).save(written, "PNG")
    return written.getvalue()


def place_of(name):
    """Return the row of an address: its own, else that of what it belongs to."""
    if name.startswith("wagtailsnippetchoosers_") and name.endswith(":create"):
        return "wagtailsnippetchoosers:create"
    return name if name in TABLE else name.split(":")[0]


def admin_addresses(world):
    """Yield (name, address) of the admin's addresses, with keys of what is there."""
    lesson, course = Page.objects.get(slug="1"), Page.objects.get(slug="curso")
    pages = {"page_id": lesson.pk, "page_pk": lesson.pk, "page_to_move_id": lesson.pk}
    pages["key"] = lesson.translation_key
    pages |= {"revision_id": lesson.latest_revision_id, "revision_pk": lesson.latest_revision_id}
    pages |= {"parent_page_id": course.pk, "destination_id": course.pk}
    words = {"content_type_app_name": "modules", "content_type_model_name": "lessonpage", "app_name": "modules"}
    words |= {"app_label": "modules", "model_name": "glossaryterm", "action": "delete", "action_name": "approve"}
    words |= {"image_pk": Image.objects.get(title="Foto").pk}
    words |= {"image_id": Image.objects.get(title="Foto").pk, "document_id": Document.objects.get().pk}
    words |= {"doc_id": Document.objects.get().pk, "redirect_id": Redirect.objects.get().pk}
    words |= {"filter_spec": "width-10", "uidb64": "x", "token": "x", "object_id": "1"}
    for one in all_addresses():
        if one.place.startswith("cms/") and not set(one.place) & set("()") and "mode" not in one.parameters:
            keys = {key: (pages | words).get(key, 1) for key in one.parameters}
            if "pk" in keys and (found := _row_of(one)):
                keys["pk"] = found.pk
                if "revision_id" in keys:
                    keys["revision_id"] = found.latest_revision_id
            yield one.name, reverse(one.name, kwargs=keys)


def _row_of(one):
    model = getattr(one.callback, "view_initkwargs", {}).get("model")
    model = apps.get_model(model) if isinstance(model, str) else model
    return model._default_manager.first() if model else None


def sign_of(answer):
    there = answer.leads_to.split("?")[0]
    if there == reverse("account_login"):
        return ">"
    return "-" if there == reverse("wagtailadmin_home") or answer.status == 403 else "+"


def test_both_kinds_of_reviewers_have_the_same_rights(world):
    by_kind = []
    for who in "RP":
        [role] = world.people[who].groups.all()
        pages = GroupPagePermission.objects.filter(group=role).values_list("page_id", "permission_id")
        by_kind.append((world.people[who].get_all_permissions(), set(pages)))
    assert by_kind[0] == by_kind[1]


def test_whoever_has_no_role_in_the_text_may_not_enter(world):
    inside = {who for who, person in world.people.items() if person and person.has_perm("wagtailadmin.access_admin")}
    assert inside == set("ERPMS")


@pytest.mark.nightly
def test_everybody_gets_what_the_table_says(world):
    # Forms of Wagtail break at what no page of theirs sends; those of whoever is turned away may not get that far.
    everyone, found = Everyone(world.people, raises=False), {}
    names = [str(world.people[who]) for who in "LKO"] + [world.people[who].username for who in "LKO"]
    for name, address in admin_addresses(world):
        if name in OPEN | CLOSED | BREAKS:
            continue
        signs = ""
        for who in WHO:
            if who == "S" and signs[-1] == "+":
                # Every right is more than an administrator's; only what they lack is tried once more.
                signs += "+"
                continue
            answer = everyone.ask(who, "get", address)
            # A form that takes only a post says so before it asks who it is.
            signs += sign_of(answer) if answer.status != 405 else sign_of(everyone.ask(who, "post", address, {}))
            assert answer.status < 500, name
            if signs[-1] != "+" and answer.status != 405:
                posted = everyone.ask(who, "post", address, {})
                assert sign_of(posted) in (signs[-1], "+"), (name, who)
                assert posted.status < 500, (name, who)
                assert not posted.wrote, (name, who)
            if who in "ER":
                told = answer.response.getvalue().decode(errors="ignore")
                assert not [one for one in names if one in told], (name, who)
        found[name] = signs
    assert {name: TABLE.get(place_of(name), "no row") for name in found} == found, WHERE
