"""Papers of sittings: what the old site asked, in the sitting's order, with the score that each answer had there."""

import random

from quizzes.attempts.drawing import freeze_quiz
from quizzes.attempts.images import add_images
from quizzes.exceptions import QuizError
from quizzes.identity import stable_key
from quizzes.importing.old_site.site import ORIGIN
from quizzes.importing.parts.texts import clean
from quizzes.importing.planning import make_choices, signature_of
from quizzes.kinds import KINDS
from quizzes.models import FeedbackTime, Question
from quizzes.wording.marks import escape_marks


class Papers:
    """Makes the items of a site's questions once, and from them a paper for each sitting."""

    def __init__(self, site, plan, words):
        self.site, self.locale, self.words = site, plan.locale, words
        self.rows = {id(row.read): row for row in plan.rows}
        self.quizzes = {id(planned.read): planned.present or planned.made for planned in plan.quizzes}
        self.items, self.frames = {}, {}
        self._freeze_items()

    def quiz_of(self, sitting):
        """Return the Quiz that a sitting was at, or None when it is not in the file or was not made."""
        read = self.site.old_quizzes.get(sitting.quiz)
        return self.quizzes.get(id(read)) if read else None

    def write(self, sitting):
        """Return (paper, {question key: response}) of a sitting; what has no place is told in its faults."""
        quiz, responses, items = self.quiz_of(sitting), {}, []
        for key in sitting.order:
            item = self._item(key, quiz)
            response = self._respond(key, item, sitting)
            item["scored"] = int(self._was_right(key, item, response, sitting))
            self._let_options_agree(key, item, response, sitting)
            items.append(item)
            if response is not None:
                responses[item["key"]] = response
        if sum(item["scored"] for item in items) != sitting.score:
            sitting.faults.append(self.words.other_score(sitting.score, sum(item["scored"] for item in items)))
        # There an open answer was wrong until somebody said otherwise, and nobody's reading was kept.
        unread = any(item["kind"] == "open" and not item["scored"] and item["key"] in responses for item in items)
        more = {"total": len(items), "questions": items, "has_unread": unread}
        return self._frame(sitting, quiz) | more, responses

    def _frame(self, sitting, quiz):
        if sitting.quiz not in self.frames:
            row, read = self.site.dump.of("quiz.quiz")[sitting.quiz], self.site.old_quizzes[sitting.quiz]
            paper = freeze_quiz(quiz, [], chance=random.Random(0))  # noqa: S311 - nothing is shuffled
            paper["title"] = read.title
            paper["pass_mark"] = min(max(row.number("pass_mark") or 0, 0), 100)
            # There the result was shown at once, of an exam too.
            paper["rules"] |= {"is_exam": False, "feedback_time": FeedbackTime.END, "closes_at": None}
            self.frames[sitting.quiz] = paper | {"origin": ORIGIN}
        return self.frames[sitting.quiz]

    def _freeze_items(self):
        drafts = {key: self._draft(old) for key, old in self.site.old_questions.items()}
        for key, (question, kind) in drafts.items():
            chance = random.Random(0)  # noqa: S311 - nothing is shuffled
            self.items[key] = KINDS[kind].freeze(question, chance, shuffle=False) | {"marks": 1}
        add_images(list(self.items.values()), [question for question, _kind in drafts.values()])

    def _draft(self, old):
        """Return the question as the file has it, unsaved, with the keys it has in the bank, and the kind it was."""
        row = self.rows[id(old.read)]
        bank, read = row.question, old.read
        identifier = bank.identifier if bank else read.identifier
        question = Question(
            identifier=identifier,
            locale=self.locale,
            translation_key=bank.translation_key if bank else stable_key(identifier),
            kind=read.kind,
            text=read.text,
            feedback=read.feedback,
            image=bank.image if bank and read.image else None,
            image_text=bank.image_text if bank else "",
        )
        question.choices = make_choices(read, identifier, self.locale)
        theirs = list(bank.choices.all()) if bank else []
        if bank and signature_of(bank, theirs) == signature_of(read, read.choices):
            for choice, of_bank in zip(question.choices.all(), theirs, strict=True):
                choice.translation_key = of_bank.translation_key
        # It was answered with one option, whatever it is in the bank now.
        return question, "single" if read.kind == "multiple" else read.kind

    def _item(self, key, quiz):
        if key in self.items:
            return dict(self.items[key])
        return {
            "key": str(stable_key(f"{ORIGIN} question {key} of {quiz.translation_key}")),
            "identifier": f"DQA-{key}",
            "kind": "single",
            "text": escape_marks(self.words.lost_question),
            "feedback": "",
            "needs_checking": False,
            "sources": [],
            "marks": 1,
            "options": [],
        }

    def _respond(self, key, item, sitting):
        """Return the response that the old answer is, or None; an option that is gone gets a place of its own."""
        if key not in sitting.answers:
            return None
        given, old = sitting.answers[key], self.site.old_questions.get(key)
        if item["kind"] == "open":
            try:
                return KINDS["open"].read(item, clean(given)[: KINDS["open"].most])
            except QuizError:
                return None
        if old and (place := old.places.get(given.strip())) is not None:
            return item["options"][place]["key"]
        sitting.faults.append(self.words.lost_answer(key))
        gone = str(stable_key(f"{item['key']}/{given}"))
        is_right = key not in sitting.wrong
        option = {"key": gone, "text": escape_marks(self.words.lost_option), "feedback": "", "right": is_right}
        item["options"] = [*item["options"], option]
        return gone

    def _let_options_agree(self, key, item, response, sitting):
        """Let the option chosen be what it counted as: a marker toggled it, or an editor changed it since."""
        for place, option in enumerate(item["options"]):
            if option["key"] == response and option["right"] != bool(item["scored"]):
                changed = option | {"right": bool(item["scored"])}
                item["options"] = [*item["options"][:place], changed, *item["options"][place + 1 :]]
                sitting.faults.append(self.words.changed_answer(key))

    def _was_right(self, key, item, response, sitting):
        if key in sitting.wrong or response in (None, ""):
            # Without its answers, what is not among the wrong ones was right.
            return not sitting.answers and key not in sitting.wrong and not sitting.wrong_is_cut
        if sitting.wrong_is_cut and item["kind"] != "open":
            return KINDS[item["kind"]].score(item, response) == 1
        return True
