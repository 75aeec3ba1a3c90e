"""Hooks of the Wagtail admin."""

from django.contrib.auth.models import Permission
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.snippets.models import register_snippet

from modules.cms.asking import EditionCameIntoForce, ask_about_quiz, keep_draft, publish_told
from modules.cms.deletion import keep_what_texts_use
from modules.cms.editions import EditionViewSet, PeopleTakenAlong
from modules.cms.media_viewsets import MediaGroup
from modules.cms.numbering import wait_for_numbers, wait_to_copy
from modules.cms.reports.due import DueReport, due_report_paths
from modules.cms.reports.listing import menu_item
from modules.cms.review_views import (
    PublishedWithoutReview,
    ask_for_reason,
    offer_review_instead,
    refuse_stale_answer,
    refuse_without_review,
    remember_review,
    say_what_was_decided,
    show_what_was_decided,
)
from modules.cms.translating import LanguagesMenuItem, PageByPhrases, SnippetByPhrases, begin_or_review, offer_one_way
from modules.cms.viewsets import CourseTextGroup, OrganisationViewSet
from modules.cms.without_buttons import take_buttons_out
from modules.models.reviews import PUBLISHED_WITHOUT_REVIEW
from modules.progress.catching_up import PEOPLE_TAKEN_ALONG
from modules.progress.effects import EDITION_CAME_INTO_FORCE
from modules.reviews.due import organisations_due, pages_due

# They register hooks.
from .cms import report_menus, translating  # noqa: F401
from .models import ModulePage, Organisation

take_buttons_out()
register_snippet(CourseTextGroup)
register_snippet(MediaGroup)


class DuePanel(Component):
    name = "due"
    template_name = "modules/admin/due.html"
    order = 110

    def get_context_data(self, parent_context):
        today = timezone.localdate()
        return {
            # A page may lack two reviews.
            "pages": len({due.address for due in pages_due(today)}),
            "due": len(organisations_due(today)),
            "total": Organisation.objects.count(),
            "report": reverse(DueReport.index_url_name),
            "directory": f"{reverse(OrganisationViewSet().get_url_name('list'))}?check=due",
        }


@hooks.register("register_admin_viewset")
def add_editions():
    return EditionViewSet()


@hooks.register("construct_homepage_panels")
def add_due_panel(request, panels):
    if request.user.has_perm("modules.change_organisation"):
        panels.append(DuePanel())


@hooks.register("register_reports_menu_item")
def add_due_report():
    return menu_item(DueReport, order=100)


# Before the hooks of wagtail-localize, which replace the edit page.
hooks.register("before_edit_page", begin_or_review, order=-1)
hooks.register("before_edit_snippet", begin_or_review, order=-1)
hooks.register("construct_page_action_menu", offer_one_way)
hooks.register("construct_snippet_action_menu", offer_one_way)
hooks.register("before_create_page", wait_for_numbers)
hooks.register("before_copy_page", wait_to_copy)
hooks.register("before_edit_page", refuse_stale_answer)
hooks.register("before_edit_page", remember_review)
hooks.register("after_edit_page", say_what_was_decided)
hooks.register("before_publish_page", refuse_without_review)
# After the hooks that refuse to publish.
hooks.register("before_publish_page", keep_draft, order=10)
hooks.register("before_publish", keep_draft, order=10)
# Before the hook of the question bank, so that editors see one page.
hooks.register("before_publish", ask_about_quiz, order=-1)
hooks.register("before_delete_snippet", keep_what_texts_use)
hooks.register("construct_page_action_menu", offer_review_instead)


@hooks.register("register_page_action_menu_item")
def offer_page_by_phrases():
    return PageByPhrases(order=5)


@hooks.register("register_snippet_action_menu_item")
def offer_snippet_by_phrases(model):
    return SnippetByPhrases(order=5)


@hooks.register("register_settings_menu_item")
def add_languages():
    address = reverse("wagtaillocales:index")
    return LanguagesMenuItem(_("Languages"), address, name="languages", icon_name="site", order=603)


@hooks.register("register_admin_urls")
def add_review_addresses():
    reason = path("pages/<int:page_pk>/publish-without-review/", ask_for_reason, name="publish_without_review")
    told = path("pages/publish-told/<int:revision_pk>/", publish_told, name="publish_told")
    decided = path("reviews/<int:state_pk>/decided/", show_what_was_decided, name="review_decided")
    return [reason, told, decided, *due_report_paths()]


@hooks.register("register_log_actions")
def name_log_actions(actions):
    actions.register_action(PUBLISHED_WITHOUT_REVIEW)(PublishedWithoutReview)
    actions.register_action(EDITION_CAME_INTO_FORCE)(EditionCameIntoForce)
    actions.register_action(PEOPLE_TAKEN_ALONG)(PeopleTakenAlong)


@hooks.register("register_permissions")
def offer_review_permissions():
    codenames = [codename for codename, _name in ModulePage._meta.permissions]
    return Permission.objects.filter(content_type__app_label="modules", codename__in=codenames)


@hooks.register("register_icons")
def add_icons(icons):
    names = ("camera", "do-avoid", "film", "headphones", "mask", "phone", "remember", "thought")
    return [*icons, *(f"modules/icons/{name}.svg" for name in names)]


@hooks.register("construct_image_chooser_queryset")
def hide_photographs_in_chooser(images, request):
    # A photograph may only be shown with its rights and consent.
    return images.filter(photo=None)


@hooks.register("construct_main_menu")
def hide_pictures_and_documents(request, items):
    # Photographs have their own list, and pictures of questions belong to their question.
    items[:] = [item for item in items if item.name not in ("images", "documents")]


@hooks.register("construct_homepage_summary_items", order=1000)
def count_pages_only(request, items):
    items[:] = [item for item in items if type(item).__name__ not in ("ImagesSummaryItem", "DocumentsSummaryItem")]
