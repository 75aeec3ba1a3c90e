"""Page: give one person more time or attempts in a quiz."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from course.groups.person import grant_allowance, limited_quizzes
from course.people.permissions import may_allow
from quizzes.base.formats import format_minutes, format_moment

from .requested import requested_person

# Larger values are typing errors.
MAX_MINUTES, MAX_ATTEMPTS = 24 * 60, 50
MAX_REASON_LENGTH = 300


class AllowanceForm(forms.Form):
    extra_minutes = forms.IntegerField(
        label=_("Extra minutes"), min_value=0, max_value=MAX_MINUTES, required=False, initial=0
    )
    extra_attempts = forms.IntegerField(
        label=_("Extra attempts"), min_value=0, max_value=MAX_ATTEMPTS, required=False, initial=0
    )
    closes_at = forms.DateTimeField(
        label=_("Closes for this person"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON_LENGTH,
        error_messages={"required": _("Write the reason: it stays in the history.")},
        help_text=_("It stays in the history, for facilitators. Write nothing about anyone’s health or private life."),
    )

    def __init__(self, *args, quiz, current, **kwargs):
        if current:
            names = ("extra_minutes", "extra_attempts", "closes_at")
            kwargs["initial"] = {name: getattr(current, name) for name in names}
        super().__init__(*args, **kwargs)
        self.quiz, self.current = quiz, current
        self._remove_fields_without_limit()
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def _remove_fields_without_limit(self):
        now, quiz = timezone.now(), self.quiz
        help_texts = {
            "extra_minutes": quiz.time_limit
            and _("Beyond the %(limit)s of the quiz.") % {"limit": format_minutes(quiz.time_limit)},
            "extra_attempts": quiz.attempts_allowed
            and _("Beyond those of the quiz: %(limit)s.") % {"limit": quiz.attempts_allowed},
            "closes_at": quiz.closes_at
            and _("It closes %(moment)s for everyone. Empty: for this person too.")
            % {"moment": format_moment(quiz.closes_at, now=now)},
        }
        for name, help_text in help_texts.items():
            if help_text:
                self.fields[name].help_text = help_text
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
        if not self.errors and not self.current and not any(self.limits.values()):
            raise forms.ValidationError(_("Nothing was given: write minutes, attempts or a closing."))
        return cleaned

    @property
    def limits(self):
        cleaned = self.cleaned_data
        return {
            "extra_minutes": cleaned.get("extra_minutes") or 0,
            "extra_attempts": cleaned.get("extra_attempts") or 0,
            "closes_at": cleaned.get("closes_at"),
        }


@login_required
def desk_allow(request, cohort_pk, learner_pk, quiz_key):
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    limited = next(iter(limited_quizzes(learner, quiz_key=quiz_key)), None)
    if limited is None or not may_allow(request.user, learner):
        raise Http404
    form = AllowanceForm(request.POST or None, quiz=limited.quiz, current=limited.current)
    if request.method == "POST" and form.is_valid():
        limits = form.limits | {"reason": form.cleaned_data["reason"]}
        grant_allowance(learner, quiz_key, cohort=cohort, by=request.user, now=timezone.now(), **limits)
        saved = gettext("Saved: what %(person)s may do in “%(quiz)s” beyond its rules.")
        messages.success(request, saved % {"person": learner, "quiz": limited.quiz})
        return redirect("desk_person", cohort.pk, learner.pk)
    context = {"cohort": cohort, "learner": learner, "limited": limited, "form": form}
    return render(request, "desk/allow.html", context, status=400 if form.errors else 200)
