"""Signals to apps that depend on this one; receivers return the answer."""

from django.dispatch import Signal

# () → [(learner_pk, since)] of people who belong to the course, may have done nothing yet and have no registration.
enrolments_requested = Signal()

# (learners) → {learner_pk: {field of Workplace: value}}, as of today.
workplaces_requested = Signal()

# (moments: [(learner_pk, moment)]) → {(learner_pk, moment): {field of Workplace: value}} of that day, where known.
past_workplaces_requested = Signal()

# The same for moments at which attendance was noted: group and places of the session's group.
session_workplaces_requested = Signal()

# () → how many people hold a certificate of the course.
certified_count_requested = Signal()

# (learner, lesson) → address of the page that comes before the step after this lesson, or None.
page_after_lesson_requested = Signal()

# (learners) → [modules.progress.deriving.Attended].
attendance_requested = Signal()
