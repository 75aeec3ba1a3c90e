"""Cases from texts without an answer, which Moodle calls descriptions."""

import re

from django.utils.translation import gettext as _

from quizzes.base.markup import MAX_CASE_QUESTIONS, MIN_CASE_QUESTIONS, format_dialogue, parse_dialogue, strip_markup

from .reading import Problem

_TITLE = 120
_UTTERANCE = re.compile(r"\*\*([^*:\n]{1,60}):\*\* +(\S.*)")


class CaseGatherer:
    """Collects cases while a file is read: a text with the two to six questions that follow it directly."""

    def __init__(self, reading):
        self.reading = reading
        self.case, self.losses, self.questions, self.count = None, [], [], 0

    def open(self, case, losses):
        """Start a ReadCase; `losses` are sentences about what else the text had."""
        self.close()
        self.case, self.losses = case, losses

    def add(self, question):
        self.count += 1
        if question is not None:
            self.questions.append(question)

    def close(self):
        """End the case: at a category or the end of the file."""
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
    return (name or " ".join(strip_markup(text).split()) or _("Case"))[:_TITLE]


def tell_case(case):
    """Return the text and the dialogue of a case as one text, for other systems."""
    said = [f"**{who}:** {words}" if who else words for who, words in parse_dialogue(case.dialogue)]
    return "\n\n".join(part for part in (case.text, "\n".join(said)) if part)


def find_dialogue(text):
    """Return (text, dialogue): the last paragraph is one if two of its lines name a speaker."""
    before, _break, last = text.rpartition("\n\n")
    lines = [line.strip() for line in last.splitlines() if line.strip()]
    said = [match.groups() if (match := _UTTERANCE.fullmatch(line)) else ("", line) for line in lines]
    if sum(bool(who) for who, _words in said) < 2:
        return text, ""
    return before, format_dialogue(said)
