"""Reminders by e-mail, from request to sent or given up; refresher cases."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .cohorts import Cohort
from .jobs import Requested


class Failure(models.TextChoices):
    """Why a reminder did not go out, or may not have."""

    REFUSED = "refused", _("The mail server refused it.")
    SERVER = "server", _("The mail server did not take it, however often it was tried.")
    UNSURE = "unsure", _("The line broke while it was being sent: it may have arrived.")
    NO_ADDRESS = "address", _("The person has no e-mail address any more.")
    UNCONFIRMED = "confirm", _("The person has not confirmed the e-mail address.")
    STOPPED = "stopped", _("The person wants no e-mail.")
    LEFT = "left", _("The person is not in the group any more, or the group is closed.")
    FINISHED = "finished", _("There was nothing left for the person to do.")
    EARLY = "early", _("The person had one in the seven days before.")


class ReminderQuerySet(models.QuerySet):
    def unfinished(self):
        """Return those neither sent nor given up."""
        return self.filter(sent_at=None, failed_at=None)

    def of_the_course(self):
        """Return those about the course itself, not about refresher cases."""
        return self.filter(week=None)

    def counting_since(self, moment):
        """Return those that reached their learner after a moment, or may have."""
        return self.filter(Q(sent_at__gt=moment) | Q(problem=Failure.UNSURE, failed_at__gt=moment))


class Reminder(Requested):
    """A reminder by e-mail; printed slips and copied texts leave no trace. The text is the same for everybody."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.CASCADE, related_name="reminders"
    )
    cohort = models.ForeignKey(
        Cohort, verbose_name=_("group"), null=True, on_delete=models.SET_NULL, related_name="reminders"
    )
    # Nobody: the site itself, by the rules of the group.
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked for by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Of a case some weeks after finishing: the key of the record, and the week. Such a letter is in no group, so that
    # no trainer sees from it who has not done the case.
    finish_key = models.UUIDField(_("finishing"), null=True, blank=True)
    week = models.PositiveSmallIntegerField(_("week"), null=True, blank=True)
    # How often the mail server was not there, and when it is tried again.
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), default=timezone.now)
    # Written before it is handed to the mail server: who finds it later knows that it may be out.
    begun_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=10, choices=Failure, blank=True)
    # In the address that stops reminders; valid as long as the row exists.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = [
            models.Index(fields=["learner", "-sent_at"], name="last_reminder_of_a_learner"),
            models.Index(fields=["cohort", "-requested_at"], name="reminders_of_a_group"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(sent_at=None, failed_at=None, week=None),
                name="one_reminder_waits_for_a_person",
            ),
            models.UniqueConstraint(
                fields=["learner", "finish_key", "week"],
                condition=Q(week__isnull=False),
                name="of_each_case_one_letter_at_most",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(failed_at=None), name="a_reminder_is_sent_or_given_up_and_not_both"
            ),
            models.CheckConstraint(
                condition=Q(failed_at=None, problem="") | (Q(failed_at__isnull=False) & ~Q(problem="")),
                name="when_and_why_a_reminder_was_given_up_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.learner} · {self.requested_at:%Y-%m-%d}"

    @property
    def who(self):
        return str(self.requested_by or _("The site itself"))

    @property
    def finished_at(self):
        """When it was sent or given up, or None."""
        return self.sent_at or self.failed_at

    @property
    def last_sign_at(self):
        """One that was put off is nobody's business before its next try."""
        return max(super().last_sign_at, self.next_try_at)

    @property
    def reached_at(self):
        """When it reached its person, or may have; else None."""
        return self.sent_at or (self.failed_at if self.problem == Failure.UNSURE else None)


# Since the day on which the course was finished.
WEEKS = (1, 4, 8)


class RefresherCase(models.Model):
    """A learner did the case of a week. Questions, answers and time are not stored."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.CASCADE, related_name="refresher_cases"
    )
    # The key of the training record: after a restart and another finish, the weeks start again.
    finish_key = models.UUIDField(_("finishing"))
    week = models.PositiveSmallIntegerField(_("week"))

    class Meta:
        verbose_name = _("review done")
        verbose_name_plural = _("reviews done")
        constraints = [
            models.UniqueConstraint(fields=["learner", "finish_key", "week"], name="a_case_of_a_week_is_done_once"),
            models.CheckConstraint(condition=Q(week__in=WEEKS), name="cases_come_in_weeks_1_4_and_8"),
        ]

    def __str__(self):
        return f"{self.learner} · {self.week}"
