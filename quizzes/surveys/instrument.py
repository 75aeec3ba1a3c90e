"""The current survey, assembled from the rows of every language."""

from dataclasses import dataclass, field

from django.conf import settings

from quizzes.base.choices import Scoring, Wave
from quizzes.models import SurveyOption, SurveyStatement

from .checking import find_mistakes


@dataclass
class Instrument:
    """`missing` are (language, id of what lacks a translation); `mistakes` prevent asking it."""

    contents: dict
    missing: list = field(default_factory=list)
    mistakes: list = field(default_factory=list)

    @property
    def is_complete(self):
        """Return whether a round can be opened; missing translations do not prevent it."""
        return not self.mistakes


def read_instrument():
    """Return the current Instrument in two queries."""
    statements = list(
        SurveyStatement.objects.select_related("locale", "block__scale", "scale").order_by(
            "block__sort_order", "block__identifier", "sort_order", "identifier"
        )
    )
    options = list(SurveyOption.objects.select_related("locale", "scale").order_by("sort_order", "pk"))
    return _Reading(statements, options).read()


class _Reading:
    def __init__(self, statements, options):
        self.own = settings.LANGUAGE_CODE
        self.codes = {row.locale_id: row.locale.language_code for row in statements}
        written = set(self.codes.values())
        others = [code for code, _name in settings.LANGUAGES if code in written and code != self.own]
        self.languages = [self.own, *others] if self.own in written else []
        self.statements = [row for row in statements if self.codes[row.locale_id] == self.own]
        self.options = {}
        for option in options:
            self.options.setdefault(option.scale_id, []).append(option)
        self.texts = self.by_language(statements, "text")
        self.confirmed = {}
        for row in statements:
            scale = row.scale_id or row.block.scale_id
            self.confirmed.setdefault(row.translation_key, []).append(row.verified_with(self.options.get(scale, ())))
        self.titles = self.by_language([row.block for row in statements], "title")
        self.labels = self.by_language(options, "label")
        self.missing = {}

    def by_language(self, rows, name):
        """Return {translation key: {language: value of the field `name`}}."""
        found = {}
        for row in rows:
            if language := self.codes.get(row.locale_id):
                found.setdefault(row.translation_key, {})[language] = getattr(row, name)
        return found

    def read(self):
        scales, blocks = {}, {}
        for row in self.statements:
            if row.block_id not in blocks:
                blocks[row.block_id] = self.block(row.block)
            blocks[row.block_id]["items"].append(self.item(row))
            scale = row.scale or row.block.scale
            if scale.identifier not in scales:
                scales[scale.identifier] = [self.option(one, scale) for one in self.options.get(scale.pk, ())]
        contents = {"languages": self.languages, "scales": scales, "blocks": list(blocks.values())}
        return Instrument(contents, list(self.missing), find_mistakes(contents))

    def block(self, row):
        return {
            "id": row.identifier,
            "title": self.words(self.titles, row, row.identifier),
            "scoring": row.scoring,
            "scale": row.scale.identifier,
            "waves": [wave for wave in Wave.values if wave in row.waves],
            "items": [],
        }

    def item(self, row):
        official = row.block.scoring == Scoring.AGREEMENT
        confirmed = self.confirmed[row.translation_key]
        item = {
            "id": row.identifier,
            "text": self.words(self.texts, row, row.identifier),
            "direction": row.direction,
            "official": official,
            "verified": official and all(confirmed),
        }
        return item | {"scale": row.scale.identifier} if row.scale else item

    def option(self, row, scale):
        label = self.words(self.labels, row, f"{scale.identifier} {row.code}")
        return {"code": row.code, "kind": row.kind, "label": label}

    def words(self, texts, row, name):
        there = texts[row.translation_key]
        self.missing |= {(language, name): True for language in self.languages if language not in there}
        return {language: there.get(language) or there[self.own] for language in self.languages}
