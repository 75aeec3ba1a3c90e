"""Remembers of each translation what its original said when it was made, or when somebody looked at both."""

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
    """The original does not say any more what was read."""


@contextmanager
def while_loading():
    """Within, nothing that is published is marked: who loads files says at the end what was made from what."""
    token = _loads.set(True)
    try:
        yield
    finally:
        _loads.reset(token)


def original_of(row):
    """Return what people read of the original of a translation, from the database; None where there is none."""
    return in_language(row, settings.LANGUAGE_CODE)


def in_language(row, language):
    """Return what people read of a row in a language, from the database, or None."""
    rows = TRANSLATED[kind_of(row)].originals(Locale.objects.filter(language_code=language).first())
    return rows.filter(translation_key=row.translation_key).first()


def mark_published(row, *, by, now):
    """Remember what a translation that was just published was made from; of an original there is nothing to remember.

    Where wagtail-localize keeps it, that is what stood in the original when its texts were last taken from there.
    """
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
    """Remember that a page which is public is nothing but a copy of its original: no translation, whatever it says."""
    _keep(row, TranslationOrigin.COPY, None, by, now)


def keep_as_valid(translation, *, seen, by, now):
    """Remember that somebody read both and that the translation still holds; the log of the translation says who.

    `seen` is the digest of what they read. Raises OriginalChanged where the original says something else by now.
    """
    with transaction.atomic():
        original = original_of(translation)
        if original is None or digest_of_texts(original) != seen:
            raise OriginalChanged(_("The original changed while you had it open. Read it again."))
        _keep(translation, seen, _version_of(original), by, now)
        log(instance=translation, action=STILL_VALID, user=by)


def mark_loaded(loaded, originals, *, now):
    """Remember what the translations of a language were made from, after files were loaded.

    `loaded` and `originals` are the Loaded of the language and of the original that came together with it, or None. A
    translation that came anew was made from the original beside it. One that stayed as it was keeps what is known of
    it; where nothing is, it was made from the original beside it, unless only that one came anew.
    """
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
    # What an editor of the original changed is not what the files translate.
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
    # Whether it is a translation changes what people read.
    StructureStamp.renew()
