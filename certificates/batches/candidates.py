"""The people of a group beside their certificates: who has one, who may have one now, and who not yet."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language

from certificates.issuing.eligibility import certifies, is_still_valid, missing_items
from certificates.issuing.field_values import active_design, certificate_language
from certificates.issuing.issue import get_certificates, get_revoked_certificates
from certificates.issuing.status import expired_since, has_expired, is_expiring_soon
from certificates.models import Certificate
from modules.progress.deriving import progress_by_learner
from modules.progress.states import CourseProgress


@dataclass(frozen=True)
class Candidate:
    """A person of a group beside the certificate: has one, may have one now, or not yet."""

    learner: object
    progress: CourseProgress
    certificate: Certificate | None
    annulled: Certificate | None
    today: date
    # Whether a certificate of what was finished would hold today.
    would_hold: bool = True

    @property
    def key(self):
        """Return the key of the person as forms send it."""
        return str(self.learner.pk)

    @property
    def may_be_issued(self):
        has_one = self.certificate and certifies(self.certificate, self.progress)
        return not has_one and not self.annulled and self.progress.finished and self.would_hold

    @property
    def holds(self):
        """Whether the person has a certificate that holds."""
        return bool(self.certificate) and not self.expired_since

    @property
    def only_expired(self):
        """Whether the only certificate that can be printed has expired, and none can take its place yet."""
        return bool(self.expired_since) and not self.may_be_issued

    @property
    def ends_on(self):
        """Return the last day of a certificate that ends soon or has ended, else None."""
        ends = self.certificate and is_expiring_soon(self.certificate, today=self.today)
        return self.certificate.expires_on if ends else None

    @property
    def is_over(self):
        """Whether the course was finished so long ago that only taking it again leads to a certificate."""
        return self.progress.finished and not self.may_be_issued and not self.holds and not self.annulled

    @property
    def missing(self):
        """Return what is still to be done, as `missing_in` has it: nothing where the course is finished."""
        return [] if self.progress.finished else missing_items(self.progress)

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
    held = {certificate.learner_id: certificate for certificate in get_certificates(learners)}
    annulled = {certificate.learner_id: certificate for certificate in get_revoked_certificates(learners)}
    today, design = timezone.localdate(now), active_design(certificate_language(get_language()))
    return [
        Candidate(
            learner,
            progress[learner.pk],
            held.get(learner.pk),
            annulled.get(learner.pk),
            today,
            not progress[learner.pk].finished or is_still_valid(progress[learner.pk], today=today, design=design),
        )
        for learner in learners
    ]


def by_end(candidates):
    """Return those of the candidates whose certificate ends soon or has ended, by the day."""
    ending = [candidate for candidate in candidates if candidate.ends_on]
    return sorted(ending, key=lambda candidate: (candidate.ends_on, candidate.learner.sort_key, candidate.learner.pk))
