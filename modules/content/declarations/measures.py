"""The words of a content file that measure: numbers, dates, moments."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext as _

from .shapes import WRONG, Word


@dataclass
class Whole(Word):
    """A whole number; the `usual` one is left out."""

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
    """A number with at most so many decimal places, written with a point."""

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
    """A date."""

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
    """A date and a time; without an offset, that of the site."""

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
