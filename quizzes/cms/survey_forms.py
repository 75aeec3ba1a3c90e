"""Forms of the survey."""

from django import forms
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.bank.admin_forms import LOWER_CASE_HELP, IdentifiedForm
from quizzes.base.choices import Scoring, Wave
from quizzes.base.identifiers import stable_key
from quizzes.surveys.checking import BLOCK_ID, SCALE_ID, STATEMENT_ID, find_direction_mistake, find_option_mistakes
from quizzes.surveys.following import follow, has_original, is_original

_OF_CONFIRMING = {"verified_by", "verified_on"}


class SurveyForm(IdentifiedForm):
    """A translation shows the `structure` fields read-only: they follow the site's own language."""

    key_of = {
        "surveyscale": "scale:{}".format,
        "surveyblock": "theme:{}".format,
        "surveystatement": "statement:{}".format,
    }
    identifiers = {
        "surveyscale": (SCALE_ID, LOWER_CASE_HELP),
        "surveyblock": (BLOCK_ID, _("Write one capital letter, such as “B”.")),
        "surveystatement": (STATEMENT_ID, _("Write a capital letter and a number, such as “B1”.")),
    }
    structure = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_original = self.instance.locale_id is None or is_original(self.instance)
        for name in ("scale", "block"):
            if name in self.fields and self.instance.locale_id:
                rows = self.fields[name].queryset.filter(locale=self.instance.locale_id)
                self.fields[name].queryset = rows.order_by("identifier")
        for name in self.structure:
            if not self.is_original and self.instance.pk and name in self.fields:
                self.fields[name].disabled = True

    def clean_identifier(self):
        identifier = super().clean_identifier()
        self.instance.identifier = identifier
        if not self.is_original and not self.instance.pk and not has_original(self.instance):
            raise forms.ValidationError(
                _("Write it in the site’s own language first: there it says how it is counted.")
            )
        return identifier

    def save(self, commit=True):
        row = super().save(commit=commit)
        if commit and self.is_original:
            follow(row)
        return row


class ScaleForm(SurveyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for form in self.formsets["options"].forms if "options" in self.formsets else ():
            if not self.is_original and form.instance.pk:
                form.fields["code"].disabled = form.fields["kind"].disabled = True

    def clean(self):
        cleaned = super().clean()
        if "options" in self.formsets and self.is_original:
            kept = self.kept_forms("options")
            options = [
                {"code": form.cleaned_data["code"], "kind": form.cleaned_data["kind"]}
                for form in sorted(kept, key=lambda form: form.cleaned_data.get("ORDER") or 0)
                if form.cleaned_data.get("code")
            ]
            for mistake in find_option_mistakes(options, self._scorings()):
                self.add_error(None, mistake)
        return cleaned

    def _scorings(self):
        if not self.instance.pk:
            return set()
        own = self.instance.statements.values_list("block__scoring", flat=True)
        return {*self.instance.blocks.values_list("scoring", flat=True), *own}

    def save(self, commit=True):
        for form in self.formsets["options"].forms if "options" in self.formsets else ():
            if not form.instance.pk and form.instance.code:
                key = stable_key(f"scale:{self.instance.identifier}/{form.instance.code}")
                form.instance.translation_key = key
        return super().save(commit=commit)


class BlockForm(SurveyForm):
    structure = ("scoring", "scale", "waves", "sort_order")
    waves = forms.MultipleChoiceField(
        label=_("When it is asked"),
        choices=Wave.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What people may have seen is not asked on finishing: too little time has gone by."),
        error_messages={"required": _("Tick at least one.")},
    )
    sort_order = forms.IntegerField(
        label=_("Order"), required=False, min_value=0, max_value=999, help_text=_("Empty: it comes last.")
    )

    def clean_waves(self):
        return [wave for wave in Wave.values if wave in self.cleaned_data["waves"]]

    def clean(self):
        cleaned = super().clean()
        _place(cleaned, self.instance, type(self.instance).objects.filter(locale=self.instance.locale_id))
        scoring, scale = cleaned.get("scoring"), cleaned.get("scale")
        if self.is_original and scoring and scale:
            for mistake in find_option_mistakes(_options_of(scale), [scoring]):
                self.add_error("scale", mistake)
            self._check_statements(scoring)
        return cleaned

    def _check_statements(self, scoring):
        for statement in self.instance.statements.select_related("scale") if self.instance.pk else ():
            mistakes = [find_direction_mistake(scoring, statement.direction)]
            if statement.scale:
                mistakes += find_option_mistakes(_options_of(statement.scale), [scoring])
            for mistake in filter(None, mistakes):
                self.add_error("scoring", f"{statement.identifier}: {mistake}")


class StatementForm(SurveyForm):
    """Changing the text of an official statement without confirming it again removes its confirmation."""

    structure = ("block", "direction", "scale", "sort_order")
    sort_order = forms.IntegerField(
        label=_("Order"), required=False, min_value=0, max_value=999, help_text=_("Empty: it comes last in its theme.")
    )

    def __init__(self, *args, instance=None, **kwargs):
        if instance is not None and instance.pk and not instance.is_verified:
            instance.unverify()
        super().__init__(*args, instance=instance, **kwargs)

    def clean_text(self):
        return " ".join(self.cleaned_data["text"].split())

    def clean_verified_on(self):
        day = self.cleaned_data["verified_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self):
        cleaned = super().clean()
        block = cleaned.get("block")
        if block:
            _place(cleaned, self.instance, block.statements)
        if block and self.is_original:
            if mistake := find_direction_mistake(block.scoring, cleaned.get("direction", "")):
                self.add_error("direction", mistake)
            if scale := cleaned.get("scale"):
                for mistake in find_option_mistakes(_options_of(scale), [block.scoring]):
                    self.add_error("scale", mistake)
        if block and block.scoring != Scoring.AGREEMENT:
            for name in ("source", *_OF_CONFIRMING):
                if cleaned.get(name):
                    self.add_error(name, _("Only a statement of an official indicator has this. Leave it empty."))
        self._check_confirming(cleaned)
        return cleaned

    def _check_confirming(self, cleaned):
        if not self.fields.keys() >= _OF_CONFIRMING or self.errors.keys() & _OF_CONFIRMING:
            return
        if cleaned.get("verified_on") and not cleaned.get("verified_by"):
            self.add_error("verified_by", _("Write who compared it with the official one on that day."))
        if cleaned.get("verified_by") and not cleaned.get("verified_on"):
            self.add_error("verified_on", _("Write the day on which it was compared with the official one."))

    def save(self, commit=True):
        statement = self.instance
        if set(self.changed_data) & _OF_CONFIRMING and statement.verified_by:
            statement.verify(by=statement.verified_by, on=statement.verified_on)
        elif not statement.is_verified:
            statement.unverify()
        return super().save(commit=commit)


def _options_of(scale):
    return [{"code": option.code, "kind": option.kind} for option in scale.options.all()]


def _place(cleaned, row, others):
    if cleaned.get("sort_order") is None:
        last = others.exclude(pk=row.pk).aggregate(last=Max("sort_order"))["last"]
        cleaned["sort_order"] = 0 if last is None else last + 1
