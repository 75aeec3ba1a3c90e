"""Forms with which learners confirm or correct what will be printed."""

from functools import partial

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.badges.keys import issuer_key
from certificates.models import CorrectionRequest
from certificates.text.fields import post_in_words
from certificates.text.names import (
    NameParts,
    check_clinic,
    check_post,
    check_printable_name,
    find_claim,
    fold_name,
    is_printable_post,
    needs_review,
    normalise_text,
)
from certificates.text.typesetting import without_unprintable

from .correction_requests import attach_requests, diff_fields, registered_parts, request_correction
from .field_values import (
    EXAMPLE_SERIAL,
    MAX_CLINIC_LENGTH,
    active_design,
    build_printed_fields,
    certificate_language,
    describe_training,
    printed_grade,
)
from .issue import issue_certificate

MAX_NOTE_LENGTH = 300
NAME_ATTRIBUTES = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "words"}


class NameForm(forms.Form):
    given_names = forms.CharField(
        label=_("Given names"),
        strip=False,
        widget=forms.TextInput(attrs=NAME_ATTRIBUTES),
        error_messages={"required": _("Write your name with letters, as in your identity document.")},
    )
    surnames = forms.CharField(
        label=_("Surnames"),
        strip=False,
        widget=forms.TextInput(attrs=NAME_ATTRIBUTES),
        error_messages={"required": _("Write your surnames with letters, as in your identity document.")},
    )

    def clean_given_names(self):
        return check_printable_name(self.cleaned_data["given_names"])

    def clean_surnames(self):
        surnames = self.cleaned_data["surnames"]
        return check_printable_name(surnames) if normalise_text(surnames) else ""

    def clean(self):
        cleaned = super().clean()
        if not (self.errors.keys() & {"given_names", "surnames"}):
            try:
                check_printable_name(self.parts.whole)
                if find_claim(self.parts.whole):
                    raise ValidationError(gettext("Write only the name, as in the identity document."), code="claim")
            except ValidationError as refusal:
                self.add_error("given_names", refusal)
        return cleaned

    @property
    def parts(self):
        written = getattr(self, "cleaned_data", {})
        return NameParts(*(written.get(field, self.initial[field]) for field in NameParts._fields))


class CorrectionFieldsForm(NameForm):
    post = forms.CharField(label=_("Right post"), required=False, strip=False)
    clinic = forms.CharField(label=_("Right health centre"), required=False, strip=False, max_length=MAX_CLINIC_LENGTH)
    note = forms.CharField(
        label=_("What your facilitator should know (optional)"),
        required=False,
        max_length=MAX_NOTE_LENGTH,
        help_text=_("Do not write about anyone’s health or private life."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("post", "clinic", "note"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["post"].widget.attrs["list"] = "posts"
        self.fields["surnames"].required = bool(self.initial["surnames"])

    def clean_post(self):
        return check_post(self.cleaned_data["post"])

    def clean_clinic(self):
        return check_clinic(self.cleaned_data["clinic"])

    def clean_note(self):
        return check_note(self.cleaned_data["note"])


class ConfirmationForm(CorrectionFieldsForm):
    without_post = forms.BooleanField(label=_("Do not print my post"), required=False)
    names_holder = forms.BooleanField(
        label=_("Let the digital badge carry my name"),
        required=False,
        help_text=_(
            "Anyone with the badge file can then read your name in it. Without this tick the file does not contain"
            " your name, but its link shows it, with your post and your health centre."
        ),
    )

    field_order = ("given_names", "surnames", "without_post", "names_holder", "post", "clinic", "note")

    def __init__(self, *args, learner, **kwargs):
        self.registered = registered_fields(learner)
        names = {field: self.registered[field] for field in NameParts._fields}
        super().__init__(*args, initial=names, **kwargs)
        self.learner = learner
        if issuer_key() is None:
            del self.fields["names_holder"]

    @property
    def changes_name(self):
        return self.parts != registered_parts(self.learner)

    @property
    def name_needs_review(self):
        if not self.changes_name:
            return False
        return needs_review(registered_parts(self.learner), self.parts) or _is_name_of_other_user(
            self.learner, self.parts
        )

    @property
    def requested(self):
        """({field: requested}, {field: registered}) of the fields of a valid form that differ."""
        written = {
            **self.parts._asdict(),
            "role": post_in_words(self.cleaned_data["post"]) or self.registered["role"],
            "clinic": self.cleaned_data["clinic"] or self.registered["clinic"],
        }
        return diff_fields(written, self.registered)

    @property
    def needs_review(self):
        requested, _registered = self.requested
        return self.name_needs_review or bool(requested.keys() & {"role", "clinic"})


def confirm_certificate(form, *, language, now):
    """Return (certificate, None), or (None, `CorrectionRequest`); call it outside a transaction."""
    learner, (requested, previous) = form.learner, form.requested
    if form.needs_review:
        origin, note = CorrectionRequest.Origin.CONFIRMING, form.cleaned_data["note"]
        return None, request_correction(
            learner, origin=origin, requested=requested, previous=previous, note=note, now=now
        )
    certificate = issue_certificate(
        learner,
        printed_name=form.parts.whole,
        role="" if form.cleaned_data["without_post"] else registered_post(learner),
        clinic=registered_clinic_name(learner),
        language=language,
        names_holder=form.cleaned_data.get("names_holder", False),
        now=now,
        then=partial(attach_requests, requested=requested, previous=previous, now=now),
    )
    return certificate, None


def preview_fields(learner, progress, form, *, language):
    """Return the printed fields, with the registered name while the new one needs a review."""
    language, now = certificate_language(language), timezone.now()
    cleaned, design = getattr(form, "cleaned_data", {}), active_design(language)
    name = registered_parts(learner) if form.name_needs_review else form.parts
    return build_printed_fields(
        design,
        name=name.whole,
        role="" if cleaned.get("without_post") else registered_post(learner),
        clinic=registered_clinic_name(learner),
        serial=EXAMPLE_SERIAL,
        now=now,
        language=language,
        grade=printed_grade(design, progress),
        training=describe_training(progress, language, now=now),
    )


def _is_name_of_other_user(person, parts):
    # Ignores case, accents and spaces, which databases fold differently. Names change rarely, so reading all is fine.
    others = get_user_model().objects.exclude(pk=person.pk).order_by()
    wanted = fold_name(parts.whole)
    return any(fold_name(first + last) == wanted for first, last in others.values_list("first_name", "last_name"))


def check_note(text):
    note = normalise_text(text)
    if not all(character.isprintable() for character in note):
        sentence = gettext("The text has an invisible character. Type it again.")
        raise ValidationError(sentence, code="character")
    return note


def registered_fields(person):
    parts, post = registered_parts(person), post_in_words(registered_post(person))
    return {**parts._asdict(), "role": normalise_text(post), "clinic": normalise_text(registered_clinic_name(person))}


def registered_post(person):
    """Return the printable registered post, or "". The role does not count: learners choose it themselves."""
    title = without_unprintable(normalise_text(person.job_title))
    return title if is_printable_post(title) else ""


def registered_clinic_name(person):
    return str(person.clinic or "")
