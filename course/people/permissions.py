"""Permission rules, answered by the authentication backend `CourseRules`."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from certificates.issuing.status import CertificateStatus, get_status
from certificates.models import Certificate
from course.models import Clinic, Cohort, Enrolment
from course.models.cohorts import is_open
from course.models.people import spanish_key

from .clinics import clinics_of
from .cohorts import cohorts_of

MAX_FOUND = 50
MAX_QUERY_LENGTH = 100
_MAX_WORDS = 8


@dataclass(frozen=True)
class FoundCertificate:
    certificate: Certificate
    standing: CertificateStatus
    cohort: Cohort | None


def certificates_looked_after_by(user):
    """Return certificates of clinics of the led areas, by account, else by printed clinic; all for administrators."""
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
    """Return [FoundCertificate] with every word of `query` in its name, and whether there are more."""
    words = spanish_key(query).split()[:_MAX_WORDS]
    if not words:
        return [], False
    certificates = certificates_looked_after_by(user).select_related("learner")
    for word in words:
        certificates = certificates.filter(sort_key__contains=word)
    found = list(certificates.order_by("sort_key", "-issued_at", "pk")[: MAX_FOUND + 1])
    groups = current_cohorts(user, [one.learner_id for one in found if one.learner_id])
    shown = [
        FoundCertificate(one, get_status(one, today=today), groups.get(one.learner_id)) for one in found[:MAX_FOUND]
    ]
    return shown, len(found) > MAX_FOUND


def current_cohorts(user, learners):
    """Return {learner_pk: the first group that the user may open and the learner is in now}."""
    current = Enrolment.objects.current().filter(learner__in=learners)
    current = current.filter(cohort__in=cohorts_of(user).order_by().values("pk"))
    return {one.learner_id: one.cohort for one in current.select_related("cohort").order_by("-pk")}


def is_staff(user):
    return user.is_staff or user.is_superuser


def _cohort_dates(user):
    if not hasattr(user, "_days_of_groups"):
        groups = Enrolment.objects.current().filter(learner=user)
        user._days_of_groups = list(groups.values_list("cohort__opens_on", "cohort__closes_on"))
    return user._days_of_groups


def is_in_open_group(user):
    return any(is_open(*days, today=timezone.localdate()) for days in _cohort_dates(user))


def is_in_group(user):
    return bool(_cohort_dates(user))


def has_group(user, _thing=None):
    return is_staff(user) or is_in_group(user)


def may_study(user, _thing=None):
    return is_staff(user) or is_in_open_group(user)


def may_see_cohort(user, cohort):
    return cohort is not None and cohorts_of(user).filter(pk=cohort.pk).exists()


def may_see_learner(user, learner):
    if learner is None:
        return False
    groups = cohorts_of(user)
    return user.administers or Enrolment.objects.current().filter(learner=learner, cohort__in=groups).exists()


# Pages ask `may_mark` and `may_allow` themselves: `has_perm` says yes to a superuser before any rule is asked.
def may_mark(user, attempt):
    return attempt is not None and attempt.learner_id != user.pk and may_see_learner(user, attempt.learner)


def may_allow(user, learner):
    return learner is not None and learner.pk != user.pk and may_see_learner(user, learner)


def may_print_certificate(user, certificate):
    if certificate is None:
        return False
    return (
        certificate.learner_id == user.pk
        or may_see_learner(user, certificate.learner)
        or certificates_looked_after_by(user).filter(pk=certificate.pk).exists()
    )


def may_issue_certificate(user, learner):
    return learner is not None and learner.pk != user.pk and may_see_learner(user, learner)


def may_change_certificate(user, certificate):
    if certificate is not None and certificate.learner is None:
        return user.administers
    return certificate is not None and may_issue_certificate(user, certificate.learner)


def may_see_analysis(user, _quiz=None):
    return user.trains or user.edits


def may_change_account(user, person):
    return user.is_superuser or not is_staff(person) or (user.administers and not person.is_superuser)


def may_change_learner(user, learner):
    return (
        learner is not None
        and learner.pk != user.pk
        and may_change_account(user, learner)
        and may_see_learner(user, learner)
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
    "certificates.revoke_certificate": may_change_certificate,
    "course.see_cohort": may_see_cohort,
    "course.see_learner": may_see_learner,
    "course.change_learner": may_change_learner,
}


class CourseRules:
    def authenticate(self, request, **credentials):
        return None

    def has_perm(self, user, name, thing=None):
        rule = RULES.get(name)
        return bool(rule and user.is_active and not user.is_anonymous and rule(user, thing))
