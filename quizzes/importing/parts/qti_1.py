"""Items of IMS QTI 1.2, as Canvas, Blackboard and older editors export them."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.wording.marks import escape_marks

from .blank import is_left_out
from .gift_answers import FALSE, TRUE
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
# What Canvas and Blackboard call the feedback for whoever is right, or wrong, and our fields.
WHOLES = dict.fromkeys(("correct", "correct_fb"), "right_feedback") | dict.fromkeys(
    ("incorrect", "incorrect_fb", "general_incorrect_fb"), "wrong_feedback"
)


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
    counts_case: bool = False

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
    if kind in UNSUPPORTED or presentation is None:
        raise Skipped(no_such_kind(UNSUPPORTED.get(kind, kind)))
    rights = _take_right_sides(presentation, texts)
    asked = [found for found in presentation.iter() if found.tag in ("response_lid", "response_str", "response_num")]
    name = _title(element)
    question = ReadQuestion(place, "", _read_text(presentation, texts) or escape_marks(name), topic=topic, name=name)
    points = said.get("points_possible") or text_of(element.find(".//qmd_absolutescore_max"))
    if points:
        question.marks, sentence = read_marks(points)
        texts.warnings += [sentence] if sentence else []
    conditions = [_read_condition(found, element) for found in element.iter("respcondition")]
    feedback = {found.get("ident"): _read_material(found, texts) for found in element.iter("itemfeedback")}
    if rights:
        keyed = _read_blackboard_pairs(question, presentation, rights, conditions, texts)
    else:
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
        counts_case=bool(wanted) and all(found.get("case", "No").lower() == "yes" for found in wanted),
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
        choice = ReadChoice(_read_material(label, texts, line=True), percent > 0, percent)
        if label.find(".//matimage") is not None or not is_left_out(_raw(label), choice, texts.warnings):
            keyed[ident] = choice
    question.choices = list(keyed.values())
    if question.kind == "true_false":
        say_truths(question)
    if several and all(percent == 0 for percent in percents.values()):
        raise Skipped(_("It does not say which answer is right."))
    return keyed


def _raw(element):
    return "".join(found.text or "" for found in element.iter() if found.tag in _PIECES)


def say_truths(question):
    """Let the options of a true-or-false question be the words of the bank's language, the true one first."""
    words = {**dict.fromkeys(("true", "verdadero"), TRUE), **dict.fromkeys(("false", "falso"), FALSE)}
    said = [words.get(choice.text.casefold()) for choice in question.choices]
    for choice in question.choices:
        choice.fraction = None
    if TRUE in said and FALSE in said and len(said) == 2:
        for choice, word in zip(question.choices, said, strict=True):
            choice.text = word
        question.choices.sort(key=lambda choice: choice.text is FALSE)


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
    extra = [_read_material(label, texts, line=True) for ident, label in labels.items() if ident not in used]
    question.choices += [ReadChoice("", match=match) for match in extra if match]


def _take_right_sides(presentation, texts):
    """Take what stands at the right out of a matching of Blackboard and return it, in the order of its labels."""
    for parent in list(presentation.iter()):
        for block in parent.findall("flow[@class='RIGHT_MATCH_BLOCK']"):
            parent.remove(block)
            return [_read_material(flow, texts, line=True) for flow in block.findall("flow")]
    return []


def _read_blackboard_pairs(question, presentation, rights, conditions, texts):
    """Each left side stands beside its answer, whose labels are the right sides in their order and have no text."""
    question.kind, used = "matching", set()
    wanted = {respident: value for c in conditions for respident, value in c.wanted}
    for flow in presentation.findall(".//flow[@class='RESPONSE_BLOCK']/flow"):
        lid = flow.find("response_lid")
        labels = [label.get("ident", "") for label in lid.iter("response_label")] if lid is not None else []
        right = wanted.get(lid.get("ident")) if lid is not None else None
        if right not in labels or labels.index(right) >= len(rights):
            raise Skipped(_("It does not say which answer is right."))
        used.add(labels.index(right))
        question.choices.append(ReadChoice(_read_material(flow, texts, line=True), match=rights[labels.index(right)]))
    extra = [text for place, text in enumerate(rights) if place not in used and text]
    question.choices += [ReadChoice("", match=text) for text in extra]
    question.text = _read_material(presentation.find(".//flow[@class='QUESTION_BLOCK']"), texts)
    return {}


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
    if not answers:
        # Blackboard gives no points to what it accepts: it all earns everything.
        answers = [replace(c, points=Decimal(100)) for c in conditions if c.points is None and c.wanted]
    fib = asked.find(".//render_fib")
    is_number = kind == "numerical_question" or kind == "Numeric" or asked.tag == "response_num"
    is_number = is_number or (fib is not None and fib.get("fibtype", "").lower() in ("integer", "decimal"))
    if kind in _ESSAYS or not answers:
        question.kind = "open"
        return
    question.kind = "number" if is_number else "short_text"
    question.forgives_case = not all(condition.counts_case for condition in answers)
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
    if question.kind == "open" and feedback.get("solution"):
        question.marking_guide = feedback["solution"]
    for condition in conditions:
        for name, shown in ((name, feedback.get(name)) for name in condition.feedback):
            if not shown:
                continue
            if name in WHOLES:
                # Never for everybody.
                setattr(question, WHOLES[name], shown)
            elif len(condition.wanted) == 1 and condition.wanted[0][1] in keyed:
                keyed[condition.wanted[0][1]].feedback = shown
            elif not condition.wanted and condition.points is None and not question.feedback:
                question.feedback = shown
            elif shown not in (question.feedback, *(choice.feedback for choice in question.choices)):
                left = True
    if left:
        texts.warnings.append(_("The feedback for right, partly right or wrong answers as a whole was left out."))
