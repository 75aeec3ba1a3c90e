"""What stands between the braces of a GIFT question: it says what kind the question is, and its answers."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .gift_text import split_at, split_once, unescape
from .percent import forget_usual_percents
from .reading import ReadChoice, Skipped, read_number

# In the language of the bank, which whoever plans the import knows.
TRUE, FALSE = gettext_lazy("True"), gettext_lazy("False")

_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d+)?)%")
_TRUTH = re.compile(r"\s*(T|TRUE|F|FALSE)\s*", re.IGNORECASE)


def read_answers(question, inside, texts):
    """Fill in the kind, the options and the feedback of a question; raises Skipped with the reason if it can't be."""
    inside, feedback = _split_feedback(inside)
    question.feedback = texts.read(feedback)
    answers, signs = inside.strip(), {sign for sign, _text in split_at(inside, "=~")}
    if not answers:
        question.kind = "open"
    elif answers.startswith("#"):
        _read_numbers(question, answers[1:], texts)
    elif "~" in signs:
        _read_options(question, answers, texts)
    elif "=" in signs and all("->" in text for sign, text in split_at(answers, "=") if sign):
        _read_pairs(question, answers, texts)
    elif truth := _TRUTH.fullmatch(split_once(answers, "#")[0]):
        _read_truth(question, truth.group(1)[0].upper() == "T", answers, texts)
    elif "=" in signs:
        _read_accepted(question, answers, texts)
    else:
        raise Skipped(_("What stands between «{» and «}» is no answer: each begins with «=» or «~»."))


def _split_feedback(inside):
    """Return the answers and the general feedback, which begins with four signs `#`."""
    match = re.search(r"(?:\\.|(?!####)[^\\])*", inside, re.DOTALL)
    return inside[: match.end()], inside[match.end() + 4 :]


def _split_answer(text):
    """Return (per cent or None, text, feedback) of an answer such as `%50%Galilea#Más preciso`."""
    weight = None
    if match := _WEIGHT.match(text):
        weight, text = Decimal(match.group(1)), text[match.end() :]
    answer, _sign, feedback = split_once(text, "#")
    return weight, answer, feedback


def _read_options(question, answers, texts):
    """`=` is right and makes it single choice; without any, weights say what each option gives."""
    single = False
    for sign, raw in _signed(answers, "=~"):
        weight, text, feedback = _split_answer(raw)
        single = single or sign == "="
        right = sign == "=" and weight is None
        question.choices.append(
            ReadChoice(
                texts.read(text, line=True),
                is_correct=right if sign == "=" else bool(weight and weight > 0),
                fraction=Decimal(100) if right else weight or Decimal(0),
                feedback=texts.read(feedback),
            )
        )
    question.kind = "single" if single else "multiple"
    forget_usual_percents(question)


def _read_accepted(question, answers, texts):
    question.kind = "short_text"
    for _sign, raw in _signed(answers, "="):
        weight, text, feedback = _split_answer(raw)
        fraction = Decimal(100) if weight is None else weight
        question.choices.append(ReadChoice(texts.read_plain(text), fraction=fraction, feedback=texts.read(feedback)))
    forget_usual_percents(question)


def _read_pairs(question, answers, texts):
    question.kind = "matching"
    for _sign, raw in _signed(answers, "="):
        pair, _hash, feedback = split_once(raw, "#")
        left, _arrow, right = pair.partition("->")
        if not left.strip():
            texts.warnings.append(
                _("«%(text)s» goes with nothing, and every part of a pair needs one here: it was left out.")
                % {"text": texts.read_plain(right)[:60]}
            )
            continue
        question.choices.append(
            ReadChoice(texts.read(left, line=True), match=texts.read_plain(right), feedback=texts.read(feedback))
        )


def _read_truth(question, truth, answers, texts):
    """After the word comes the feedback for who is wrong, then that for who is right."""
    question.kind = "true_false"
    comments = [text for sign, text in split_at(answers, "#") if sign] + ["", ""]
    wrong, right = (texts.read(text) for text in comments[:2])
    question.choices = [
        ReadChoice(TRUE, is_correct=truth, feedback=right if truth else wrong),
        ReadChoice(FALSE, is_correct=not truth, feedback=wrong if truth else right),
    ]


def _read_numbers(question, answers, texts):
    question.kind = "number"
    signed = _signed(answers, "=~") if split_at(answers, "=~")[1:] else [("=", answers)]
    for sign, raw in signed:
        weight, text, feedback = _split_answer(raw)
        if sign == "~" or text.strip() == "*":
            # What is said to whoever is wrong.
            question.choices.append(ReadChoice("*", fraction=weight or Decimal(0), feedback=texts.read(feedback)))
            continue
        number, tolerance = read_range(unescape(text))
        fraction = Decimal(100) if weight is None else weight
        question.choices.append(
            ReadChoice(number, fraction=fraction, feedback=texts.read(feedback), tolerance=tolerance or None)
        )
    forget_usual_percents(question)


def read_range(text):
    """Return the number, as text, and the tolerance of `37.5:0.5` or of a range `37..38`; raises Skipped."""
    text = text.strip()
    if ".." in text:
        low, high = (read_number(part) for part in text.split("..", 1))
        if low is not None and high is not None and low <= high:
            return _write((low + high) / 2), (high - low) / 2
    else:
        number, _sign, tolerance = text.partition(":")
        number, tolerance = read_number(number), read_number(tolerance) if tolerance.strip() else Decimal(0)
        if number is not None and tolerance is not None and tolerance >= 0:
            return _write(number), tolerance
    raise Skipped(_("«%(text)s» is neither a number nor a range of numbers.") % {"text": text[:40]})


def _write(number):
    return format(number, "f")


def _signed(answers, signs):
    parts = split_at(answers.strip(), signs)
    if parts[0][1].strip():
        raise Skipped(_("Before the first «=» or «~» stands «%(text)s».") % {"text": parts[0][1].strip()[:40]})
    return parts[1:]
