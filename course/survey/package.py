"""Tables of the data package as a Tabular Data Package 1 (frictionlessdata.io)."""

import csv
import hashlib
import io
import json
import zipfile
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from course.models import FEWEST_ANSWERS, SurveyLot, Wave
from course.people.audit import audit_log
from quizzes.surveys.codebook import codebook_table
from quizzes.surveys.figures import GROUPS
from quizzes.surveys.statements import blocks_of

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


# With fewer lots, clinics could be recognised.
FEWEST_LOTS = 3
LANGUAGES = tuple(code for code, _name in settings.INTERFACE_LANGUAGES)
# The first day of ZIP; the real day is in the protocol.
_NO_DAY = (1980, 1, 1, 0, 0, 0)


class NotForResearch(Exception):
    def __init__(self, reasons):
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Contents:
    """The lots of an edition with {pk of a wording: {statement: its Statement}}."""

    lots: list[SurveyLot]
    statements: dict[int, dict]

    @property
    def wordings(self):
        return sorted({lot.wording for lot in self.lots}, key=lambda wording: wording.digest)

    def statement(self, lot, name):
        return self.statements[lot.wording_id].get(name)


def contents_of(edition):
    """Return the `Contents` of an edition; raises `NotForResearch`."""
    lots = list(SurveyLot.objects.filter(edition=edition).select_related("wording").order_by("pk"))
    wordings = {lot.wording_id: lot.wording for lot in lots}
    for lot in lots:
        lot.wording = wordings[lot.wording_id]
    statements = {
        pk: {one.id: one for block in blocks_of(wording.contents) for one in block.statements}
        for pk, wording in wordings.items()
    }
    contents = Contents(lots, statements)
    if reasons := why_not(contents):
        raise NotForResearch(reasons)
    return contents


def why_not(contents):
    """Return the reasons against publishing these lots, as sentences; [] if there are none."""
    if not contents.lots:
        return [_("Nothing has been counted in this edition.")]
    reasons = []
    by_wave = defaultdict(int)
    for lot in contents.lots:
        by_wave[lot.wave] += 1
    for wave, count in by_wave.items():
        if count < FEWEST_LOTS:
            words = {"wave": Wave(wave).label, "fewest": FEWEST_LOTS}
            reasons.append(
                _("“%(wave)s” has fewer than %(fewest)d groups of answers: each could be recognised as a clinic.")
                % words
            )
    if any(_tells_of_few(lot) for lot in contents.lots):
        reasons.append(_("Something was counted of fewer than ten people. Nothing of this edition can be given away."))
    if mixed := _mixed(contents):
        words = {"statements": ", ".join(mixed)}
        reasons.append(
            _("The wording of these statements changed, so their counts cannot be added: %(statements)s.") % words
        )
    return reasons


def _tells_of_few(lot):
    figures, groups = lot.figures, lot.figures.get("groups") or {}
    numbers = [lot.people, *_numbers(figures).values()]
    numbers += [number for group in groups.values() for number in _numbers(group).values()]
    if any(number < FEWEST_ANSWERS for number in numbers):
        return True
    whole, parts = _numbers(figures), [_numbers(group) for group in groups.values()]
    told = set().union(*parts)
    if groups and (set(groups) != set(GROUPS) or any(set(part) != told for part in parts)):
        return True
    rests = [whole.get(name, 0) - sum(part[name] for part in parts) for name in told]
    return any(rest != 0 and rest < FEWEST_ANSWERS for rest in rests)


def _numbers(figures):
    items = {("item", name): sum(counts.values()) for name, counts in figures["items"].items()}
    return items | {("block", name): one["n"] for name, one in figures["blocks"].items()}


def _mixed(contents):
    wordings = defaultdict(set)
    for lot in contents.lots:
        for name in lot.figures["items"]:
            statement = contents.statement(lot, name)
            wordings[name].add(statement.wording if statement else None)
    return sorted(name for name, found in wordings.items() if len(found) > 1)


