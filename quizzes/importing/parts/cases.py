"""Texts without an answer, which Moodle calls descriptions: with the questions behind them they are offered as cases.

A text belongs to the questions that follow it directly, up to the next text or category. It is never lost in silence:
two to six questions share it as a case, one has it before its own text, and whatever else becomes of it is said.
"""

import re

from django.utils.translation import gettext as _

from quizzes.base.markup import MAX_CASE_QUESTIONS, MIN_CASE_QUESTIONS, format_dialogue, parse_dialogue, strip_markup

from .reading import Problem

_TITLE = 120
# How an utterance is written where there are no dialogues: who speaks stands out.
_UTTERANCE = re.compile(r"\*\*([^*:\n]{1,60}):\*\* +(\S.*)")


class CaseGatherer:
    """Goes along with whoever reads a file: told of each text and question, it finds which of them are cases."""

    def __init__(self, reading):
        self.reading = reading
        self.case, self.losses, self.questions, self.count = None, [], [], 0

    def open(self, case, losses):
        """Begin with a ReadCase; what came before is over. `losses` are sentences about what else the text had."""
        self.close()
        self.case, self.losses = case, losses

    def add(self, question):
        """Take in a ReadQuestion that follows, or None for one that can't be read."""
        self.count += 1
        if question is not None:
            self.questions.append(question)

    def close(self):
        """End the run of questions: at a category, the next text or the end of the file."""
        if self.case is not None:
            self._decide(self.case, self.questions, self.count)
        self.case, self.losses, self.questions, self.count = None, [], [], 0

    def _decide(self, case, questions, count):
        if count > MAX_CASE_QUESTIONS:
            sentence = _("%(count)d questions follow this text, and at most six share a case: it was left out.")
            self._warn(case.problem(sentence % {"count": count}))
            return
        if not questions:
            self._warn(case.problem(_("It is a text without an answer, and was left out.")))
            return
        for sentence in dict.fromkeys(self.losses):
            self._warn(case.problem(sentence))
        if len(questions) < MIN_CASE_QUESTIONS:
            self._put_before(case, questions[0])
            return
        for question in questions:
            question.case = case

    def _put_before(self, case, question):
        question.text = "\n\n".join(part for part in (tell_case(case), question.text) if part)
        self._warn(
            question.problem(_("The text before it, “%(title)s”, became its beginning.") % {"title": case.title})
        )
        if case.image and question.image:
            self._warn(question.problem(_("The image of the text before it was left out: a question has one.")))
        elif case.image:
            question.image, question.image_text = case.image, case.image_text

    def _warn(self, problem: Problem):
        self.reading.warnings.append(problem)


def title_of(name, text):
    """Return the title of a case: its name in the file, or how its text begins."""
    return (name or " ".join(strip_markup(text).split()) or _("Case"))[:_TITLE]


def tell_case(case):
    """Return the text and the dialogue of a case as one marked text, as other systems have them."""
    said = [f"**{who}:** {words}" if who else words for who, words in parse_dialogue(case.dialogue)]
    return "\n\n".join(part for part in (case.text, "\n".join(said)) if part)


def find_dialogue(text):
    """Return (text, dialogue) of a marked text: its last paragraph is one when two of its lines say who speaks."""
    before, _break, last = text.rpartition("\n\n")
    lines = [line.strip() for line in last.splitlines() if line.strip()]
    said = [match.groups() if (match := _UTTERANCE.fullmatch(line)) else ("", line) for line in lines]
    if sum(bool(who) for who, _words in said) < 2:
        return text, ""
    return before, format_dialogue(said)
