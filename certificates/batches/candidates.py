"""The people of a group beside their certificates: who has one, who may have one now, and who not yet."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from certificates.issuing.eligibility import certifies
from certificates.issuing.issue import annulled_among, certificates_of
from certificates.issuing.standing import expired_since, has_expired
from certificates.models import Certificate
from modules.progress.states import CourseProgress, progress_by_learner


@dataclass(frozen=True)
class Candidate:
    """A person of a group beside the certificate: has one, may have one now, or not yet."""

    learner: object
    progress: CourseProgress
    certificate: Certificate | None
    annulled: Certificate | None
    today: date

    @property
    def key(self):
        """Return the key of the person as forms send it."""
        return str(self.learner.pk)

    @property
    def may_be_issued(self):
        has_one = self.certificate and certifies(self.certificate, self.progress)
        return not has_one and not self.annulled and self.progress.finished

    @property
    def can_be_printed(self):
        return bool(self.certificate) or self.may_be_issued

    @property
    def expired_since(self):
        """Return the first day on which the certificate holds no more, or None while it holds or there is none."""
        over = self.certificate and has_expired(self.certificate, today=self.today)
        return expired_since(self.certificate) if over else None


def candidates_among(learners, *, now):
    """Return the `Candidate` of each of these people, in the order given, in a constant number of queries."""
    learners = list(learners)
    progress = progress_by_learner(learners, now=now)
    held = {certificate.learner_id: certificate for certificate in certificates_of(learners)}
    annulled = {certificate.learner_id: certificate for certificate in annulled_among(learners)}
    today = timezone.localdate(now)
    return [
        Candidate(learner, progress[learner.pk], held.get(learner.pk), annulled.get(learner.pk), today)
        for learner in learners
    ]
