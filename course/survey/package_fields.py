"""The tables of the data package, described as a Tabular Data Package (frictionlessdata.io, version 1): in English."""

import hashlib

from django.utils import timezone

_LOT = {"name": "lot", "type": "string", "description": "A group of answers, under a code made for this package alone."}
_WAVE = {
    "name": "wave",
    "type": "string",
    "description": "pre: before the course; post: on finishing; seg: three months later.",
    "constraints": {"required": True, "enum": ["pre", "post", "seg"]},
}
_ITEM = {"name": "item", "type": "string", "description": "The statement, as in the codebook."}
_CODE = {"name": "code", "type": "string", "description": "The option of its scale, as in the codebook."}
_COUNT = {"name": "count", "type": "integer", "description": "How many people chose it.", "constraints": {"minimum": 0}}
_N = {
    "name": "n",
    "type": "integer",
    "description": "How many people answered: ten or more.",
    "constraints": {"minimum": 10},
}
_SCORE = {"constraints": {"minimum": 0, "maximum": 100}, "type": "integer"}


def _group(*values):
    words = "The kind of work: clinical care, laboratory or pharmacy (clinical), another job (other)."
    return {"name": "group", "type": "string", "description": words, "constraints": {"enum": list(values)}}


TABLES = {
    "data.csv": (
        "How many people chose each option of each statement, by group of answers",
        [_LOT, _WAVE, _ITEM, _CODE, _COUNT, _N],
    ),
    "blocks.csv": (
        "The scores of each theme, by group of answers; whole numbers",
        [
            _LOT,
            _WAVE,
            _group("all", "clinical", "other"),
            {"name": "block", "type": "string", "description": "The theme, as in the codebook."},
            _N,
            {"name": "mean", "description": "Mean of the scores, 100 is best.", **_SCORE},
            {"name": "sd", "description": "Standard deviation with n - 1.", **_SCORE},
        ],
    ),
    "groups.csv": (
        "The same counts as in data.csv, by kind of work, where both may be told apart",
        [_LOT, _WAVE, _group("clinical", "other"), _ITEM, _CODE, _COUNT, _N],
    ),
    "codebook_es.csv": ("Codebook in Spanish", None),
    "codebook_en.csv": ("Codebook in English", None),
}


def descriptor(files, headings, *, edition, now):
    """Return the datapackage.json of {name: bytes} as a dict; `headings` are those of each table."""
    resources = [_resource(name, files[name], headings[name]) for name in TABLES]
    return {
        "profile": "tabular-data-package",
        "name": f"trato-digno-survey-edition-{edition.number}",
        "title": "Trato digno: anonymous survey of the staff of health centres",
        "description": "Counts of ten people or more. README.md and the protocol say how they came to be.",
        "created": timezone.localtime(now).isoformat(timespec="seconds"),
        "resources": resources,
    }


def _resource(name, content, headings):
    title, fields = TABLES[name]
    return {
        "profile": "tabular-data-resource",
        "name": name.removesuffix(".csv").replace("_", "-"),
        "path": name,
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields or [{"name": heading, "type": "string"} for heading in headings]},
    }
