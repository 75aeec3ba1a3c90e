"""Freezes what a survey asks, and reads what was frozen.

An item, as `items_of` returns it, is {"id": "B1", "text": {"es": …, "en": …}, "direction": "+", "-" or "", "official",
"verified", "scale": "agreement", "block": "B", "scoring": "mean"}; an option {"code": "1", "kind": "answer", "label":
{"es": …, "en": …}}. See SurveyWording for the whole.
"""

import hashlib
import json

from django.conf import settings
from django.utils.translation import get_language

from quizzes.models import SurveyWording

from .instrument import read_instrument
from .reading import blocks_in


def wording_in_force():
    """Return the SurveyWording of what the CMS holds now, or None where it holds nothing that can be asked.

    Three queries where that wording is known already, whatever its length; two that freeze it at once get one row.
    """
    instrument = read_instrument()
    return freeze(instrument.contents) if instrument.is_complete else None


def freeze(contents):
    """Return the SurveyWording with these contents, made where there is none."""
    digest = digest_of(contents)
    return SurveyWording.objects.get_or_create(digest=digest, defaults={"contents": contents})[0]


def wording_shown(typed):
    """Return the SurveyWording of the digest that a form sent, or None; PostgreSQL has no place for a NUL."""
    return SurveyWording.objects.filter(digest=typed.replace("\0", "")[:64]).first()


def digest_of(contents):
    """Return the digest of contents, whatever the order of their keys: PostgreSQL keeps another one."""
    canonical = json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def counted_digest(contents):
    """Return the digest of what has to be the same for answers to be counted together.

    That is what is asked in the site's own language, and how: another translation, or a confirmation, changes nothing.
    """
    own = settings.LANGUAGE_CODE

    def item(one):
        return [one["id"], one["text"].get(own), one["direction"], one.get("scale")]

    scales = {
        name: [[option["code"], option["kind"], option["label"].get(own)] for option in options]
        for name, options in contents["scales"].items()
    }
    blocks = [
        [block["id"], block["scoring"], block["scale"], sorted(block["waves"]), [item(one) for one in block["items"]]]
        for block in contents["blocks"]
    ]
    return digest_of({"scales": scales, "blocks": blocks})


def items_of(wording, wave):
    """Return the items that are asked in a wave, in order, each with its scale, block and scoring."""
    return [
        {"scale": block["scale"], **item, "block": block["id"], "scoring": block["scoring"]}
        for block in blocks_in(wording.contents, wave)
        for item in block["items"]
    ]


def options_of(wording, item):
    """Return the options that an item of `items_of` offers, in order."""
    return wording.contents["scales"][item["scale"]]


def text_in(texts, language=None):
    """Return the words of {language: words} in a language, without one the reader's; else in that of the site.

    Not every wording has every language: one older than a translation has none of it.
    """
    wanted = language or get_language() or ""
    for code in (wanted, wanted.partition("-")[0]):
        if code in texts:
            return texts[code]
    return texts.get(settings.LANGUAGE_CODE) or next(iter(texts.values()))
