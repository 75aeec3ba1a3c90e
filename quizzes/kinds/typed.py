"""Short text and number: typed answers."""

import re
import unicodedata
from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quizzes.exceptions import ResponseTooLong, UnreadableResponse

from .base import (
    MISSED,
    PARTLY,
    RIGHT,
    WRONG,
    Kind,
    ReviewRow,
    ValidationProblem,
    check_full_share,
    exact_share,
    freeze_option,
    freeze_share,
    get_share,
)


class Typed(Kind):
    """The response is the text as typed, at most `max_length` characters."""

    shows_options = False
    max_length = 500

    def read_form(self, item, form):
        return self.read(item, form.get("text", ""))

    def read(self, item, response):
        if response is None:
            return self.empty_response
        text = clean_text(response)
        if len(text) > self.max_length:
            raise ResponseTooLong(len(text), self.max_length)
        return text

    def draft(self, form):
        return form.get("text", "")

    def first_control(self, item):
        return "text"


class Accepted(Typed):
    """The first accepted answer that matches the response gives points and feedback."""

    def accepted(self, item, response):
        raise NotImplementedError

    def model_answer(self, item):
        raise NotImplementedError

    def score(self, item, response):
        option = self.accepted(item, response) if response else None
        return max(get_share(option, 1), Fraction(0)) if option else Fraction(0)

    def review(self, item, response):
        if not response:
            return [ReviewRow("", MISSED, typed="", expected=self.model_answer(item))]
        option = self.accepted(item, response)
        share = get_share(option, 1) if option else 0
        verdict = RIGHT if share == 1 else PARTLY if share > 0 else WRONG
        feedback = option["feedback"] if option else ""
        return [ReviewRow("", verdict, feedback, typed=response, expected=self.model_answer(item))]

    def right_response(self, item):
        return self.model_answer(item)

    def picks(self, item, response):
        option = self.accepted(item, response) if response else None
        return [option["key"]] if option else []

    def right_picks(self, item):
        return [option["key"] for option in item["options"] if get_share(option, 1) == 1]


def clean_text(value):
    """Return a stripped text with normal line ends; raises UnreadableResponse for what cannot be stored."""
    if not isinstance(value, str):
        raise UnreadableResponse
    if any(character == "\x00" or unicodedata.category(character) == "Cs" for character in value):
        raise UnreadableResponse
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


ANY = "*"
# Phones insert typographic quotes.
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


class ShortText(Accepted):
    name = "short_text"
    place = 60
    label = _("Short text")
    help = _(
        "Each option is an accepted answer; without a per cent it earns every point. “*” matches any letters "
        "(“\\*” for an asterisk); a last option “*” (0%) gives feedback to all other answers."
    )
    choice_fields = ("fraction",)
    question_fields = frozen_fields = ("forgives_case", "forgives_accents")

    def freeze_choices(self, choices, chance, *, shuffle):
        return {"options": [freeze_option(choice, **freeze_share(choice)) for choice in choices]}

    def accepted(self, item, response):
        return match_accepted(item, item["options"], response)

    def model_answer(self, item):
        return choose_model_answer(item["options"])

    def check_options(self, choices):
        yield from check_accepted(choices)


def match_accepted(item, options, response):
    fold = {"case": item["forgives_case"], "accents": item["forgives_accents"]}
    typed = fold_text(fold_space(response), **fold)
    for option in options:
        if matches_pattern([fold_text(part, **fold) for part in split_pattern(fold_space(option["text"]))], typed):
            return option
    return None


def choose_model_answer(options):
    """Return an answer that earns every point, preferably without wildcards."""
    full = [option["text"] for option in options if get_share(option, 1) == 1]
    parts = min((split_pattern(text) for text in full), key=lambda parts: len(parts) > 1, default=[""])
    return "…".join(parts).strip()


