"""What a trainer writes to issue a certificate, to correct what is printed of the person, or to annul it."""

from django import forms
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from certificates.issuing.confirmation import (
    MAX_NOTE_LENGTH,
    NAME_ATTRIBUTES,
    ConfirmationForm,
    NameForm,
    registered_fields,
)
from certificates.issuing.correction_requests import registered_parts
from certificates.text.names import check_post, needs_review
from course.groups.corrections import divided
from course.models import Clinic


class IssueForm(ConfirmationForm):
    """The name as it is printed and registered, and whether the registered post is printed, confirmed by a trainer."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["without_post"].label = _("Do not print the post")
        # What is not right is corrected where the person is registered; what the badge says only the person decides.
        for name in ("post", "clinic", "note", "names_holder"):
            self.fields.pop(name, None)

    def clean(self):
        cleaned = super().clean()
        registered = registered_parts(self.learner)
        if not self.errors and needs_review(registered, self.parts):
            self.add_error("given_names", gettext(_OTHER_NAME) % {"registered": registered.whole})
        return cleaned


_OTHER_NAME = gettext_noop(
    "This name is not like the registered one, “%(registered)s”. Correct first how the person is registered."
)


class PlaceForm(forms.Form):
    """The post and the clinic that should be printed, and why."""

    post = forms.CharField(label=_("Post"), required=False, strip=False, help_text=_("Empty: no post is printed."))
    clinic = forms.ModelChoiceField(Clinic.objects.none(), label=_("Health centre"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_NOTE_LENGTH,
        help_text=_("It stays in the history, for facilitators. Write nothing about anyone’s health or private life."),
        error_messages={"required": _("Write the reason: it stays in the history.")},
    )

    def __init__(self, *args, certificate, initial, **kwargs):
        printed = certificate.printed
        places = {"post": printed["role"]}
        super().__init__(*args, initial=places | initial, **kwargs)
        field = self.fields["clinic"]
        field.queryset = Clinic.objects.order_by("sort_key", "pk")
        field.empty_label = gettext("As it is printed: %(clinic)s") % {"clinic": printed["clinic"] or "–"}
        self.fields["post"].widget.attrs |= {"list": "posts", "autocomplete": "off"}

    def clean_post(self):
        return check_post(self.cleaned_data["post"])


class CorrectionForm(NameForm, PlaceForm):
    """What is right of whoever has an account, and whether it is registered so too."""

    registers = forms.BooleanField(
        label=_("Correct how the person is registered too"),
        required=False,
        initial=True,
        help_text=_("Then the next certificate, the lists and the group say the same."),
    )

    field_order = ("given_names", "surnames", "post", "clinic", "registers", "reason")

    def __init__(self, *args, certificate, as_registered, may_register, **kwargs):
        learner, printed = certificate.learner, certificate.printed
        parts = registered_parts(learner)
        if not as_registered and parts.whole != printed["name"]:
            parts, _is_a_guess = divided(printed["name"], learner)
        initial = parts._asdict()
        if as_registered:
            # In the language of the paper, in which it is printed.
            with translation.override(certificate.language):
                initial |= {"post": registered_fields(learner)["role"], "clinic": learner.clinic_id}
        super().__init__(*args, certificate=certificate, initial=initial, **kwargs)
        self.fields["surnames"].required = bool(learner.last_name)
        if not may_register:
            del self.fields["registers"]

    @property
    def right(self):
        """What `correct_in_group` is told, of a valid form."""
        written = self.cleaned_data
        told = {name: written[name] for name in ("post", "clinic", "reason")}
        return told | {"name": self.parts.whole, "parts": self.parts if written.get("registers") else None}


class CorrectionOfGoneForm(PlaceForm):
    """What is right of somebody who has no account any more: the name as it is printed, in a line."""

    printed_name = forms.CharField(
        label=_("Name to be printed"),
        strip=False,
        help_text=_("With accents, capital letters and both surnames, as in the identity document."),
        widget=forms.TextInput(attrs=NAME_ATTRIBUTES),
    )

    field_order = ("printed_name", "post", "clinic", "reason")

    def __init__(self, *args, certificate, **kwargs):
        initial = {"printed_name": certificate.printed["name"]}
        super().__init__(*args, certificate=certificate, initial=initial, **kwargs)

    @property
    def right(self):
        """What `correct_in_group` is told, of a valid form."""
        written = self.cleaned_data
        return {name: written[name] for name in ("post", "clinic", "reason")} | {"name": written["printed_name"]}


class AnnulmentForm(forms.Form):
    """Why a certificate should not have been issued: everyone who verifies it reads that."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Everyone who verifies the certificate reads it, for ever. Write what was wrong with the certificate, and"
            " nothing about the person."
        ),
        error_messages={"required": _("Write the reason: whoever verifies the certificate reads it.")},
    )
