"""Number: a quantity typed as people write it, compared with answers that each have a tolerance."""

import re
from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .base import Mistake, freeze_option
from .shares import freeze_share, share_of
from .short_text import ANY, check_accepted, fold_space, fold_text
from .typed import Accepted

_PLAIN = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:e[+-]?\d{1,2})?")
# «12,345» and «12 345» as Guatemala writes thousands, «1.234.567» as others do.
_THOUSANDS = re.compile(r"([+-]?)([1-9]\d{0,2})(?:,\d{3})+(?:\.\d+)?|([+-]?)[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?")
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3}){2,}(?:,\d+)?|\.\d{3},\d+)")


class Number(Accepted):
    """The response is what was typed. The first answer that is near enough counts."""

    name = "number"
    place = 70
    label = _("Number")
    help = _(
        "Each option is a number; its tolerance says how far an answer may be from it. Without a per cent it earns "
        "every point. A last option “*” (0%) gives feedback to all other numbers."
    )
    choice_fields = ("fraction", "tolerance")
    question_fields = ("unit",)
    most = 60

    def freeze(self, question, chance, *, shuffle=True):
        return super().freeze(question, chance, shuffle=shuffle) | {"unit": question.unit}

    def freeze_choices(self, choices, chance, *, shuffle):
        return {
            "options": [
                freeze_option(choice, tolerance=str(choice.tolerance or 0), **freeze_share(choice))
                for choice in choices
            ]
        }

    def accepted(self, item, response):
        number = read_number(response, item["unit"])
        if number is None:
            return None
        return next((option for option in item["options"] if _is_near(option, number)), None)

    def is_answered(self, item, response):
        return read_number(response, item["unit"]) is not None

    def problem(self, item, response):
        if not response or self.is_answered(item, response):
            return ""
        return gettext("We can’t read “%(typed)s” as a number. Write it in digits, such as 12.5 or 12,345.") % {
            "typed": response
        }

    def model_answer(self, item):
        answers = [option["text"] for option in item["options"] if share_of(option, 1) == 1]
        return f"{answers[0]} {item['unit']}".strip() if answers else ""

    def check_options(self, choices):
        yield from check_accepted(choices)
        for choice in choices:
            if choice.text.strip() != ANY and read_number(choice.text) is None:
                sentence = gettext("“%(typed)s” is no number: write it in digits, such as 12.5.")
                yield Mistake(sentence % {"typed": choice.text}, [choice])


def read_number(text, unit=""):
    """Return the number that a person wrote as a Fraction, or None.

    A comma or a point may stand before decimals; groups of three after a comma or a space are thousands, so «1,500» is
    one thousand five hundred and «0,500» a half. The unit may be written too, and «%» where the unit says no other.
    """
    text = _without_unit(fold_text(fold_space(text), case=True, accents=True), unit).replace("−", "-").strip()
    if match := re.fullmatch(r"([+-]) (.*)", text):
        text = match[1] + match[2]
    if _THOUSANDS.fullmatch(text):
        decimals_after_comma = " " in text and "," in text
        text = text.replace(" ", "")
        text = text.replace(",", ".") if decimals_after_comma else text.replace(",", "")
    elif _POINTS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    else:
        text = text.replace(",", ".", 1)
    return Fraction(text) if _PLAIN.fullmatch(text) else None


def _without_unit(text, unit):
    unit = fold_text(fold_space(unit), case=True, accents=True)
    for mark in filter(None, (unit, "" if unit else "%")):
        # A letter of the unit must not be taken off a longer word.
        text = text.removesuffix(mark) if text.endswith(mark) else text.removeprefix(mark)
    return text


def _is_near(option, number):
    if option["text"].strip() == ANY:
        return True
    answer = read_number(option["text"])
    return answer is not None and abs(number - answer) <= Fraction(option["tolerance"])
