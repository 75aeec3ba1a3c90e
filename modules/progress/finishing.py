"""Who began and who finished the course, for thousands of people at once."""

from django.db.models import Max

from modules.models import LessonRead, Registration, TrainingRecord
from quizzes.models import Attempt

from .attendance import attended_modules
from .editions import outlines_of
from .structure import course_structure

# A fact and its moment.
_FACTS = ((LessonRead, "read_at"), (Attempt, "started_at"))


def learners_who_began(pks):
    """Return those of the people (a QuerySet of their pks, or these) with a lesson read or an attempt, as a set of pks.

    A session attended counts where the course says so. Of whoever began anew only what was done since counts. The
    number of queries is the same for any number of people.
    """
    anew = dict(
        Registration.objects.current()
        .filter(learner__in=pks, counts_from__isnull=False)
        .values_list("learner_id", "counts_from")
    )

    def counts(learner_pk, _key, when):
        return learner_pk not in anew or when >= anew[learner_pk]

    structure = course_structure()
    asked = [outline for edition in structure.editions.values() for outline in outlines_of(edition, structure)]
    began = set(attended_modules(pks, asked, counts))
    for model, moment in _FACTS:
        facts = model.objects.filter(learner__in=pks).order_by()
        if not anew:
            began.update(facts.values_list("learner_id", flat=True).distinct())
            continue
        last = facts.values("learner_id").annotate(last=Max(moment)).values_list("learner_id", "last")
        began.update(learner_pk for learner_pk, when in last if counts(learner_pk, None, when))
    return began


def learners_who_finished(pks):
    """Return those of the people (as above) who have on record that they finished the edition they take, as pks."""
    finished = TrainingRecord.objects.standing().of_the_course()
    finished = finished.filter(learner__in=pks, registration__ended_at=None)
    return set(finished.values_list("learner_id", flat=True))
