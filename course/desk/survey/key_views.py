"""Pages: key in a batch of paper surveys, sealed on saving and never shown again."""

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.models import FEWEST_ANSWERS
from course.survey.keying import MOST_SHEETS, CannotKey, key_batch, people_given_sheets, who_may_have_collected
from course.survey.keys import CannotKeepKeys
from course.survey.rounds import round_of, wording_of
from modules.models import Edition
from quizzes.base.identifiers import BoundedKeysMixin
from quizzes.surveys.reading import blocks_in
from quizzes.surveys.typing import read_sheet
from quizzes.surveys.wording import wording_shown

from .paper_views import requested_clinic, requested_session
from .round_views import requested_wave


class _People(BoundedKeysMixin, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person):
        return person.surnames_first


class _Person(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return person.surnames_first

    def to_python(self, value):
        # The database refuses longer numbers.
        return super().to_python(value if len(str(value or "")) < 19 else "-")


class CountForm(forms.Form):
    hojas = forms.IntegerField(
        label=gettext_lazy("How many sheets came out of the box"),
        help_text=gettext_lazy("Blank ones too. From 1 to 60; more are keyed in as another batch."),
        min_value=1,
        max_value=MOST_SHEETS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), gettext_lazy("Write a number from 1 to 60.")
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class KeyForm(forms.Form):
    """Sheets keyed in by `by`, who must not have collected them; `sheets` when valid, `rows` to show."""

    collected_by = _Person(
        queryset=None,
        label=gettext_lazy("Who collected the sheets"),
        help_text=gettext_lazy("Never you: if you collected them, ask somebody else to key them in."),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose who took the sheets out of the box.")
        ),
    )
    everybody = forms.BooleanField(label=gettext_lazy("Everybody in the list got one"), required=False)
    given_to = _People(
        queryset=None,
        required=False,
        label=gettext_lazy("Who got a sheet"),
        help_text=gettext_lazy("Whether they filled it in or not: they are not asked on screen any more."),
    )

    def __init__(self, *args, clinic, wave, wording, count, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.contents, self.wave, self.count, self.by = wording.contents, wave, count, by
        self.fields["given_to"].queryset = people_given_sheets(clinic, by=by)
        self.fields["collected_by"].queryset = who_may_have_collected(clinic, by=by)
        self.sheets, self.mistakes = [], {}

    @property
    def batch_key(self):
        """Identifies this batch, so that a page sent twice is saved once; an invalid key gives a new one."""
        try:
            return uuid.UUID(self.data.get("clave", "")[:36])
        except ValueError:
            return uuid.uuid4()

    @property
    def rows(self):
        """Return [(sheet number, [(field name, block, number of lines, typed text, error)])]."""
        blocks = blocks_in(self.contents, self.wave)
        return [
            (number, [self._box(number, block) for block in blocks], self.mistakes.get(number, {}))
            for number in range(1, self.count + 1)
        ]

    def _box(self, number, block):
        name = name_of(number, block["id"])
        mistake = self.mistakes.get(number, {}).get(block["id"], "")
        return {
            "name": name,
            "block": block["id"],
            "lines": len(block["items"]),
            "typed": self._typed(name),
            "mistake": mistake,
        }

    def _typed(self, name):
        return self.data.get(name, "")[:80] if self.is_bound else ""

    @property
    def refused(self):
        return [
            (
                _("Sheet %(number)d, %(theme)s: %(why)s") % {"number": number, "theme": block, "why": why},
                name_of(number, block),
            )
            for number, mistakes in self.mistakes.items()
            for block, why in mistakes.items()
        ]

    def clean_collected_by(self):
        person = self.cleaned_data["collected_by"]
        if person == self.by:
            raise forms.ValidationError(
                _("Whoever collected the sheets does not key them in. Ask somebody else to, best of another centre.")
            )
        return person

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("everybody"):
            cleaned["given_to"] = self.fields["given_to"].queryset
        for number in range(1, self.count + 1):
            typed = {
                block["id"]: self._typed(name_of(number, block["id"])) for block in blocks_in(self.contents, self.wave)
            }
            sheet, mistakes = read_sheet(self.contents, self.wave, typed)
            self.sheets.append(sheet)
            if mistakes:
                self.mistakes[number] = mistakes
        return cleaned

    def is_right(self):
        return self.is_valid() and not self.mistakes


def name_of(number, block):
    return f"h{number}-{block}"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_survey_key(request, clinic_pk, edition_pk, wave):
    clinic, edition = requested_clinic(request, clinic_pk), get_object_or_404(Edition, pk=edition_pk)
    wave, wording = requested_wave(wave), wording_of(clinic, edition, requested_wave(wave))
    context = {"clinic": clinic, "edition": edition, "wave": wave, "session": requested_session(request, clinic)}
    known = round_of(clinic, edition, wave)
    if wording is None or (known and not known.is_open and request.method != "POST"):
        return render(request, "desk/survey/key_closed.html", context | {"is_closed": wording is not None})
    asked = request.POST if request.method == "POST" else request.GET
    count_form = CountForm(asked if "hojas" in asked or request.method == "POST" else None)
    if not count_form.is_valid():
        status = 422 if count_form.is_bound else 200
        return render(request, "desk/survey/key_count.html", context | {"form": count_form}, status=status)
    options = {"clinic": clinic, "wave": wave, "count": count_form.cleaned_data["hojas"], "by": request.user}
    if request.method != "POST":
        initial = {"given_to": _who_was_there(context["session"], clinic, by=request.user)}
        return _show(request, context, KeyForm(initial=initial, wording=wording, **options), wording)
    return _key(request, context, options, wording)


def _key(request, context, options, wording):
    shown = wording_shown(request.POST.get("texto", "")) or wording
    form = KeyForm(request.POST, wording=shown, **options)
    if not form.is_right():
        return _show(request, context, form, shown, status=422)
    if "mirar" in request.POST:
        return _show(request, context, form, shown)
    people = form.cleaned_data["given_to"]
    try:
        key_batch(
            context["clinic"],
            context["edition"],
            context["wave"],
            form.sheets,
            given_to=people,
            collected_by=form.cleaned_data["collected_by"],
            key=form.batch_key,
            wording=shown,
            by=request.user,
            now=timezone.now(),
        )
    except CannotKey as refused:
        if refused.why == CannotKey.REWORDED:
            # The wording may have changed: the typed text stays, and errors show where it does not fit.
            shown = wording_of(context["clinic"], context["edition"], context["wave"])
            form = KeyForm(request.POST, wording=shown, **options)
            form.is_right()
        return _show(request, context, form, shown, problem=_REFUSED[refused.why](), status=409)
    except CannotKeepKeys:
        problem = _(
            "The sheets cannot be sealed now: the server cannot keep their key. Nothing was kept. Tell who runs it."
        )
        return _show(request, context, form, shown, problem=problem, status=503)
    messages.success(request, _sealed_words(len(form.sheets)))
    return redirect("desk_survey_paper", context["clinic"].pk)


_REFUSED = {
    CannotKey.CLOSED: lambda: _("This wave was closed meanwhile: it takes no sheets any more. Nothing was kept."),
    CannotKey.REWORDED: lambda: _(
        "The questions of this centre are others than those of this page. Nothing was kept: look whether the sheets "
        "are of this wave, and send them again."
    ),
    CannotKey.COLLECTED_THEM: lambda: _("Whoever collected the sheets does not key them in."),
    CannotKey.MORE_THAN_PEOPLE: lambda: _(
        "There are more sheets than ticked people who were still to be asked. Tick everybody who got a sheet; whoever "
        "passed the page before, on screen or with a sheet that was keyed in, does not count again. Nothing was kept."
    ),
    CannotKey.TOO_MANY: lambda: _("Write a number from 1 to 60."),
}


def _sealed_words(count):
    sealed = ngettext("%(count)d sheet is sealed now.", "%(count)d sheets are sealed now.", count) % {"count": count}
    return f"{sealed} {_('They can no longer be seen or corrected. Destroy the sheets of paper.')}"


def _who_was_there(session, clinic, *, by):
    there = session.attendances.order_by().values("learner") if session else []
    return [person.pk for person in people_given_sheets(clinic, by=by).filter(pk__in=there)]


def _show(request, context, form, wording, *, problem="", status=200):
    context |= {
        "form": form,
        "refused": form.refused,
        "problem": problem,
        "wording": wording,
        "count": form.count,
        "is_few": form.count < FEWEST_ANSWERS,
        "batch_key": form.batch_key if form.is_bound else uuid.uuid4(),
    }
    return render(request, "desk/survey/key.html", context, status=status)
