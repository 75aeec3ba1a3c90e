"""What editors meet of translations in the CMS: notes where one edits, and saying that a translation still holds."""

from itertools import zip_longest

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.permissions import policy_registry

from modules.cms.reports.translations import TranslationsReport, name_of_language
from modules.translating.kinds import TRANSLATED, Kind, digest_of_texts, kind_of, texts_of
from modules.translating.marking import STILL_VALID, OriginalChanged, keep_as_valid, original_of
from modules.translating.outdated import State, older_translations, state_of


def may_say_that_it_holds(user, row):
    """Whether somebody may change the translation: who may not, cannot say either that it needs no change."""
    if isinstance(row, Page):
        return row.permissions_for_user(user).can_edit()
    return policy_registry.get_by_type(type(row)).user_has_permission_for_instance(user, "change", row)


def say_that_it_holds(request, kind, pk):
    """Show an original beside its translation; who read both says that the translation still holds."""
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
    """Say where something is edited which translations of it are older now, or that its original changed since."""
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


@hooks.register("register_admin_urls")
def add_address():
    return [path("translations/<slug:kind>/<int:pk>/", say_that_it_holds, name="translation_still_valid")]


# Before wagtail-localize takes over.
hooks.register("before_edit_page", tell_of_translations, order=-1)
hooks.register("before_edit_snippet", tell_of_translations, order=-1)


class TranslationStillValid(LogFormatter):
    """How the history of a translation tells of it."""

    label = gettext_lazy("The translation still holds")

    def format_message(self, entry):
        return _("Said that the translation still holds")


@hooks.register("register_log_actions")
def name_what_was_said(actions):
    actions.register_action(STILL_VALID)(TranslationStillValid)
