"""Question types of Moodle XML."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.base.markup import escape_markup, strip_markup

from .blank import is_left_out, take_pair
from .cases import find_dialogue, title_of
from .gift_answers import FALSE, TRUE
from .grading import say_other_grading
from .html import read_right_side
from .moodle_gaps import read_cloze, read_missing_words
from .moodle_places import read_markers
from .moodle_texts import MoodleTexts, words_in
from .percent import forget_usual_percents
from .reading import ReadCase, ReadChoice, ReadQuestion, Skipped, read_marks, read_number, say_unknown_kind
from .topics import each_once
from .xml import text_of

COMMON_FEEDBACK = {
    "correctfeedback": "right_feedback",
    "partiallycorrectfeedback": "partly_feedback",
    "incorrectfeedback": "wrong_feedback",
}
# Moodle's default texts in English and in the Spanish of Spain and Mexico.
_FILLED_IN = {
    "",
    "your answer is correct",
    "your answer is partially correct",
    "your answer is incorrect",
    "correct answer",
    "partially correct answer",
    "incorrect answer",
    "respuesta correcta",
    "respuesta parcialmente correcta",
    "respuesta incorrecta",
    "su respuesta es correcta",
    "su respuesta es parcialmente correcta",
    "su respuesta es incorrecta",
    "tu respuesta es correcta",
    "tu respuesta es parcialmente correcta",
    "tu respuesta es incorrecta",
}
_TRUTHS = {"true": True, "verdadero": True, "v": True, "t": True, "false": False, "falso": False, "f": False}
UNSUPPORTED = {
    "ddimageortext": gettext_lazy("Drag and drop onto image"),
    "calculated": gettext_lazy("Calculated"),
    "calculatedsimple": gettext_lazy("Calculated"),
    "calculatedmulti": gettext_lazy("Calculated"),
    "random": gettext_lazy("Random question"),
    "randomsamatch": gettext_lazy("Random short-answer matching"),
}


def read_question(element, place, name, topic):
    """Return (ReadQuestion, sentences about what was lost); raises Skipped."""
    kind = element.get("type", "")
    reader = _READERS.get(kind)
    if reader is None:
        shown = UNSUPPORTED.get(kind, kind)
        raise Skipped(say_unknown_kind(str(shown)))
    texts = MoodleTexts()
    question = ReadQuestion(
        place,
        "",
        texts.read(element.find("questiontext"), image=True) or escape_markup(name),
        name=name,
        identifier=text_of(element, "idnumber"),
        feedback=texts.read(element.find("generalfeedback")),
        topic=topic,
        tags=each_once(
            text_of(found, "text") for found in (*element.findall("tags/tag"), *element.findall("coursetags/tag"))
        ),
        published=text_of(element, "hidden") != "1",
    )
    question.image, question.image_text = texts.image, texts.image_text if texts.image else ""
    if grade := text_of(element, "defaultgrade"):
        question.marks, sentence = read_marks(grade)
        texts.warnings += [sentence] if sentence else []
    reader(question, element, texts)
    read_common_feedback(question, element, texts)
    return question, texts.warnings


def read_description(element, place, name):
    texts = MoodleTexts()
    text = texts.read(element.find("questiontext"), image=True)
    if not text and not texts.image:
        text = escape_markup(name)
    text, dialogue = find_dialogue(text)
    case = ReadCase(place, title_of(name, text or dialogue), text, text_of(element, "idnumber"), dialogue)
    case.image, case.image_text = texts.image, texts.image_text if texts.image else ""
    if texts.read(element.find("generalfeedback")):
        texts.warnings.append(_("A case has no feedback: that of this text was left out."))
    if element.find("tags/tag") is not None or element.find("coursetags/tag") is not None:
        texts.warnings.append(_("Its tags were left out."))
    return case, texts.warnings


def read_common_feedback(question, element, texts):
    """Read feedback for right, partly right and wrong answers, without Moodle's defaults."""
    for tag, field in COMMON_FEEDBACK.items():
        words = texts.read(element.find(tag))
        if strip_markup(words).strip(" .").casefold() not in _FILLED_IN:
            setattr(question, field, words)


def _fraction(answer):
    # Very old files have it as a child of the answer.
    inside = read_number(text_of(answer, "fraction"))
    percent = read_number(answer.get("fraction", "0")) if inside is None else inside * 100
    if percent is None or not -100 <= percent <= 100:
        raise Skipped(_("An answer gives “%(percent)s” per cent.") % {"percent": str(answer.get("fraction"))[:20]})
    return percent


