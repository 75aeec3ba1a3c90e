"""Records the original version from which each translation was made."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Locale
from wagtail_localize.models import SourceDeletedError, Translation

from modules.models import StructureStamp, TranslationOrigin

from .kinds import TRANSLATED, digest_of_texts, kind_of, texts_of

STILL_VALID = "modules.translation_still_valid"
_loads = ContextVar("loads", default=False)


class OriginalChanged(ValueError):
    pass


@contextmanager
def while_loading():
    """Mark nothing that is published inside: the loader calls `mark_loaded` at the end."""
    token = _loads.set(True)
    try:
        yield
    finally:
        _loads.reset(token)


def original_of(row):
    return in_language(row, settings.LANGUAGE_CODE)


def in_language(row, language):
    rows = TRANSLATED[kind_of(row)].originals(Locale.objects.filter(language_code=language).first())
    return rows.filter(translation_key=row.translation_key).first()


def mark_published(row, *, by, now):
    """Record the original of a published translation; with wagtail-localize, the version of its last sync."""
    if _loads.get() or kind_of(row) is None or row.locale.language_code == settings.LANGUAGE_CODE:
        return
    original = original_of(row)
    if original is None:
        return
    read = _as_translated(row) or original
    texts = [placed.text for placed in texts_of(read)]
    is_copy = bool(texts) and texts == [placed.text for placed in texts_of(row)]
    digest = TranslationOrigin.COPY if is_copy else digest_of_texts(read)
    says_so_now = digest == digest_of_texts(original)
    _keep(row, digest, _version_of(original) if says_so_now else None, by, now)


def mark_copied(row, *, by, now):
    _keep(row, TranslationOrigin.COPY, None, by, now)


def keep_as_valid(translation, *, seen, by, now):
    """Record that the translation is still valid; raises OriginalChanged unless `seen` is the current digest."""
    with transaction.atomic():
        original = original_of(translation)
        if original is None or digest_of_texts(original) != seen:
            raise OriginalChanged(_("The original changed while you had it open. Read it again."))
        _keep(translation, seen, _version_of(original), by, now)
        log(instance=translation, action=STILL_VALID, user=by)


def mark_loaded(loaded, originals, *, now):
    """Record the originals of loaded translations; unchanged translations keep their record."""
    if loaded.language == settings.LANGUAGE_CODE:
        return
    known = set(TranslationOrigin.objects.filter(language=loaded.language).values_list("translation_key", flat=True))
    came, elsewhere = {*loaded.created, *loaded.updated}, set(loaded.kept)
    to_mark = {
        key: name
        for name, key in loaded.keys.items()
        if name in came or (originals and key not in known and name not in elsewhere)
    }
    if not to_mark:
        return
    # An editor changed the original: the files translate another version.
    differs = set(originals.kept) if originals else set()
    if originals:
        differs |= {name for name in originals.updated if name not in came}
    locale = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    marks = []
    for translated in TRANSLATED.values():
        for original in translated.originals(locale):
            if original.translation_key not in to_mark:
                continue
            is_beside = to_mark[original.translation_key] not in differs
            marks.append(
                TranslationOrigin(
                    translation_key=original.translation_key,
                    language=loaded.language,
                    digest=digest_of_texts(original) if is_beside else "",
                    revision_id=_version_of(original) if is_beside else None,
                    checked_at=now,
                )
            )
    TranslationOrigin.objects.bulk_create(
        marks,
        update_conflicts=True,
        unique_fields=["translation_key", "language"],
        update_fields=["digest", "revision", "checked_at", "by"],
        batch_size=500,
    )


def _as_translated(row):
    kept = Translation.objects.filter(
        source__object_id=row.translation_key, target_locale=row.locale, enabled=True
    ).select_related("source__specific_content_type", "source__locale")
    translation = kept.first()
    if translation is None or translation.source.locale.language_code != settings.LANGUAGE_CODE:
        return None
    try:
        return translation.source.as_instance()
    except SourceDeletedError:
        return None


def _version_of(original):
    return getattr(original, "live_revision_id", None)


def _keep(row, digest, revision_pk, by, now):
    TranslationOrigin.objects.update_or_create(
        translation_key=row.translation_key,
        language=row.locale.language_code,
        defaults={"digest": digest, "revision_id": revision_pk, "checked_at": now, "by": by},
    )
    StructureStamp.renew()
