"""Editions of the course, registrations, training records, lessons read."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Workplace(models.Model):
    """Post and places of a day, in words and by their stable keys: what is edited or deleted later changes nothing."""

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
    """A named set of modules, lessons and quizzes, by their stable keys, with the rule for passing each.

    It fixes what has to be done, not its wording: everybody reads the text in force. Nothing changes it once somebody
    belongs to it: a change of the course makes another.
    """

    # The same on every machine that ever exchanges with this one; a row's number is not.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    course_key = models.UUIDField(_("course"))
    # As certificates hold it.
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    # [{"key", "number", "title", "lessons": [key], "quiz": key or None, "pass_mark", "counting_attempt"}],
    # a module each; the title is that of the day, for when the module is gone.
    contents = models.JSONField(_("what it holds"), default=list)
    in_force_from = models.DateTimeField(_("in force from"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
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
    """A person takes an edition of the course, until they begin it anew.

    Whoever has no row belongs to the edition in force: the rows are written when another comes into force, for
    everybody who began or was enrolled before, and when a person finishes something.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.CASCADE, related_name="registrations"
    )
    edition = models.ForeignKey(
        Edition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="registrations"
    )
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)
    # Beginning anew: what was done before this moment does not count in the modules of `again` (their stable keys).
    counts_from = models.DateTimeField(_("counts from"), null=True, blank=True)
    again = models.JSONField(_("modules that count again"), default=list, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    # Who let the person begin anew.
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("begun by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # Being taken along in the middle: the earlier edition, and when that was.
    moved_from = models.ForeignKey(
        Edition, verbose_name=_("moved from"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    moved_at = models.DateTimeField(_("moved at"), null=True, blank=True)
    # When the person began anew, with another row.
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        # Few did, and every page that counts people asks who.
        indexes = [models.Index(fields=["learner"], condition=Q(counts_from__isnull=False), name="who_began_anew")]
        constraints = [
            models.UniqueConstraint(
                fields=["learner"], condition=Q(ended_at=None), name="a_person_takes_one_edition_at_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.learner} · {self.edition}"


class TrainingRecordQuerySet(models.QuerySet):
    def standing(self):
        """Those that nobody annulled."""
        return self.filter(annulled_at=None)

    def of_the_course(self):
        """Those that say that everything of an edition was finished."""
        return self.filter(module_key=None)


class TrainingRecord(Workplace):
    """A person finished a module, or (without a module) everything of an edition, on a day, in a post, in a place.

    Written once. Nothing that is edited later changes it, neither the course nor the person nor the group; a mistake in
    what it rests on annuls it, with who and why. When the account is deleted what names the person is blanked.
    """

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
    # The last of what it rests on, and when the row was written.
    finished_at = models.DateTimeField(_("finished at"), db_index=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    # Of an account that is gone: whether the person had begun the course anew since, so that nobody is counted twice.
    is_former = models.BooleanField(_("from before the restart"), default=False)
    annulled_at = models.DateTimeField(_("annulled at"), null=True, blank=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("annulled by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    annulled_reason = models.CharField(_("reason of the annulment"), max_length=300, blank=True)

    objects = TrainingRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of training")
        verbose_name_plural = _("records of training")
        indexes = [
            models.Index(fields=["cohort_key"], name="records_of_a_group"),
            # Reports ask for those of a period, and for those that certificates name.
            models.Index(
                fields=["finished_at"], condition=Q(annulled_at=None, module_key=None), name="who_finished_when"
            ),
            models.Index(fields=["key"], condition=Q(module_key=None), name="whole_courses_by_key"),
            # Who finished: a ninth of the rows, asked for on every page that counts people.
            models.Index(
                fields=["learner", "registration"],
                condition=Q(annulled_at=None, module_key=None),
                name="who_finished_the_course",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "module_key"],
                condition=Q(annulled_at=None, module_key__isnull=False, registration__isnull=False),
                name="a_module_is_recorded_once_a_registration",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(annulled_at=None, module_key=None, registration__isnull=False),
                name="the_course_is_recorded_once_a_registration",
            ),
            models.CheckConstraint(
                condition=Q(annulled_at=None, annulled_reason="")
                | Q(annulled_at__isnull=False) & ~Q(annulled_reason=""),
                name="an_annulled_record_has_its_reason",
            ),
        ]

    def __str__(self):
        return f"{self.learner or ''} · {self.edition} · {self.module_key or ''}"


class ModuleStart(Workplace):
    """A person began the course, or began it anew, on a day, in a post, in a place; written once, that night.

    Nothing that is edited later changes it. When the account is deleted what names the person is blanked.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="beginnings",
    )
    # Which time: `Registration.counts_from` of whoever began the course anew, None the first time.
    counts_from = models.DateTimeField(_("counts from"), null=True, blank=True)
    # The first thing that was done.
    began_at = models.DateTimeField(_("began at"), db_index=True)

    class Meta:
        verbose_name = _("beginning of the course")
        verbose_name_plural = _("beginnings of the course")
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(counts_from=None, learner__isnull=False),
                name="a_person_begins_for_the_first_time_once",
            ),
            models.UniqueConstraint(
                fields=["learner", "counts_from"],
                condition=Q(counts_from__isnull=False, learner__isnull=False),
                name="a_person_begins_anew_once_each_time",
            ),
        ]

    def __str__(self):
        return f"{self.learner or ''} · {self.began_at:%Y-%m-%d}"


class LessonRead(models.Model):
    """The fact that a learner read a lesson, or skipped it: both count the same and look the same."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="lessons_read"
    )
    lesson_key = models.UUIDField(_("lesson"))
    read_at = models.DateTimeField(_("read at"), default=timezone.now)
    # Who began the course anew reads it again, and what was read before stays beside it; None the first time.
    again_for = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.CASCADE, related_name="lessons_read", editable=False
    )

    class Meta:
        verbose_name = _("lesson read")
        verbose_name_plural = _("lessons read")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson_key"], condition=Q(again_for=None), name="a_lesson_is_read_once"
            ),
            models.UniqueConstraint(
                fields=["again_for", "lesson_key"],
                condition=Q(again_for__isnull=False),
                name="a_lesson_is_read_once_more_a_registration",
            ),
        ]

    def __str__(self):
        return f"{self.learner} · {self.lesson_key}"
