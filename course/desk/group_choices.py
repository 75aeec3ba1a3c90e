"""Choices of a select of groups."""

from django.utils.translation import pgettext

from course.people.cohorts import closed_cohorts, unclosed_cohorts


def group_choices(cohorts, *, today):
    choices = [(cohort.pk, cohort.name) for cohort in unclosed_cohorts(cohorts, today=today)]
    over = [(cohort.pk, cohort.name) for cohort in closed_cohorts(cohorts, today=today)]
    return [*choices, (pgettext("groups", "Closed"), over)] if over else choices
