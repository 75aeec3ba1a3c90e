"""Translating in the CMS: as any other text is edited, or phrase by phrase with files to take along."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem as PageActionMenuItem
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem
from wagtail.models import Locale, Site, TranslatableMixin
from wagtail.permissions import policy_registry
from wagtail.snippets.action_menu import ActionMenuItem as SnippetActionMenuItem
from wagtail_localize.models import Translation
from wagtail_localize.views.edit_translation import user_can_edit_instance

from modules.models import ReviewRequiredMixin
from modules.models.reviews import needed_reviews
from modules.translating.phrases import (
    begin_by_phrases,
    end_by_phrases,
    keep_as_draft,
    original_of,
    translation_by_phrases,
)

_BEGIN = "translate-by-phrases"
_REFUSED = gettext_lazy("A phrase cannot stay as it is, such as a title that is too long: it is marked below.")
# wagtail-localize's own way to begin, which would write the original over what was translated.
_THEIRS = "localize-restart-translation"


# Wagtail gives its languages no name that could be translated.
Locale._meta.verbose_name, Locale._meta.verbose_name_plural = gettext_lazy("language"), gettext_lazy("languages")


class LanguagesMenuItem(MenuItem):
    """Languages to write in, for who may add one and has no other part in the settings of the site."""

    def is_shown(self, request):
        sites = policy_registry.get_by_type(Site)
        sees_it = sites.user_has_any_permission(request.user, ["add", "change", "delete"])
        return not sees_it and request.user.has_perm("wagtailcore.add_locale")


class _ByPhrases:
    label = gettext_lazy("Translate phrase by phrase (and with PO files)")
    name = _BEGIN
    icon_name = "wagtail-localize-language"

    def is_shown(self, context):
        row = context.get("page") or context.get("instance")
        is_there = context["view"] == "edit" and isinstance(row, TranslatableMixin)
        return is_there and original_of(row) is not None


class PageByPhrases(_ByPhrases, PageActionMenuItem):
    pass


class SnippetByPhrases(_ByPhrases, SnippetActionMenuItem):
    pass


def offer_one_way(items, request, context):
    """Leave wagtail-localize's way to begin out of the menu of an editor."""
    items[:] = [item for item in items if getattr(item, "name", "") != _THEIRS]


def begin_or_review(request, row):
    """Begin where an editor asks for it; and where reviews are needed, keep as a draft what is published by phrases."""
    if request.method != "POST" or not isinstance(row, TranslatableMixin):
        return None
    if _BEGIN in request.POST and original_of(row):
        begin_by_phrases(row)
        messages.success(request, _("From now on you translate phrase by phrase."))
        return redirect(request.path)
    is_reviewed = isinstance(row, ReviewRequiredMixin) and needed_reviews(row)
    translation = translation_by_phrases(row) if is_reviewed and request.POST.get("action") == "publish" else None
    if translation is None:
        return None
    try:
        keep_as_draft(translation, by=request.user)
    except ValidationError:
        messages.error(request, _REFUSED)
        return redirect(request.path)
    sentence = _("Saved as a draft: this page needs a review. End translating by phrases, and send it to review.")
    messages.warning(request, sentence)
    return redirect(request.path)


@require_admin_access
@require_POST
def stop_translation(request, translation_id):
    """End translating by phrases; what was translated stands in the draft, with all the ways to publish it."""
    translation = get_object_or_404(Translation, pk=translation_id)
    row = translation.get_target_instance()
    if not user_can_edit_instance(request.user, row):
        raise PermissionDenied
    try:
        end_by_phrases(translation, by=request.user)
    except ValidationError:
        messages.error(request, _REFUSED)
    else:
        messages.success(request, _("What you translated stands in the draft. Here you go on as in any other text."))
    return redirect(AdminURLFinder(request.user).get_edit_url(row))
