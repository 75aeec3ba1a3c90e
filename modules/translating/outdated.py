"""Missing and outdated translations."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Locale, Page

from modules.models import CoursePage, TranslationOrigin
from modules.page_ids import page_id
from modules.reviews.unverified import edit_address
from quizzes.base.markup import strip_markup
from quizzes.models import Quiz

from .kinds import TRANSLATED, Kind, digest_of_texts, kind_of
from .marking import original_of


class State(TextChoices):
    CHANGED = "changed", gettext_lazy("Changed after it was translated")
    CASE = "case", gettext_lazy("Not asked: its case is missing")
    UNKNOWN = "unknown", gettext_lazy("Not known whether it changed")
    MISSING = "missing", gettext_lazy("Not translated yet")


# Kinds with hundreds of rows are summed up unless one kind is chosen.
FOLDED = (State.MISSING, State.UNKNOWN)


@dataclass(frozen=True)
class ToTranslate:
    language: str
    kind: Kind
    state: State
    title: str = ""
    address: str = ""  # where the original is edited
    translation: str = ""  # where the translation is edited
    pk: int | None = None  # of the original
    key: int | None = None  # of the translation
    changes: str = ""
    looked_on: date | None = None
    by: str = ""
    note: str = ""
    count: int = 1


def to_translate(*, language="", kind="", state=""):
    """Return [ToTranslate] by filter. Missing texts are listed only in languages with a page of the course."""
    codes = {locale.pk: locale.language_code for locale in Locale.objects.all()}
    original = next((pk for pk, code in codes.items() if code == settings.LANGUAGE_CODE), None)
    asked = {pk: code for pk, code in codes.items() if pk != original and language in ("", code)}
    if original is None or not asked:
        return []
    begun = set(CoursePage.objects.filter(locale__in=asked).values_list("locale", flat=True))
    whole = begun | {pk for pk, code in asked.items() if code == language}
    marks = _marks(asked.values())
    found = []
    for one, translated in TRANSLATED.items():
        if kind in ("", one):
            found += _of_kind(one, translated, original, asked, whole, marks)
    found = [row for row in found if state in ("", row.state)]
    states, kinds, languages = list(State), list(Kind), list(asked.values())
    return sorted(
        found, key=lambda row: (languages.index(row.language), states.index(row.state), kinds.index(row.kind))
    )


def fold(rows):
    counts, folded = defaultdict(int), []
    for row in rows:
        counts[_heap(row)] += 1
    for row in rows:
        if row.state not in FOLDED:
            folded.append(row)
        elif count := counts.pop(_heap(row), 0):
            folded.append(ToTranslate(row.language, row.kind, row.state, count=count) if count > 1 else row)
    return folded


def _heap(row):
    return row.language, row.state, row.kind


def older_translations(original):
    return [row for row in _around(original) if row.state == State.CHANGED]


def languages_of_older(rows):
    """Return {translation key: [language code]} of public outdated translations, in a constant number of queries."""
    kind = kind_of(rows[0]) if rows else None
    locale = Locale.objects.filter(language_code=settings.LANGUAGE_CODE).first()
    keys = [row.translation_key for row in rows if locale and row.locale_id == locale.pk]
    if kind is None or not keys:
        return {}
    codes = dict(Locale.objects.exclude(pk=locale.pk).values_list("pk", "language_code"))
    there, marks = _translations(TRANSLATED[kind], codes, keys=keys), _marks(codes.values(), keys=keys)
    older = defaultdict(list)
    for original in TRANSLATED[kind].originals(locale).filter(translation_key__in=keys):
        for found in _of_original(kind, original, there, codes, (), marks):
            if found.state == State.CHANGED:
                older[original.translation_key].append(found.language)
    return dict(older)


def state_of(translation):
    original = original_of(translation)
    rows = _around(original) if original else []
    return next((row for row in rows if row.key == translation.pk), None)


def _around(row):
    original = original_of(row)
    if original is None:
        return []
    codes = dict(Locale.objects.exclude(pk=original.locale_id).values_list("pk", "language_code"))
    kind = kind_of(original)
    there = _translations(TRANSLATED[kind], codes, keys=[original.translation_key])
    marks = _marks(codes.values(), keys=[original.translation_key])
    return list(_of_original(kind, original, there, codes, (), marks))


def _marks(languages, *, keys=None):
    marks = TranslationOrigin.objects.filter(language__in=languages).select_related("by")
    marks = marks if keys is None else marks.filter(translation_key__in=keys)
    return {(mark.translation_key, mark.language): mark for mark in marks}


def _of_kind(kind, translated, original_locale, codes, whole, marks):
    there = _translations(translated, codes)
    for original in translated.originals(original_locale):
        yield from _of_original(kind, original, there, codes, whole, marks)


def _translations(translated, codes, *, keys=None):
    model = translated.model
    columns = ["pk", "translation_key", "locale_id"]
    columns += [name for name in ("live", "alias_of_id") if _has(model, name)]
    if model is TRANSLATED[Kind.QUESTION].model:
        columns += ["case_id", "case__live", "case__locale_id"]
    rows = model.objects.filter(locale__in=codes)
    rows = rows if keys is None else rows.filter(translation_key__in=keys)
    return {(row["translation_key"], row["locale_id"]): row for row in rows.values(*columns)}


def _has(model, name):
    return any(name in (field.name, field.attname) for field in model._meta.concrete_fields)


def _of_original(kind, original, there, codes, whole, marks):
    digest = None
    for locale, language in codes.items():
        row, mark = there.get((original.translation_key, locale)), marks.get((original.translation_key, language))
        if row is None and locale not in whole:
            continue
        if row is not None and digest is None:
            digest = digest_of_texts(original)
        state, note = _judge(row, mark, digest)
        if state:
            yield ToTranslate(
                language=language,
                kind=kind,
                state=state,
                title=name_of(original),
                address=edit_address(original),
                translation=edit_address(type(original)(pk=row["pk"])) if row else "",
                pk=original.pk,
                key=row["pk"] if row else None,
                changes=_changes(original, mark) if state == State.CHANGED else "",
                looked_on=timezone.localdate(mark.checked_at) if mark else None,
                by=str(mark.by or "") if mark else "",
                note=note,
            )


def _judge(row, mark, digest):
    if row is None:
        return State.MISSING, ""
    if row.get("alias_of_id") or (mark and mark.digest == TranslationOrigin.COPY):
        return State.MISSING, _("There is only a copy of the original.")
    if not row.get("live", True):
        return State.MISSING, _("There is a draft that nobody has published.")
    if row.get("case_id") and not (row["case__live"] and row["case__locale_id"] == row["locale_id"]):
        return State.CASE, _("A question whose case is not translated is never asked in this language.")
    if mark is None:
        return State.UNKNOWN, ""
    return (None, "") if mark.digest == digest else (State.CHANGED, "")


def _changes(original, mark):
    now = getattr(original, "live_revision_id", None)
    if not mark.revision_id or now in (None, mark.revision_id):
        return ""
    if isinstance(original, Page):
        return reverse("wagtailadmin_pages:revisions_compare", args=[original.pk, mark.revision_id, now])
    name = original.snippet_viewset.get_url_name("revisions_compare")
    return reverse(name, args=[original.pk, mark.revision_id, now])


def name_of(row):
    if isinstance(row, Page):
        identifier = page_id(row.translation_key)
        return f"{identifier} · {row.title}" if identifier else row.title
    if isinstance(row, Quiz):
        return f"{row.identifier.upper()} · {row.title}"
    return Truncator(strip_markup(str(row))).chars(100)
