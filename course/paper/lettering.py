"""How paper asks each type of question, and how typed answers are read. Pure."""

import re
from dataclasses import dataclass
from string import ascii_uppercase

from django.utils.translation import gettext as _

from quizzes.attempts.second_chance import second_chance_snapshot
from quizzes.exceptions import ResponseTooLong, UnreadableResponse
from quizzes.kinds import get_kind
from quizzes.kinds.gaps import get_gaps
from quizzes.kinds.hotspot import get_hotspots

# Typed for a blank, as an empty field may be a slip.
BLANK = "-"
LETTER, LETTERS, PLACES, PAIRS, LINE, LINES = "letter", "letters", "places", "pairs", "line", "lines"
GAPS = "gaps"
# Other kinds cannot be asked on paper; a reflection is printed, but not on the sheet.
WAYS = {
    "single": LETTER,
    "true_false": LETTER,
    "multiple": LETTERS,
    "ordering": PLACES,
    "matching": PAIRS,
    "gaps": GAPS,
    "places": LETTERS,
    "short_text": LINE,
    "number": LINE,
    "open": LINES,
}


BETWEEN = ";"


class Misread(ValueError):
    pass


@dataclass(frozen=True)
class PaperGap:
    place: int
    key: str
    options: list

    @property
    def letters(self):
        return [letter for letter, _option in self.options]


@dataclass(frozen=True)
class PaperQuestion:
    number: int
    item: dict

    @property
    def way(self):
        return WAYS.get(self.item["kind"], "")

    @property
    def is_on_sheet(self):
        return bool(self.item["marks"])

    @property
    def options(self):
        if self.way == GAPS or not get_kind(self.item).shows_options:
            return []
        return list(zip(ascii_uppercase, self.item["options"], strict=False))

    @property
    def letters(self):
        return [letter for letter, _option in self.options]

    @property
    def gaps(self):
        return [
            PaperGap(gap.place, gap.key, [] if gap.is_typed else list(zip(ascii_uppercase, gap.options, strict=False)))
            for gap in (get_gaps(self.item) if self.way == GAPS else [])
        ]

    @property
    def marks(self):
        marks = get_hotspots(self.item) if self.item["kind"] == "places" else []
        return [(ascii_uppercase[mark.number - 1], mark) for mark in marks if mark.number <= len(ascii_uppercase)]

    @property
    def matches(self):
        return list(zip(ascii_uppercase, self.item.get("matches", []), strict=False))

    @property
    def steps(self):
        return list(range(1, len(self.item["options"]) + 1))

    @property
    def full(self):
        """Return how many characters complete an answer, so that no Enter is needed; None if unknown."""
        if self.way == LETTER:
            return 1
        if self.way == GAPS:
            return len(self.gaps) if all(gap.options for gap in self.gaps) else None
        # From 10 lines on, numbers need a separator.
        return len(self.steps) if self.way in (PLACES, PAIRS) and len(self.steps) < 10 else None

    @property
    def is_wide(self):
        return self.way in (LINE, LINES) or (self.way == GAPS and not self.full)

    @property
    def size(self):
        return {LETTER: 2, LETTERS: 5, PLACES: 8, PAIRS: 8}.get(self.way, 24 if self.is_wide else 8)


def paper_to_ask(attempt):
    return second_chance_snapshot(attempt.snapshot) | {"intro": ""} if attempt.is_in_second_chance else attempt.snapshot


def questions_of(paper):
    return [PaperQuestion(number, item) for number, item in enumerate(paper["questions"], start=1)]


def on_sheet(paper):
    return [question for question in questions_of(paper) if question.is_on_sheet]


def unprintable(paper):
    return [question for question in on_sheet(paper) if not question.way]


def read_typed(question, typed):
    """Return the response (JSON) of the typed text; raises Misread with a sentence."""
    kind, text = get_kind(question.item), typed.strip()
    if not text:
        raise Misread(_("Nothing is typed. If it is blank on the sheet, type a hyphen (-)."))
    if text == BLANK:
        return kind.empty_response
    try:
        return kind.read(question.item, _READERS[question.way](question, text))
    except ResponseTooLong as error:
        raise Misread(str(error)) from error
    except UnreadableResponse as error:
        raise Misread(_("“%(typed)s” is no answer to this question.") % {"typed": text}) from error


