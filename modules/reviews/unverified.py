"""Facts to verify locally: `[VL]`, marked questions, organisations."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, TranslatableMixin
from wagtail.snippets.models import get_snippet_models

from modules.labels import is_verified
from modules.models import CoursePage, Film, LessonPage, ModulePage, Organisation, Recording, Voice
from modules.page_ids import page_id
from modules.text.placed_texts import placed_texts_of
from modules.text.readability import ENGLISH, SPANISH, sentences_in
from quizzes.base.markup import strip_markup
from quizzes.models import Question, Quiz, Stimulus

MARK = "[VL]"
# Identifiers are no text; `draft_title` repeats the title.
_NO_TEXTS = ["identifier", "draft_title", "slug", "url_path", "seo_title", "search_description"]


@dataclass(frozen=True)
class Unverified:
    id: str
    title: str
    place: str
    sentence: str
    address: str

    @property
    def name(self):
        return _("Course") if self.id == "COURSE" else self.id


def unverified_items(language, *, today):
    """Return every Unverified of the published course in course order, in a constant number of queries."""
    locale = Locale.objects.filter(language_code=language).first()
    if locale is None:
        return []
    items = []
    for row, name in [*_pages(locale), *_quizzes(locale), *_cases(locale), *_snippets(locale), *_said(locale, today)]:
        items += _marked(row, name, language)
    for question in Question.objects.filter(locale=locale, live=True).prefetch_related("choices").order_by("pk"):
        items += _in_question(question, language)
    items.sort(key=_order)  # stable: within a thing, as it stands there
    return items + _unchecked(locale, today)


def _pages(locale):
    for model in (CoursePage, ModulePage, LessonPage):
        for page in model.objects.live().filter(locale=locale).order_by("path"):
            yield page, page_id(page.translation_key) or ""


def _quizzes(locale):
    return [(quiz, quiz.identifier.upper()) for quiz in Quiz.objects.filter(locale=locale, live=True).order_by("pk")]


def _cases(locale):
    return [(case, case.identifier) for case in Stimulus.objects.filter(locale=locale, live=True).order_by("pk")]


def _snippets(locale):
    for model in get_snippet_models():
        # A personal story is not verified.
        if model._meta.app_label != "modules" or model in (Organisation, Voice):
            continue
        if not issubclass(model, TranslatableMixin):
            continue
        for row in model.objects.filter(locale=locale).order_by("pk"):
            if getattr(row, "live", True):
                yield row, ""


def _said(locale, today):
    if locale.language_code != settings.LANGUAGE_CODE:
        return
    for model in (Recording, Film):
        for row in model.objects.shown_on(today).order_by("identifier"):
            yield row, ""


def _in_question(question, language):
    items = _marked(question, question.identifier, language)
    for number, choice in enumerate(question.choices.all(), start=1):
        place = _("Option %(number)d") % {"number": number}
        items += _marked(choice, question.identifier, language, of=question, within=f"{place} › ")
    if question.needs_checking and not items:
        said = question.feedback or question.text
        items.append(_item(question, question.identifier, _("General feedback"), strip_markup(said)))
    return items


def _unchecked(locale, today):
    items = []
    for organisation in Organisation.objects.filter(locale=locale).order_by("sort_order", "pk"):
        items += _marked(organisation, "", locale.language_code)
        if not is_verified(organisation.checked_on, today):
            known = [organisation.name, organisation.phone, organisation.website]
            said = " · ".join(part for part in known if part)
            items.append(_item(organisation, "", _checked(organisation), said))
    return items


def _checked(organisation):
    if organisation.checked_on is None:
        return _("Telephone and address: never checked")
    day = date_format(organisation.checked_on, "DATE_FORMAT")
    return _("Telephone and address: last checked on %(day)s") % {"day": day}


def _marked(row, name, language, *, of=None, within=""):
    items = []
    for placed in placed_texts_of(row, leave_out=_NO_TEXTS):
        if MARK in placed.text:
            for sentence in sentences_around(placed.text, language):
                items.append(_item(of or row, name, within + placed.place, sentence, placed.block))
    return items


def sentences_around(text, language="es"):
    found = []
    before = re.sub(r"([.!?…]+[»”’\"')\]]*)((?:\s*\[(?:S\d+[a-z]?|VL)\])+)", r"\2\1", text)
    for sentence in sentences_in(before, ENGLISH if language == ENGLISH.code else SPANISH):
        if MARK in sentence:
            found.append(strip_markup(sentence))
    return found


def _item(row, name, place, sentence, block=""):
    return Unverified(
        id=name or str(row._meta.verbose_name).capitalize(),
        title=strip_markup(str(row.title if hasattr(row, "title") else getattr(row, "text", row))),
        place=place,
        sentence=sentence,
        address=edit_address(row) + (f"#block-{block}-section" if block else ""),
    )


def edit_address(row):
    if isinstance(row, Page):
        return reverse("wagtailadmin_pages:edit", args=[row.pk])
    return reverse(row.snippet_viewset.get_url_name("edit"), args=[quote(row.pk)])


def _order(item):
    found = re.fullmatch(r"M(\d+)(?:-(\D+)(\d+))?.*", item.id)
    if found:
        module, kind, number = found.groups()
        return (1, int(module), {"L": 1, "Q": 2}.get(kind, 3) if kind else 0, int(number or 0))
    return (0, 0, 0, 0) if item.id == "COURSE" else (2, 0, 0, 0)
