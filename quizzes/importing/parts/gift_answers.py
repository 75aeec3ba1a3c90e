"""Answers between the braces of a GIFT question."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .blank import is_left_out, take_pair
from .gift_text import split_at, split_once, unescape
from .grading import say_other_grading
from .html import read_right_side
from .percent import forget_usual_percents
from .reading import ReadChoice, Skipped, read_number

# Each is whole, so that «Hablar» is no «H».
_WORDS = (
    ("select", r"ALL|EXACT|RANDOM|CONTIGUOUS"),
    ("layout", r"HORIZONTAL|HORI|H|VERTICAL|VERT|V"),
    ("grading", r"(?:ABSOLUTE|RELATIVE|LONGEST|ALL_OR)(?:_[A-Z]+)+|ABSOLUTE|RELATIVE|ABS|REL"),
    ("shown", r"SHOW|HIDE|YES|NO|TRUE|FALSE"),
    ("numbering", r"none|123|abc|ABCD|ABC|iii|IIII|III"),
)


def read_order(question, answers, texts):
    question.kind = "ordering"
    head, _end, rest = answers.partition("\n")
    number, head = re.fullmatch(r"\s*(\d*)(.*)", head).groups()
    said = {}
    for name, words in _WORDS if number else ():
        if match := re.match(rf"\s+({words})(?=\s|$)", head):
            said[name], head = match.group(1), head[match.end() :]
    lines = [line for line in (head, *rest.split("\n")) if line.strip()]
    question.choices = [ReadChoice(texts.read(line, line=True)) for line in lines]
    some = int(number) if number and said.get("select", "RANDOM") != "ALL" else 0
    texts.warnings += say_other_grading(said.get("grading", ""), some, len(lines))


TRUE, FALSE = gettext_lazy("True"), gettext_lazy("False")

_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d+)?)%")
_TRUTH = re.compile(r"\s*(T|TRUE|F|FALSE|V|VERDADERO|FALSO)\s*", re.IGNORECASE)
_OURS = ("T", "TRUE", "F", "FALSE")
_CLOZE = re.compile(r"\s*\d*:[A-Z_]+:")
_NO_WEIGHT = re.compile(r"\s*%\s*[-+]?\s*\d{1,3}(?:[.,]\d+)?\s*%")


def read_answers(question, inside, texts):
    """Set the kind, the options and the feedback of a question; raises Skipped."""
    inside, feedback = _split_feedback(inside)
    question.feedback = texts.read(feedback)
    answers, signs = inside.strip(), {sign for sign, _text in split_at(inside, "=~")}
    if not answers:
        question.kind = "open"
    elif _CLOZE.match(answers):
        raise Skipped(_("It has a gap of Moodle’s own (Cloze), which GIFT does not know: bring it as Moodle XML."))
    elif answers.startswith("#"):
        _read_numbers(question, answers[1:], texts)
    elif answers.startswith(">"):
        read_order(question, answers[1:], texts)
    elif "~" in signs:
        _read_options(question, answers, texts)
    elif any("->" in split_once(text, "#")[0] for sign, text in split_at(answers, "=") if sign):
        _read_pairs(question, answers, texts)
    elif truth := _TRUTH.fullmatch(split_once(answers, "#")[0]):
        _read_truth(question, truth.group(1).upper(), answers, texts)
    else:
        _read_accepted(question, answers, texts)


def _split_feedback(inside):
    match = re.search(r"(?:\\.|(?!####)[^\\])*", inside, re.DOTALL)
    return inside[: match.end()], inside[match.end() + 4 :]


def _split_answer(text):
    weight = None
    if match := _WEIGHT.match(text):
        weight, text = Decimal(match.group(1)), text[match.end() :]
    elif match := _NO_WEIGHT.match(text):
        raise Skipped(
            _("“%(percent)s” is no per cent of GIFT: its number has a point and neither spaces nor a plus sign.")
            % {"percent": match.group().strip()}
        )
    answer, _sign, feedback = split_once(text, "#")
    return weight, answer, feedback


def _read_options(question, answers, texts):
    single = False
    for sign, raw in _signed(answers, "=~"):
        weight, text, feedback = _split_answer(raw)
        right = sign == "=" and weight is None
        single = single or (sign == "=" and weight in (None, 100))
        fraction = Decimal(100) if right else weight or Decimal(0)
        choice = ReadChoice(texts.read(text, line=True), fraction > 0, fraction, texts.read(feedback))
        if not is_left_out(unescape(text), choice, texts.warnings):
            question.choices.append(choice)
    question.kind = "single" if single else "multiple"
    texts.warnings += forget_usual_percents(question)


def _read_accepted(question, answers, texts):
    question.kind = "short_text"
    for _sign, raw in _with_first(answers, "="):
        weight, text, feedback = _split_answer(raw)
        fraction = Decimal(100) if weight is None else weight
        choice = ReadChoice(texts.read_plain(text), fraction=fraction, feedback=texts.read(feedback))
        if not is_left_out(unescape(text), choice, texts.warnings):
            question.choices.append(choice)
    if not question.choices:
        raise Skipped(_("It has no answer: after “=” there is nothing."))
    texts.warnings += forget_usual_percents(question)


def _read_pairs(question, answers, texts):
    question.kind = "matching"
    for _sign, raw in _signed(answers, "="):
        if not raw.strip():
            continue
        pair, _hash, feedback = split_once(raw, "#")
        left, arrow, right = pair.partition("->")
        if not arrow:
            raise Skipped(_("It has pairs, and “%(text)s” has no arrow “->”.") % {"text": raw.strip()[:40]})
        feedback = texts.read(feedback)
        pair = ReadChoice(texts.read(left, line=True), match=read_right_side(unescape(right)), feedback=feedback)
        take_pair(question.choices, pair, unescape(left))


def _read_truth(question, word, answers, texts):
    question.kind, truth = "true_false", word[0] in "TV"
    comments = [text for sign, text in split_at(answers, "#") if sign] + ["", ""]
    wrong, right = (texts.read(text) for text in comments[:2])
    question.choices = [
        ReadChoice(TRUE, is_correct=truth, feedback=right if truth else wrong),
        ReadChoice(FALSE, is_correct=not truth, feedback=wrong if truth else right),
    ]
    if word not in _OURS:
        texts.warnings.append(
            _("“%(word)s” is read as true or false; Moodle would take it for a short answer.") % {"word": word}
        )


def _read_numbers(question, answers, texts):
    question.kind = "number"
    for sign, raw in _with_first(answers, "=~"):
        weight, text, feedback = _split_answer(raw)
        if sign == "~" or text.strip() == "*":
            question.choices.append(ReadChoice("*", fraction=weight or Decimal(0), feedback=texts.read(feedback)))
            continue
        number, tolerance = read_range(unescape(text))
        fraction = Decimal(100) if weight is None else weight
        question.choices.append(
            ReadChoice(number, fraction=fraction, feedback=texts.read(feedback), tolerance=tolerance or None)
        )
    texts.warnings += forget_usual_percents(question)


def read_range(text):
    """Return (number, tolerance) of `37.5:0.5` or of a range `37..38`, as text; raises Skipped."""
    text = text.strip()
    if "%" in text:
        raise Skipped(_("“%(text)s”: a tolerance is a number here, not a per cent.") % {"text": text[:40]})
    if ".." in text:
        low, high = (read_number(part) for part in text.split("..", 1))
        if low is not None and high is not None and low <= high:
            return _write((low + high) / 2), (high - low) / 2
    else:
        number, _sign, tolerance = text.partition(":")
        number, tolerance = read_number(number), read_number(tolerance) if tolerance.strip() else Decimal(0)
        if number is not None and tolerance is not None and tolerance >= 0:
            return _write(number), tolerance
    raise Skipped(_("“%(text)s” is neither a number nor a range of numbers.") % {"text": text[:40]})


def _write(number):
    return format(number, "f")


def _signed(answers, signs):
    parts = split_at(answers.strip(), signs)
    if parts[0][1].strip():
        raise Skipped(_("Before the first “=” or “~” stands “%(text)s”.") % {"text": parts[0][1].strip()[:40]})
    return parts[1:]


def _with_first(answers, signs):
    parts = split_at(answers.strip(), signs)
    return parts if parts[0][1].strip() else parts[1:]
