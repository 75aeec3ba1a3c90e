"""Translations in the CMS: editing, notes, overview, validity."""

from itertools import zip_longest

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import BigIntegerField
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem as PageActionMenuItem
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Locale, Page, Site, TranslatableMixin
from wagtail.permissions import policy_registry
from wagtail.snippets.action_menu import ActionMenuItem as SnippetActionMenuItem
from wagtail_localize.models import Translation
from wagtail_localize.views.edit_translation import user_can_edit_instance

from modules.cms.reports.translations import TranslationsReport, address_to_begin, name_of_language
from modules.models import LessonPage, ModulePage, ReviewRequiredMixin
from modules.models.reviews import needed_reviews
from modules.reviews.unverified import edit_address
from modules.translating import phrases
from modules.translating.kinds import TRANSLATED, Kind, digest_of_texts, kind_of, texts_of
from modules.translating.marking import STILL_VALID, OriginalChanged, in_language, keep_as_valid, original_of
from modules.translating.outdated import State, languages_of_older, older_translations, state_of
from quizzes.base.formats import quote

_BEGIN = "translate-by-phrases"
_REFUSED = gettext_lazy("A phrase cannot stay as it is, such as a title that is too long: it is marked below.")
# It would overwrite the translation with the original.
_THEIRS = "localize-restart-translation"


Locale._meta.verbose_name, Locale._meta.verbose_name_plural = gettext_lazy("language"), gettext_lazy("languages")


class LanguagesMenuItem(MenuItem):
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
        return is_there and phrases.original_of(row) is not None


class PageByPhrases(_ByPhrases, PageActionMenuItem):
    pass


class SnippetByPhrases(_ByPhrases, SnippetActionMenuItem):
    pass


def offer_one_way(items, request, context):
    items[:] = [item for item in items if getattr(item, "name", "") != _THEIRS]


def begin_or_review(request, row):
    """Begin translating by phrases; where reviews are needed, save phrases as a draft instead of publishing."""
    if request.method != "POST" or not isinstance(row, TranslatableMixin):
        return None
    if _BEGIN in request.POST and phrases.original_of(row):
        phrases.begin_by_phrases(row)
        messages.success(request, _("From now on you translate phrase by phrase."))
        return redirect(request.path)
    is_reviewed = isinstance(row, ReviewRequiredMixin) and needed_reviews(row)
    if not is_reviewed or request.POST.get("action") != "publish":
        return None
    translation = phrases.translation_by_phrases(row)
    if translation is None:
        return None
    try:
        phrases.keep_as_draft(translation, by=request.user)
    except ValidationError:
        messages.error(request, _REFUSED)
        return redirect(request.path)
    sentence = _("Saved as a draft: this page needs a review. End translating by phrases, and send it to review.")
    messages.warning(request, sentence)
    return redirect(request.path)


@require_admin_access
@require_POST
def stop_translation(request, translation_id):
    """End translating by phrases; the translated text becomes the draft."""
    translation = get_object_or_404(Translation, pk=translation_id)
    row = translation.get_target_instance()
    if not user_can_edit_instance(request.user, row):
        raise PermissionDenied
    try:
        phrases.end_by_phrases(translation, by=request.user)
    except ValidationError:
        messages.error(request, _REFUSED)
    else:
        messages.success(request, _("What you translated stands in the draft. Here you go on as in any other text."))
    return redirect(AdminURLFinder(request.user).get_edit_url(row))


def may_say_that_it_holds(user, row):
    if isinstance(row, Page):
        return row.permissions_for_user(user).can_edit()
    return policy_registry.get_by_type(type(row)).user_has_permission_for_instance(user, "change", row)


def say_that_it_holds(request, kind, pk):
    """Show an original beside its translation; a POST confirms that the translation is still valid."""
    if kind not in Kind.values or pk > BigIntegerField.MAX_BIGINT:
        raise Http404
    translation = get_object_or_404(TRANSLATED[Kind(kind)].model, pk=pk)
    if not may_say_that_it_holds(request.user, translation):
        raise PermissionDenied
    original, row = original_of(translation), state_of(translation)
    if row is None or row.state == State.CASE:
        messages.info(request, _("Nothing is to be said: the translation is of what the original says now."))
        return redirect(TranslationsReport.index_url_name)
    if request.method == "POST":
        try:
            keep_as_valid(translation, seen=request.POST.get("seen", ""), by=request.user, now=timezone.now())
        except OriginalChanged as refused:
            messages.error(request, str(refused))
            return redirect("translation_still_valid", kind, pk)
        messages.success(request, _("It is noted that the translation still holds."))
        return redirect(TranslationsReport.index_url_name)
    context = {
        "row": row,
        "language": name_of_language(row.language),
        "code": row.language,
        "pairs": zip_longest(texts_of(original), texts_of(translation)),
        "seen": digest_of_texts(original),
        "report": reverse(TranslationsReport.index_url_name),
    }
    return render(request, "modules/admin/translation_still_valid.html", context)


