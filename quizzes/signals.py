"""Facts that this app announces, after they are committed, to whoever stands above it."""

from django.dispatch import Signal

# Sent with `attempt` when a submitted attempt has its grade: at once, or when the last answer was marked or the exam
# released. It is sent again only when a changed mark changes the grade. With `passed_before`: whether the attempt was
# passed until then, None where it had no grade. Receivers may answer the address of the page that its person goes on to
# instead of its result, if it was they who sent it.
attempt_submitted = Signal()

# Sent with `request`; receivers answer before which moment what its person answered stays hidden there, or None.
hidden_until_requested = Signal()

# Sent with `learner` and `quiz_key` when an attempt begins; receivers answer (pass mark, which attempt counts) where
# the person began the course under other rules than those of today, or None.
pass_rule_requested = Signal()

# Sent with `references`, such as `M1-L4` or `M1-L4#en-la-fila`, and `quiz_key`; receivers answer {reference: (title,
# address, language of the title)} of the lessons that can be read, and under "" the module that the quiz closes.
lesson_links_requested = Signal()

# Sent with `learner` when a paper is drawn; receivers answer the code of the person's job (see wording/audiences.py),
# or None.
audience_requested = Signal()

# Sent with `quizzes` (keys of rows) and `language`; receivers answer [quizzes.guessing.items.Lesson]: the words of the
# lessons that teach what these ask.
lesson_texts_requested = Signal()

# Sent with `learner` (a key); receivers answer {quiz key: since when attempts count} of the quizzes that a person who
# began the course anew takes once more.
counting_since_requested = Signal()

# Sent with `attempt` when its person sends once more what has its grade; receivers answer the same as to
# `attempt_submitted`, or None.
next_page_requested = Signal()

# Sent without anything; receivers answer {key of a SurveyWording: how many rounds of the survey were opened with it}.
survey_rounds_requested = Signal()

# Sent with `rows` of one model and language; receivers answer {translation key: [code of a language]} of those whose
# translation says what they said before.
outdated_translations_requested = Signal()
