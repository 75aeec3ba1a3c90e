"""Attempts, answers, manual marks and allowances."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .quiz import CountingAttempt


class StoredImageQuerySet(models.QuerySet):
    def store(self, images):
        by_digest = {image.digest: image for image in images}
        known = set(self.filter(pk__in=by_digest).values_list("pk", flat=True))
        self.bulk_create([by_digest[digest] for digest in by_digest.keys() - known], ignore_conflicts=True)


class StoredImage(models.Model):
    digest = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    content_type = models.CharField(_("type"), max_length=40)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    content = models.BinaryField(_("content"))

    objects = StoredImageQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return self.digest[:12]


class FrozenImage(StoredImage):
    class Meta:
        verbose_name = _("image of a paper")
        verbose_name_plural = _("images of papers")


class Certainty(models.IntegerChoices):
    """How sure a learner is of an answer; it never changes a grade."""

    LOW = 1, _("Not sure")
    MEDIUM = 2, _("Fairly sure")
    HIGH = 3, _("Very sure")


class AttemptQuerySet(models.QuerySet):
    def open(self):
        return self.filter(submitted_at=None, abandoned_at=None)

    def submitted(self):
        return self.exclude(submitted_at=None)

    def graded(self):
        return self.exclude(grade=None)

    def pending(self):
        return self.submitted().filter(grade=None)

    def passed(self):
        return self.filter(passed=True)

    def in_second_chance(self):
        return self.filter(second_chance_at__isnull=False, grade=None, abandoned_at=None)

    def of_quiz(self, quiz_key):
        return self.filter(quiz_key=quiz_key)

    def worked_on(self):
        """Annotate `done_at`, when the learner worked on it; for paper, when it was entered."""
        done_at = Case(When(medium=Medium.PAPER, then=F("submitted_at")), default=F("started_at"))
        return self.exclude(medium=Medium.PAPER, submitted_at=None).annotate(done_at=done_at)

    def without_snapshot(self):
        """Defer the large snapshot; annotate its `title` and `total` points."""
        return self.defer("snapshot").annotate(title=F("snapshot__title"), total=F("snapshot__total"))


class Medium(models.TextChoices):
    SCREEN = "screen", _("On screen")
    PAPER = "paper", _("On paper")


class Attempt(models.Model):
    """A learner's attempt at a quiz, with a snapshot of its questions, their order and their points."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="attempts"
    )
    quiz_key = models.UUIDField(_("quiz"), db_index=True)
    snapshot = models.JSONField(_("paper"))
    language = models.CharField(_("language"), max_length=10)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    # With extra time, without grace; None: no limit.
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    medium = models.CharField(_("taken"), max_length=6, choices=Medium, default=Medium.SCREEN)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    # Since then earlier answers are final; the attempt is submitted with the answers of the second chance.
    second_chance_at = models.DateTimeField(_("second chance since"), null=True, blank=True)
    abandoned_at = models.DateTimeField(_("abandoned at"), null=True, blank=True)
    # The rule at the start: a later change of the quiz takes no result away.
    counting_attempt = models.CharField(
        _("attempt that counts"), max_length=5, choices=CountingAttempt.choices, default=CountingAttempt.BEST
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("released by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    in_statistics = models.BooleanField(_("in the statistics"), default=False)
    # Per cent, rounded down to five places; `passed` was decided on the unrounded value.
    grade = models.DecimalField(_("grade"), max_digits=8, decimal_places=5, null=True, blank=True)
    passed = models.BooleanField(_("passed"), null=True, blank=True)

    # Not stored: URL from `attempt_submitted`, "" for none, None before it is sent.
    next_url = None

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "quiz_key"],
                condition=Q(submitted_at=None, abandoned_at=None),
                name="unique_open_attempt",
            ),
            models.CheckConstraint(
                condition=Q(grade=None, passed=None)
                | Q(submitted_at__isnull=False, grade__isnull=False, passed__isnull=False),
                name="grade_requires_submission",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(abandoned_at=None), name="submitted_xor_abandoned"
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="released_by_with_released_at",
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=0, grade__lte=100), name="grade_is_percentage"
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "quiz_key", "passed", "grade"], name="attempt_outcomes"),
            models.Index(
                fields=["learner"], condition=Q(submitted_at__isnull=False, grade=None), name="attempts_to_mark"
            ),
            # Reading `is_exam` from the large snapshots of all pending attempts would be slow.
            models.Index(
                fields=["learner"],
                condition=Q(submitted_at__isnull=False, grade=None, released_at=None, snapshot__rules__is_exam=True),
                name="exams_to_release",
            ),
            models.Index(
                fields=["due_at"], condition=Q(submitted_at=None, abandoned_at=None), name="attempts_to_close"
            ),
            # Covering indexes for the statistics: rows are large because of the snapshot.
            models.Index(
                fields=["quiz_key", "learner", "started_at"],
                condition=Q(in_statistics=False, grade__isnull=False),
                name="attempts_not_in_statistics",
            ),
            models.Index(
                fields=["quiz_key", "learner", "started_at"],
                condition=Q(in_statistics=True),
                name="attempts_in_statistics",
            ),
            models.Index(
                fields=["quiz_key", "started_at"], condition=Q(in_statistics=True), name="oldest_in_statistics"
            ),
        ]

    def __str__(self):
        return f"{self.learner} · {self.snapshot.get('title', '')} · {self.started_at:%Y-%m-%d}"

    @property
    def has_ended(self):
        return self.submitted_at is not None or self.abandoned_at is not None

    @property
    def is_in_second_chance(self):
        return self.second_chance_at is not None and self.grade is None and self.abandoned_at is None

    @property
    def is_final(self):
        return self.has_ended or self.second_chance_at is not None


