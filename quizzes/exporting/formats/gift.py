"""Export as GIFT, the text format of Moodle."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.exporting.parts.cases import keep_together, lay_out
from quizzes.exporting.parts.losses import find_gift_losses, find_unfinished, is_true, leave_out
from quizzes.exporting.parts.pairs import write_right_side
from quizzes.exporting.parts.percents import full_percents, write_number
from quizzes.importing.parts.cases import tell_case
from quizzes.importing.parts.gift_text import GiftText, begins_with_format, begins_with_weight, escape
from quizzes.importing.parts.topics import join_category

name = "gift"
label = gettext_lazy("Moodle GIFT")
suffix = ".gift.txt"
content_type = "text/plain; charset=utf-8"
with_images = False


def write(questions):
    written, warnings = [], []
    for question in keep_together(questions):
        warnings += [question.problem(sentence) for sentence in find_gift_losses(question)]
        writer = _WRITERS.get(question.kind)
        if writer is None or (reason := _find_obstacle(question)):
            reason = reason if writer else _("GIFT has no questions of this kind: it is not in the file.")
            warnings.append(leave_out(question, reason))
            continue
        written.append((question, _write_question(question, writer)))
    parts, losses = lay_out(written, write_category=_write_category, write_case=_write_case, topic=())
    return "".join(parts).encode(), warnings + losses


def _write_category(topic):
    return f"$CATEGORY: {join_category(topic)}\n\n"


def _write_case(case):
    told = tell_case(case) or case.image_text or case.title
    text_format = "" if GiftText().read(escape(told)) == told else "[markdown]"
    start = (text_format or "[moodle]") if text_format or begins_with_format(told) else ""
    return f"// [id:{_note(case.identifier)}]\n::{escape(case.title)}::{start}{escape(told)}\n\n"


def _find_obstacle(question):
    if question.kind in ("short_text", "matching") and any("->" in choice.text for choice in question.choices):
        return _("In GIFT “->” makes pairs, and it stands in an answer: the question is not in the file.")
    if unfinished := find_unfinished(question):
        return _("It is not finished, so it is not in the file: %(what)s") % {"what": unfinished}
    return ""


def _write_question(question, writer):
    text = _Texts(question)
    notes = "".join(f" [tag:{_note(tag)}]" for tag in question.tags)
    answers = writer(question, text)
    feedback = f"####{text(question.feedback)}" if question.feedback else ""
    if answers.startswith("\n"):
        feedback = f"\n\t{feedback}\n" if feedback else "\n"
    head = f"// [id:{_note(question.identifier)}]{notes}\n::{escape(question.name)}::"
    return f"{head}{text.write_first(question.text)}{{{answers}{feedback}}}\n\n"


def _note(text):
    return " ".join(text.replace("\\", "\\\\").replace("]", "\\]").split())


class _Texts:
    def __init__(self, question):
        texts = [question.text, question.feedback, *(choice.feedback for choice in question.choices)]
        if question.kind not in ("short_text", "number"):
            texts += [choice.text for choice in question.choices]
        self.format = "" if all(GiftText().read(escape(text)) == text for text in texts) else "[markdown]"

    def __call__(self, text):
        """Return a text in the question's format; a prefix is written only if the text seems to have another."""
        return (self.format or "[moodle]") * begins_with_format(text) + escape(text)

    def write_first(self, text):
        """Return the question text with the prefix that sets the format of all texts."""
        return (self.format or "[moodle]" * begins_with_format(text)) + escape(text)


def _write_typed(text):
    return "[plain]" * begins_with_format(text) + escape(text)


def _feedback(choice, text):
    return f"#{text(choice.feedback)}" if choice.feedback else ""


def _write_options(question, text):
    lines = []
    for choice in question.choices:
        sign, percent = ("=", 100) if choice.is_correct else ("~", choice.fraction or 0)
        weight = f"%{write_number(percent)}%" if percent not in (0, 100) or begins_with_weight(choice.text) else ""
        lines.append(f"\n\t{sign}{weight}{text(choice.text)}{_feedback(choice, text)}")
    return "".join(lines)


def _write_multiple(question, text):
    return "".join(
        f"\n\t~%{write_number(percent)}%{text(choice.text)}{_feedback(choice, text)}"
        for choice, percent in zip(question.choices, full_percents(question), strict=True)
    )


def _write_accepted(question, text):
    return "".join(
        f"\n\t=%{write_number(percent)}%{_write_typed(choice.text)}{_feedback(choice, text)}"
        for choice, percent in zip(question.choices, full_percents(question), strict=True)
    )


def _write_numbers(question, text):
    return "\n\t#" + "".join(
        f"\n\t~#{text(choice.feedback)}"
        if choice.text == "*" and not percent
        else f"\n\t=%{write_number(percent)}%{choice.text}"
        f"{f':{write_number(choice.tolerance)}' if choice.tolerance else ''}{_feedback(choice, text)}"
        for choice, percent in zip(question.choices, full_percents(question), strict=True)
    )


def _write_pairs(question, text):
    return "".join(
        f"\n\t={text(choice.text)} -> {escape(write_right_side(choice.match))}" for choice in question.choices
    )


def _write_truth(question, text):
    right = next(choice for choice in question.choices if choice.is_correct)
    wrong = next(choice for choice in question.choices if not choice.is_correct)
    comments = _feedback(wrong, text) or "#" * bool(right.feedback)
    return f"{'TRUE' if is_true(right, question) else 'FALSE'}{comments}{_feedback(right, text)}"


_WRITERS = {
    "single": _write_options,
    "multiple": _write_multiple,
    "short_text": _write_accepted,
    "number": _write_numbers,
    "matching": _write_pairs,
    "true_false": _write_truth,
    "open": lambda question, text: "",
}
