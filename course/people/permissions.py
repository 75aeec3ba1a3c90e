"""The rules that the lower rooms ask for by name, as `user.has_perm("quizzes.start_attempt", quiz)`."""

from django.utils import timezone

from course.models import Enrolment
from course.models.cohorts import is_open

from .cohorts import cohorts_of
from .finding import certificates_looked_after_by


def is_staff(user):
    return user.is_staff or user.is_superuser


def _days_of_groups(user):
    """Return [(first day, last day or None)] of the groups that the person is in; asked once a request."""
    if not hasattr(user, "_days_of_groups"):
        groups = Enrolment.objects.current().filter(learner=user)
        user._days_of_groups = list(groups.values_list("cohort__opens_on", "cohort__closes_on"))
    return user._days_of_groups


def studies_in_an_open_group(user):
    """Whether the person is in a group whose course is open today."""
    return any(is_open(*days, today=timezone.localdate()) for days in _days_of_groups(user))


def is_in_a_group(user):
    """Whether the person is in a group, open or closed."""
    return bool(_days_of_groups(user))


def has_group(user, _thing=None):
    """Whether the person is in a group, open or closed; staff needs none."""
    return is_staff(user) or is_in_a_group(user)


def may_study(user, _thing=None):
    return is_staff(user) or studies_in_an_open_group(user)


def sees_cohort(user, cohort):
    return cohort is not None and cohorts_of(user).filter(pk=cohort.pk).exists()


def sees_learner(user, learner):
    """Whether the person looks after a group that the learner is in now; whoever trains no more does not."""
    if learner is None:
        return False
    groups = cohorts_of(user)
    return user.administers or Enrolment.objects.current().filter(learner=learner, cohort__in=groups).exists()


# Pages ask `may_mark` and `may_allow` themselves: `has_perm` says yes to a superuser before any rule is asked.
def may_mark(user, attempt):
    """Whether the person marks the attempt, releases it and decides about its late answers: never one's own."""
    return attempt is not None and attempt.learner_id != user.pk and sees_learner(user, attempt.learner)


def may_allow(user, learner):
    """Whether the person gives the learner more time or attempts: never oneself."""
    return learner is not None and learner.pk != user.pk and sees_learner(user, learner)


def may_print_certificate(user, certificate):
    if certificate is None:
        return False
    return (
        certificate.learner_id == user.pk
        or sees_learner(user, certificate.learner)
        or certificates_looked_after_by(user).filter(pk=certificate.pk).exists()
    )


def may_issue_certificate(user, learner):
    """Whether the person issues the learner's certificate, or another after one was annulled: never one's own."""
    return learner is not None and learner.pk != user.pk and sees_learner(user, learner)


def may_change_certificate(user, certificate):
    """Whether the person corrects the name on the certificate or annuls it: never on one's own.

    Of who has no account any more only administrators do.
    """
    if certificate is not None and certificate.learner is None:
        return user.administers
    return certificate is not None and may_issue_certificate(user, certificate.learner)


def may_see_analysis(user, _quiz=None):
    """Figures about questions hold nobody's answers: whoever trains or edits sees those of every quiz."""
    return user.trains or user.edits


def changes_no_staff(user, person):
    """Whether the person may change the account of `person`: of who has a role in the site only administrators may.

    Whoever installed the site changes every account, and nobody else theirs.
    """
    return user.is_superuser or not is_staff(person) or (user.administers and not person.is_superuser)


def may_change_learner(user, learner):
    """Whether the person gives the learner a PIN, moves, merges or closes the account: never one's own."""
    return (
        learner is not None
        and learner.pk != user.pk
        and changes_no_staff(user, learner)
        and sees_learner(user, learner)
    )


RULES = {
    "modules.have_group": has_group,
    "quizzes.have_group": has_group,
    "modules.study_course": may_study,
    "quizzes.start_attempt": may_study,
    "quizzes.see_analysis": may_see_analysis,
    "quizzes.mark_attempt": may_mark,
    "quizzes.give_allowance": may_allow,
    "certificates.print_certificate": may_print_certificate,
    "certificates.issue_certificate": may_issue_certificate,
    "certificates.correct_certificate": may_change_certificate,
    "certificates.annul_certificate": may_change_certificate,
    "course.see_cohort": sees_cohort,
    "course.see_learner": sees_learner,
    "course.change_learner": may_change_learner,
}


class CourseRules:
    """An authentication backend that signs nobody in (so it has no `get_user`) and answers the rules above."""

    def authenticate(self, request, **credentials):
        return None

    def has_perm(self, user, name, thing=None):
        rule = RULES.get(name)
        return bool(rule and user.is_active and not user.is_anonymous and rule(user, thing))
