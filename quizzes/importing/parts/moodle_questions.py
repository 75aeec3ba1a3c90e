"""The kinds of question of Moodle, each as a kind of ours."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .gift_answers import FALSE, TRUE
from .moodle_texts import MoodleTexts
from .percent import forget_usual_percents
from .reading import ReadChoice, ReadQuestion, Skipped, read_marks, read_number, say_unknown_kind
from .xml import text_of

# What Moodle calls the kinds that this bank has not.
UNSUPPORTED = {
    "cloze": gettext_lazy("Embedded answers (Cloze)"),
    "multianswer": gettext_lazy("Embedded answers (Cloze)"),
    "gapselect": gettext_lazy("Select missing words"),
    "ddwtos": gettext_lazy("Drag and drop into text"),
    "ddimageortext": gettext_lazy("Drag and drop onto image"),
    "ddmarker": gettext_lazy("Drag and drop markers"),
    "calculated": gettext_lazy("Calculated"),
    "calculatedsimple": gettext_lazy("Calculated"),
    "calculatedmulti": gettext_lazy("Calculated"),
    "random": gettext_lazy("Random question"),
    "randomsamatch": gettext_lazy("Random short-answer matching"),
}


def read_question(element, place, name, topic):
    """Return a ReadQuestion and the sentences about what was lost; raises Skipped with the reason."""
    kind = element.get("type", "")
    reader = _READERS.get(kind)
    if kind == "description":
        raise Skipped(_("It is a text without an answer, and was left out."), harmless=True)
    if reader is None:
        shown = UNSUPPORTED.get(kind, kind)
        raise Skipped(say_unknown_kind(str(shown)))
    texts = MoodleTexts()
    question = ReadQuestion(
        place,
        "",
        texts.read(element.find("questiontext"), image=True),
        name=name,
        identifier=text_of(element, "idnumber"),
        feedback=texts.read(element.find("generalfeedback")),
        topic=topic,
        tags=tuple(dict.fromkeys(tag for found in element.findall("tags/tag") if (tag := text_of(found, "text")))),
        published=text_of(element, "hidden") != "1",
    )
    question.image, question.image_text = texts.image, texts.image_text if texts.image else ""
    if grade := text_of(element, "defaultgrade"):
        question.marks, sentence = read_marks(grade)
        texts.warnings += [sentence] if sentence else []
    reader(question, element, texts)
    _warn_about_common_feedback(element, texts)
    return question, texts.warnings


def _warn_about_common_feedback(element, texts):
    """Moodle has feedback for whoever is right, partly or not at all; here it hangs on each option."""
    for tag in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        words = texts.read(element.find(tag)) if element.find(tag) is not None else ""
        # What Moodle fills in by itself says nothing: «Respuesta correcta».
        if len(words.split()) > 6:
            texts.warnings.append(_("The feedback for right, partly right or wrong answers as a whole was left out."))
            return


def _fraction(answer):
    percent = read_number(answer.get("fraction", "0"))
    if percent is None or not -100 <= percent <= 100:
        raise Skipped(_("An answer gives «%(percent)s» per cent.") % {"percent": str(answer.get("fraction"))[:20]})
    return percent


def _choice(answer, text, texts, **fields):
    percent = _fraction(answer)
    return ReadChoice(text, percent > 0, percent, feedback=texts.read(answer.find("feedback")), **fields)


def _read_options(question, element, texts):
    question.kind = "single" if text_of(element, "single").lower() in ("true", "1", "") else "multiple"
    question.choices = [_choice(a, texts.read(a, line=True), texts) for a in element.findall("answer")]
    forget_usual_percents(question)


def _read_truth(question, element, texts):
    question.kind = "true_false"
    for answer in element.findall("answer"):
        truth = text_of(answer, "text").lower() == "true"
        feedback = texts.read(answer.find("feedback"))
        question.choices.append(ReadChoice(TRUE if truth else FALSE, _fraction(answer) > 0, feedback=feedback))
    # Moodle writes the right one first; here «Verdadero» always is.
    question.choices.sort(key=lambda choice: choice.text == FALSE)


def _read_accepted(question, element, texts):
    question.kind = "short_text"
    question.forgives_case = text_of(element, "usecase") != "1"
    question.choices = [_choice(a, texts.read_plain(a), texts) for a in element.findall("answer")]
    forget_usual_percents(question)


def _read_numbers(question, element, texts):
    question.kind = "number"
    for answer in element.findall("answer"):
        text = text_of(answer, "text")
        tolerance = read_number(text_of(answer, "tolerance") or "0")
        if text == "*":
            question.choices.append(_choice(answer, text, texts))
            continue
        if (number := read_number(text)) is None or tolerance is None:
            raise Skipped(_("«%(text)s» is neither a number nor a range of numbers.") % {"text": text[:40]})
        question.choices.append(_choice(answer, format(number, "f"), texts, tolerance=abs(tolerance) or None))
    units = [text_of(unit, "unit_name") for unit in element.findall("units/unit")]
    question.unit = units[0][:40] if units else ""
    if len(units) > 1:
        texts.warnings.append(
            _("A number has one unit here, so the others were left out: «%(unit)s» stays.") % {"unit": units[0]}
        )
    forget_usual_percents(question)


def _read_pairs(question, element, texts):
    question.kind = "matching"
    for pair in element.findall("subquestion"):
        left, right = texts.read(pair, line=True), texts.read_plain(pair.find("answer"))
        if left:
            question.choices.append(ReadChoice(left, match=right))
        else:
            texts.warnings.append(
                _("«%(text)s» goes with nothing, and every part of a pair needs one here: it was left out.")
                % {"text": right[:60]}
            )


def _read_essay(question, element, texts):
    question.kind = "open"
    question.marking_guide = texts.read(element.find("graderinfo"))
    if texts.read(element.find("responsetemplate")):
        texts.warnings.append(_("The text to begin the answer with was left out."))
    if text_of(element, "attachments") not in ("", "0"):
        texts.warnings.append(_("Files can't be handed in here: people write their answer."))


def _read_order(question, element, texts):
    """The plugin «ordering»: its answers stand in their order, which `fraction` counts."""
    question.kind = "ordering"
    answers = sorted(
        element.findall("answer"), key=lambda answer: read_number(answer.get("fraction", "")) or Decimal(0)
    )
    question.choices = [
        ReadChoice(texts.read(answer, line=True), feedback=texts.read(answer.find("feedback"))) for answer in answers
    ]


_READERS = {
    "multichoice": _read_options,
    "truefalse": _read_truth,
    "shortanswer": _read_accepted,
    "numerical": _read_numbers,
    "matching": _read_pairs,
    "essay": _read_essay,
    "ordering": _read_order,
}
