"""Synchronization of survey translations with the site's own language."""

import contextlib

from django.conf import settings
from django.db.models import ProtectedError
from wagtail.models import Locale

from quizzes.models import SurveyBlock, SurveyOption, SurveyScale, SurveyStatement

SAME = {
    SurveyScale: (),
    SurveyBlock: ("scoring", "waves", "sort_order"),
    SurveyStatement: ("direction", "sort_order"),
    SurveyOption: ("code", "kind", "sort_order"),
}


def is_original(row):
    return row.locale.language_code == settings.LANGUAGE_CODE


def has_original(row):
    own = Locale.objects.filter(language_code=settings.LANGUAGE_CODE)
    return type(row).objects.filter(identifier=row.identifier, locale__in=own).exists()


def follow(row):
    """Copy structure and order of an original to its translations."""
    for translation in _translations_of(row):
        for name in SAME[type(row)]:
            setattr(translation, name, getattr(row, name))
        if not isinstance(row, SurveyScale):
            translation.scale = _translated(row.scale, translation.locale_id) or translation.scale
        if isinstance(row, SurveyStatement):
            translation.block = _translated(row.block, translation.locale_id) or translation.block
            translation.scale = translation.scale if row.scale else None
        translation.save()
    if isinstance(row, SurveyScale):
        _follow_options(row)


def delete_translations(rows):
    """Delete translations of deleted originals, unless something needs them, before their keys are reused."""
    for row in rows:
        for translation in _translations_of(row) if is_original(row) else ():
            with contextlib.suppress(ProtectedError):
                translation.delete()


def _follow_options(scale):
    kept = {option.translation_key: option for option in scale.options.all()}
    translated = SurveyOption.objects.filter(scale__in=_translations_of(scale))
    translated.exclude(translation_key__in=kept).delete()
    for option in translated.filter(translation_key__in=kept):
        for name in SAME[SurveyOption]:
            setattr(option, name, getattr(kept[option.translation_key], name))
        option.save()


def _translations_of(row):
    return type(row).objects.filter(translation_key=row.translation_key).exclude(pk=row.pk)


def _translated(row, locale):
    return row and type(row).objects.filter(translation_key=row.translation_key, locale=locale).first()
