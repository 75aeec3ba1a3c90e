"""Translating phrase by phrase with wagtail-localize, as drafts."""

from contextlib import suppress

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models.signals import post_save
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import DraftStateMixin, Locale, Page
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
    post_save_string_translation,
)
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from modules.models import ReviewRequiredMixin
from modules.models.reviews import needed_reviews

from .marking import mark_copied


def original_of(row):
    own = Locale.get_default()
    return None if row.locale_id == own.pk else row.get_translation_or_none(own)


def translation_by_phrases(row):
    """Return the enabled Translation of wagtail-localize for a row, or None."""
    return Translation.objects.filter(
        source__object_id=row.translation_key, target_locale=row.locale_id, enabled=True
    ).first()


@transaction.atomic
def begin_by_phrases(row):
    """Begin phrase-by-phrase editing against the public original; existing text becomes phrases."""
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
            # The texts were rewritten: phrases cannot be matched.
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
        # An untranslated copy.
        return
    StringTranslation.objects.update_or_create(
        translation_of=segment.string,
        locale=translation.target_locale,
        context=segment.context,
        defaults={"data": phrase, "has_error": False, "field_error": ""},
    )


def keep_as_draft(translation, *, by):
    """Write the phrases into the draft, or into the row without drafts. Raises ValidationError."""
    row = translation.get_target_instance()
    translation.save_target(user=by, publish=not isinstance(row, DraftStateMixin))


def end_by_phrases(translation, *, by):
    keep_as_draft(translation, by=by)
    translation.enabled = False
    translation.save(update_fields=["enabled"])


_write = Translation.save_target


def write_with_care():
    """Patch wagtail-localize to write by `save_target` and to accept long titles."""
    Translation.save_target = save_target
    post_save.disconnect(post_save_string_translation, sender=StringTranslation)
    post_save.connect(name_draft, sender=StringTranslation, dispatch_uid="name the draft of a translation")


def name_draft(instance, **kwargs):
    if instance.context.path == "title":
        drafts = Page.objects.filter(translation_key=instance.context.object_id, locale_id=instance.locale_id)
        drafts.update(draft_title=instance.data[: Page._meta.get_field("draft_title").max_length])


def save_target(translation, user=None, publish=True):
    """Write the phrases into a draft, unless published and without review. Raises ValidationError."""
    row = _row_of(translation)
    if row is not None and getattr(row, "alias_of_id", None):
        # It stays marked as an untranslated copy until it is published.
        mark_copied(row, by=user, now=timezone.now())
        _write(translation, user=user, publish=publish and not _is_reviewed(row))
    elif row is None:
        _write(translation, user=user, publish=publish)
    elif not translation.enabled:
        return
    elif not isinstance(row, DraftStateMixin) or (publish and not _is_reviewed(row)):
        _write(translation, user=user, publish=publish)
    else:
        _write_draft(translation, row, user)


def _row_of(translation):
    with suppress(ObjectDoesNotExist):
        return translation.get_target_instance()
    return None


def _is_reviewed(row):
    return isinstance(row, ReviewRequiredMixin) and bool(needed_reviews(row))


def _write_draft(translation, row, user):
    refused = None
    with transaction.atomic():
        savepoint = transaction.savepoint_create()
        try:
            _write(translation, user=user, publish=False)
        except ValidationError as mistake:
            # wagtail-localize saved the error with its phrase.
            refused = mistake
            transaction.savepoint_commit(savepoint)
        else:
            content = type(row).objects.get(pk=row.pk).latest_revision.content
            transaction.savepoint_rollback(savepoint)
            row.with_content_json(_without_new_keys(content, row)).save_revision(user=user)
    if refused:
        raise refused


def _without_new_keys(content, row):
    for relation in get_all_child_relations(type(row)):
        there = relation.related_model.objects.filter(**{relation.field.name: row}).values_list("pk", flat=True)
        known = set(there)
        for part in content.get(relation.get_accessor_name(), []):
            part["pk"] = part["pk"] if part["pk"] in known else None
    return content
