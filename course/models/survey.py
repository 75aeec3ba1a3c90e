"""Anonymous survey: rounds, sealed envelopes, passed pages, counted lots.

No row leads from an answer to a person. The key of an envelope is outside the database, and only counts are kept.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quizzes.base.choices import Wave
from quizzes.models import SurveyWording
from quizzes.surveys.tally import FEWEST as FEWEST_ANSWERS

from .people import Area, Clinic, User


class SurveyLot(models.Model):
    """Counted answers of ten people or more of one wave; `figures` is a result of `quizzes.surveys.tally`.

    Pooled answers of several clinics have no `clinic`; of several areas, no `area` either.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(
        Clinic, verbose_name=_("clinic"), null=True, blank=True, on_delete=models.PROTECT, related_name="survey_lots"
    )
    area = models.ForeignKey(
        Area, verbose_name=_("health area"), null=True, blank=True, on_delete=models.PROTECT, related_name="survey_lots"
    )
    edition = models.ForeignKey(
        "modules.Edition", verbose_name=_("edition"), on_delete=models.PROTECT, related_name="+"
    )
    wave = models.CharField(_("wave"), max_length=4, choices=Wave)
    wording = models.ForeignKey(SurveyWording, verbose_name=_("wording"), on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField(_("people who answered"))
    figures = models.JSONField(_("figures"))
    closed_on = models.DateField(_("closed on"))

    class Meta:
        verbose_name = _("lot of answers")
        verbose_name_plural = _("lots of answers")
        constraints = [
            models.CheckConstraint(condition=Q(people__gte=FEWEST_ANSWERS), name="a_lot_has_ten_people_or_more"),
            models.UniqueConstraint(
                fields=["clinic", "edition", "wave"],
                condition=Q(clinic__isnull=False),
                name="a_clinic_is_counted_once_a_wave",
            ),
        ]

    def __str__(self):
        return f"{self.clinic or self.area or ''} · {self.edition} · {self.get_wave_display()}"


class SurveyRound(models.Model):
    """An open or counted wave of one clinic and edition; without a clinic, the country's.

    The country's round takes what too few people of an area answered, and people without a clinic.
    """

    # Also the name of its key file.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(
        Clinic, verbose_name=_("clinic"), null=True, blank=True, on_delete=models.PROTECT, related_name="survey_rounds"
    )
    edition = models.ForeignKey(
        "modules.Edition", verbose_name=_("edition"), on_delete=models.PROTECT, related_name="+"
    )
    wave = models.CharField(_("wave"), max_length=4, choices=Wave)
    wording = models.ForeignKey(SurveyWording, verbose_name=_("wording"), on_delete=models.PROTECT, related_name="+")
    public_key = models.BinaryField(max_length=32)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, verbose_name=_("closed by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    emptied_on = models.DateField(_("emptied on"), null=True, blank=True)
    # Country's round: number of envelopes at the last attempt to count.
    tried_with = models.PositiveIntegerField(_("envelopes when it was last tried"), default=0)
    # None while its answers wait, or if they went to the country's round.
    lot = models.ForeignKey(
        SurveyLot, verbose_name=_("lot"), null=True, blank=True, on_delete=models.PROTECT, related_name="rounds"
    )

    class Meta:
        verbose_name = _("round of the survey")
        verbose_name_plural = _("rounds of the survey")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "edition", "wave"],
                condition=Q(clinic__isnull=False),
                name="a_clinic_has_one_round_a_wave",
            ),
            models.UniqueConstraint(
                fields=["edition", "wave", "wording"],
                condition=Q(clinic__isnull=True, closed_on__isnull=True),
                name="the_country_has_one_open_round_a_wave",
            ),
            models.CheckConstraint(
                condition=Q(lot__isnull=True) | Q(closed_on__isnull=False), name="only_closed_rounds_are_counted"
            ),
        ]

    def __str__(self):
        return f"{self.clinic or _('The country')} · {self.edition} · {self.get_wave_display()}"

    @property
    def is_open(self):
        return self.closed_on is None


class SurveyEnvelope(models.Model):
    """An encrypted answer or refusal, always of the same length."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(
        SurveyRound, verbose_name=_("round of the survey"), on_delete=models.PROTECT, related_name="envelopes"
    )
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("sealed answer")
        verbose_name_plural = _("sealed answers")

    def __str__(self):
        return str(self.id)


class SurveyPassed(models.Model):
    """Without a time, so that no answer can be linked to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="surveys_passed")
    edition = models.ForeignKey(
        "modules.Edition", verbose_name=_("edition"), on_delete=models.PROTECT, related_name="+"
    )
    wave = models.CharField(_("wave"), max_length=4, choices=Wave)

    class Meta:
        verbose_name = _("survey page passed")
        verbose_name_plural = _("survey pages passed")
        constraints = [
            models.UniqueConstraint(fields=["person", "edition", "wave"], name="a_person_passes_a_wave_once")
        ]

    def __str__(self):
        return f"{self.person} · {self.edition} · {self.get_wave_display()}"


class SurveyPaperBatch(models.Model):
    # Posted by the page, against a double click.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(
        SurveyRound, verbose_name=_("round of the survey"), on_delete=models.PROTECT, related_name="batches"
    )
    sheets = models.PositiveSmallIntegerField(_("sheets"))
    keyed_on = models.DateField(_("keyed in on"))
    keyed_by = models.ForeignKey(
        User, verbose_name=_("keyed in by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    collected_by = models.ForeignKey(
        User, verbose_name=_("collected by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("batch of sheets")
        verbose_name_plural = _("batches of sheets")
        constraints = [
            models.CheckConstraint(
                condition=Q(collected_by__isnull=True) | Q(keyed_by__isnull=True) | ~Q(collected_by=F("keyed_by")),
                name="who_collects_sheets_does_not_key_them_in",
            )
        ]

    def __str__(self):
        return f"{self.round} · {self.sheets}"
