"""Base forms of the question bank."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.models import DraftStateMixin

from quizzes.base.identifiers import stable_key

HYPHENATED = r"[a-z0-9]+(?:-[a-z0-9]+)*"
NAMED = r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*"
LOWER_CASE_HELP = _("Use lower-case letters without accents, digits and hyphens, such as “estigma”.")


class AutosavedForm(WagtailAdminModelForm):
    """Matches inline rows that autosave has created, because a fast publish sends them without their ids."""

    @transaction.atomic
    def save(self, commit=True):
        self.adopt_autosaved_rows()
        return super().save(commit=commit)

    def adopt_autosaved_rows(self):
        thing = self.instance
        if not (self.formsets and isinstance(thing, DraftStateMixin)):
            return
        saved = type(thing).objects.select_for_update().filter(pk=thing.pk, live=False).first()
        # Only rows of this editor's own autosave.
        if saved is None or saved.latest_revision is None or saved.latest_revision.user != self.for_user:
            return
        for formset in self.formsets.values():
            posted = {form.instance.pk for form in formset.forms}
            rows = formset.model.objects.filter(**{formset.fk.name: saved}).exclude(pk__in=posted - {None})
            new = [form for form in formset.forms if form.instance.pk is None and form.has_changed()]
            for form, row in zip(new, rows.order_by("pk"), strict=False):
                for name in ("pk", "identifier", "translation_key"):
                    if hasattr(row, name):
                        setattr(form.instance, name, getattr(row, name))


class IdentifiedForm(AutosavedForm):
    """The identifier is unique per language, never changes, and determines the translation key."""

    # Prefixes of content files (docs/reference/content-format.md).
    key_of = {
        "source": "source:{}".format,
        "topic": "topic:{}".format,
        "competency": "act:{}".format,
        "quiz": lambda identifier: f"quiz:{identifier.upper()}",
        "stimulus": "case:{}".format,
        "question": str,
    }
    identifiers = {
        "source": (r"S\d+[a-z]?", _("Write S and a number, such as “S42”: texts point to it as [S42].")),
        "topic": (r"[a-z0-9]+(?:[-_][a-z0-9]+)*", LOWER_CASE_HELP),
        "quiz": (HYPHENATED, LOWER_CASE_HELP),
        "competency": (NAMED, _("Use letters without accents, digits and hyphens, such as “M1-C1”.")),
        "question": (NAMED, _("Use letters without accents, digits and hyphens, such as “M1-Q5”.")),
        "stimulus": (NAMED, _("Use letters without accents, digits and hyphens, such as “M1-C1”.")),
    }

    def clean_identifier(self):
        identifier, thing = self.cleaned_data["identifier"].strip(), self.instance
        pattern, sentence = self.identifiers[thing._meta.model_name]
        if not thing.pk and not re.fullmatch(pattern, identifier):
            raise ValidationError(sentence)
        if thing.pk and identifier != thing.identifier:
            raise ValidationError(
                _("The identifier stays “%(identifier)s”: results and files refer to it."),
                params={"identifier": thing.identifier},
            )
        twins = type(thing).objects.filter(identifier__iexact=identifier, locale=thing.locale_id)
        if twins.exclude(pk=thing.pk).exists():
            raise ValidationError(
                _("“%(identifier)s” is already in use. Choose another identifier."), params={"identifier": identifier}
            )
        return identifier

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.translation_key = stable_key(
                self.key_of[self.instance._meta.model_name](self.instance.identifier)
            )
        return super().save(commit=commit)

    def kept_forms(self, name):
        formset = self.formsets[name]
        formset.is_valid()
        return [form for form in formset.forms if not form.cleaned_data.get("DELETE")]
