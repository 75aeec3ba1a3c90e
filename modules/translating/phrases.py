"""Translating phrase by phrase, as wagtail-localize does it, of whatever is there in both languages.

wagtail-localize knows only translations that it began itself, and writes the original where it has no phrase. So it is
told the phrases of the translation as it stands, however that was made: nothing that was written is lost.
"""

from django.db import transaction
from wagtail.models import DraftStateMixin, Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments


def original_of(row):
    """Return the row in the site's own language that this one translates, or None."""
    own = Locale.get_default()
    return None if row.locale_id == own.pk else row.get_translation_or_none(own)


def translation_by_phrases(row):
    """Return the Translation by phrases that a row is the text of, if it is translated so now."""
    return Translation.objects.filter(
        source__object_id=row.translation_key, target_locale=row.locale_id, enabled=True
    ).first()


@transaction.atomic
def begin_by_phrases(row):
    """Let a translation be edited phrase by phrase from now on, against its original as that is public now."""
    source, _changed = TranslationSource.update_or_create_from_instance(original_of(row))
    translation, _created = Translation.objects.update_or_create(
        source=source, target_locale=row.locale, defaults={"enabled": True}
    )
    newest = row.get_latest_revision_as_object() if isinstance(row, DraftStateMixin) else row
    there = _by_path((segment.path, segment.string.data) for segment in _strings_of(newest))
    segments = StringSegment.objects.filter(source=source).select_related("string", "context").order_by("order")
    for path, originals in _by_path((segment.context.path, segment) for segment in segments).items():
        phrases = there.get(path, [])
        if len(phrases) != len(originals):
            # The one was written anew since, and nothing says which phrase is which.
            continue
        for segment, phrase in zip(originals, phrases, strict=True):
            _keep(translation, segment, phrase)
    return translation


def _strings_of(row):
    return [segment for segment in extract_segments(row) if isinstance(segment, StringSegmentValue)]


def _by_path(pairs):
    found = {}
    for path, what in pairs:
        found.setdefault(path, []).append(what)
    return found


def _keep(translation, segment, phrase):
    if phrase == segment.string.data:
        # As it was copied.
        return
    StringTranslation.objects.update_or_create(
        translation_of=segment.string,
        locale=translation.target_locale,
        context=segment.context,
        defaults={"data": phrase, "has_error": False, "field_error": ""},
    )


def keep_as_draft(translation, *, by):
    """Write the phrases that are there into the text: as its draft, or where it has none into itself.

    Raises ValidationError for one that can't stay as it is, which is marked in the editor of phrases.
    """
    row = translation.get_target_instance()
    translation.save_target(user=by, publish=not isinstance(row, DraftStateMixin))


def end_by_phrases(translation, *, by):
    """Write the phrases into the text, which is edited as any other from now on; raises what `keep_as_draft` does."""
    keep_as_draft(translation, by=by)
    translation.enabled = False
    translation.save(update_fields=["enabled"])
