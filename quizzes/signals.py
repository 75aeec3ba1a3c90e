"""Signals: announced grades, and questions that the apps above answer."""

from typing import NamedTuple

from django.dispatch import Signal


class QuizPlace(NamedTuple):
    """Where a quiz stands in the course: its module, and the steps before its first question of all steps."""

    module: int
    address: str
    before: int
    steps: int


# Sent with `attempt` after commit when it gets its grade: on submission, or when the last answer is marked or the exam
# released; sent again only when a changed mark changes the grade. `passed_before`: whether it was passed until then,
# None without a grade. Receivers may return the address of the page to show its learner instead of the result.
attempt_submitted = Signal()

# Sent with `request`; receivers return the moment before which the learner's answers stay hidden there, or None.
hidden_until_requested = Signal()

# Sent with `learner` and `quiz_key` when an attempt starts; receivers return (pass mark, counting attempt) if the
# learner started the course under other rules than today's, or None.
pass_rule_requested = Signal()

# Sent with `references`, such as `M1-L4` or `M1-L4#en-la-fila`, and `quiz_key`; receivers return {reference: (title,
# address, language of the title)} of the published lessons, and under "" the module that the quiz closes.
lesson_links_requested = Signal()

# Sent with `questions`, [(reference, text of what was missed)], and `learner`; receivers return, in their order, the
# (title, address, language of the title) of the card that teaches each, or None.
cards_requested = Signal()

# Sent with `learner` when questions are drawn; receivers return the code of an Audience (quizzes/base/job_roles.py), or
# None.
audience_requested = Signal()

# Sent with `learner` and `quiz_key`; receivers return the `QuizPlace` of a quiz that closes a module, or None.
quiz_place_requested = Signal()

# Sent with `quizzes` (primary keys) and `language`; receivers return [quizzes.guessing.items.Lesson], the lessons that
# teach what these quizzes ask.
lesson_texts_requested = Signal()

# Sent with `learner` (a primary key); receivers return {quiz key: since when attempts count} of the quizzes that a
# learner who restarted the course has to take again.
counting_since_requested = Signal()

# Sent with `attempt` when its learner submits it again after grading; receivers return the same as for
# `attempt_submitted`, or None.
next_page_requested = Signal()

# Receivers return {primary key of a SurveyWording: number of survey rounds opened with it}.
survey_rounds_requested = Signal()

# Sent with `rows` of one model and language; receivers return {translation key: [language code]} of the outdated
# translations.
outdated_translations_requested = Signal()
