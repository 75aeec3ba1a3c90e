"""Gaps in a text: choose or write words."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quizzes.base.markup import find_gaps, render_around_gaps, split_at_gaps, strip_markup, superscript_sources
from quizzes.exceptions import ResponseTooLong

from .base import (
    CHOSEN,
    MISSED,
    PARTLY,
    RIGHT,
    WRONG,
    Kind,
    ReviewRow,
    ValidationProblem,
    freeze_option,
    freeze_share,
    get_share,
    require_key,
    response_items,
    shuffled,
)
from .choice import check_one_right
from .typed import check_accepted, choose_model_answer, clean_text, match_accepted

# Looks like a gap, but may not be one.
_GAP_LIKE = re.compile(r"\[\[ ?\d+ ?\]\]")
_CONTEXT_WORDS = 5


@dataclass(frozen=True)
class Gap:
    """A gap of an item: its number in the text, and its place among the gaps, from 1."""

    number: int
    place: int
    options: list

    @property
    def key(self):
        return str(self.number)

    @property
    def is_typed(self):
        """Whether it is a text box: then all its options are accepted answers."""
        return all(option["right"] for option in self.options)

    @property
    def right(self):
        """Return the first option that earns every point; None in a draft without one."""
        return next((option for option in self.options if _earned(option) == 1), None)


class Gaps(Kind):
    """The response maps the number of a gap, as text, to the key of the option chosen or to the typed text."""

    name = "gaps"
    place = 52
    label = _("Gaps in a text")
    help = _(
        "Write [[1]], [[2]]… in the text where something is missing, and for each option its gap. A gap with options "
        "that are not correct is a list to choose from: exactly one of them is correct. A gap whose options are all "
        "correct is a box to write in, and they are the accepted answers. Lines above the first gap are the question."
    )
    empty_response = {}
    choice_fields = ("gap", "is_correct", "fraction")
    question_fields = frozen_fields = ("forgives_case", "forgives_accents")
    has_gaps = True
    prompt_template = "quizzes/kinds/gaps_text.html"
    max_length = 200

    def freeze_choices(self, choices, chance, *, shuffle):
        options = []
        for number in sorted({choice.gap or 0 for choice in choices}):
            of_gap = [choice for choice in choices if (choice.gap or 0) == number]
            frozen = [freeze_option(c, gap=number, right=c.is_correct, **freeze_share(c)) for c in of_gap]
            # Of accepted answers the first match counts, so they keep their order.
            if shuffle and not all(choice.is_correct for choice in of_gap):
                chance.shuffle(frozen)
            options += frozen
        return {"options": options}

    def reshuffle(self, item, chance):
        gaps = get_gaps(item)
        return {
            "options": [
                option for gap in gaps for option in (gap.options if gap.is_typed else shuffled(gap.options, chance))
            ]
        }

    def prompt(self, item):
        return split_lead(item["text"])[0]

    def visible_options(self, item):
        return [option for gap in get_gaps(item) if not gap.is_typed for option in gap.options]

    def read_form(self, item, form):
        return self.read(item, {gap.key: form.get(f"gap-{gap.key}", "") for gap in get_gaps(item)})

    def draft(self, form):
        return {name.removeprefix("gap-"): values[-1] for name, values in form.lists() if name.startswith("gap-")}

    def read(self, item, response):
        if response is None:
            return {}
        gaps = {gap.key: gap for gap in get_gaps(item)}
        given = {key: self._read_gap(gaps[require_key(gaps, key)], value) for key, value in response_items(response)}
        return {key: given[key] for key in gaps if given.get(key)}

    def _read_gap(self, gap, value):
        if not gap.is_typed:
            return "" if value == "" else require_key([option["key"] for option in gap.options], value)
        text = clean_text(value)
        if len(text) > self.max_length:
            raise ResponseTooLong(len(text), self.max_length)
        return text

    def score(self, item, response):
        gaps = get_gaps(item)
        earned = (_earned(_option_in(item, gap, response.get(gap.key, ""))) for gap in gaps)
        return sum(earned, Fraction(0)) / (len(gaps) or 1)

    def first_control(self, item):
        return f"gap-{get_gaps(item)[0].key}"

    def count_parts(self, item):
        return len(get_gaps(item))

    def is_answered(self, item, response):
        return len(response) == self.count_parts(item)

    def review(self, item, response):
        return [_review_gap(item, gap, response.get(gap.key, "")) for gap in get_gaps(item)]

    def review_chosen(self, item, response):
        return [_hide_right(row) for row in self.review(item, response)]

    def right_response(self, item):
        return {
            gap.key: choose_model_answer(gap.options) if gap.is_typed else gap.right["key"]
            for gap in get_gaps(item)
            if gap.right
        }

    def picks(self, item, response):
        options = [_option_in(item, gap, response.get(gap.key, "")) for gap in get_gaps(item)]
        return [f"{option['gap']}:{option['key']}" for option in options if option]

    def right_picks(self, item):
        return [f"{option['gap']}:{option['key']}" for option in item["options"] if _earned(option) == 1]

    def check_options(self, choices):
        if without_gap := [choice for choice in choices if not choice.gap]:
            yield ValidationProblem(_("Write to which gap of the text this option belongs."), without_gap, "gap")
        for number in sorted({choice.gap for choice in choices if choice.gap}):
            options = [choice for choice in choices if choice.gap == number]
            is_typed = all(choice.is_correct for choice in options)
            for problem in check_accepted(options) if is_typed else check_one_right(options):
                message = gettext("Gap %(gap)d: %(sentence)s") % {"gap": number, "sentence": problem}
                yield ValidationProblem(
                    message, getattr(problem, "choices", options), getattr(problem, "field", "is_correct")
                )

    def check_text(self, text, choices):
        numbers = find_gaps(text)
        if not numbers:
            yield _("Write [[1]], [[2]]… in the text where something is missing.")
        for number in sorted(set(numbers)):
            if numbers.count(number) > 1:
                yield gettext("The gap [[%(gap)d]] appears twice in the text: give one of them another number.") % {
                    "gap": number
                }
            if not any(choice.gap == number for choice in choices):
                yield gettext("The gap [[%(gap)d]] has no options.") % {"gap": number}
        for markup in dict.fromkeys(_GAP_LIKE.findall(text)):
            if not find_gaps(markup):
                yield gettext("“%(mark)s” is not a gap: write gaps as [[1]], from 1 to 99.") % {"mark": markup[:20]}
        for choice in choices:
            if choice.gap and choice.gap not in numbers:
                sentence = gettext("The text has no gap [[%(gap)d]].") % {"gap": choice.gap}
                yield ValidationProblem(sentence, [choice], "gap")


def get_gaps(item):
    """Return Gaps in the order of the text, or of their numbers without a text."""
    known = sorted({option["gap"] for option in item["options"]})
    numbers = dict.fromkeys(find_gaps(item["text"])) if "text" in item else known
    return [
        Gap(number, place, [option for option in item["options"] if option["gap"] == number])
        for place, number in enumerate(numbers, start=1)
    ]


def split_lead(text):
    """Return (the lines above the first gap, the text with gaps)."""
    before = split_at_gaps(text)[0]
    if before == text:
        return text, ""
    lead = before.rpartition("\n")[0]
    return lead.strip(), text[len(lead) :].strip()


def gap_context(item, gap):
    """Return the words around a gap, with «…» for the gap."""
    pieces = [strip_markup(piece).split() for piece in split_at_gaps(split_lead(item["text"])[1])]
    place = gap.place - 1
    words = " ".join([*pieces[place][-_CONTEXT_WORDS:], "…", *pieces[place + 1][:_CONTEXT_WORDS]])
    # Drop punctuation after the gap and at the start.
    return re.sub(r"… [.,;:!?»”’)]+ ?", "… ", words.lstrip(".,;:!?»”’) ")).rstrip()


def gap_label(item, gap):
    return gettext("Gap %(place)d of %(count)d: %(words)s") % {
        "place": gap.place,
        "count": len(set(find_gaps(item["text"]))),
        "words": gap_context(item, gap),
    }


@dataclass(frozen=True)
class Piece:
    """A piece of the text, and the gap after it, if any: its label, and its response or ReviewRow."""

    html: str
    gap: Gap | None = None
    name: str = ""
    given: str = ""
    row: ReviewRow | None = None

    @property
    def said(self):
        return self.row.typed or strip_markup(self.row.given)


def build_pieces(item, response):
    """Return {"lead", "pieces", "is_typed"}; `response` is a response, or the ReviewRows of one."""
    lead, text = split_lead(item["text"])
    gaps, pieces = get_gaps(item), []
    rows = {} if isinstance(response, dict) else {row.number: row for row in response}
    by_number = {gap.number: gap for gap in gaps}
    html = map(superscript_sources, render_around_gaps(text))
    for piece, number in zip_longest(html, find_gaps(text)):
        gap = by_number.get(number)
        if gap is None:
            pieces.append(Piece(piece))
        elif rows:
            pieces.append(Piece(piece, gap, row=rows[str(gap.place)]))
        else:
            pieces.append(Piece(piece, gap, gap_label(item, gap), response.get(gap.key, "")))
    return {"lead": lead, "pieces": pieces, "is_typed": any(gap.is_typed for gap in gaps)}


def _option_in(item, gap, given):
    if not given:
        return None
    if gap.is_typed:
        return match_accepted(item, gap.options, given)
    return next((option for option in gap.options if option["key"] == given), None)


def _earned(option):
    return max(get_share(option, option["right"]), Fraction(0)) if option else Fraction(0)


def _hide_right(row):
    if row.typed or row.given:
        return replace(row, verdict=CHOSEN, expected="")
    return replace(row, verdict=MISSED, typed="", expected="", feedback="")


def _review_gap(item, gap, given):
    option = _option_in(item, gap, given)
    earned = _earned(option)
    verdict = RIGHT if earned == 1 else PARTLY if earned > 0 else WRONG if given else MISSED
    # A gap left open shows the feedback of the right option.
    explained = option if given else gap.right
    row = {"feedback": explained["feedback"] if explained else "", "number": str(gap.place)}
    if gap.is_typed:
        return ReviewRow(gap_context(item, gap), verdict, typed=given, expected=choose_model_answer(gap.options), **row)
    return ReviewRow(
        gap_context(item, gap),
        verdict,
        given=option["text"] if option else "",
        expected=gap.right["text"] if gap.right else "",
        **row,
    )