def _read_letter(question, text):
    letters = _letters(question.letters, text)
    if len(letters) > 1:
        raise Misread(_("This question takes one letter. If the sheet has two marks, type a hyphen (-)."))
    return _option(question, letters[0])


def _read_letters(question, text):
    return [_option(question, letter) for letter in _letters(question.letters, text)]


def _read_places(question, text):
    given = re.findall(r"\d+|-", text) if re.search(r"[\s,;/.]", text) else list(text)
    count = len(question.item["options"])
    if len(given) != count:
        raise Misread(
            _("Type %(count)d numbers, one a line of the sheet; for a line left blank, a hyphen: %(example)s")
            % {"count": count, "example": ("21-3456789" * 3)[:count]}
        )
    allowed = {str(place) for place in question.item["places"]} | {BLANK}
    if wrong := next((place for place in given if place not in allowed), None):
        raise Misread(_("“%(typed)s” is no place from 1 to %(last)d.") % {"typed": wrong, "last": count})
    return {
        option["key"]: place for option, place in zip(question.item["options"], given, strict=True) if place != BLANK
    }


def _read_pairs(question, text):
    given = _one_letter_each(text, len(question.item["options"]))
    keys = {letter: match["key"] for letter, match in question.matches}
    if wrong := next((letter for letter in given if letter not in keys and letter != BLANK), None):
        raise _no_such_letter(wrong, list(keys))
    return {
        option["key"]: keys[letter]
        for option, letter in zip(question.item["options"], given, strict=True)
        if letter != BLANK
    }


def _one_letter_each(text, count):
    given = [letter for letter in text.upper() if letter not in " ,;/."]
    if len(given) != count:
        raise Misread(
            _("Type %(count)d letters, one a line of the sheet; for a line left blank, a hyphen: %(example)s")
            % {"count": count, "example": ("BA-CDEFGH" * 3)[:count]}
        )
    return given


def _read_gaps(question, text):
    gaps = question.gaps
    if all(gap.options for gap in gaps):
        given = _one_letter_each(text, len(gaps))
    else:
        given = [part.strip() for part in text.split(BETWEEN)] if len(gaps) > 1 else [text]
        if len(given) != len(gaps) or not all(given):
            example = f"{BETWEEN} ".join("B" if gap.options else _("word") for gap in gaps)
            raise Misread(
                _(
                    "Type %(count)d answers, one a gap of the sheet, with “;” between them; for one left blank, a "
                    "hyphen: %(example)s"
                )
                % {"count": len(gaps), "example": example}
            )
    return {gap.key: _read_gap(gap, said) for gap, said in zip(gaps, given, strict=True) if said != BLANK}


def _read_gap(gap, said):
    if not gap.options:
        return said
    options = dict(gap.options)
    if said.upper() not in options:
        raise _no_such_letter(said, gap.letters)
    return options[said.upper()]["key"]


def _read_words(_question, text):
    return text


_READERS = {
    LETTER: _read_letter,
    LETTERS: _read_letters,
    PLACES: _read_places,
    PAIRS: _read_pairs,
    GAPS: _read_gaps,
    LINE: _read_words,
    LINES: _read_words,
}


def _letters(known, text):
    letters = list(dict.fromkeys(letter for letter in text.upper() if letter not in " ,;/."))
    if not letters:
        raise Misread(_("“%(typed)s” is no answer to this question.") % {"typed": text})
    if wrong := next((letter for letter in letters if letter not in known), None):
        raise _no_such_letter(wrong, known)
    return letters


def _no_such_letter(letter, known):
    return Misread(
        _("There is no “%(letter)s” here: the letters go from %(first)s to %(last)s.")
        % {"letter": letter, "first": known[0], "last": known[-1]}
    )


def _option(question, letter):
    return dict(question.options)[letter]["key"]
