"""Freezing and reading of SurveyWordings."""

import hashlib
import json

from django.conf import settings
from django.utils.translation import get_language

from quizzes.models import SurveyWording

from .instrument import read_instrument
from .reading import blocks_in


def wording_in_force():
    """Return the SurveyWording of the current survey, frozen once, or None if it cannot be asked."""
    instrument = read_instrument()
    return freeze(instrument.contents) if instrument.is_complete else None


def freeze(contents):
    digest = digest_of(contents)
    return SurveyWording.objects.get_or_create(digest=digest, defaults={"contents": contents})[0]


def wording_shown(typed):
    """Return the SurveyWording of a digest in a form, or None; PostgreSQL refuses NUL."""
    return SurveyWording.objects.filter(digest=typed.replace("\0", "")[:64]).first()


def digest_of(contents):
    """Return a digest that ignores the order of keys, which PostgreSQL changes."""
    canonical = json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def counted_digest(contents):
    """Return a digest of what must be equal for answers to be added; translations do not matter."""
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
    """Return the items of a wave, each with its scale, block and scoring."""
    return [
        {"scale": block["scale"], **item, "block": block["id"], "scoring": block["scoring"]}
        for block in blocks_in(wording.contents, wave)
        for item in block["items"]
    ]


def options_of(wording, item):
    return wording.contents["scales"][item["scale"]]


def text_in(texts, language=None):
    """Return the words in `language`, by default the reader's, else in that of the site."""
    wanted = language or get_language() or ""
    for code in (wanted, wanted.partition("-")[0]):
        if code in texts:
            return texts[code]
    return texts.get(settings.LANGUAGE_CODE) or next(iter(texts.values()))
