"""Attempts, answers, manual marks, allowances and frozen images. Rows of the CMS are referred to by stable keys."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .quiz import CountingAttempt


class StoredImageQuerySet(models.QuerySet):
    def keep(self, images):
        """Store those whose bytes are not stored yet."""
        by_digest = {image.digest: image for image in images}
        known = set(self.filter(pk__in=by_digest).values_list("pk", flat=True))
        # Two people may begin at once: the same bytes are the same row.
        self.bulk_create([by_digest[digest] for digest in by_digest.keys() - known], ignore_conflicts=True)


class StoredImage(models.Model):
    """The bytes of an image and what it takes to serve them, stored once however often it is shown."""

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
    """An image that papers show."""

    class Meta:
        verbose_name = _("image of a paper")
        verbose_name_plural = _("images of papers")


class Certainty(models.IntegerChoices):
    """How sure a person is of an answer; it never changes a grade."""

    LOW = 1, _("Not sure")
    MEDIUM = 2, _("Fairly sure")
    HIGH = 3, _("Very sure")


class AttemptQuerySet(models.QuerySet):
    def open(self):
        return self.filter(submitted_at=None, abandoned_at=None)

    def submitted(self):
        return self.exclude(submitted_at=None)

    def graded(self):
        """Those with a grade: of the others a person still has to mark an answer or release the grade."""
        return self.exclude(grade=None)

    def pending(self):
        """Those that were sent and wait for a marker."""
        return self.submitted().filter(grade=None)

    def passed(self):
        return self.filter(passed=True)

    def asking_again(self):
        """Those in which something indispensable was missed, and another question of it is to be answered."""
        return self.filter(second_at__isnull=False, grade=None, abandoned_at=None)

    def of_quiz(self, quiz_key):
        return self.filter(quiz_key=quiz_key)

    def worked_on(self):
        """Those in which the person did something, each with when they began it, `done_at`.

        Another prints a sheet of paper: it is the person's when it is entered.
        """
        done_at = Case(When(medium=Medium.PAPER, then=F("submitted_at")), default=F("started_at"))
        return self.exclude(medium=Medium.PAPER, submitted_at=None).annotate(done_at=done_at)

    def without_snapshot(self):
        """Leave the paper in the database: of it a list needs only the title and the points possible, `total`."""
        return self.defer("snapshot").annotate(title=F("snapshot__title"), total=F("snapshot__total"))


class Medium(models.TextChoices):
    """Where a person answered."""

    SCREEN = "screen", _("On screen")
    PAPER = "paper", _("On paper")


class Attempt(models.Model):
    """A learner's attempt at a quiz. It carries its paper: what was asked, in which order, with which marks."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="attempts"
    )
    quiz_key = models.UUIDField(_("quiz"), db_index=True)
    snapshot = models.JSONField(_("paper"))
    language = models.CharField(_("language"), max_length=10)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    # Until when answers count, with the person's extra time; without grace. Empty: there is no limit.
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    medium = models.CharField(_("taken"), max_length=6, choices=Medium, default=Medium.SCREEN)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    # Enough points, but an indispensable question missed: since when the person is asked another one of each. The
    # earlier answers are final from then on, and the attempt is sent with those of the second.
    second_at = models.DateTimeField(_("asked again since"), null=True, blank=True)
    # The time ran out before anything was answered: «Nunca enviado».
    abandoned_at = models.DateTimeField(_("abandoned at"), null=True, blank=True)
    # The rule that held when it began: a later change of the quiz takes nobody's result away.
    counting_attempt = models.CharField(
        _("attempt that counts"), max_length=5, choices=CountingAttempt.choices, default=CountingAttempt.BEST
    )
    # Of an exam: who let the person know the grade.
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("released by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    # Whether the figures about its questions hold it already: see quizzes/models/statistics.py.
    in_figures = models.BooleanField(_("in the figures"), default=False)
    # Per cent from 0 to 100, rounded down to five places; whether it passed was decided on the unrounded value.
    grade = models.DecimalField(_("grade"), max_digits=8, decimal_places=5, null=True, blank=True)
    passed = models.BooleanField(_("passed"), null=True, blank=True)

    # Where those lead on from it who just heard of its grade, "" for nowhere; None where nobody did. It is not stored.
    leads_to = None

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "quiz_key"],
                condition=Q(submitted_at=None, abandoned_at=None),
                name="one_open_attempt_per_learner_and_quiz",
            ),
            models.CheckConstraint(
                condition=Q(grade=None, passed=None)
                | Q(submitted_at__isnull=False, grade__isnull=False, passed__isnull=False),
                name="a_grade_belongs_to_an_attempt_that_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(abandoned_at=None), name="an_attempt_is_sent_or_abandoned"
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="who_released_an_attempt_and_when_go_together",
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=0, grade__lte=100), name="a_grade_is_a_percentage"
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "quiz_key", "passed", "grade"], name="attempt_outcomes"),
            # Of a big site's attempts few wait for a marker, and every page of the desk counts one's own.
            models.Index(
                fields=["learner"], condition=Q(submitted_at__isnull=False, grade=None), name="attempts_to_mark"
            ),
            # Whether it is an exam stands in its paper, which is long: nobody reads those of all that wait.
            models.Index(
                fields=["learner"],
                condition=Q(submitted_at__isnull=False, grade=None, released_at=None, snapshot__rules__is_exam=True),
                name="exams_to_release",
            ),
            models.Index(
                fields=["due_at"], condition=Q(submitted_at=None, abandoned_at=None), name="attempts_to_close"
            ),
            # The figures read nothing but these: a row carries its paper, and there are many rows.
            models.Index(
                fields=["quiz_key", "learner", "started_at"],
                condition=Q(in_figures=False, grade__isnull=False),
                name="attempts_to_count",
            ),
            models.Index(
                fields=["quiz_key", "learner", "started_at"], condition=Q(in_figures=True), name="attempts_counted"
            ),
            models.Index(fields=["quiz_key", "started_at"], condition=Q(in_figures=True), name="oldest_counted"),
        ]

    def __str__(self):
        return f"{self.learner} · {self.snapshot.get('title', '')} · {self.started_at:%Y-%m-%d}"

    @property
    def has_ended(self):
        """Whether it was sent, or its time ran out before anything was answered."""
        return self.submitted_at is not None or self.abandoned_at is not None

    @property
    def asks_again(self):
        """Whether something indispensable was missed, and another question of it is to be answered."""
        return self.second_at is not None and self.grade is None and self.abandoned_at is None

    @property
    def is_final(self):
        """Whether the answers to its questions can't change any more, but for what is asked again."""
        return self.has_ended or self.second_at is not None


