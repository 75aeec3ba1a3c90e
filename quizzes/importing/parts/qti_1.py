"""Items of IMS QTI 1.2, as Canvas, Blackboard and older editors export them."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .percent import forget_usual_percents
from .reading import ReadChoice, ReadQuestion, Skipped, read_marks, read_number, say_unknown_kind
from .xml import text_of

# What Canvas and Blackboard call the kinds that this bank has not.
UNSUPPORTED = {
    "calculated_question": gettext_lazy("Calculated"),
    "Calculated": gettext_lazy("Calculated"),
    "fill_in_multiple_blanks_question": gettext_lazy("Several blanks to fill in"),
    "Fill in the Blank Plus": gettext_lazy("Several blanks to fill in"),
    "multiple_dropdowns_question": gettext_lazy("Select missing words"),
    "Jumbled Sentence": gettext_lazy("Select missing words"),
    "file_upload_question": gettext_lazy("File to hand in"),
    "File Upload": gettext_lazy("File to hand in"),
    "Hot Spot": gettext_lazy("Place in an image"),
    "Opinion Scale": gettext_lazy("Opinion scale"),
}
_ESSAYS = {"essay_question", "Essay", "Short Response"}
_TRUTHS = {"true_false_question", "True/False", "Either/Or"}


@dataclass
class _Condition:
    """What a `respcondition` says: the answers it wants, which of them it wants not, points, and feedback it shows."""

    wanted: list  # (respident, value) in the order of the file
    refused: list
    together: bool
    action: str
    points: Decimal | None
    feedback: list
    between: tuple = ()

    @property
    def gives(self):
        return self.points is not None and self.points > 0


def read_item(element, place, topic, texts):
    """Return the ReadQuestion of an `item`; raises Skipped with the reason."""
    said = {text_of(field, "fieldlabel"): text_of(field, "fieldentry") for field in element.iter("qtimetadatafield")}
    kind = said.get("question_type") or said.get("bbmd_questiontype") or text_of(element.find(".//bbmd_questiontype"))
    if kind == "text_only_question":
        raise Skipped(_("It is a text without an answer, and was left out."), harmless=True)
    presentation = element.find("presentation")
    if kind in UNSUPPORTED or presentation is None or element.find(".//*[@class='RIGHT_MATCH_BLOCK']") is not None:
        raise Skipped(no_such_kind(UNSUPPORTED.get(kind, kind)))
    asked = [found for found in presentation.iter() if found.tag in ("response_lid", "response_str", "response_num")]
    question = ReadQuestion(place, "", _read_text(presentation, texts), topic=topic, name=_title(element))
    points = said.get("points_possible") or text_of(element.find(".//qmd_absolutescore_max"))
    if points:
        question.marks, sentence = read_marks(points)
        texts.warnings += [sentence] if sentence else []
    conditions = [_read_condition(found, element) for found in element.iter("respcondition")]
    feedback = {found.get("ident"): _read_material(found, texts) for found in element.iter("itemfeedback")}
    keyed = _read_answers(question, kind, asked, conditions, texts)
    _give_feedback(question, conditions, feedback, keyed, texts)
    if question.kind in ("single", "multiple", "short_text", "number"):
        texts.warnings += forget_usual_percents(question)
    return question


def no_such_kind(kind):
    """Return the sentence about a kind that this bank has not."""
    return say_unknown_kind(str(kind or "QTI"))


def _title(element):
    title = " ".join((element.get("title") or "").split())
    # What Canvas calls a question that nobody has named.
    return "" if title in ("Question", "Pregunta") else title


def _read_text(presentation, texts):
    """Return the text outside of the answers."""
    inside = {found for answer in presentation.iter() if answer.tag in _ANSWERS for found in answer.iter()}
    parts = [_read_piece(found, texts, image=True) for found in presentation.iter() if found not in inside]
    return "\n\n".join(part for part in parts if part)


_ANSWERS = ("response_lid", "response_str", "response_num", "response_grp", "response_xy")
_PIECES = ("mattext", "matemtext", "mat_formattedtext")


def _read_piece(found, texts, *, line=False, image=False):
    if found.tag == "matimage" and found.get("uri"):
        texts.take_image(found.get("uri"), found.get("label") or "", wanted=image)
    return texts.read_html(found.text or "", line=line, image=image) if found.tag in _PIECES else ""


def _read_material(element, texts, *, line=False):
    parts = [_read_piece(found, texts, line=line) for found in element.iter()]
    return (" " if line else "\n\n").join(part for part in parts if part)


def _read_condition(element, item):
    condition = element.find("conditionvar")
    refused = [found for negated in element.iter("not") for found in negated.iter("varequal")]
    wanted = [found for found in element.iter("varequal") if found not in refused]
    setvar = element.find("setvar")
    points = None
    if setvar is not None and setvar.get("varname", setvar.get("variablename", "SCORE")) in ("SCORE", "que_score"):
        points = _highest(item) if (setvar.text or "").strip() == "SCORE.max" else read_number(setvar.text or "")
    low, high = (condition.find(f".//{tag}") if condition is not None else None for tag in ("vargte", "varlte"))
    return _Condition(
        [_answer(found) for found in wanted],
        [_answer(found) for found in refused],
        # Several stand for alternatives within `or`, and for one answer within `and` or bare.
        together=condition is None or condition.find(".//or") is None,
        action=setvar.get("action", "Set") if setvar is not None else "",
        points=points,
        feedback=[found.get("linkrefid", "") for found in element.iter("displayfeedback")],
        between=(low, high) if low is not None and high is not None else (),
    )


def _answer(found):
    return found.get("respident", ""), (found.text or "").strip()


def _highest(item):
    declared = item.find(".//decvar")
    return (read_number(declared.get("maxvalue") or "") if declared is not None else None) or Decimal(100)


def _read_answers(question, kind, asked, conditions, texts):
    """Fill in the kind and the answers; return the options by their identifiers, where there are any."""
    lids = [found for found in asked if found.tag == "response_lid"]
    if len(lids) > 1 and len(lids) == len(asked):
        _read_pairs(question, lids, conditions, texts)
    elif len(asked) > 1 or not asked:
        raise Skipped(no_such_kind(UNSUPPORTED["fill_in_multiple_blanks_question"] if asked else kind))
    elif not lids:
        _read_written(question, kind, asked[0], conditions)
    elif asked[0].get("rcardinality", "Single").lower() == "ordered":
        _read_order(question, asked[0], conditions, texts)
    else:
        return _read_options(question, kind, asked[0], conditions, texts)
    return {}


def _read_options(question, kind, lid, conditions, texts):
    labels = {label.get("ident", ""): label for label in lid.iter("response_label")}
    several = lid.get("rcardinality", "Single").lower() == "multiple"
    question.kind = "multiple" if several else "true_false" if kind in _TRUTHS else "single"
    percents = _percents(conditions, labels, several)
    keyed = {}
    for ident, label in labels.items():
        percent = percents.get(ident, Decimal(0))
        keyed[ident] = ReadChoice(_read_material(label, texts, line=True), percent > 0, percent)
    question.choices = list(keyed.values())
    if question.kind == "true_false":
        for choice in question.choices:
            choice.fraction = None
    if several and all(percent == 0 for percent in percents.values()):
        raise Skipped(_("It does not say which answer is right."))
    return keyed


def _percents(conditions, labels, several):
    """Return {option: per cent} that the conditions of a question with options give."""
    single = [c for c in conditions if c.points is not None and len(c.wanted) == 1 and not c.refused]
    whole = [c for c in conditions if c.gives and c.together and (len(c.wanted) > 1 or c.refused)]
    if several and whole:
        # All of these and none of the others: our own rule scores it by parts.
        right = {value for _respident, value in max(whole, key=lambda c: c.points).wanted}
        wrong = len(labels) - len(right) or 1
        return {ident: Decimal(100) / len(right) if ident in right else Decimal(-100) / wrong for ident in labels}
    points = {}
    for condition in conditions if not several else single:
        if condition.points is None:
            continue
        sign = -1 if condition.action == "Subtract" else 1
        for _respident, value in condition.wanted:
            points[value] = points.get(value, Decimal(0)) + sign * condition.points
    gained = [value for value in points.values() if value > 0]
    if not gained:
        raise Skipped(_("It does not say which answer is right."))
    highest = sum(gained) if several else max(gained)
    return {ident: rounded(value * 100 / highest) for ident, value in points.items()}


def rounded(percent):
    """Return a per cent as options keep it."""
    return max(min(percent, Decimal(100)), Decimal(-100)).quantize(Decimal("0.00001"))


def _read_pairs(question, lids, conditions, texts):
    question.kind = "matching"
    right = {respident: value for c in conditions if c.gives for respident, value in c.wanted}
    used = set()
    for lid in lids:
        labels = {label.get("ident", ""): label for label in lid.iter("response_label")}
        own = [found for found in lid.iter() if not any(found in label.iter() for label in labels.values())]
        text = " ".join(part for found in own if (part := _read_piece(found, texts, line=True)))
        if right.get(lid.get("ident")) not in labels:
            raise Skipped(_("It does not say which answer is right."))
        used.add(right[lid.get("ident")])
        match = _read_material(labels[right[lid.get("ident")]], texts, line=True)
        question.choices.append(ReadChoice(text, match=match))
    if set(labels) - used:
        texts.warnings.append(_("What goes with nothing was left out: every part of a pair needs one here."))


def _read_order(question, lid, conditions, texts):
    question.kind = "ordering"
    labels = {label.get("ident", ""): label for label in lid.iter("response_label")}
    right = max((c.wanted for c in conditions if c.gives), key=len, default=[])
    if [value for _respident, value in right if value in labels] != [value for _respident, value in right] or len(
        right
    ) != len(labels):
        raise Skipped(_("It does not say which answer is right."))
    question.choices = [ReadChoice(_read_material(labels[value], texts, line=True)) for _respident, value in right]


def _read_written(question, kind, asked, conditions):
    answers = [c for c in conditions if c.gives and (c.wanted or c.between)]
    fib = asked.find(".//render_fib")
    is_number = kind == "numerical_question" or kind == "Numeric" or asked.tag == "response_num"
    is_number = is_number or (fib is not None and fib.get("fibtype", "").lower() in ("integer", "decimal"))
    if kind in _ESSAYS or not answers:
        question.kind = "open"
        return
    question.kind = "number" if is_number else "short_text"
    highest = max(c.points for c in answers)
    for condition in answers:
        percent = rounded(condition.points * 100 / highest)
        if is_number:
            question.choices.append(_number(condition, percent))
        else:
            question.choices += [ReadChoice(value, fraction=percent) for _respident, value in condition.wanted]


def _number(condition, percent):
    """Return the accepted number with its tolerance: an exact one and a range around it, or a range alone."""
    exact = read_number(condition.wanted[0][1]) if condition.wanted else None
    low, high = (read_number(found.text or "") for found in condition.between) if condition.between else (exact, exact)
    if low is None or high is None:
        raise Skipped(_("It does not say which answer is right."))
    middle = exact if exact is not None and exact - low == high - exact else (low + high) / 2
    return ReadChoice(format(middle.normalize(), "f"), fraction=percent, tolerance=abs(high - low) / 2)


def _give_feedback(question, conditions, feedback, keyed, texts):
    """Hang each feedback on the option that shows it; what any answer shows is the general one."""
    left = False
    keyed = keyed or {choice.text: choice for choice in question.choices}
    for condition in conditions:
        for shown in (feedback.get(name) for name in condition.feedback):
            if not shown:
                continue
            if len(condition.wanted) == 1 and condition.wanted[0][1] in keyed:
                keyed[condition.wanted[0][1]].feedback = shown
            elif not condition.wanted and not condition.gives and not question.feedback:
                question.feedback = shown
            elif shown not in (question.feedback, *(choice.feedback for choice in question.choices)):
                left = True
    if left:
        texts.warnings.append(_("The feedback for right, partly right or wrong answers as a whole was left out."))