def check_accepted(choices):
    """Yield problems: no answer earns every point, or one is unreachable or matches everything."""
    shares = [exact_share(100 if choice.fraction is None else choice.fraction) for choice in choices]
    yield from check_full_share(shares)
    if negative := [choice for choice, share in zip(choices, shares, strict=True) if share < 0]:
        yield ValidationProblem(_("An answer earns from 0 to 100%."), negative, "fraction")
    wildcards = [(choice, share) for choice, share in zip(choices, shares, strict=True) if choice.text.strip() == ANY]
    if early := [choice for choice, _share in wildcards if choice is not choices[-1]]:
        yield ValidationProblem(_("No answer after “*” is ever reached: put “*” last."), early)
    if whole := [choice for choice, share in wildcards if share == 1]:
        yield ValidationProblem(_("“*” accepts any answer: give it less than 100%."), whole, "fraction")


def fold_space(text):
    """Return a text in NFC with straight quotes and single spaces, stripped."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split())


def fold_text(text, *, case, accents):
    """Return a text for comparison; ñ is never folded: «ano» is not «año»."""
    if case:
        text = unicodedata.normalize("NFC", text.casefold())
    return "".join(map(_without_accent, text)) if accents else text


def _without_accent(letter):
    if letter in "ñÑ":
        return letter
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def split_pattern(pattern):
    r"""Return the parts between wildcards; `\*` is a literal asterisk."""
    return [part.replace("\x00", ANY) for part in pattern.replace("\\*", "\x00").split(ANY)]


def matches_pattern(parts, text):
    """Match in linear time, unlike a regular expression."""
    first, *middle = parts
    if not middle:
        return text == first
    last = middle.pop()
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    text = text[len(first) : len(text) - len(last)]
    for part in middle:
        _before, found, text = text.partition(part) if part else ("", True, text)
        if not found:
            return False
    return True


_PLAIN = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:e[+-]?\d{1,2})?")
# «12,345» and «12 345» as Guatemala writes thousands, «1.234.567» as others do.
_THOUSANDS = re.compile(r"([+-]?)([1-9]\d{0,2})(?:,\d{3})+(?:\.\d+)?|([+-]?)[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?")
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3}){2,}(?:,\d+)?|\.\d{3},\d+)")


class Number(Accepted):
    name = "number"
    place = 70
    label = _("Number")
    help = _(
        "Each option is a number; its tolerance says how far an answer may be from it. Without a per cent it earns "
        "every point. A last option “*” (0%) gives feedback to all other numbers."
    )
    choice_fields = ("fraction", "tolerance")
    question_fields = frozen_fields = ("unit",)
    max_length = 60

    def freeze_choices(self, choices, chance, *, shuffle):
        return {
            "options": [
                freeze_option(choice, tolerance=str(choice.tolerance or 0), **freeze_share(choice))
                for choice in choices
            ]
        }

    def accepted(self, item, response):
        number = parse_number(response, item["unit"])
        if number is None:
            return None
        return next((option for option in item["options"] if _is_near(option, number)), None)

    def is_answered(self, item, response):
        return parse_number(response, item["unit"]) is not None

    def problem(self, item, response):
        if not response or self.is_answered(item, response):
            return ""
        return gettext("We can’t read “%(typed)s” as a number. Write it in digits, such as 12.5 or 12,345.") % {
            "typed": response
        }

    def model_answer(self, item):
        answers = [option["text"] for option in item["options"] if get_share(option, 1) == 1]
        return f"{answers[0]} {item['unit']}".strip() if answers else ""

    def check_options(self, choices):
        yield from check_accepted(choices)
        for choice in choices:
            if choice.text.strip() != ANY and parse_number(choice.text) is None:
                sentence = gettext("“%(typed)s” is not a number: write it in digits, such as 12.5.")
                yield ValidationProblem(sentence % {"typed": choice.text}, [choice])


def parse_number(text, unit=""):
    """Return a Fraction, or None; «1,500» is a thousand five hundred, «0,500» a half; «%» may follow."""
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
    sign = unit or "%"
    return text.removesuffix(sign) if text.endswith(sign) else text.removeprefix(sign)


def _is_near(option, number):
    if option["text"].strip() == ANY:
        return True
    answer = parse_number(option["text"])
    return answer is not None and abs(number - answer) <= Fraction(option["tolerance"])
