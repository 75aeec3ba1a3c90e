"""Who joins a group, and since when."""

from django.db.models import Min
from django.db.models.functions import Lower

from course.models import Enrolment, User

from .refreshers import let_newcomers_begin_anew


def enrol_people(cohort, people, *, now):
    """Put the people in the group and return those who are new in it; who is in it already stays as is.

    Where the group takes the course anew, so does whoever comes in and took it before.
    """
    there = set(Enrolment.objects.current().filter(cohort=cohort).values_list("learner_id", flat=True))
    new = [person for person in people if person.pk not in there]
    Enrolment.objects.bulk_create(Enrolment(learner=person, cohort=cohort, enrolled_at=now) for person in new)
    let_newcomers_begin_anew(cohort, new, now=now)
    return new


def when_enrolled():
    """Return [(learner_pk, when first)] of everybody who is or was in a group and is not registered for the course."""
    enrolled = Enrolment.objects.filter(learner__registrations=None).order_by().values("learner_id")
    return enrolled.annotate(first=Min("enrolled_at")).values_list("learner_id", "first")


def people_with_codes(codes):
    """Return the people with these user codes, in any case of letters, and the list of codes that nobody has."""
    # No code holds a NUL, and PostgreSQL takes none.
    wanted = [code.lower() for code in codes if "\x00" not in code]
    folded = User.objects.annotate(code=Lower("username")).filter(code__in=wanted)
    by_code = {person.code: person for person in folded}
    people = {code: by_code.get(code.lower()) for code in codes}
    return [person for person in people.values() if person], [code for code, person in people.items() if not person]