class AnswerWrite(models.Model):
    """A write of an answer as it arrived; `client` and `number` make repeated deliveries idempotent."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="writes")
    question_key = models.UUIDField(_("question"))
    client = models.CharField(_("client"), max_length=40)
    number = models.PositiveBigIntegerField(_("number"))
    response = models.JSONField(_("response"))
    certainty = models.PositiveSmallIntegerField(_("how sure"), choices=Certainty.choices, null=True, blank=True)
    given_at = models.DateTimeField(_("given at"), help_text=_("Corrected to the server’s clock."))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("write of an answer")
        verbose_name_plural = _("writes of answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_key", "client", "number"], name="unique_answer_write")
        ]

    def __str__(self):
        return f"{self.client} {self.number}"


class Answer(models.Model):
    """The current answer to a question of an attempt, derived from its writes."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question_key = models.UUIDField(_("question"))
    response = models.JSONField(_("response"))
    certainty = models.PositiveSmallIntegerField(_("how sure"), choices=Certainty.choices, null=True, blank=True)
    write = models.ForeignKey(AnswerWrite, on_delete=models.CASCADE, related_name="+")
    # From 0 to 1, set on submission; None while it waits for a marker.
    fraction = models.DecimalField(_("points"), max_digits=7, decimal_places=5, null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["attempt", "question_key"], name="unique_answer")]
        indexes = [models.Index(fields=["question_key", "fraction", "attempt"], name="answer_item_statistics")]

    def __str__(self):
        return f"{self.attempt_id} · {self.question_key}"


class Reason(models.TextChoices):
    SUBMITTED = "submitted", _("It arrived after the attempt was sent")
    LATE = "late", _("It arrived after the time was over")
    STALE_PAGE = "earlier", _("Sent from a page opened before the PIN was reset")
    UNKNOWN_QUESTION = "paper", _("Its question is not part of the attempt")
    UNREADABLE = "unreadable", _("It could not be read")


class Resolution(models.TextChoices):
    COUNTED = "counted", _("Counted")
    LEFT = "left", _("Left out")


class LateAnswer(models.Model):
    """A write that came too late or fits no question; a trainer decides without seeing the response."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="late_answers")
    question = models.CharField(_("question"), max_length=80)
    client = models.CharField(_("client"), max_length=40)
    number = models.PositiveBigIntegerField(_("number"))
    response = models.JSONField(_("response"))
    certainty = models.PositiveSmallIntegerField(_("how sure"), choices=Certainty.choices, null=True, blank=True)
    given_at = models.DateTimeField(_("given at"), help_text=_("Corrected to the server’s clock."))
    by_device = models.BooleanField(_("given at, by the device’s clock"), default=False)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    resolution = models.CharField(_("decision"), max_length=7, choices=Resolution.choices, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    resolved_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("late answer")
        verbose_name_plural = _("late answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question", "client", "number"], name="unique_late_answer"),
            models.CheckConstraint(
                condition=Q(resolution="", resolved_by=None, resolved_at=None)
                | (~Q(resolution="") & Q(resolved_by__isnull=False, resolved_at__isnull=False)),
                name="late_answer_decision_complete",
            ),
        ]
        indexes = [models.Index(fields=["attempt"], condition=Q(resolution=""), name="late_answers_to_decide")]

    def __str__(self):
        return f"{self.attempt_id} · {self.question} · {self.reason}"


class ManualMark(models.Model):
    """A trainer's mark; the highest number is current, the others are its history."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="manual_marks")
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
        verbose_name = _("manual mark")
        verbose_name_plural = _("manual marks")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_key", "number"], name="unique_manual_mark_number"),
            models.CheckConstraint(condition=Q(fraction__gte=0, fraction__lte=1), name="manual_mark_is_fraction"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="changed_mark_requires_reason"),
        ]

    def __str__(self):
        return f"{self.attempt_id} · {self.question_key} · {self.number}"


class Allowance(models.Model):
    """Extra attempts or time of a learner in a quiz; the newest is current."""

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
        indexes = [models.Index(fields=["learner", "quiz_key", "-given_at"], name="current_allowance")]

    def __str__(self):
        return f"{self.learner} · {self.quiz_key}"
