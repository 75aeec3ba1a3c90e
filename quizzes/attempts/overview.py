"""What a person finds of all quizzes together: which there are, where they stand, and how they do in each topic."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, When

from quizzes.models import Allowance, Answer, Attempt, FeedbackTime, Question, Quiz, Topic

from .counting import counting_since, reaches
from .hiding import with_hidden_answers
from .outcomes import QuizOutcome, counting_attempts, quiz_outcomes
from .reviewing import thinks_again, tries_at, when_answers_are_shown
from .rules import rules_of
from .scoring import round_down, scored_items, unrounded


class QuizLine(NamedTuple):
    """A quiz of the list. `outcome` is None where nothing was begun, `counting` where no attempt counts yet."""

    quiz: Quiz
    question_count: int
    outcome: QuizOutcome | None
    counting: Attempt | None


@dataclass(frozen=True)
class TopicProgress:
    """The points a person earned with the questions of a topic; `topic` is None for questions that have none."""

    topic: Topic | None
    questions: int
    points: Decimal
    total: int

    @property
    def percent(self):
        return round_down(Fraction(self.points) * 100 / self.total, 1)


def list_quizzes(learner, *, language):
    """Return [(Topic or None, [QuizLine])] of the published quizzes, those without a topic first, in few queries."""
    quizzes = {}
    for quiz in Quiz.objects.in_language(language).filter(live=True).select_related("topic__parent", "topic__locale"):
        # The better language came first.
        quizzes.setdefault(quiz.translation_key, quiz)
    counts = Quiz.objects.filter(pk__in=[quiz.pk for quiz in quizzes.values()]).counts_of_questions()
    since = counting_since(learner.pk)
    outcomes = quiz_outcomes([learner], list(quizzes), lambda _pk, key, when: reaches(when, since.get(key)))
    counting = [facts.pk for facts in counting_attempts(learner, since).values()]
    counting = {attempt.quiz_key: attempt for attempt in Attempt.objects.filter(pk__in=counting).without_paper()}
    groups = defaultdict(list)
    for quiz in sorted(quizzes.values(), key=lambda quiz: quiz.identifier):
        key = quiz.translation_key
        line = QuizLine(quiz, counts.get(quiz.pk, 0), outcomes.get((learner.pk, key)), counting.get(key))
        groups[quiz.topic].append(line)
    return sorted(groups.items(), key=lambda group: _by_name(group[0]))


def topic_progress(learner, *, language, hidden_before=None, now):
    """Return the TopicProgress of a person over all quizzes, questions without a topic first.

    Of each quiz the attempt that counts is taken, once the person may read what was right in it: a topic with one
    question would tell it earlier. A question counts with the topic it has now; one that has none, or is gone from the
    bank, stands under None. Attempts with answers from before `hidden_before` are left out.
    """
    counting = [facts.pk for facts in counting_attempts(learner).values()]
    attempts = Attempt.objects.filter(pk__in=counting)
    shown = _with_answers_shown(learner, attempts, now=now)
    hidden = with_hidden_answers(shown, hidden_before)
    shown = [attempt for attempt in shown if attempt.pk not in hidden]
    topics = _topics_of({item["key"] for attempt in shown for item in scored_items(attempt.paper)}, language)
    fractions = {
        (attempt, str(key)): unrounded(fraction)
        for attempt, key, fraction in Answer.objects.filter(attempt__in=shown, fraction__isnull=False).values_list(
            "attempt_id", "question_key", "fraction"
        )
    }
    questions, points, totals = Counter(), defaultdict(Fraction), Counter()
    for attempt in shown:
        for item in scored_items(attempt.paper):
            topic = topics.get(item["key"])
            questions[topic] += 1
            totals[topic] += item["marks"]
            points[topic] += fractions.get((attempt.pk, item["key"]), 0) * item["marks"]
    rows = [TopicProgress(topic, questions[topic], round_down(points[topic], 2), totals[topic]) for topic in totals]
    return sorted(rows, key=lambda row: _by_name(row.topic))


def _with_answers_shown(learner, attempts, *, now):
    """Return those of a person's graded attempts of which the right answers may be read."""
    given = Allowance.objects.filter(learner=learner, quiz_key__in=[attempt.quiz_key for attempt in attempts])
    # The newest allowance of a quiz comes last, and stays.
    allowances = {allowance.quiz_key: allowance for allowance in given.order_by("given_at", "pk")}
    rules = {attempt.pk: rules_of(attempt.paper) for attempt in attempts}
    # Where nobody thinks once more it is not asked how often each was tried.
    to_pass = [one.quiz_key for one in attempts if rules[one.pk].feedback_time == FeedbackTime.PASSED]
    tries = tries_at(to_pass, learner) if to_pass else {}
    shown = []
    for attempt in attempts:
        at = when_answers_are_shown(rules[attempt.pk], allowances.get(attempt.quiz_key))
        waits = thinks_again(attempt, rules[attempt.pk], tries=tries.get(attempt.quiz_key, []))
        if not waits and (at is None or now >= at):
            shown.append(attempt)
    return shown


def _topics_of(question_keys, language):
    """Return {question key: Topic} of the bank as it is now, topics in the reader's language where they have one."""
    rows = Question.objects.filter(translation_key__in=question_keys, topic__isnull=False)
    keys = {str(question): topic for question, topic in rows.values_list("translation_key", "topic__translation_key")}
    codes = [language, settings.LANGUAGE_CODE]
    topics = Topic.objects.filter(translation_key__in=keys.values(), locale__language_code__in=codes)
    topics = topics.select_related("parent", "locale")
    topics = topics.order_by(Case(When(locale__language_code=language, then=1), default=0))
    # The better language comes last, and stays.
    by_key = {topic.translation_key: topic for topic in topics}
    return {question: by_key[topic] for question, topic in keys.items() if topic in by_key}


def _by_name(topic):
    return (topic is not None, str(topic.parent or "").casefold() if topic else "", str(topic or "").casefold())
