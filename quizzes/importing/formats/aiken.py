"""Import of Aiken: a text, options `A.` or `A)`, and `ANSWER: B`."""

import re
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.base.markup import escape_markup
from quizzes.importing.parts.reading import Problem, ReadChoice, Reading, ReadQuestion, at_line
from quizzes.importing.parts.texts import decode

name = "aiken"
label = gettext_lazy("Aiken")
suffixes = (".txt", ".aiken")
_OPTION = re.compile(r"\s*([A-Z])[.)]\s+(\S.*)")
_ANSWER = re.compile(r"\s*ANSWER:\s*([A-Z])\s*", re.IGNORECASE)


def sniff(content):
    lines = [line for line in decode(content[:100_000]).split("\n") if line.strip()]
    return any(_OPTION.match(one) and _ANSWER.fullmatch(two) for one, two in pairwise(lines))


def read(content):
    reading, draft = Reading(), _Draft()
    for number, line in enumerate(decode(content).split("\n"), start=1):
        if answer := _ANSWER.fullmatch(line):
            _finish(draft, answer.group(1).upper(), reading)
            draft = _Draft()
        elif option := _OPTION.match(line):
            draft.begin(number)
            draft.options.append((option.group(1), option.group(2).rstrip()))
        elif line.strip():
            if draft.options:
                _refuse(draft, _("After its options there is no line “ANSWER:” with a letter."), reading)
                draft = _Draft()
            draft.begin(number)
            draft.lines.append(line.strip())
    if draft.line:
        _refuse(draft, _("After its options there is no line “ANSWER:” with a letter."), reading)
    return reading


class _Draft:
    def __init__(self):
        self.line, self.lines, self.options = 0, [], []

    def begin(self, number):
        self.line = self.line or number

    @property
    def text(self):
        return "\n".join(self.lines)


def _finish(draft, letter, reading):
    if not draft.lines or not draft.options:
        _refuse(draft, _("There is an answer without a question and options before it."), reading)
        return
    if letter not in [key for key, _text in draft.options]:
        _refuse(draft, _("The answer is %(letter)s, and no option has that letter.") % {"letter": letter}, reading)
        return
    choices = [ReadChoice(escape_markup(text), is_correct=key == letter) for key, text in draft.options]
    reading.questions.append(ReadQuestion(at_line(draft.line), "single", escape_markup(draft.text), choices=choices))


def _refuse(draft, sentence, reading):
    place = at_line(draft.line) if draft.line else ""
    reading.problems.append(Problem(place, draft.text[:60], sentence))
