"""Groups, enrolments, handovers, restarts."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import Clinic, User


class CohortQuerySet(models.QuerySet):
    def looked_after_by(self, person):
        trained = Cohort.trainers.through.objects.filter(user=person).values("cohort")
        led = Cohort.objects.filter(clinic__area__leads=person).order_by().values("pk")
        # Not with OR: PostgreSQL would then misjudge the number of groups and read the progress of everyone.
        return self.filter(pk__in=trained.union(led))

    def open_on(self, day):
        return self.filter(opens_on__lte=day).filter(Q(closes_on=None) | Q(closes_on__gte=day))


def is_open(opens_on, closes_on, *, today):
    return opens_on <= today and (closes_on is None or closes_on >= today)


class Cohort(models.Model):
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    clinic = models.ForeignKey(
        Clinic, verbose_name=_("clinic"), null=True, blank=True, on_delete=models.PROTECT, related_name="cohorts"
    )
    trainers = models.ManyToManyField(User, verbose_name=_("trainers"), blank=True, related_name="cohorts_trained")
    learners = models.ManyToManyField(User, verbose_name=_("learners"), through="Enrolment", related_name="cohorts")
    opens_on = models.DateField(_("opens on"), default=timezone.localdate)
    closes_on = models.DateField(_("last day"), null=True, blank=True)
    join_code = models.CharField(_("code to join"), max_length=12, blank=True)
    tries_before_help = models.PositiveSmallIntegerField(
        _("attempts without passing"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text=_("After so many, the person is on the list of whom to call."),
    )
    quiet_days_before_help = models.PositiveSmallIntegerField(
        _("days without activity"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("After so many, learners who have started are listed as people to call."),
    )
    days_before_first_step = models.PositiveSmallIntegerField(
        _("days without a first step"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("After so many, learners who have not started are listed as people to call."),
    )

    sends_reminders = models.BooleanField(
        _("reminders by e-mail without being asked"),
        default=False,
        help_text=_("People to call who have an e-mail address get a reminder, at most once a week."),
    )

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")), name="a_group_closes_after_it_opens"
            ),
            models.UniqueConstraint(
                fields=["join_code"], condition=~Q(join_code=""), name="a_code_to_join_belongs_to_one_group"
            ),
        ]

    def __str__(self):
        return self.name

    def is_open_on(self, day):
        return is_open(self.opens_on, self.closes_on, today=day)


class EnrolmentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(left_at=None)


class Enrolment(models.Model):
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(User, verbose_name=_("learner"), on_delete=models.CASCADE, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.PROTECT, related_name="enrolments")
    enrolled_at = models.DateTimeField(_("enrolled at"), default=timezone.now)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "cohort"],
                condition=Q(left_at=None),
                name="one_current_enrolment_per_learner_and_group",
            )
        ]

    def __str__(self):
        return f"{self.learner} · {self.cohort}"

    def was_current_on(self, day):
        first, last = timezone.localdate(self.enrolled_at), self.left_at and timezone.localdate(self.left_at)
        return first <= day and (last is None or day <= last)


class Handover(models.Model):
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.CASCADE, related_name="handovers")
    given_by = models.ForeignKey(
        User, verbose_name=_("handed over by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_by = models.ManyToManyField(User, verbose_name=_("handed over to"), related_name="+")
    given_at = models.DateTimeField(_("handed over at"), default=timezone.now)
    note = models.TextField(_("note"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-given_at", "-pk"]

    def __str__(self):
        return f"{self.given_at:%Y-%m-%d} · {self.cohort}"


class Restart(models.Model):
    """A group takes modules again, such as «Repaso 2027»; with `learner`, only that person does."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.CASCADE, related_name="restarts")
    learner = models.ForeignKey(
        User, verbose_name=_("learner"), null=True, blank=True, on_delete=models.CASCADE, related_name="restarts"
    )
    name = models.CharField(_("name"), max_length=120)
    since = models.DateField(_("from which day on what is done counts"))
    modules = models.JSONField(_("modules that are done again"), default=list)
    also_unfinished = models.BooleanField(_("also those who have not finished it yet"), default=False)
    started_by = models.ForeignKey(User, verbose_name=_("who"), null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("refresher")
        verbose_name_plural = _("refreshers")
        ordering = ["-started_at", "-pk"]

    def __str__(self):
        return f"{self.cohort} · {self.name}"
