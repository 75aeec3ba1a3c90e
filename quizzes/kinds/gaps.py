"""Gaps in a text: choose or write what belongs in each of them."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quizzes.base.markup import gaps_in, plain, quiet_sources, render_around_gaps, split_at_gaps
from quizzes.exceptions import TooLong

from .base import (
    CHOSEN,
    MISSED,
    PARTLY,
    RIGHT,
    WRONG,
    Kind,
    Mistake,
    ReviewRow,
    freeze_option,
    freeze_share,
    one_of,
    pairs_of,
    share_of,
    shuffled,
)
from .choice import check_one_right
from .typed import check_accepted, choose_model, first_that_fits, read_text

# Meant as a gap, and perhaps none: it would stand there as a number.
_NUMBERED = re.compile(r"\[\[ ?\d+ ?\]\]")
# How many words on either side say which gap is meant.
_WORDS_AROUND = 5


@dataclass(frozen=True)
class Gap:
    """A gap of a paper's item: its number as the text writes it, and its place among the gaps, from 1."""

    number: int
    place: int
    options: list

    @property
    def key(self):
        return str(self.number)

    @property
    def is_typed(self):
        """Whether it is a box to write in: then all its options are accepted answers."""
        return all(option["right"] for option in self.options)

    @property
    def right(self):
        """The option that earns everything, as the first of those that do; None in a draft that has none."""
        return next((option for option in self.options if _earned(option) == 1), None)


class Gaps(Kind):
    """The response maps the number of a gap, as text, to the key of the option chosen or to what was typed."""

    name = "gaps"
    place = 52
    label = _("Gaps in a text")
    help = _(
        "Write [[1]], [[2]]… in the text where something is missing, and for each option its gap. A gap with options "
        "that are not correct is a list to choose from: exactly one of them is correct. A gap whose options are all "
        "correct is a box to write in, and they are the accepted answers. Lines above the first gap are the question."
    )
    nothing = {}
    choice_fields = ("gap", "is_correct", "fraction")
    question_fields = ("forgives_case", "forgives_accents")
    has_gaps = True
    asked_template = "quizzes/kinds/gaps_asked.html"
    # Of what is typed into one of them.
    most = 200

    def freeze(self, question, chance, *, shuffle=True):
        return super().freeze(question, chance, shuffle=shuffle) | {
            "forgives_case": question.forgives_case,
            "forgives_accents": question.forgives_accents,
        }

    def freeze_choices(self, choices, chance, *, shuffle):
        options = []
        for number in sorted({choice.gap or 0 for choice in choices}):
            of_gap = [choice for choice in choices if (choice.gap or 0) == number]
            frozen = [freeze_option(c, gap=number, right=c.is_correct, **freeze_share(c)) for c in of_gap]
            # Of accepted answers the first that fits counts, so they stay in their order.
            if shuffle and not all(choice.is_correct for choice in of_gap):
                chance.shuffle(frozen)
            options += frozen
        return {"options": options}

    def reshuffle(self, item, chance):
        gaps = gaps_of(item)
        return {
            "options": [one for gap in gaps for one in (gap.options if gap.is_typed else shuffled(gap.options, chance))]
        }

    def asked(self, item):
        return split_lead(item["text"])[0]

    def shown_options(self, item):
        return [option for gap in gaps_of(item) if not gap.is_typed for option in gap.options]

    def read_form(self, item, form):
        return self.read(item, {gap.key: form.get(f"gap-{gap.key}", "") for gap in gaps_of(item)})

    def draft(self, form):
        return {name.removeprefix("gap-"): values[-1] for name, values in form.lists() if name.startswith("gap-")}

    def read(self, item, response):
        if response is None:
            return {}
        gaps = {gap.key: gap for gap in gaps_of(item)}
        given = {key: self._read_gap(gaps[one_of(gaps, key)], value) for key, value in pairs_of(response)}
        return {key: given[key] for key in gaps if given.get(key)}

    def _read_gap(self, gap, value):
        if not gap.is_typed:
            return "" if value == "" else one_of([option["key"] for option in gap.options], value)
        text = read_text(value)
        if len(text) > self.most:
            raise TooLong(len(text), self.most)
        return text

    def score(self, item, response):
        """The mean of the gaps, each from 0 to 1: what the option in it earns, or the first accepted answer that fits.

        Each gap counts alike, as each step and each pair does elsewhere; a wrong option takes nothing from the others.
        """
        gaps = gaps_of(item)
        earned = (_earned(_option_in(item, gap, response.get(gap.key, ""))) for gap in gaps)
        return sum(earned, Fraction(0)) / (len(gaps) or 1)

    def first_control(self, item):
        return f"gap-{gaps_of(item)[0].key}"

    def count_parts(self, item):
        return len(gaps_of(item))

    def is_answered(self, item, response):
        return len(response) == self.count_parts(item)

    def review(self, item, response):
        return [_review_gap(item, gap, response.get(gap.key, "")) for gap in gaps_of(item)]

    def review_chosen(self, item, response):
        # The text needs a row for each of its gaps.
        return [_hide_right(row) for row in self.review(item, response)]

    def right_response(self, item):
        return {
            gap.key: choose_model(gap.options) if gap.is_typed else gap.right["key"]
            for gap in gaps_of(item)
            if gap.right
        }

    def picks(self, item, response):
        options = [_option_in(item, gap, response.get(gap.key, "")) for gap in gaps_of(item)]
        return [f"{option['gap']}:{option['key']}" for option in options if option]

    def right_picks(self, item):
        return [f"{option['gap']}:{option['key']}" for option in item["options"] if _earned(option) == 1]

    def check_options(self, choices):
        if homeless := [choice for choice in choices if not choice.gap]:
            yield Mistake(_("Write to which gap of the text this option belongs."), homeless, "gap")
        for number in sorted({choice.gap for choice in choices if choice.gap}):
            options = [choice for choice in choices if choice.gap == number]
            is_typed = all(choice.is_correct for choice in options)
            for sentence in check_accepted(options) if is_typed else check_one_right(options):
                told = gettext("Gap %(gap)d: %(sentence)s") % {"gap": number, "sentence": sentence}
                yield Mistake(told, getattr(sentence, "choices", options), getattr(sentence, "field", "is_correct"))

    def check_text(self, text, choices):
        numbers = gaps_in(text)
        if not numbers:
            yield _("Write [[1]], [[2]]… in the text where something is missing.")
        for number in sorted(set(numbers)):
            if numbers.count(number) > 1:
                yield gettext("The gap [[%(gap)d]] stands twice in the text: give one of them another number.") % {
                    "gap": number
                }
            if not any(choice.gap == number for choice in choices):
                yield gettext("The gap [[%(gap)d]] has no options.") % {"gap": number}
        for mark in dict.fromkeys(_NUMBERED.findall(text)):
            if not gaps_in(mark):
                yield gettext("“%(mark)s” is no gap: write them as [[1]], from 1 to 99.") % {"mark": mark[:20]}
        for choice in choices:
            if choice.gap and choice.gap not in numbers:
                sentence = gettext("The text has no gap [[%(gap)d]].") % {"gap": choice.gap}
                yield Mistake(sentence, [choice], "gap")


