"""The anonymous survey as it is asked; it is no quiz, and nothing here leads to whoever answers."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SurveyWording(models.Model):
    """What a survey asks, word by word and in all its languages, as it was when a round was opened; never changed.

    `contents` are {"languages": [code], "scales": {name: [{"code", "kind", "label": {language: text}}]}, "blocks":
    [{"id", "title": {language: text}, "scoring", "scale", "waves": [wave], "items": [{"id", "text": {language: text},
    "direction", "scale", "official", "verified"}]}]}. A code is one figure from 0 to 9. The `kind` of an option is
    "answer", "not_applicable" or "no_answer"; the `scoring` of a block "agreement", "mean", "seen" or "background".
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    contents = models.JSONField(_("contents"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("wording of the survey")
        verbose_name_plural = _("wordings of the survey")

    def __str__(self):
        return self.digest[:12]