class AnswerWrite(models.Model):
    """Every write of an answer as it arrived; the same client and number again is the same write."""

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
            models.UniqueConstraint(
                fields=["attempt", "question_key", "client", "number"], name="a_repeated_write_is_one_write"
            ),
        ]

    def __str__(self):
        return f"{self.client} {self.number}"


class Answer(models.Model):
    """The answer that stands for a question of an attempt, derived from its writes."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question_key = models.UUIDField(_("question"))
    response = models.JSONField(_("response"))
    certainty = models.PositiveSmallIntegerField(_("how sure"), choices=Certainty.choices, null=True, blank=True)
    write = models.ForeignKey(AnswerWrite, on_delete=models.CASCADE, related_name="+")
    # Points from 0 to 1, set when the attempt is submitted; empty while it waits for a marker.
    fraction = models.DecimalField(_("points"), max_digits=7, decimal_places=5, null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_key"], name="one_answer_per_attempt_and_question"),
        ]
        indexes = [models.Index(fields=["question_key", "fraction", "attempt"], name="answer_item_statistics")]

    def __str__(self):
        return f"{self.attempt_id} · {self.question_key}"


class Reason(models.TextChoices):
    """Why an answer that arrived could not be placed."""

    SUBMITTED = "submitted", _("It arrived after the attempt was sent")
    LATE = "late", _("It arrived after the time was over")
    EARLIER = "earlier", _("Sent from a page opened before the PIN was reset")
    NOT_ON_PAPER = "paper", _("Its question is not part of the attempt")
    UNREADABLE = "unreadable", _("It could not be read")


class Resolution(models.TextChoices):
    """What a trainer decided about an answer that could not be placed."""

    COUNTED = "counted", _("Counted")
    LEFT = "left", _("Left out")


class LateAnswer(models.Model):
    """A write of an answer that could not be placed. It is kept, and a trainer decides; nobody is shown the answer."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="late_answers")
    question = models.CharField(_("question"), max_length=80)
    client = models.CharField(_("client"), max_length=40)
    number = models.PositiveBigIntegerField(_("number"))
    response = models.JSONField(_("response"))
    certainty = models.PositiveSmallIntegerField(_("how sure"), choices=Certainty.choices, null=True, blank=True)
    given_at = models.DateTimeField(_("given at"), help_text=_("Corrected to the server’s clock."))
    # It was answered without a line: only the device says when.
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
        verbose_name = _("answer to look at")
        verbose_name_plural = _("answers to look at")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question", "client", "number"], name="a_repeated_held_write_is_one_write"
            ),
            models.CheckConstraint(
                condition=Q(resolution="", resolved_by=None, resolved_at=None)
                | (~Q(resolution="") & Q(resolved_by__isnull=False, resolved_at__isnull=False)),
                name="who_decided_what_and_when_go_together",
            ),
        ]
        indexes = [models.Index(fields=["attempt"], condition=Q(resolution=""), name="late_answers_to_decide")]

    def __str__(self):
        return f"{self.attempt_id} · {self.question} · {self.reason}"


class ManualMark(models.Model):
    """A mark that a person gave an answer. The highest number stands; the earlier ones are its history."""

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
