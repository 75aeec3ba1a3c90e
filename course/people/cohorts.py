"""Whose groups are whose: what a trainer may open, and who is in a group today."""

from django.db.models import Count, Exists, OuterRef, Q

from course.models import TRAINERS, Cohort, Enrolment, User
from modules.progress.states import HelpRule


def cohorts_of(user):
    """Return the groups that a person may open: those one trains, those of areas one leads, an administrator's all."""
    cohorts = Cohort.objects.select_related("clinic")
    if user.administers:
        return cohorts
    return cohorts.looked_after_by(user) if user.is_staff else cohorts.none()


def cohorts_trained_by(user):
    """Return the groups whose people this person calls: one's own, and none of those one only may open."""
    return user.cohorts_trained.select_related("clinic") if user.is_staff else Cohort.objects.none()


def running(cohorts, *, today):
    """Return those of the groups whose last day has not gone by, also those that open later."""
    return cohorts.filter(Q(closes_on=None) | Q(closes_on__gte=today))


def closed(cohorts, *, today):
    """Return those of the groups whose last day has gone by, the latest first."""
    return cohorts.filter(closes_on__lt=today).order_by("-closes_on", "name", "pk")


def people_seen_by(user):
    """Return whom this person may find: who is or was in a group that one may open; an administrator everybody."""
    if user.administers:
        return User.objects.all()
    enrolments = Enrolment.objects.filter(cohort__in=cohorts_of(user).order_by().values("pk"))
    return User.objects.filter(pk__in=enrolments.values("learner"))


def people_of_others(user):
    """Return the keys (a QuerySet) of who is in a group now and in none that this person may open.

    Such people are somebody else's to look after, also those who were in a group of one's own before.
    """
    current = Enrolment.objects.current().order_by()
    if user.administers:
        return current.none().values("learner")
    mine = current.filter(cohort__in=cohorts_of(user).order_by().values("pk"))
    return current.exclude(learner__in=mine.values("learner")).values("learner")


def trainers_to_choose(user, trained_by):
    """Return whom a person may name as trainer of a group that the people `trained_by` train now.

    Oneself, who trains a group that one sees, and who has the role of a trainer and no group yet.
    """
    known = Cohort.trainers.through.objects.filter(cohort__in=cohorts_of(user).order_by().values("pk")).values("user")
    unoccupied = User.objects.filter(groups__name=TRAINERS, cohorts_trained=None).values("pk")
    named = Q(pk=user.pk) | Q(pk__in=known) | Q(pk__in=unoccupied)
    there = Q(pk__in=[person.pk for person in trained_by])
    return User.objects.filter(Q(named, is_staff=True, is_active=True) | there).in_spanish_order()


def help_rule(cohort):
    """Return the `HelpRule` of a group: what its grid says, and whom to call."""
    return HelpRule(tries=cohort.tries_before_help, quiet_days=cohort.quiet_days_before_help)


def learners_of(cohort):
    """Return the people who are in the group now, in Spanish order, each with the clinic."""
    current = Enrolment.objects.current().filter(cohort=cohort)
    return User.objects.filter(enrolments__in=current).select_related("clinic").in_spanish_order()


def learners_by_cohort(cohorts):
    """Return {cohort: the people who are in it now}, for any number of groups in one query."""
    groups = {cohort.pk: [] for cohort in cohorts}
    for enrolment in Enrolment.objects.current().filter(cohort__in=groups).select_related("learner"):
        groups[enrolment.cohort_id].append(enrolment.learner)
    return {cohort: groups[cohort.pk] for cohort in cohorts}


def counting_who_left(cohorts):
    """Annotate each group with `left`: how many people were in it once and are not now."""
    once = Q(enrolments__left_at__isnull=False)
    came_back = Enrolment.objects.current().filter(cohort=OuterRef("pk"), learner=OuterRef("enrolments__learner"))
    return cohorts.annotate(left=Count("enrolments__learner", filter=once & ~Exists(came_back), distinct=True))


def group_of(user, learner):
    """Return a group of this person's in which the learner is now, or None: where the page about the learner is."""
    return cohorts_of(user).filter(enrolments__learner=learner, enrolments__left_at=None).order_by("pk").first()