@transaction.atomic
def make_package(edition, *, by, chance, now):
    contents = contents_of(edition)
    people = sum(lot.people for lot in contents.lots)
    audit_log("survey_package_made", by=by, subject=edition, people=people, now=now)
    return packed(contents, edition, chance=chance, now=now)


def packed(contents, edition, *, chance, now):
    lots = _named(contents.lots, chance)
    tables = {
        "data.csv": (["lot", "wave", "item", "code", "count", "n"], list(_data(contents, lots))),
        "blocks.csv": (["lot", "wave", "group", "block", "n", "mean", "sd"], list(_blocks(lots))),
        "groups.csv": (["lot", "wave", "group", "item", "code", "count", "n"], list(_groups(contents, lots))),
        **{f"codebook_{language}.csv": codebook_table(contents.wordings, language) for language in LANGUAGES},
    }
    files = {name: _csv(*table) for name, table in tables.items()}
    words = _words(contents, edition, now)
    for language in LANGUAGES:
        with translation.override(language):
            files[f"protocol_{language}.md"] = render_to_string(f"survey/protocol_{language}.md", words).encode()
    files["README.md"] = render_to_string("survey/package_readme.md", words).encode()
    headings = {name: table[0] for name, table in tables.items()}
    files["datapackage.json"] = _json(descriptor(files, headings, edition=edition, now=now))
    return _zip(files)


def _named(lots, chance):
    codes = set()
    while len(codes) < len(lots):
        codes.add(f"L{chance.getrandbits(32):08x}")
    shuffled = sorted(codes)
    chance.shuffle(shuffled)
    return sorted(zip(shuffled, lots, strict=True))


def _data(contents, lots):
    for code, lot in lots:
        yield from ([code, lot.wave, *row] for row in _counts(contents, lot, lot.figures))


def _groups(contents, lots):
    for code, lot in lots:
        for group, figures in sorted((lot.figures.get("groups") or {}).items()):
            yield from ([code, lot.wave, group, *row] for row in _counts(contents, lot, figures))


def _counts(contents, lot, figures):
    for name, counts in sorted(figures["items"].items()):
        n = sum(counts.values())
        for code in contents.statement(lot, name).answers:
            yield name, code, counts.get(code, 0), n


def _blocks(lots):
    for code, lot in lots:
        parts = {"all": lot.figures} | dict(sorted((lot.figures.get("groups") or {}).items()))
        for group, figures in parts.items():
            for name, one in sorted(figures["blocks"].items()):
                yield [code, lot.wave, group, name, one["n"], one["mean"], one["sd"]]


def _people_told(lots):
    answered = defaultdict(int)
    for lot in lots:
        for name, number in _numbers(lot.figures).items():
            answered[name] += number
    return max([FEWEST_ANSWERS, *(number // 10 * 10 for number in answered.values())])


def _words(contents, edition, now):
    waves = [
        {
            "code": wave.value,
            "lots": len(lots),
            "people": _people_told(lots),
            "months": ", ".join(sorted({f"{lot.closed_on:%Y-%m}" for lot in lots})),
        }
        for wave in Wave
        if (lots := [lot for lot in contents.lots if lot.wave == wave])
    ]
    statements = [one for known in contents.statements.values() for one in known.values()]
    official = [one for one in statements if one.is_official]
    return {
        "edition": str(edition),
        "made_on": timezone.localdate(now).isoformat(),
        "waves": waves,
        "wordings": [wording.digest for wording in contents.wordings],
        "items": len({one.id for one in statements}),
        "official": official[-1] if official else None,
        "official_text": official[-1].text if official else {},
        "is_verified": bool(official) and all(one.is_verified for one in official),
        "fewest": FEWEST_ANSWERS,
        "fewest_lots": FEWEST_LOTS,
    }


def _csv(headings, rows):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([headings, *rows])
    return text.getvalue().encode()


def _json(value):
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _zip(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_DAY), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()
