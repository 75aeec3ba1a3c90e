"""Editions of the course, registrations, training records, lessons read."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Workplace(models.Model):
    """A copy of a learner's role, job, clinic, area and group on one day; later edits do not change it."""

    role = models.CharField(_("role in the health centre"), max_length=20, blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    clinic = models.CharField(_("clinic"), max_length=200, blank=True)
    clinic_key = models.UUIDField(null=True, blank=True)
    area = models.CharField(_("health area"), max_length=200, blank=True)
    area_key = models.UUIDField(null=True, blank=True)
    cohort = models.CharField(_("group"), max_length=200, blank=True)
    cohort_key = models.UUIDField(null=True, blank=True)

    class Meta:
        abstract = True


class Edition(models.Model):
    """The requirements by stable key, with the pass rules; never changes once a learner is registered."""

    # The same on every machine, unlike the primary key.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    course_key = models.UUIDField(_("course"))
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    # A module each: [{"key", "number", "title", "lessons": [key], "quiz": key or None, "pass_mark", "counting_attempt",
    # "pools"}]. The title is a copy, for when the module is deleted.
    contents = models.JSONField(_("contents of the edition"), default=list)
    current_from = models.DateTimeField(_("current from"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["course_key", "number"], name="editions_of_a_course_are_numbered"),
        ]

    def __str__(self):
        return self.name or gettext("Edition %(number)d") % {"number": self.number}


class RegistrationQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)


class Registration(models.Model):
    """A learner takes an edition until a restart. A learner without a row takes the current edition."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.CASCADE, related_name="registrations"
    )
    edition = models.ForeignKey(
        Edition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="registrations"
    )
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)
    # After a restart: in `restarted_modules` (stable keys) only what was done from this moment on counts.
    counts_from = models.DateTimeField(_("counts from"), null=True, blank=True)
    restarted_modules = models.JSONField(_("restarted modules"), default=list, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    restarted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("restarted by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # The previous edition, if the learner was moved to this one before finishing.
    moved_from = models.ForeignKey(
        Edition, verbose_name=_("moved from"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    moved_at = models.DateTimeField(_("moved at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [
            models.Index(fields=["learner"], condition=Q(counts_from__isnull=False), name="restarted_registrations")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner"], condition=Q(ended_at=None), name="one_current_registration_per_learner"
            ),
        ]

    def __str__(self):
        return f"{self.learner} · {self.edition}"


class TrainingRecordQuerySet(models.QuerySet):
    def valid(self):
        return self.filter(revoked_at=None)

    def of_the_course(self):
        return self.filter(module_key=None)


class TrainingRecord(Workplace):
    """A finished module or edition. A correction revokes it; deleting the account anonymizes it."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="training_records",
    )
    registration = models.ForeignKey(
        Registration,
        verbose_name=_("registration"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="records",
    )
    edition = models.ForeignKey(Edition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="records")
    module_key = models.UUIDField(_("module"), null=True, blank=True)
    # The last fact that it rests on; `recorded_at` is when the row was written.
    finished_at = models.DateTimeField(_("finished at"), db_index=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    # Of a deleted account: whether the learner restarted afterwards, so that no one is counted twice.
    is_former = models.BooleanField(_("from before the restart"), default=False)
    revoked_at = models.DateTimeField(_("record revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("record revoked by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    revoked_reason = models.CharField(_("reason for revoking"), max_length=300, blank=True)

    objects = TrainingRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("training record")
        verbose_name_plural = _("training records")
        indexes = [
            models.Index(fields=["cohort_key"], name="records_by_group"),
            models.Index(
                fields=["finished_at"], condition=Q(revoked_at=None, module_key=None), name="finished_courses_by_day"
            ),
            models.Index(fields=["key"], condition=Q(module_key=None), name="finished_courses_by_key"),
            # A ninth of the rows, read on every page that counts learners.
            models.Index(
                fields=["learner", "registration"],
                condition=Q(revoked_at=None, module_key=None),
                name="finished_courses_by_learner",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "module_key"],
                condition=Q(revoked_at=None, module_key__isnull=False, registration__isnull=False),
                name="one_record_per_module_and_registration",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(revoked_at=None, module_key=None, registration__isnull=False),
                name="one_course_record_per_registration",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_reason="") | Q(revoked_at__isnull=False) & ~Q(revoked_reason=""),
                name="a_revoked_record_has_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.learner or ''} · {self.edition} · {self.module_key or ''}"


class ModuleStart(Workplace):
    """A learner started or restarted the course; written once, in the following night."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="module_starts",
    )
    # `Registration.counts_from` of a restart; None the first time.
    counts_from = models.DateTimeField(_("counts from"), null=True, blank=True)
    started_at = models.DateTimeField(_("began at"), db_index=True)

    class Meta:
        verbose_name = _("start of the course")
        verbose_name_plural = _("starts of the course")
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(counts_from=None, learner__isnull=False),
                name="one_first_start_per_learner",
            ),
            models.UniqueConstraint(
                fields=["learner", "counts_from"],
                condition=Q(counts_from__isnull=False, learner__isnull=False),
                name="one_start_per_restart",
            ),
        ]

    def __str__(self):
        return f"{self.learner or ''} · {self.started_at:%Y-%m-%d}"


class LessonRead(models.Model):
    """A learner read or skipped a lesson; both are stored alike, so that no one sees who skipped."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="lessons_read"
    )
    lesson_key = models.UUIDField(_("lesson"))
    read_at = models.DateTimeField(_("read at"), default=timezone.now)
    # The restart in which it was read again; None the first time, which stays.
    reread_in = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.CASCADE, related_name="lessons_read", editable=False
    )

    class Meta:
        verbose_name = _("lesson read")
        verbose_name_plural = _("lessons read")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson_key"], condition=Q(reread_in=None), name="one_first_reading_per_lesson"
            ),
            models.UniqueConstraint(
                fields=["reread_in", "lesson_key"],
                condition=Q(reread_in__isnull=False),
                name="one_reading_per_lesson_and_restart",
            ),
        ]

    def __str__(self):
        return f"{self.learner} · {self.lesson_key}"
