"""The form in which a person gets more time or attempts in a quiz."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.base.formats import tell_minutes, tell_moment

# A day more, and as many attempts as anybody may need: beyond it somebody has mistyped.
MOST_MINUTES, MOST_ATTEMPTS = 24 * 60, 50
LONGEST_REASON = 300


class AllowanceForm(forms.Form):
    """Minutes, attempts and a closing beyond those of `quiz`, where it has such a limit, and the reason.

    What is given replaces what was given before, so the form starts with that.
    """

    extra_minutes = forms.IntegerField(
        label=_("Extra minutes"), min_value=0, max_value=MOST_MINUTES, required=False, initial=0
    )
    extra_attempts = forms.IntegerField(
        label=_("Extra attempts"), min_value=0, max_value=MOST_ATTEMPTS, required=False, initial=0
    )
    closes_at = forms.DateTimeField(
        label=_("Closes for this person"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Write the reason: it stays in the history.")},
        help_text=_("It stays in the history, for facilitators. Write nothing about anybody’s health or private life."),
    )

    def __init__(self, *arguments, quiz, in_force, **options):
        if in_force:
            options["initial"] = {
                "extra_minutes": in_force.extra_minutes,
                "extra_attempts": in_force.extra_attempts,
                "closes_at": in_force.closes_at,
            }
        super().__init__(*arguments, **options)
        self.quiz, self.in_force = quiz, in_force
        self._keep_what_has_a_limit()
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def _keep_what_has_a_limit(self):
        """Ask only for more of what the quiz limits, and say beside it what it gives to everybody."""
        now, quiz = timezone.now(), self.quiz
        limits = {
            "extra_minutes": quiz.time_limit
            and _("Beyond the %(limit)s of the quiz.") % {"limit": tell_minutes(quiz.time_limit)},
            "extra_attempts": quiz.attempts_allowed
            and _("Beyond those of the quiz: %(limit)s.") % {"limit": quiz.attempts_allowed},
            "closes_at": quiz.closes_at
            and _("For everybody it closes %(moment)s. Empty: for this person too.")
            % {"moment": tell_moment(quiz.closes_at, now=now)},
        }
        for name, words in limits.items():
            if words:
                self.fields[name].help_text = words
            else:
                del self.fields[name]

    def clean_closes_at(self):
        closes_at = self.cleaned_data["closes_at"]
        if closes_at and closes_at <= max(self.quiz.closes_at, timezone.now()):
            raise forms.ValidationError(
                _("Choose a moment that is still to come, after the quiz closes for everybody.")
            )
        return closes_at

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.in_force and not any(self.given.values()):
            raise forms.ValidationError(_("Nothing was given: write minutes, attempts or a closing."))
        return cleaned

    @property
    def given(self):
        """What was given, as `give_allowance` takes it; without a limit there is nothing beyond it."""
        cleaned = self.cleaned_data
        return {
            "extra_minutes": cleaned.get("extra_minutes") or 0,
            "extra_attempts": cleaned.get("extra_attempts") or 0,
            "closes_at": cleaned.get("closes_at"),
        }
