"""Face-to-face sessions: who attended, how many hands went up, and quizzes taken on paper."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .cohorts import Cohort

# Hands of fewer people are shown and forgotten.
FEWEST_HANDS = 10


class Session(models.Model):
    """A meeting of a group with its date, place and length, on one or more modules (their stable keys)."""

    # The same on every machine that ever exchanges with this one; a row's number is not.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.PROTECT, related_name="sessions")
    held_on = models.DateField(_("date"), default=timezone.localdate)
    place = models.CharField(_("place"), max_length=200, blank=True)
    modules = models.JSONField(_("modules"), default=list)
    # Those of them whose lessons count as read for whoever attends.
    counts_for = models.JSONField(_("counts for"), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=60, validators=[MinValueValidator(5)])
    # What the QR on the wall holds; good for this session alone, and only until it closes.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    open_until = models.DateTimeField(_("people sign in with the QR until"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-held_on", "-pk"]

    def __str__(self):
        return f"{self.held_on:%Y-%m-%d} · {self.cohort}"


class Attendance(models.Model):
    """A person was at a session."""

    class How(models.TextChoices):
        TAPPED = "tapped", _("Ticked by the trainer")
        QR = "qr", _("With the QR on the wall")

    session = models.ForeignKey(
        Session, verbose_name=_("session"), on_delete=models.PROTECT, related_name="attendances"
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.CASCADE, related_name="attendances"
    )
    how = models.CharField(_("how"), max_length=10, choices=How)
    noted_at = models.DateTimeField(_("noted at"), default=timezone.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("noted by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(fields=["session", "learner"], name="a_person_attends_a_session_once"),
        ]

    def __str__(self):
        return f"{self.learner} · {self.session}"


class HandsCount(models.Model):
    """How many hands went up for each option of a scenario; nobody's hand in particular."""

    session = models.ForeignKey(Session, verbose_name=_("session"), on_delete=models.CASCADE, related_name="hands")
    scenario = models.CharField(_("scenario"), max_length=60)
    step = models.CharField(_("step"), max_length=60, blank=True)
    # {key of the option: hands}
    hands = models.JSONField(_("hands"))
    total = models.PositiveSmallIntegerField(_("hands in all"))
    counted_at = models.DateTimeField(_("counted at"), default=timezone.now)

    class Meta:
        verbose_name = _("count of hands")
        verbose_name_plural = _("counts of hands")
        constraints = [
            models.UniqueConstraint(fields=["session", "scenario", "step"], name="hands_are_counted_once_a_step"),
            models.CheckConstraint(condition=Q(total__gte=FEWEST_HANDS), name="hands_are_kept_from_ten_up"),
        ]

    def __str__(self):
        return f"{self.session} · {self.scenario}"


class PaperSheet(models.Model):
    """The answer sheet of a frozen attempt: it knows the attempt by its code, and was keyed in or not yet."""

    # Printed as QR and to be typed: look-alike letters are not in it.
    code = models.CharField(_("code"), max_length=12, unique=True)
    # The attempt's key: quizzes.Attempt.id.
    attempt = models.OneToOneField(
        "quizzes.Attempt", verbose_name=_("attempt"), on_delete=models.PROTECT, related_name="paper_sheet"
    )
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.PROTECT, related_name="paper_sheets")
    session = models.ForeignKey(
        Session,
        verbose_name=_("session"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="paper_sheets",
    )
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("printed by"), on_delete=models.PROTECT, related_name="+"
    )
    printed_at = models.DateTimeField(_("printed at"), default=timezone.now)
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("keyed in by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    keyed_at = models.DateTimeField(_("keyed in at"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer sheet")
        verbose_name_plural = _("answer sheets")
        constraints = [
            models.CheckConstraint(
                condition=Q(keyed_at=None, keyed_by=None) | Q(keyed_at__isnull=False, keyed_by__isnull=False),
                name="who_keyed_a_sheet_and_when_go_together",
            ),
        ]

    def __str__(self):
        return self.code