def gaps_of(item):
    """Return the Gaps of a paper's item in the order of its text; of an item without a text, in that of the numbers."""
    known = sorted({option["gap"] for option in item["options"]})
    numbers = dict.fromkeys(gaps_in(item["text"])) if "text" in item else known
    return [
        Gap(number, place, [option for option in item["options"] if option["gap"] == number])
        for place, number in enumerate(numbers, start=1)
    ]


def split_lead(text):
    """Return (the lines above the first gap, the rest): what is asked, and the text that is filled in."""
    before = split_at_gaps(text)[0]
    if before == text:
        return text, ""
    lead, _end, _begun = before.rpartition("\n")
    return lead.strip(), text[len(lead) :].strip()


def words_around(item, gap):
    """Return the few words between which a gap stands, with «…» for it."""
    pieces = [plain(piece).split() for piece in split_at_gaps(split_lead(item["text"])[1])]
    place = gap.place - 1
    words = " ".join([*pieces[place][-_WORDS_AROUND:], "…", *pieces[place + 1][:_WORDS_AROUND]])
    # A sign that ends a sentence says nothing behind a gap, nor at the beginning.
    return re.sub(r"… [.,;:!?»”’)]+ ?", "… ", words.lstrip(".,;:!?»”’) ")).rstrip()


def name_of(item, gap):
    """Return what a field is called for whoever hears the page."""
    return gettext("Gap %(place)d of %(count)d: %(words)s") % {
        "place": gap.place,
        "count": len(set(gaps_in(item["text"]))),
        "words": words_around(item, gap),
    }


@dataclass(frozen=True)
class Piece:
    """A piece of the text and the gap after it, if there is one: its name, and what was put in or came of it."""

    html: str
    gap: Gap | None = None
    name: str = ""
    given: str = ""
    row: ReviewRow | None = None

    @property
    def said(self):
        """What was put in, in words."""
        return self.row.typed or plain(self.row.given)


def pieces_of(item, response):
    """Return {"lead": what is asked, "pieces": [Piece], "is_typed": whether there is a box to write in}.

    `response` is one to this item, or the ReviewRows of one.
    """
    lead, text = split_lead(item["text"])
    gaps, pieces = gaps_of(item), []
    rows = {} if isinstance(response, dict) else {row.number: row for row in response}
    by_number = {gap.number: gap for gap in gaps}
    html = map(quiet_sources, render_around_gaps(text))
    for piece, number in zip_longest(html, gaps_in(text)):
        gap = by_number.get(number)
        if gap is None:
            pieces.append(Piece(piece))
        elif rows:
            pieces.append(Piece(piece, gap, row=rows[str(gap.place)]))
        else:
            pieces.append(Piece(piece, gap, name_of(item, gap), response.get(gap.key, "")))
    return {"lead": lead, "pieces": pieces, "is_typed": any(gap.is_typed for gap in gaps)}


def _option_in(item, gap, given):
    """Return the option that was chosen for a gap, or the accepted answer that what was typed fits; or None."""
    if not given:
        return None
    if gap.is_typed:
        return first_that_fits(item, gap.options, given)
    return next((option for option in gap.options if option["key"] == given), None)


def _earned(option):
    return max(share_of(option, option["right"]), Fraction(0)) if option else Fraction(0)


def _hide_right(row):
    """Return the row of a gap as it is shown where it may not be told yet what belongs there."""
    if row.typed or row.given:
        return replace(row, verdict=CHOSEN, belongs="")
    return replace(row, verdict=MISSED, typed="", belongs="", feedback="")


def _review_gap(item, gap, given):
    option = _option_in(item, gap, given)
    earned = _earned(option)
    verdict = RIGHT if earned == 1 else PARTLY if earned > 0 else WRONG if given else MISSED
    # Whoever left it open reads why the right one belongs there.
    told = option if given else gap.right
    row = {"feedback": told["feedback"] if told else "", "number": str(gap.place)}
    if gap.is_typed:
        return ReviewRow(words_around(item, gap), verdict, typed=given, belongs=choose_model(gap.options), **row)
    return ReviewRow(
        words_around(item, gap),
        verdict,
        given=option["text"] if option else "",
        belongs=gap.right["text"] if gap.right else "",
        **row,
    )
