"""Groups to choose from: the closed ones stand apart, after the others."""

from django.utils.translation import pgettext

from course.people.cohorts import closed_cohorts, unclosed_cohorts


def group_choices(cohorts, *, today):
    """Return the choices of a select, as Django takes them: the groups that run, then «Closed» with the rest."""
    choices = [(cohort.pk, cohort.name) for cohort in unclosed_cohorts(cohorts, today=today)]
    over = [(cohort.pk, cohort.name) for cohort in closed_cohorts(cohorts, today=today)]
    return [*choices, (pgettext("groups", "Closed"), over)] if over else choices
