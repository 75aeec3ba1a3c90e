"""Who did what, and about whom: people stand in the log by their keys alone, and are named when it is shown."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import GONE

from .cohorts import Cohort

# What stands in `subject` is what the person was called, or had as a code, before.
FORMERLY = ("person_changed", "accounts_merged")
# What stands in `subject` is a place, and whom the entry is about are its people.
OF_A_PLACE = ("area_made", "area_changed")


class AuditEntry(models.Model):
    """Who changed, exported or printed what, and when; rows are only added. It holds no answer and no grade.

    It holds nobody's name either: who did it and whom it is `about` are keys, so that of an account that was deleted
    it says only that there was one.
    """

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # False: the site itself did it, as a timer of the server does.
    by_somebody = models.BooleanField(_("somebody did it"), default=True)
    # The name of what was done, such as `roster_imported`: see course.people.audit.
    action = models.CharField(_("what"), max_length=40)
    cohort = models.ForeignKey(
        Cohort, verbose_name=_("group"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # About what, in words.
    subject = models.CharField(_("about"), max_length=320, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the audit list")
        verbose_name_plural = _("audit list")
        indexes = [models.Index(fields=["cohort", "-at"], name="audit_list_of_a_group")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None) | Q(by_somebody=True), name="what_a_person_did_was_done_by_somebody"
            ),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d} · {self.by_id or '–'} · {self.action}"

    @property
    def who(self):
        """Who did it, by the name of today."""
        if self.by:
            return str(self.by)
        return str(GONE if self.by_somebody else _("The site itself"))

    @property
    def about_words(self):
        """About whom and what in words, people by their names of today."""
        people = ", ".join(self._called(one.person) for one in self.about.all())
        if not people or not self.subject:
            return people or self.subject
        if self.action in OF_A_PLACE:
            return f"{self.subject}: {people}"
        if self.action in FORMERLY:
            return _("%(person)s (before: %(words)s)") % {"person": people, "words": self.subject}
        return f"{people}: {self.subject}"

    def _called(self, person):
        """Return the name of a person; of whom no group says who it is, the code as well."""
        if person is None:
            return str(GONE)
        return str(person) if self.cohort_id else f"{person.username} {person}"


class AuditedPerson(models.Model):
    """Whom an entry of the audit list is about: the key of the account, and nothing once that is deleted."""

    entry = models.ForeignKey(AuditEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="about")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("person of the audit list")
        verbose_name_plural = _("people of the audit list")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.entry_id} · {self.person_id or '–'}"
