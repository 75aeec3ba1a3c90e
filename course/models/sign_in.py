"""Rate-limit counters, refused sign-ins, heartbeats."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import User


class Budget(models.Model):
    """Tries left of something: see `course.people.delays`. Named by keyed digests only."""

    key = models.CharField(_("digest of what is tried"), max_length=64, primary_key=True)
    account = models.CharField(_("digest of the account"), max_length=64, blank=True, db_index=True)
    whole_at = models.DateTimeField(_("whole again at"), db_index=True)
    waits_until = models.DateTimeField(_("waits until"))

    class Meta:
        verbose_name = _("budget of tries")
        verbose_name_plural = _("budgets of tries")

    def __str__(self):
        return f"{self.key[:8]} · {self.whole_at:%Y-%m-%d %H:%M}"


class Refusal(models.Model):
    """Refusals in one hour from one network; no typed code or PIN is stored."""

    class Reason(models.TextChoices):
        WRONG_PIN = "pin", _("Wrong PIN or password")
        WRONG_SECOND_STEP = "step", _("Wrong code of the second step")
        DELAYED = "wait", _("Tried again before the wait was over")
        UNREADABLE = "key", _("The PIN cannot be read: its key is missing")
        FORBIDDEN = "page", _("No permission")
        SEALED = "seal", _("What was done without a line cannot be opened: its key is missing")
        STALE_FORM = "form", _("Form out of date or sent by another site")

    class Device(models.TextChoices):
        KNOWN = "known", _("Known device")
        UNKNOWN = "unknown", _("Unknown device")

    key = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=4, choices=Reason)
    person = models.ForeignKey(
        User, verbose_name=_("account"), null=True, on_delete=models.CASCADE, related_name="refusals"
    )
    device = models.CharField(_("device"), max_length=7, choices=Device)
    place = models.CharField(_("network"), max_length=43, blank=True)
    page = models.CharField(_("page"), max_length=100, blank=True)
    hour = models.DateTimeField(_("hour"), db_index=True)
    times = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")

    def __str__(self):
        return f"{self.hour:%Y-%m-%d %H} · {self.reason} · {self.times}"


class Heartbeat(models.Model):
    name = models.CharField(_("worker"), max_length=100, primary_key=True)
    began_at = models.DateTimeField(_("begun at"))
    seen_at = models.DateTimeField(_("last seen at work"), db_index=True)

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self):
        return f"{self.name} · {self.seen_at:%Y-%m-%d %H:%M}"
