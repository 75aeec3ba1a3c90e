"""Gaps in Moodle XML: words to choose or drag, and embedded answers (Cloze)."""

import re
from decimal import Decimal
from html import unescape
from itertools import count
from xml.etree.ElementTree import Element, SubElement

from django.utils.translation import gettext as _

from quizzes.base.markup import escape_markup, find_gaps, renumber_gaps

from .html import convert_html, is_html, words_of
from .moodle_texts import MoodleTexts, words_in
from .percent import exact_percent
from .reading import MOST_IN_ONE, ReadChoice, Skipped, read_number

MOST_GAPS = 99
_BEGIN = re.compile(r"\{(\d{0,4}):([A-Z_]{2,20}):")
_CHOICES = {"MULTICHOICE", "MC"} | {f"MULTICHOICE_{way}" for way in ("V", "H", "S", "VS", "HS")}
_CHOICES |= {f"MC{way}" for way in ("V", "H", "S", "VS", "HS")}
_WORDS, _EXACT_WORDS = {"SHORTANSWER", "SA", "MW"}, {"SHORTANSWER_C", "SAC", "MWC"}
_NUMBERS = {"NUMERICAL", "NM"}
_SEVERAL = {"MULTIRESPONSE", "MR"} | {f"MULTIRESPONSE_{way}" for way in ("H", "S", "HS")}
_SEVERAL |= {f"MR{way}" for way in ("H", "S", "HS")}
_KINDS = _CHOICES | _WORDS | _EXACT_WORDS | _NUMBERS | _SEVERAL
_END = re.compile(r"(?<!\\)\}")
_SHARE = re.compile(r"\s*(?:=|%(-?\d+(?:[.,]\d*)?)%)")


def read_missing_words(question, element, texts):
    """Read «gapselect» or «ddwtos»: each gap gets the options of its group."""
    question.kind = "gaps"
    boxes = [*element.findall("selectoption"), *element.findall("dragbox")]
    options = [(texts.read(box, line=True), (box.findtext("group") or "1").strip()) for box in boxes]
    wanted = find_gaps(question.text)
    _refuse_too_many(wanted)
    question.text = renumber_gaps(question.text, count(1))
    for gap, number in enumerate(wanted, start=1):
        right, group = options[number - 1] if number <= len(options) else ("", "")
        if not right:
            raise Skipped(_("Its gap [[%(gap)d]] has no option that belongs there.") % {"gap": number})
        of_group = dict.fromkeys(text for text, other in options if other == group and text)
        question.choices += [ReadChoice(text, text == right, gap=gap) for text in of_group]
        _refuse_too_many(wanted, question.choices)
        _refuse_one_option(question, gap)
    if element.get("type") == "ddwtos":
        texts.warnings.append(_("Its words to drag are lists to choose from here, one in each gap."))


def read_cloze(question, element, texts):
    question.kind = "gaps"
    asked = element.find("questiontext")
    codes, left = take_codes(words_in(asked))
    if not codes:
        raise Skipped(_("Its text has no embedded answer that can be read."))
    _refuse_too_many(codes, [answer for code in codes for answer in code.answers])
    question.text = MoodleTexts().read(_with_text(asked, left))
    for gap, code in enumerate(codes, start=1):
        question.choices += code.read_choices(gap, texts)
        _refuse_one_option(question, gap, typed=code.kind not in _CHOICES)
    _read_points(question, [code.points for code in codes], texts)
    exact = [code.kind in _EXACT_WORDS for code in codes if code.kind not in _CHOICES]
    question.forgives_case = not exact or not all(exact)
    if any(exact) and not all(exact):
        texts.warnings.append(_("In some of its gaps capitals matter in Moodle, and here they don’t in any."))


