"""Items of IMS QTI 2.1 and 2.2."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.wording.marks import escape_marks

from .percent import forget_usual_percents
from .qti_1 import WHOLES, no_such_kind, rounded, say_truths
from .reading import ReadChoice, ReadQuestion, Skipped, read_number
from .xml import text_of

UNSUPPORTED = {
    "gapMatchInteraction": gettext_lazy("Select missing words"),
    "inlineChoiceInteraction": gettext_lazy("Select missing words"),
    "uploadInteraction": gettext_lazy("File to hand in"),
    "hotspotInteraction": gettext_lazy("Place in an image"),
    "selectPointInteraction": gettext_lazy("Place in an image"),
}
_TRUTHS = ({"verdadero", "falso"}, {"true", "false"})


def read_item(element, place, topic, texts):
    """Return the ReadQuestion of an `assessmentItem`; raises Skipped with the reason."""
    body = element.find("itemBody")
    asked = [found for found in body.iter() if found.tag.endswith("Interaction")] if body is not None else []
    if not asked:
        raise Skipped(_("It is a text without an answer, and was left out."), harmless=True)
    if len(asked) > 1:
        raise Skipped(_("It asks %(count)d things at once, and here a question asks one.") % {"count": len(asked)})
    interaction, reader = asked[0], _READERS.get(asked[0].tag)
    if reader is None:
        raise Skipped(no_such_kind(UNSUPPORTED.get(asked[0].tag, asked[0].tag)))
    question = ReadQuestion(place, "", "", name=" ".join((element.get("title") or "").split()), topic=topic)
    question.marking_guide = _take_guide(body, texts)
    declared = element.find(f"responseDeclaration[@identifier='{_safe(interaction.get('responseIdentifier'))}']")
    keyed = reader(question, interaction, _Declared(declared, element), texts) or {}
    question.text = _read_body(body, interaction, texts) or escape_marks(question.name)
    _give_feedback(question, element, keyed, texts)
    if question.kind in ("single", "multiple", "short_text", "number"):
        texts.warnings += forget_usual_percents(question)
    return question


def _safe(identifier):
    return (identifier or "").replace("'", "")


class _Declared:
    """What the item says of the right response: `right` values in order, `points` by value, whether case counts."""

    def __init__(self, declaration, item):
        found = declaration if declaration is not None else item.makeelement("responseDeclaration", {})
        self.base_type, self.cardinality = found.get("baseType", ""), found.get("cardinality", "single")
        self.right = [text_of(value) for value in found.findall("correctResponse/value")]
        entries = found.findall("mapping/mapEntry")
        self.points = {entry.get("mapKey", ""): read_number(entry.get("mappedValue", "")) for entry in entries}
        self.counts_case = any(entry.get("caseSensitive") == "true" for entry in entries)
        mapping = found.find("mapping")
        self.highest = read_number(mapping.get("upperBound") or "") if mapping is not None else None
        self.item = item

    def percents(self, *, several=False):
        """Return {value: per cent}; of several values that count together, each gives its part."""
        gained = [value for value in self.points.values() if value and value > 0]
        if not gained:
            share = Decimal(100) / (len(self.right) or 1) if several else Decimal(100)
            return dict.fromkeys(self.right, share)
        highest = (self.highest if several else None) or (sum(gained) if several else max(gained))
        return {key: rounded((value or Decimal(0)) * 100 / highest) for key, value in self.points.items()}

    def tolerance(self, number):
        """Return how far an answer may be from the number: `equal` says it absolutely or in per cent."""
        for equal in self.item.iter("equal"):
            spread = read_number((equal.get("tolerance") or "0").split()[0]) or Decimal(0)
            if equal.get("toleranceMode") == "relative":
                return abs(number) * spread / 100
            return spread
        return Decimal(0)


def _read_body(body, interaction, texts):
    """Return the text around the interaction; where one writes within it, a line stands."""
    prompt = interaction.find("prompt")
    inline = interaction.tag == "textEntryInteraction"
    tail = interaction.tail
    interaction.clear()
    interaction.tail = tail
    interaction.tag = "span" if inline else "div"
    interaction.text = " _____ " if inline else ""
    if prompt is not None:
        interaction.append(prompt)
        prompt.tag, prompt.tail = "p", None
    return texts.read_element(body, image=True).removesuffix(" _____").strip()


def _take_guide(body, texts):
    """Take what only markers read out of the body and return it."""
    guide = []
    for parent in list(body.iter()):
        for block in parent.findall("rubricBlock"):
            if "candidate" not in block.get("view", "candidate").split():
                guide.append(texts.read_element(block))
                parent.remove(block)
    return "\n\n".join(guide)


def _read_options(question, interaction, declared, texts):
    """Fill in the options; return them by their identifiers."""
    several = declared.cardinality == "multiple"
    if not declared.right and not declared.points:
        raise Skipped(_("It does not say which answer is right."))
    percents = declared.percents(several=several)
    if several and not declared.points:
        wrong = len(interaction.findall("simpleChoice")) - len(percents) or 1
        rest = Decimal(-100) / wrong
    else:
        rest = Decimal(0)
    keyed = {}
    for option in interaction.findall("simpleChoice"):
        percent = percents.get(option.get("identifier"), rest)
        feedback = _take_feedback(option, texts)
        choice = ReadChoice(texts.read_element(option, line=True), percent > 0, percent, feedback)
        keyed[option.get("identifier")] = choice
    question.choices = list(keyed.values())
    words = {choice.text.casefold() for choice in question.choices}
    question.kind = "multiple" if several else "true_false" if words in _TRUTHS else "single"
    if question.kind == "true_false":
        say_truths(question)
    return keyed


def _take_feedback(option, texts):
    found = [
        (parent, shown)
        for parent in option.iter()
        for shown in list(parent)
        if shown.tag in ("feedbackInline", "feedbackBlock")
    ]
    for parent, shown in found:
        parent.remove(shown)
    return "\n\n".join(texts.read_element(shown) for _parent, shown in found)


def _read_order(question, interaction, declared, texts):
    question.kind = "ordering"
    options = {option.get("identifier"): option for option in interaction.findall("simpleChoice")}
    if sorted(declared.right) != sorted(options):
        raise Skipped(_("It does not say which answer is right."))
    question.choices = [ReadChoice(texts.read_element(options[name], line=True)) for name in declared.right]


def _read_pairs(question, interaction, declared, texts):
    """Of `matchInteraction` the first set stands left; of `associateInteraction` what stands first in each pair."""
    question.kind = "matching"
    options = {option.get("identifier"): option for option in interaction.iter("simpleAssociableChoice")}
    first = interaction.find("simpleMatchSet")
    left = {option.get("identifier") for option in first} if first is not None else set(options)
    pairs = [value.split() for value in declared.right or declared.points]
    pairs = [pair if pair[0] in left else pair[::-1] for pair in pairs if len(pair) == 2 and set(pair) <= set(options)]
    if not pairs or len({one for one, _two in pairs}) < len(pairs):
        raise Skipped(_("Here each part of a pair goes with exactly one other."))
    alone = [name for name in options if name not in {name for pair in pairs for name in pair}]
    if first is not None and left.intersection(alone):
        texts.warnings.append(_("What goes with nothing was left out: every part of a pair needs one here."))
    if len(set(declared.points.values())) > 1:
        texts.warnings.append(_("Every pair gives the same here, and the file weighs them differently."))
    question.choices = [
        ReadChoice(texts.read_element(options[one], line=True), match=texts.read_element(options[two], line=True))
        for one, two in pairs
    ]
    extra = [texts.read_element(options[name], line=True) for name in alone if first is None or name not in left]
    question.choices += [ReadChoice("", match=match) for match in extra if match]


def _read_entry(question, interaction, declared, texts):
    percents = declared.percents()
    if not percents:
        raise Skipped(_("It does not say which answer is right."))
    question.kind = "number" if declared.base_type in ("integer", "float") else "short_text"
    question.forgives_case = not declared.counts_case
    for value, percent in percents.items():
        choice = ReadChoice(value, fraction=percent)
        if question.kind == "number":
            number = read_number(value)
            if number is None:
                raise Skipped(_("“%(text)s” is neither a number nor a range of numbers.") % {"text": value[:40]})
            choice.tolerance = declared.tolerance(number)
        question.choices.append(choice)


def _read_open(question, interaction, declared, texts):
    question.kind = "open"


_READERS = {
    "choiceInteraction": _read_options,
    "orderInteraction": _read_order,
    "matchInteraction": _read_pairs,
    "associateInteraction": _read_pairs,
    "textEntryInteraction": _read_entry,
    "extendedTextInteraction": _read_open,
}


def _give_feedback(question, element, keyed, texts):
    """What is shown for an option is that option's; what says «right» or «wrong» as a whole has no place here."""
    left = False
    for shown in element.findall("modalFeedback"):
        words = texts.read_element(shown)
        name = (shown.get("identifier") or "").lower()
        if shown.get("identifier") in keyed and not keyed[shown.get("identifier")].feedback:
            keyed[shown.get("identifier")].feedback = words
        elif name in WHOLES and words:
            setattr(question, WHOLES[name], words)
        elif any(part in name for part in ("general", "solution", "explanation")):
            question.feedback = "\n\n".join(part for part in (question.feedback, words) if part)
        else:
            left = left or bool(words)
    if left:
        texts.warnings.append(_("The feedback for right, partly right or wrong answers as a whole was left out."))
