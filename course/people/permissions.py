"""Finding an issued certificate by the name on it, whoever's group the person is in, or in none."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from certificates.issuing.status import Standing, standing_of
from certificates.models import Certificate
from course.models import Clinic, Cohort, Enrolment
from course.models.cohorts import is_open
from course.models.people import spanish_key

from .clinics import clinics_of
from .cohorts import cohorts_of

SHOWN = 50
LONGEST_QUERY = 100
_MOST_WORDS = 8


@dataclass(frozen=True)
class Found:
    """A certificate, how it stands, and a group that one may open in which the person is now, or None."""

    certificate: Certificate
    standing: Standing
    cohort: Cohort | None


def certificates_looked_after_by(user):
    """Return the certificates that a person answers for: an administrator all, whoever leads areas of their clinics.

    A certificate is of the clinic of the person's account; where that is gone or names none, of the clinic printed on
    it, if no other area has one of that name.
    """
    certificates = Certificate.objects.without_pdf()
    if user.administers:
        return certificates
    if not user.is_staff:
        return certificates.none()
    own = clinics_of(user)
    elsewhere = set(Clinic.objects.exclude(pk__in=own).values_list("name", flat=True))
    names = [name for name in own.values_list("name", flat=True) if name not in elsewhere]
    printed = Q(learner__clinic=None, printed__clinic__in=names)
    return certificates.filter(Q(learner__clinic__in=own) | printed)


def find_certificates(user, query, *, today):
    """Return [Found] by surname, at most SHOWN, and whether there are more: every word of `query` is in the name.

    The number of queries is the same for any number of certificates.
    """
    words = spanish_key(query).split()[:_MOST_WORDS]
    if not words:
        return [], False
    certificates = certificates_looked_after_by(user).select_related("learner")
    for word in words:
        certificates = certificates.filter(sort_key__contains=word)
    found = list(certificates.order_by("sort_key", "-issued_at", "pk")[: SHOWN + 1])
    groups = groups_now(user, [one.learner_id for one in found if one.learner_id])
    shown = [Found(one, standing_of(one, today=today), groups.get(one.learner_id)) for one in found[:SHOWN]]
    return shown, len(found) > SHOWN


def groups_now(user, learners):
    """Return {key of a learner: the first group that this person may open in which the learner is now}."""
    current = Enrolment.objects.current().filter(learner__in=learners)
    current = current.filter(cohort__in=cohorts_of(user).order_by().values("pk"))
    return {one.learner_id: one.cohort for one in current.select_related("cohort").order_by("-pk")}


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
