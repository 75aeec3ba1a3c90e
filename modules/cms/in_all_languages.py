"""A text in each language of the site: how it stands there and what can be done; and the ways to it from lists."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.models import Locale

from modules.cms.reports.translations import address_to_begin, name_of_language
from modules.models import LessonPage, ModulePage
from modules.reviews.unverified import edit_address
from modules.translating.kinds import TRANSLATED, kind_of
from modules.translating.marking import in_language
from modules.translating.outdated import State, languages_of_older, state_of
from quizzes.base.formats import quote

from .translation_views import may_say_that_it_holds


@require_safe
def show_in_all_languages(request, key):
    """Show how the original with this translation key stands in every other language."""
    original = _original_with(key)
    if not may_say_that_it_holds(request.user, original):
        raise PermissionDenied
    others = Locale.objects.exclude(pk=original.locale_id).order_by("pk")
    context = {
        "original": original,
        "original_address": edit_address(original),
        "rows": [_in_language(request.user, original, locale) for locale in others],
    }
    return render(request, "modules/admin/in_all_languages.html", context)


def _original_with(key):
    own = Locale.get_default()
    for translated in TRANSLATED.values():
        if row := translated.model.objects.filter(locale=own, translation_key=key).first():
            return row
    raise Http404


def _in_language(user, original, locale):
    row = type(original).objects.filter(locale=locale, translation_key=original.translation_key).first()
    name = name_of_language(locale.language_code)
    if row is None or getattr(row, "alias_of_id", None):
        may_begin = user.has_perm("wagtail_localize.submit_translation")
        return name, State.MISSING.label, "", [(address_to_begin(original), _("Translate"))] if may_begin else []
    found = state_of(row) if in_language(original, original.locale.language_code) else None
    ways = [(edit_address(row), _("Edit the translation"))]
    if found and found.state in (State.CHANGED, State.UNKNOWN):
        ways.append((reverse("translation_still_valid", args=[found.kind, row.pk]), _("Does it still hold?")))
    return name, found.state.label if found else _("Translated"), found.note if found else "", ways


def _button(row, user):
    if user.has_perm("wagtail_localize.submit_translation") and kind_of(row) is not None:
        address = reverse("in_all_languages", args=[row.translation_key])
        yield Button(_("Translations"), address, icon_name="wagtail-localize-language", priority=60)


def _page_button(page, user, view_name=None, next_url=None):
    return () if page.is_root() else _button(page.specific_deferred, user)


def _snippet_button(snippet, user, next_url=None):
    return _button(snippet, user)


def tell_of_pages(parent, pages, request):
    """Above a list of modules or lessons, say of which the translations are older than what people read."""
    model = {1: ModulePage, 2: LessonPage}.get(parent.depth - 1)
    rows = list(model.objects.child_of(parent).defer_streamfields()) if model else []
    if older := languages_of_older(rows):
        titles = [quote(row.title) for row in rows if row.translation_key in older]
        sentence = ngettext(
            "Changed after it was translated: %(pages)s.", "Changed after they were translated: %(pages)s.", len(titles)
        )
        messages.warning(request, sentence % {"pages": ", ".join(titles)})
    return pages


hooks.register("register_snippet_listing_buttons", _snippet_button)
hooks.register("register_page_listing_more_buttons", _page_button)
hooks.register("register_page_header_buttons", _page_button)
hooks.register("construct_explorer_page_queryset", tell_of_pages)


@hooks.register("register_admin_urls")
def add_address():
    return [path("translations/<uuid:key>/", show_in_all_languages, name="in_all_languages")]