def _choices(answers, read_text, texts):
    choices = []
    for answer in answers:
        percent = _fraction(answer)
        choice = ReadChoice(read_text(answer), percent > 0, percent, feedback=texts.read(answer.find("feedback")))
        if not is_left_out(words_in(answer), choice, texts.warnings):
            choices.append(choice)
    return choices


def _read_options(question, element, texts):
    # As in Moodle: single without the element, multiple with an empty one.
    word = "true" if element.find("single") is None else text_of(element, "single").lower()
    question.kind = "single" if word in ("true", "1") else "multiple"
    question.choices = _choices(element.findall("answer"), lambda answer: texts.read(answer, line=True), texts)
    texts.warnings += forget_usual_percents(question)


def _read_truth(question, element, texts):
    question.kind = "true_false"
    answers = element.findall("answer")
    truths = [_TRUTHS.get(text_of(answer, "text").casefold()) for answer in answers]
    if sorted(truths, key=str) != [False, True]:
        truths = [place == 0 for place in range(len(answers))]
        texts.warnings.append(_("Which of its answers is true is not clear: the first one was taken, as Moodle does."))
    for answer, truth in zip(answers, truths, strict=True):
        feedback = texts.read(answer.find("feedback"))
        question.choices.append(ReadChoice(TRUE if truth else FALSE, _fraction(answer) > 0, feedback=feedback))
    question.choices.sort(key=lambda choice: choice.text == FALSE)


def _read_accepted(question, element, texts):
    question.kind = "short_text"
    question.forgives_case = text_of(element, "usecase") != "1"
    question.choices = _choices(element.findall("answer"), texts.read_plain, texts)
    texts.warnings += forget_usual_percents(question)


def _read_numbers(question, element, texts):
    question.kind = "number"
    units = [text_of(unit, "unit_name") for unit in element.findall("units/unit")]
    question.unit = units[0][:40] if units else ""
    if len(units) > 1:
        texts.warnings.append(
            _("A number has one unit here, so the others were left out: “%(unit)s” stays.") % {"unit": units[0]}
        )
    for answer in element.findall("answer"):
        text, percent = text_of(answer, "text"), _fraction(answer)
        tolerance = read_number(text_of(answer, "tolerance") or "0")
        choice = ReadChoice(text, fraction=percent, feedback=texts.read(answer.find("feedback")))
        if text != "*":
            if (number := read_number(text, question.unit)) is None or tolerance is None:
                raise Skipped(_("“%(text)s” is neither a number nor a range of numbers.") % {"text": text[:40]})
            choice.text, choice.tolerance = format(number, "f"), abs(tolerance) or None
        question.choices.append(choice)
    texts.warnings += forget_usual_percents(question)


def _read_pairs(question, element, texts):
    question.kind = "matching"
    for pair in element.findall("subquestion"):
        choice = ReadChoice(texts.read(pair, line=True), match=read_right_side(words_in(pair.find("answer"))))
        take_pair(question.choices, choice, words_in(pair))


def _read_essay(question, element, texts):
    question.kind = "open"
    question.marking_guide = texts.read(element.find("graderinfo"))
    if texts.read(element.find("responsetemplate")):
        texts.warnings.append(_("The text to begin the answer with was left out."))
    if text_of(element, "attachments") not in ("", "0"):
        texts.warnings.append(_("Files can’t be handed in here: people write their answer."))


def _read_order(question, element, texts):
    question.kind = "ordering"
    for answer in element.findall("answer"):
        choice = ReadChoice(texts.read(answer, line=True), feedback=texts.read(answer.find("feedback")))
        if not is_left_out(words_in(answer), choice, texts.warnings):
            question.choices.append(choice)
    counted = [read_number(answer.get("fraction", "")) or 0 for answer in element.findall("answer")]
    if counted != sorted(counted):
        texts.warnings.append(
            _("Its steps are numbered otherwise than they stand: as in Moodle, the order in the file counts.")
        )
    select = text_of(element, "selecttype").upper() or "RANDOM"
    some = read_number(text_of(element, "selectcount")) or 6
    texts.warnings += say_other_grading(
        text_of(element, "gradingtype"), 0 if select in ("ALL", "0") else int(some), len(question.choices)
    )


_READERS = {
    "multichoice": _read_options,
    "truefalse": _read_truth,
    "shortanswer": _read_accepted,
    "numerical": _read_numbers,
    "matching": _read_pairs,
    "match": _read_pairs,
    "essay": _read_essay,
    "ordering": _read_order,
    "gapselect": read_missing_words,
    "ddwtos": read_missing_words,
    "cloze": read_cloze,
    "multianswer": read_cloze,
    "ddmarker": read_markers,
}
