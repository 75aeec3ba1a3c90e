"""Import of GIFT: https://docs.moodle.org/en/GIFT_format"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.base.markup import escape_markup
from quizzes.importing.parts.cases import CaseGatherer, find_dialogue, title_of
from quizzes.importing.parts.gift_answers import read_answers
from quizzes.importing.parts.gift_text import GiftText, split_once, unescape
from quizzes.importing.parts.html import read_name
from quizzes.importing.parts.reading import Problem, ReadCase, Reading, ReadQuestion, Skipped, at_line
from quizzes.importing.parts.texts import decode
from quizzes.importing.parts.topics import each_once, split_category

name = "gift"
label = gettext_lazy("Moodle GIFT")
suffixes = (".gift", ".txt")

_CATEGORY = re.compile(r"\$CATEGORY:[ \t]*(.*)", re.IGNORECASE)
_TITLE = re.compile(r"::((?:\\.|[^\\:]|:(?!:))*)::", re.DOTALL)
# The limit keeps an unclosed «[id:» from reading the rest of its line.
_NOTE = re.compile(r"\[(id|tag):((?:\\.|[^\\\]]){0,300})\]")


def sniff(content):
    text = decode(content[:100_000]).lstrip()
    if text.startswith(("<", "{", "[")) and not text.startswith(("[html]", "[markdown]", "[plain]", "[moodle]")):
        return False
    if text.startswith("PK"):
        return False
    return bool(re.search(r"(?<!\\)\{(?:[^{}\\]|\\.)*\}", text))


def read(content):
    reading, topic = Reading(), ()
    cases = CaseGatherer(reading)
    for line, lines in split_blocks(decode(content)):
        for first, body, notes in split_questions(line, lines):
            if category := _CATEGORY.match(body):
                topic = split_category(category.group(1))
                cases.close()
            else:
                _read_question(at_line(first), body, topic, notes, reading, cases)
    cases.close()
    reading.say_that_accents_are_forgiven()
    return reading


def split_questions(line, lines):
    """Yield (first line, text, notes) of each question and category, also without a blank line between them."""
    body, notes, later, first, braces = [], [], [], line, ""
    for number, text in enumerate(lines, start=line):
        is_category, whole = _CATEGORY.match(text.strip()), braces == "{}"
        if text.lstrip().startswith("//"):
            (later if whole else notes).extend(_NOTE.findall(text))
            continue
        if body and whole and (is_category or _TITLE.match(text.strip())):
            yield first, "\n".join(body).strip(), notes
            body, notes, later, braces = [], later, [], ""
        if is_category and not body:
            yield number, text.strip(), []
            continue
        first = first if body else number
        body.append(text)
        braces = _read_braces(braces, text)
    if body:
        yield first, "\n".join(body).strip(), notes + later


def _read_braces(braces, text):
    for brace in "{}"[len(braces) :]:
        _before, found, text = split_once(text, brace)
        braces += found
        if not found:
            break
    return braces


def split_blocks(text):
    """Yield (number of the first line, lines) of each block between blank lines."""
    lines, begin = [], 1
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            lines.append(line)
            continue
        if lines:
            yield begin, lines
        lines, begin = [], number + 1


def _read_question(place, body, topic, notes, reading, cases):
    title = _TITLE.match(body)
    name = read_name(unescape(title.group(1))) if title else ""
    body = body if title else body.removeprefix("::")
    shown = name or " ".join(body.split())[:60]
    asked = body[title.end() if title else 0 :].strip()
    try:
        if not split_once(asked, "{")[1]:
            _read_case(place, name, asked, notes, cases)
            return
        question, warnings = _parse(place, name, asked, topic, notes)
    except Skipped as skipped:
        cases.add(None)
        reading.problems.append(Problem(place, shown, str(skipped)))
        return
    reading.questions.append(question)
    cases.add(question)
    reading.warnings += [Problem(place, shown, sentence) for sentence in warnings]


def _read_case(place, name, body, notes, cases):
    texts = GiftText()
    text, dialogue = find_dialogue(texts.read_rest(texts.take_format(body)) or escape_markup(name))
    told = ReadCase(place, title_of(name, text or dialogue), text, next(_values(notes, "id"), ""), dialogue)
    if next(_values(notes, "tag"), ""):
        texts.warnings.append(_("Its tags were left out."))
    cases.open(told, texts.warnings)


def _values(notes, wanted):
    return (re.sub(r"\\(.)", r"\1", value).strip() for note, value in notes if note == wanted)


def _parse(place, name, body, topic, notes):
    before, _opened, rest = split_once(body, "{")
    inside, closed, after = split_once(rest, "}")
    if not closed:
        raise Skipped(_("Its answer begins with “{” and has no “}”. Is there a blank line in it?"))
    if split_once(after, "{")[1]:
        raise Skipped(_("It has several answers in braces; a question has one. Write a “{” of the text as “\\{”."))
    texts = GiftText()
    before = texts.take_format(before.strip())
    if after.strip():
        before = f"{before.rstrip()} _____ {after.strip()}" if re.match(r"\s*\w", after) else f"{before} _____{after}"
    question = ReadQuestion(place, "", texts.read_rest(before) or escape_markup(name), name=name, topic=topic)
    question.tags = each_once(_values(notes, "tag"))
    question.identifier = next(_values(notes, "id"), "")
    read_answers(question, inside, texts)
    return question, texts.warnings
