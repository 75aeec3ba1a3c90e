"""What people decide about attempts: marks given by hand, and what a person is allowed beyond the quiz's rules."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .attempts import Attempt


class HandMark(models.Model):
    """A mark that a person gave an answer. The highest number stands; the earlier ones are its history."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="hand_marks")
    question_key = models.UUIDField(_("question"))
    number = models.PositiveSmallIntegerField(_("number"))
    fraction = models.DecimalField(
        _("points"),
        max_digits=7,
        decimal_places=5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("From 0 to 1, of the question’s points."),
    )
    comment = models.TextField(_("comment"), blank=True, help_text=_("The person reads it in the review."))
    reason = models.CharField(_("reason for the change"), max_length=300, blank=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("marked by"), on_delete=models.PROTECT, related_name="+"
    )
    marked_at = models.DateTimeField(_("marked at"), default=timezone.now)

    class Meta:
        verbose_name = _("mark given by hand")
        verbose_name_plural = _("marks given by hand")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question_key", "number"], name="two_markers_do_not_overwrite_each_other"
            ),
            models.CheckConstraint(condition=Q(fraction__gte=0, fraction__lte=1), name="a_hand_mark_is_a_fraction"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="a_changed_mark_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.attempt_id} · {self.question_key} · {self.number}"


class Allowance(models.Model):
    """What a person is allowed in a quiz beyond its rules. The newest one holds; the earlier ones are its history."""

    # The same on every machine that ever exchanges with this one; a row's number is not.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="allowances"
    )
    quiz_key = models.UUIDField(_("quiz"))
    extra_attempts = models.PositiveSmallIntegerField(_("extra attempts"), default=0)
    extra_minutes = models.PositiveSmallIntegerField(_("extra minutes"), default=0)
    closes_at = models.DateTimeField(
        _("closes for this person"), null=True, blank=True, help_text=_("Instead of the quiz’s own closing time.")
    )
    reason = models.CharField(_("reason"), max_length=300)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("given by"), on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(_("given at"), default=timezone.now)

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        indexes = [models.Index(fields=["learner", "quiz_key", "-given_at"], name="allowance_in_force")]

    def __str__(self):
        return f"{self.learner} · {self.quiz_key}"