class Code:
    """An embedded answer: its points, its kind, and its raw answers as (share, text, feedback)."""

    def __init__(self, points, kind, answers):
        self.points, self.kind = points, kind
        self.answers = [_split_answer(answer) for answer in answers if answer.strip()]

    def read_choices(self, gap, texts):
        """Return the ReadChoices of the gap; raises Skipped."""
        if self.kind in _NUMBERS:
            raise Skipped(_("Its gap %(gap)d asks for a number, and gaps take words here.") % {"gap": gap})
        if self.kind in _SEVERAL:
            raise Skipped(_("Its gap %(gap)d takes several options, and one at a time here.") % {"gap": gap})
        choices = [self._read_choice(gap, *answer) for answer in self.answers]
        if self.kind not in _CHOICES:
            return choices
        if sum(choice.is_correct for choice in choices) > 1:
            raise Skipped(_("Its gap %(gap)d has several right options, and a gap takes one here.") % {"gap": gap})
        if any((choice.fraction or 0) < 0 for choice in choices):
            texts.warnings.append(_("In a gap no option takes points away: what was below zero earns nothing."))
        for choice in choices:
            choice.fraction = choice.fraction if (choice.fraction or 0) > 0 and not choice.is_correct else None
        return choices

    def _read_choice(self, gap, percent, text, feedback):
        is_choice = self.kind in _CHOICES
        return ReadChoice(
            _marked(text) if is_choice else _typed(text),
            percent >= 100 or not is_choice,
            None if percent == 100 else percent,
            feedback=_marked(feedback),
            gap=gap,
        )


def take_codes(html):
    """Return (Codes of a text, the text with [[1]], [[2]]… in their places)."""
    codes, left, place = [], [], 0
    for match in _BEGIN.finditer(html):
        if match[2] not in _KINDS or match.start() < place:
            continue
        end = _END.search(html, match.end())
        if end is None:
            break
        codes.append(Code(int(match[1] or 1), match[2], _split(html[match.end() : end.start()], "~")))
        left += [html[place : match.start()], f"[[{len(codes)}]]"]
        place = end.end()
    return codes, "".join([*left, html[place:]])


def _split(text, sign):
    return re.split(rf"(?<!\\){sign}", text)


def _split_answer(raw):
    match = _SHARE.match(raw)
    percent = Decimal(0)
    if match:
        percent = exact_percent((read_number(match[1]) or Decimal(0)) if match[1] else Decimal(100))
    # A «#» of an entity, as in &#126;, begins no feedback.
    text, _sign, feedback = re.sub(
        r"(?<!\\)(?<!&)(?<!&amp;)#", "\0", raw[match.end() if match else 0 :], count=1
    ).partition("\0")
    return percent, text, feedback


def _unescape(raw):
    return re.sub(r"\\([}~#/\"])", r"\1", unescape(raw)).strip()


def _marked(raw):
    text = _unescape(raw)
    return convert_html(text, line=True).text if is_html(text) else escape_markup(text)


def _typed(raw):
    text = _unescape(raw)
    return words_of(convert_html(text, line=True).text) if "<" in text and is_html(text) else " ".join(text.split())


def _with_text(element, text):
    copy = Element(element.tag, element.attrib)
    SubElement(copy, "text").text = text
    return copy


def _refuse_too_many(gaps, options=()):
    if len(gaps) > MOST_GAPS or len(options) > MOST_IN_ONE:
        raise Skipped(_("It has more gaps, or more options in them, than one can look through."))


def _refuse_one_option(question, gap, *, typed=False):
    if not typed and sum(choice.gap == gap for choice in question.choices) < 2:
        raise Skipped(_("Its gap %(gap)d has one option only: there is nothing to choose from.") % {"gap": gap})


def _read_points(question, points, texts):
    question.marks = min(max(sum(points), 1), 100)
    if len(set(points)) > 1:
        texts.warnings.append(_("Its gaps are worth more and less in Moodle; here they count alike."))
    if question.marks != sum(points):
        texts.warnings.append(
            _("Points are whole numbers from 1 to 100 here: %(points)s became %(whole)d.")
            % {"points": sum(points), "whole": question.marks}
        )