def tell_of_translations(request, row):
    if request.method != "GET" or kind_of(row) is None:
        return
    if row.locale.is_default:
        _tell_of_older(request, row)
    elif (found := state_of(row)) and found.state == State.CHANGED:
        buttons = [messages.button(found.changes, _("What changed"))] if found.changes else []
        buttons.append(messages.button(found.address, _("To the original")))
        if may_say_that_it_holds(request.user, row):
            address = reverse("translation_still_valid", args=[found.kind, row.pk])
            buttons.append(messages.button(address, _("Does it still hold?")))
        sentence = _("The original of this text changed after it was translated.")
        messages.warning(request, sentence, buttons=buttons)


def _tell_of_older(request, row):
    older = older_translations(row)
    if not older:
        return
    names = ", ".join(name_of_language(one.language) for one in older)
    buttons = [messages.button(one.translation, name_of_language(one.language)) for one in older]
    sentence = ngettext(
        "The translation of this text is older than what people read here: %(languages)s.",
        "The translations of this text are older than what people read here: %(languages)s.",
        len(older),
    )
    messages.warning(request, sentence % {"languages": names}, buttons=buttons)


hooks.register("before_edit_page", tell_of_translations, order=-1)
hooks.register("before_edit_snippet", tell_of_translations, order=-1)


class TranslationStillValid(LogFormatter):
    label = gettext_lazy("The translation still holds")

    def format_message(self, entry):
        return _("Said that the translation still holds")


@hooks.register("register_log_actions")
def name_what_was_said(actions):
    actions.register_action(STILL_VALID)(TranslationStillValid)


@require_safe
def show_in_all_languages(request, key):
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
        ways = [(address_to_begin(original), gettext_lazy("Translate"))] if may_begin else []
        return name, State.MISSING.label, "", ways
    found = state_of(row) if in_language(original, original.locale.language_code) else None
    ways = [(edit_address(row), gettext_lazy("Edit the translation"))]
    if found and found.state in (State.CHANGED, State.UNKNOWN):
        address = reverse("translation_still_valid", args=[found.kind, row.pk])
        ways.append((address, gettext_lazy("Does it still hold?")))
    return name, found.state.label if found else gettext_lazy("Translated"), found.note if found else "", ways


def _button(row, user, next_url=None):
    if user.has_perm("wagtail_localize.submit_translation") and kind_of(row) is not None:
        address = reverse("in_all_languages", args=[row.translation_key])
        yield Button(gettext_lazy("Translations"), address, icon_name="wagtail-localize-language", priority=60)


def _page_button(page, user, view_name=None, next_url=None):
    return () if page.is_root() else _button(page.specific_deferred, user)


def tell_of_pages(parent, pages, request):
    model = {1: ModulePage, 2: LessonPage}.get(parent.depth - 1)
    rows = list(model.objects.child_of(parent).defer_streamfields()) if model else []
    if older := languages_of_older(rows):
        titles = [quote(row.title) for row in rows if row.translation_key in older]
        sentence = ngettext(
            "Changed after it was translated: %(pages)s.", "Changed after they were translated: %(pages)s.", len(titles)
        )
        messages.warning(request, sentence % {"pages": ", ".join(titles)})
    return pages


hooks.register("register_snippet_listing_buttons", _button)
hooks.register("register_page_listing_more_buttons", _page_button)
hooks.register("register_page_header_buttons", _page_button)
hooks.register("construct_explorer_page_queryset", tell_of_pages)


@hooks.register("register_admin_urls")
def add_addresses():
    return [
        path("translations/<slug:kind>/<int:pk>/", say_that_it_holds, name="translation_still_valid"),
        path("translations/<uuid:key>/", show_in_all_languages, name="in_all_languages"),
    ]
