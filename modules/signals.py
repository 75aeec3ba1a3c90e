"""What this app asks of whoever stands above it: who belongs to the course, where people work, who holds what."""

from django.dispatch import Signal

# Sent without anything; receivers answer [(learner_pk, since when)] of the people who belong to the course although
# they may have done nothing in it yet, and who are not registered for an edition.
enrolled_asked = Signal()

# Sent with `learners`; receivers answer {learner_pk: {field of TrainingRecord: value}}: post and places of today.
circumstances_asked = Signal()

# Sent with `moments`, [(learner_pk, moment)]; receivers answer {(learner_pk, moment): {the same fields}}: group and
# places of that day, of those of whom they are known.
former_places_asked = Signal()

# Sent with `moments`, [(learner_pk, moment)] at which it was noted that people attended sessions; receivers answer the
# same with group and places of the group of the session, of those who were in it on its day.
session_places_asked = Signal()

# Sent without anything; receivers answer how many people hold a certificate of the course.
certified_asked = Signal()

# Sent with `learners`; receivers answer [modules.progress.deriving.Attended] of these people.
attended_asked = Signal()
