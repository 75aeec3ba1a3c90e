"""Shapes: types that read nodes to Python values and write them canonically."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext as _

from modules.text.richtext import canonical_markdown, is_page_id, links_in, one_line
from quizzes.base.markup import find_gaps, find_sources, find_terms

from .reading import Mapping, Scalar, Sequence

_MARK = re.compile(r"\[S\d+[a-z]?\]|\[VL\]|\[\[[a-z0-9-]+(?:\|[^\]]+)?\]\]")
_BROKEN_MARK = re.compile(r"\[\[[^\]]*\]?\]?|\[\s*[SsVv]\s*-?\s*(?:\d+[a-z]?|[Ll])\s*\]")


def refuse_marks(node, report):
    if match := _MARK.search(node.text):
        sentence = _(
            "“%(mark)s” is not resolved in this text: people would read it as it stands. Put it into the body."
        )
        report.add(node.line_at(match.start()), sentence % {"mark": match.group()[:40]})


def check_marks(node, report, *, with_gaps=False):
    """Report malformed markup and note its references; gaps are allowed only `with_gaps`."""
    for identifier in find_sources(node.text):
        report.refer("source", identifier, node.line_at(node.text.index(f"[{identifier}]")))
    for identifier in find_terms(node.text):
        report.refer("term", identifier, node.line_at(node.text.index(f"[[{identifier}")))
    for number in [] if with_gaps else find_gaps(node.text):
        sentence = _("“[[%(gap)d]]” is a gap, and only the text of a question has gaps. Take it out.")
        report.add(node.line_at(node.text.index(f"[[{number}]]")), sentence % {"gap": number})
    for match in _BROKEN_MARK.finditer(node.text):
        if not _MARK.match(node.text, match.start()):
            sentence = _(
                "The mark “%(mark)s” is not written well. It looks like [S42], [VL], [[estigma]] or [[estigma|words]]."
            )
            report.add(node.line_at(match.start()), sentence % {"mark": match.group()[:40]})


WRONG = object()
_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|<!\[CDATA\[|<[?!][a-zA-Z]")
_LINE_LINK = re.compile(r"\]\([^)\s]+\)")
_is_address = URLValidator(schemes=["http", "https"])


class Shape:
    """Base of the shapes: reading reports problems and returns `WRONG` for unusable nodes."""

    def read(self, node, report):
        raise NotImplementedError

    def tidy(self, value):
        return value

    def is_left_out(self, value):
        return value in (None, "", [], {}, False)


class Word(Shape):
    def read(self, node, report):
        if not isinstance(node, Scalar):
            report.add(node.line, _("A text is expected here, not a list or more keys."))
            return WRONG
        if node.is_empty or not node.text.strip():
            report.add(node.line, _("This is empty. Write it, or take the line out if it is optional."))
            return WRONG
        return self.read_text(node, report)

    def read_text(self, node, report):
        raise NotImplementedError


@dataclass
class Plain(Word):
    limit: int | None = None
    resolves_marks = False
    has_lines = False

    def read_text(self, node, report):
        before = report.found
        if not self.has_lines and "\n" in node.text.strip("\n"):
            report.add(node.line, _("This text has one line only. Join its lines."))
        text = self.tidy(node.text)
        _check_length(text, self.limit, node, report)
        _check_html(node, report)
        if not self.resolves_marks:
            refuse_marks(node, report)
        return WRONG if report.found > before else text

    def tidy(self, value):
        return one_line(value)


@dataclass
class Line(Plain):
    resolves_marks = True
    has_gaps = False

    def read_text(self, node, report):
        before = report.found
        text = super().read_text(node, report)
        check_marks(node, report, with_gaps=self.has_gaps)
        if match := _LINE_LINK.search(node.text):
            sentence = _("A link does not work in this text. Put it into a text block, or name the source as [S42].")
            report.add(node.line_at(match.start()), sentence)
        return WRONG if report.found > before else text


@dataclass
class Lines(Line):
    """Paragraphs of markup with the line breaks as written, for the question bank."""

    has_lines = True

    def tidy(self, value):
        return "\n".join(one_line(line) for line in value.splitlines()).strip("\n")


class LinesWithGaps(Lines):
    has_gaps = True


@dataclass
class Text(Word):
    def read_text(self, node, report):
        before = report.found
        _check_html(node, report)
        check_marks(node, report)
        for target in links_in(node.text):
            self.check_link(target, node, report)
        return WRONG if report.found > before else canonical_markdown(node.text)

    def check_link(self, target, node, report):
        line = node.line_at(max(node.text.find(f"({target}"), 0))
        if is_page_id(target):
            report.refer("page", target, line)
        elif not _is_safe_link(target):
            sentence = _("The link “%(link)s” is not allowed. It must begin with https://, http://, mailto: or tel:.")
            report.add(line, sentence % {"link": target})

    def tidy(self, value):
        return canonical_markdown(value)


@dataclass
class Identifier(Word):
    kind: str
    pattern: str = r"[a-z0-9]+(?:[-_][a-z0-9]+)*"
    limit: int = 60
    example: str = "estigma"

    def read_text(self, node, report):
        if not re.fullmatch(self.pattern, node.text) or len(node.text) > self.limit:
            sentence = _("“%(id)s” cannot be an id here. It looks like “%(example)s”.")
            report.add(node.line, sentence % {"id": node.text, "example": self.example})
            return WRONG
        if self.kind:
            report.define(self.kind, node.text, node.line)
        return node.text


@dataclass
class Reference(Word):
    kind: str
    pattern: str = r"\S+"

    def read_text(self, node, report):
        if not re.fullmatch(self.pattern, node.text):
            report.add(node.line, _("“%(id)s” is not an id. Correct it.") % {"id": node.text})
            return WRONG
        report.refer(self.kind, node.text, node.line)
        return node.text


@dataclass
class Taught(Word):
    pattern = re.compile(r"(M[1-9]\d?-L[1-9]\d?)(#[a-z0-9]+(-[a-z0-9]+)*)?")
    limit = 80

    def read_text(self, node, report):
        found = self.pattern.fullmatch(node.text)
        if not found or len(node.text) > self.limit:
            sentence = _("“%(id)s” is no place in a lesson. It looks like M1-L4 or M1-L4#en-la-fila.")
            report.add(node.line, sentence % {"id": node.text})
            return WRONG
        report.refer("lesson", found[1], node.line)
        return node.text


@dataclass
class Flag(Word):
    def read_text(self, node, report):
        if not node.plain or node.text not in ("true", "false"):
            report.add(node.line, _("Only true is possible here. Take the line out where it is not so."))
            return WRONG
        return node.text == "true"


@dataclass
class Address(Word):
    limit: int = 500

    def read_text(self, node, report):
        try:
            _is_address(node.text)
        except ValidationError:
            sentence = _("“%(text)s” is not a web address. It begins with https:// or http://.")
            report.add(node.line, sentence % {"text": node.text})
            return WRONG
        _check_length(node.text, self.limit, node, report)
        return node.text


@dataclass
class OneOf(Word):
    words: list
    usual: str | None = None

    def read_text(self, node, report):
        if node.text not in self.words:
            sentence = _("“%(word)s” is not known here. Use one of these: %(words)s.")
            report.add(node.line, sentence % {"word": node.text, "words": ", ".join(self.words)})
            return WRONG
        return node.text

    def is_left_out(self, value):
        return not value or value == self.usual


@dataclass
class ListOf(Shape):
    """A list of one shape. `distinct` forbids duplicates; `order` is the sort key where order has no meaning."""

    shape: Shape
    least: int = 1
    most: int | None = None
    distinct: bool = False
    order: object = None

    def read(self, node, report):
        if not isinstance(node, Sequence):
            report.add(node.line, _("A list is expected here: lines that begin with “- ”."))
            return WRONG
        if len(node.items) < self.least:
            sentence = _("At least %(count)d are needed here. Write them, or take the key out if it is optional.")
            report.add(node.line, sentence % {"count": self.least})
        if self.most and len(node.items) > self.most:
            sentence = _("There is room for %(count)d here. Take some out.")
            report.add(node.line, sentence % {"count": self.most})
        values = []
        for item in node.items:
            value = self.shape.read(item, report)
            if self.distinct and value is not WRONG and value in values:
                report.add(item.line, _("“%(word)s” stands twice in the list. Keep one.") % {"word": value})
            values.append(value)
        return [value for value in values if value is not WRONG]

    def tidy(self, value):
        items = [self.shape.tidy(item) for item in value]
        return sorted(items, key=self.order) if self.order else items


@dataclass
class Key:
    name: str
    shape: Shape
    optional: bool = False


@dataclass
class Record(Shape):
    """Keys with their shapes in the order of writing; `check(value, node, report)` checks the whole."""

    keys: list
    check: object = None
    named: dict = field(init=False)

    def __post_init__(self):
        self.named = {key.name: key for key in self.keys}

    def read(self, node, report):
        if not isinstance(node, Mapping):
            sentence = _("Keys with their values are expected here: %(keys)s.")
            report.add(node.line, sentence % {"keys": ", ".join(self.named)})
            return WRONG
        before, value = report.found, {}
        for key, inner in node.pairs:
            if known := self.named.get(key.text):
                value[key.text] = known.shape.read(inner, report)
            else:
                sentence = _("The key “%(key)s” is not known here. These are: %(keys)s.")
                report.add(key.line, sentence % {"key": key.text, "keys": ", ".join(self.named)})
        for key in self.keys:
            if not key.optional and key.name not in value:
                report.add(node.line, _("The key “%(key)s” is missing. Add it.") % {"key": key.name})
        if self.check and report.found == before:
            self.check(value, node, report)
        return WRONG if report.found > before else self.tidy(value)

    def tidy(self, value):
        return {
            key.name: key.shape.tidy(value[key.name])
            for key in self.keys
            if key.name in value and not (key.optional and key.shape.is_left_out(value[key.name]))
        }


@dataclass
class Tagged(Shape):
    """A mapping with one key that names the shape of its value: the blocks of a lesson."""

    shapes: dict

    def read(self, node, report):
        if not isinstance(node, Mapping) or len(node.pairs) != 1:
            sentence = _("Each entry of this list has one key: %(keys)s. Check the indentation.")
            report.add(node.line, sentence % {"keys": ", ".join(self.shapes)})
            return WRONG
        key, inner = node.pairs[0]
        if key.text not in self.shapes:
            sentence = _("The key “%(key)s” is not known here. These are: %(keys)s.")
            report.add(key.line, sentence % {"key": key.text, "keys": ", ".join(self.shapes)})
            return WRONG
        value = self.shapes[key.text].read(inner, report)
        return WRONG if value is WRONG else {key.text: value}

    def tidy(self, value):
        ((name, inner),) = value.items()
        return {name: self.shapes[name].tidy(inner)}


@dataclass
class Either(Shape):
    key: str
    first: Record
    second: Record

    def read(self, node, report):
        return self.chosen(isinstance(node, Mapping) and any(k.text == self.key for k, _v in node.pairs)).read(
            node, report
        )

    def tidy(self, value):
        return self.chosen(self.key in value).tidy(value)

    def chosen(self, has_key):
        return self.second if has_key else self.first


def line_of(node, name):
    """Return the line of the key `name` in a mapping, or that of the mapping."""
    return next((key.line for key, _value in node.pairs if key.text == name), node.line)


def nodes_of(node, name):
    return next((value.items for key, value in node.pairs if key.text == name), [])


def _check_length(text, limit, node, report):
    if limit and len(text) > limit:
        sentence = _("This text has %(length)d letters and there is room for %(limit)d. Shorten it.")
        report.add(node.line, sentence % {"length": len(text), "limit": limit})


def _check_html(node, report):
    if match := _HTML.search(node.text):
        sentence = _("HTML is not allowed: “%(tag)s”. Use **bold**, *italic* or plain words.")
        report.add(node.line_at(match.start()), sentence % {"tag": match.group()[:40]})


def _is_safe_link(target):
    try:
        scheme = urlsplit(target).scheme
    except ValueError:
        return False
    if scheme in ("mailto", "tel"):
        return re.fullmatch(r"[\w.+@:%?=&;, -]+", target) is not None
    try:
        _is_address(target)
    except ValidationError:
        return False
    return True


@dataclass
class Whole(Word):
    least: int = 1
    most: int = 32767
    usual: int | None = None

    def read_text(self, node, report):
        if not (node.plain and re.fullmatch(r"\d{1,6}", node.text) and self.least <= int(node.text) <= self.most):
            sentence = _("A whole number from %(least)d to %(most)d is expected here, without quotes.")
            report.add(node.line, sentence % {"least": self.least, "most": self.most})
            return WRONG
        return int(node.text)

    def is_left_out(self, value):
        return value is None or value == self.usual


@dataclass
class Number(Word):
    """A number with a limited number of decimals, written with a point."""

    least: int
    most: int
    places: int

    def read_text(self, node, report):
        pattern = rf"-?\d{{1,13}}(\.\d{{1,{self.places}}})?"
        if not (re.fullmatch(pattern, node.text) and self.least <= Decimal(node.text) <= self.most):
            sentence = _("A number from %(least)d to %(most)d is expected here, with up to %(places)d decimals.")
            report.add(node.line, sentence % {"least": self.least, "most": self.most, "places": self.places})
            return WRONG
        return Decimal(node.text)

    def tidy(self, value):
        return value if value is None else Decimal(format(value.normalize(), "f"))

    def is_left_out(self, value):
        return value is None


@dataclass
class Day(Word):
    def read_text(self, node, report):
        try:
            return (
                date.fromisoformat(node.text)
                if re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.text)
                else self.wrong(node, report)
            )
        except ValueError:
            return self.wrong(node, report)

    def wrong(self, node, report):
        sentence = _("“%(text)s” is not a date. Write year, month and day, such as 2026-03-14.")
        report.add(node.line, sentence % {"text": node.text})
        return WRONG


@dataclass
class Moment(Word):
    def read_text(self, node, report):
        try:
            moment = datetime.fromisoformat(node.text.strip())
            return self.tidy(moment if moment.tzinfo else make_aware(moment))
        except ValueError:
            sentence = _("“%(text)s” is not a date with its time. Write it such as 2026-03-14 08:00.")
            report.add(node.line, sentence % {"text": node.text})
            return WRONG

    def tidy(self, value):
        return value if value is None or isinstance(value, str) else localtime(value).isoformat(sep=" ")
