"""Who began and who finished the course, for thousands of people at once."""

from django.db.models import Max

from modules.models import LessonRead, Registration, TrainingRecord
from quizzes.models import Attempt

from .attendance import last_held_by, sessions_attended


def learners_who_began(pks):
    """Return those of the people (a QuerySet of their pks, or these) who did anything, as a set of pks.

    That is a lesson read, an attempt (on paper, once it was entered) or a session attended. Of whoever began anew only
    what was done since counts. The number of queries is the same for any number of people.
    """
    anew = dict(
        Registration.objects.current()
        .filter(learner__in=pks, counts_from__isnull=False)
        .values_list("learner_id", "counts_from")
    )

    def counts(learner_pk, when):
        return learner_pk not in anew or when >= anew[learner_pk]

    began = {pk for pk, sessions in sessions_attended(pks).items() if counts(pk, last_held_by(sessions))}
    for done, moment in ((LessonRead.objects.all(), "read_at"), (Attempt.objects.worked_on(), "done_at")):
        facts = done.filter(learner__in=pks).order_by()
        if not anew:
            began.update(facts.values_list("learner_id", flat=True).distinct())
            continue
        last = facts.values("learner_id").annotate(last=Max(moment)).values_list("learner_id", "last")
        began.update(learner_pk for learner_pk, when in last if counts(learner_pk, when))
    return began


def learners_who_finished(pks):
    """Return those of the people (as above) who have on record that they finished the edition they take, as pks."""
    finished = TrainingRecord.objects.standing().of_the_course()
    finished = finished.filter(learner__in=pks, registration__ended_at=None)
    return set(finished.values_list("learner_id", flat=True))
