"""Whose groups are whose: what a trainer may open, and who is in a group today."""

from course.models import Cohort, Enrolment, User


def trains(user):
    """Return whether this person has a desk: looks after a group, or administers the site."""
    return user.is_active and (user.is_superuser or Cohort.objects.of_trainer(user).exists())


def cohorts_of(user):
    """Return the groups that this person may open: a trainer's own, an administrator's all."""
    cohorts = Cohort.objects.select_related("clinic")
    return cohorts if user.is_superuser else cohorts.of_trainer(user)


def learners_of(cohort):
    """Return the people who are in the group now, in Spanish order, each with the clinic."""
    current = Enrolment.objects.current().filter(cohort=cohort)
    return User.objects.filter(enrolments__in=current).select_related("clinic").in_spanish_order()


def learners_by_cohort(cohorts):
    """Return {cohort pk: the people who are in it now}, for any number of groups in one query."""
    groups = {cohort.pk: [] for cohort in cohorts}
    for enrolment in Enrolment.objects.current().filter(cohort__in=groups).select_related("learner"):
        groups[enrolment.cohort_id].append(enrolment.learner)
    return groups


def count_who_left(cohort):
    """Return how many people were in the group once and are not now."""
    left = Enrolment.objects.filter(cohort=cohort).exclude(left_at=None)
    return left.exclude(learner__in=learners_of(cohort).values("pk")).values("learner").distinct().count()
