"""Groups: who may open which, and who is in them today."""

from django.db.models import Count, Exists, OuterRef, Q

from course.models import TRAINERS, Cohort, Enrolment, User
from modules.progress.states import HelpRule


def cohorts_of(user):
    cohorts = Cohort.objects.select_related("clinic")
    if user.administers:
        return cohorts
    return cohorts.looked_after_by(user) if user.is_staff else cohorts.none()


def cohorts_trained_by(user):
    return user.cohorts_trained.select_related("clinic") if user.is_staff else Cohort.objects.none()


def unclosed_cohorts(cohorts, *, today):
    return cohorts.filter(Q(closes_on=None) | Q(closes_on__gte=today))


def closed_cohorts(cohorts, *, today):
    return cohorts.filter(closes_on__lt=today).order_by("-closes_on", "name", "pk")


def people_visible_to(user):
    if user.administers:
        return User.objects.all()
    enrolments = Enrolment.objects.filter(cohort__in=cohorts_of(user).order_by().values("pk"))
    return User.objects.filter(pk__in=enrolments.values("learner"))


def people_of_other_trainers(user):
    """Return keys of people who are in groups now, but in none that the user may open."""
    current = Enrolment.objects.current().order_by()
    if user.administers:
        return current.none().values("learner")
    own = current.filter(cohort__in=cohorts_of(user).order_by().values("pk"))
    return current.exclude(learner__in=own.values("learner")).values("learner")


def eligible_trainers(user, trained_by):
    known = Cohort.trainers.through.objects.filter(cohort__in=cohorts_of(user).order_by().values("pk")).values("user")
    unoccupied = User.objects.filter(groups__name=TRAINERS, cohorts_trained=None).values("pk")
    eligible = Q(pk=user.pk) | Q(pk__in=known) | Q(pk__in=unoccupied)
    present = Q(pk__in=[person.pk for person in trained_by])
    return User.objects.filter(Q(eligible, is_staff=True, is_active=True) | present).in_spanish_order()


def help_rule(cohort):
    return HelpRule(attempts=cohort.tries_before_help, quiet_days=cohort.quiet_days_before_help)


def learners_of(cohort):
    current = Enrolment.objects.current().filter(cohort=cohort)
    return User.objects.filter(enrolments__in=current).select_related("clinic").in_spanish_order()


def learners_by_cohort(cohorts):
    """Return {cohort: [learner]} of current enrolments in one query."""
    learners = {cohort.pk: [] for cohort in cohorts}
    for enrolment in Enrolment.objects.current().filter(cohort__in=learners).select_related("learner"):
        learners[enrolment.cohort_id].append(enrolment.learner)
    return {cohort: learners[cohort.pk] for cohort in cohorts}


def with_leaver_counts(cohorts):
    once = Q(enrolments__left_at__isnull=False)
    came_back = Enrolment.objects.current().filter(cohort=OuterRef("pk"), learner=OuterRef("enrolments__learner"))
    return cohorts.annotate(left=Count("enrolments__learner", filter=once & ~Exists(came_back), distinct=True))


def current_cohort_of(user, learner):
    return cohorts_of(user).filter(enrolments__learner=learner, enrolments__left_at=None).order_by("pk").first()
