"""The forms of the question bank: what they refuse, and in which words."""

import re
import string

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from .identity import stable_key
from .kinds import KINDS

HYPHENATED = r"[a-z0-9]+(?:-[a-z0-9]+)*"
LOWER_CASE_HELP = _("Use lower-case letters without accents, digits and hyphens, such as «estigma».")


class IdentifiedForm(WagtailAdminModelForm):
    """A thing with an identifier: unique in its language, kept for ever, and the source of its stable key."""

    # What the content files put before an identifier to make its key: see docs/reference/content-format.md.
    key_of = {
        "source": "source:{}".format,
        "topic": "topic:{}".format,
        "quiz": lambda identifier: f"quiz:{identifier.upper()}",
        "question": str,
    }
    # What the content files allow, and what to say: an identifier is chosen once, and for ever.
    identifiers = {
        "source": (r"S\d+[a-z]?", _("Write S and a number, such as «S42»: texts point to it as [S42].")),
        "topic": (r"[a-z0-9]+(?:[-_][a-z0-9]+)*", LOWER_CASE_HELP),
        "quiz": (HYPHENATED, LOWER_CASE_HELP),
        "question": (
            r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*",
            _("Use letters without accents, digits and hyphens, such as «M1-Q5»."),
        ),
    }

    def clean_identifier(self):
        identifier, thing = self.cleaned_data["identifier"].strip(), self.instance
        pattern, sentence = self.identifiers[thing._meta.model_name]
        if not thing.pk and not re.fullmatch(pattern, identifier):
            raise ValidationError(sentence)
        if thing.pk and identifier != thing.identifier:
            raise ValidationError(
                _("The identifier stays «%(identifier)s»: results and files refer to it."),
                params={"identifier": thing.identifier},
            )
        twins = type(thing).objects.filter(identifier__iexact=identifier, locale=thing.locale_id)
        if twins.exclude(pk=thing.pk).exists():
            raise ValidationError(
                _("«%(identifier)s» is already in use. Choose another identifier."), params={"identifier": identifier}
            )
        return identifier

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.translation_key = stable_key(
                self.key_of[self.instance._meta.model_name](self.instance.identifier)
            )
        return super().save(commit=commit)

    def kept_forms(self, name):
        """Return the forms of an inline panel that are not about to be deleted."""
        formset = self.formsets[name]
        formset.is_valid()
        return [form for form in formset.forms if not form.cleaned_data.get("DELETE")]


class QuestionForm(IdentifiedForm):
    """A question: its kind decides what its options must be; a draft may be unfinished."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("sources", "topic"):
            # Before it is first saved, a preview does not know its language.
            if name in self.fields and self.instance.locale_id:
                self.fields[name].queryset = self.fields[name].queryset.filter(locale=self.instance.locale_id)

    def clean(self):
        cleaned = super().clean()
        kind = KINDS.get(cleaned.get("kind"))
        if kind and not self.is_deferred_validation and "choices" in self.formsets:
            choices = [form.instance for form in self.kept_forms("choices")]
            for sentence in kind.check(choices):
                self.add_error(None, ValidationError(sentence))
        return cleaned

    def save(self, commit=True):
        if "choices" in self.formsets:
            self._name_new_choices()
        return super().save(commit=commit)

    def _name_new_choices(self):
        """Give each new option the next letter and, from it, its stable key, as the content files would."""
        forms = self.formsets["choices"].forms
        used = {form.instance.identifier for form in forms}
        # A letter once used is not given again: answers refer to it.
        letters = [
            letter for letter in string.ascii_lowercase if letter > max(used & set(string.ascii_lowercase), default="")
        ]
        for form in forms:
            if not form.instance.identifier and letters:
                form.instance.identifier = letters.pop(0)
                form.instance.translation_key = stable_key(f"{self.instance.identifier}/{form.instance.identifier}")
