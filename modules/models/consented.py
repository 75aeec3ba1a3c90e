"""What a person lets us show of herself, for as long as she does: asked of its row whenever a page is made."""

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ConsentState(models.TextChoices):
    """Whether something of a person is shown, and if not, why."""

    SHOWN = "shown", _("Shown")
    NO_CONSENT = "missing", _("Not shown: the consent is missing")
    OVER = "over", _("Not shown: the consent is over")
    WITHDRAWN = "withdrawn", _("Not shown: withdrawn")


def has_consent_on(day):
    """Return the condition on rows whose consent is there, lasts on that day and was not taken back."""
    lasts = Q(consent_until=None) | Q(consent_until__gte=day)
    return lasts & Q(withdrawn_on=None) & ~Q(consent_number="") & ~Q(consent_scope="")


class Consented(models.Model):
    """Something of a person, with her consent to it; the paper lies with whoever took it."""

    consent_number = models.CharField(_("number of the paper"), max_length=60, blank=True)
    consent_scope = models.CharField(_("what the person consents to"), max_length=300, blank=True)
    consent_until = models.DateField(_("until"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Whoever saves may have read the row before somebody took it back: that stays, with its day."""
        with transaction.atomic():
            if self.pk and not self._state.adding:
                rows = type(self).objects.select_for_update().filter(pk=self.pk)
                self.withdrawn_on = rows.values_list("withdrawn_on", flat=True).first() or self.withdrawn_on
            super().save(*args, **kwargs)

    @property
    def needs_consent(self):
        """Whether it is of a person at all: of a place or a thing nobody consents."""
        return True

    def state_on(self, day):
        """Return the `ConsentState` of a day."""
        if self.withdrawn_on:
            return ConsentState.WITHDRAWN
        if not self.needs_consent:
            return ConsentState.SHOWN
        if not self.consent_number or not self.consent_scope:
            return ConsentState.NO_CONSENT
        return ConsentState.OVER if self.consent_until and self.consent_until < day else ConsentState.SHOWN

    def may_be_shown(self, day):
        return self.state_on(day) is ConsentState.SHOWN
