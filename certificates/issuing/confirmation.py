"""What is confirmed before a certificate is issued, and what would be printed."""

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
    Parts,
    check_can_be_printed,
    check_clinic,
    check_post,
    claim_in,
    is_printable_post,
    needs_review,
    plain,
    tidy,
)
from certificates.text.typesetting import without_unprintable

from .composing import (
    EXAMPLE_SERIAL,
    LONGEST_CLINIC,
    design_in_use,
    grade_to_print,
    language_of_certificate,
    training_of,
    what_is_printed,
)
from .correction_requests import ask_for_correction, differences, registered_parts, settle_requests
from .issue import issue_certificate

# As long as the column that holds it.
LONGEST_NOTE = 300
NAME_ATTRIBUTES = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "words"}


class NameForm(forms.Form):
    """A name in its two parts, each as it will be printed."""

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
        return check_can_be_printed(self.cleaned_data["given_names"])

    def clean_surnames(self):
        surnames = self.cleaned_data["surnames"]
        return check_can_be_printed(surnames) if tidy(surnames) else ""

    def clean(self):
        cleaned = super().clean()
        if not (self.errors.keys() & {"given_names", "surnames"}):
            try:
                check_can_be_printed(self.parts.whole)
                if claim_in(self.parts.whole):
                    raise ValidationError(gettext("Write only the name, as in the identity document."), code="claim")
            except ValidationError as refusal:
                self.add_error("given_names", refusal)
        return cleaned

    @property
    def parts(self):
        """The `Parts` that were written; those of the beginning where they cannot be printed."""
        written = getattr(self, "cleaned_data", {})
        return Parts(*(written.get(field, self.initial[field]) for field in Parts._fields))


class WordsForm(NameForm):
    """The name, and which post and clinic are right, in the words of whoever asks."""

    post = forms.CharField(label=_("Right post"), required=False, strip=False)
    clinic = forms.CharField(label=_("Right health centre"), required=False, strip=False, max_length=LONGEST_CLINIC)
    note = forms.CharField(
        label=_("What your facilitator should know (optional)"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("Nothing about anybody’s health or private life."),
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


class ConfirmationForm(WordsForm):
    """The name as it will be printed, whether the post is, and what is not right of the registered words."""

    without_post = forms.BooleanField(label=_("Do not print my post"), required=False)
    names_holder = forms.BooleanField(
        label=_("Let the digital badge carry my name"),
        required=False,
        help_text=_(
            "Whoever has the file of the badge then reads your name in it. If you do not tick this, the file does not"
            " say your name; whoever opens the link inside it does see it, with your post and your health centre."
        ),
    )

    field_order = ("given_names", "surnames", "without_post", "names_holder", "post", "clinic", "note")

    def __init__(self, *args, learner, **kwargs):
        self.registered = registered_facts(learner)
        names = {field: self.registered[field] for field in Parts._fields}
        super().__init__(*args, initial=names, **kwargs)
        self.learner = learner
        if issuer_key() is None:
            del self.fields["names_holder"]

    @property
    def changes_name(self):
        return self.parts != registered_parts(self.learner)

    @property
    def name_waits(self):
        """Whether a trainer looks at the name that is written before it is printed."""
        if not self.changes_name:
            return False
        return needs_review(registered_parts(self.learner), self.parts) or _is_name_of_another(self.learner, self.parts)

    @property
    def asked(self):
        """({field: words}, {field: registered words}) of all in which a valid form differs from the registry."""
        written = {
            **self.parts._asdict(),
            "role": post_in_words(self.cleaned_data["post"]) or self.registered["role"],
            "clinic": self.cleaned_data["clinic"] or self.registered["clinic"],
        }
        return differences(written, self.registered)

    @property
    def waits(self):
        """Whether somebody looks at what is written in a valid form before anything is printed."""
        asked, _registered = self.asked
        return self.name_waits or bool(asked.keys() & {"role", "clinic"})


def confirm_certificate(form, *, language, now):
    """Issue the certificate that a valid `ConfirmationForm` confirms, and return it and None.

    What only somebody who knows the person can say is right is asked for instead: then return None and the
    `CorrectionRequest`. For what it raises see `issue_certificate`; call it outside a transaction.
    """
    learner, (asked, was) = form.learner, form.asked
    if form.waits:
        origin, note = CorrectionRequest.Origin.CONFIRMING, form.cleaned_data["note"]
        return None, ask_for_correction(learner, origin=origin, asked=asked, was=was, note=note, now=now)
    certificate = issue_certificate(
        learner,
        printed_name=form.parts.whole,
        role="" if form.cleaned_data["without_post"] else registered_post(learner),
        clinic=clinic_of(learner),
        language=language,
        names_holder=form.cleaned_data.get("names_holder", False),
        now=now,
        then=partial(settle_requests, asked=asked, was=was, now=now),
    )
    return certificate, None


def preview_of(learner, progress, form, *, language):
    """Return what would be printed with a `ConfirmationForm` as it stands: of a name that waits, the registered one."""
    language, now = language_of_certificate(language), timezone.now()
    good, design = getattr(form, "cleaned_data", {}), design_in_use(language)
    name = registered_parts(learner) if form.name_waits else form.parts
    return what_is_printed(
        design,
        name=name.whole,
        role="" if good.get("without_post") else registered_post(learner),
        clinic=clinic_of(learner),
        serial=EXAMPLE_SERIAL,
        now=now,
        language=language,
        grade=grade_to_print(design, progress),
        training=training_of(progress, language, now=now),
    )


def _is_name_of_another(person, parts):
    """Whether somebody else is registered under this name, but for case, accents and spaces."""
    # Databases fold accents differently. Few people change their name, so reading all names is fast enough.
    others = get_user_model().objects.exclude(pk=person.pk).order_by()
    wanted = plain(parts.whole)
    return any(plain(first + last) == wanted for first, last in others.values_list("first_name", "last_name"))


def check_note(text):
    """Return a note in one line, or raise `ValidationError` for what nobody can read."""
    note = tidy(text)
    if not all(character.isprintable() for character in note):
        sentence = gettext("The text holds an invisible character. Write it again by hand.")
        raise ValidationError(sentence, code="character")
    return note


def registered_facts(person):
    """Return {field of a correction: words} of how the person is registered, the post in the active language."""
    parts, post = registered_parts(person), post_in_words(registered_post(person))
    return {**parts._asdict(), "role": tidy(post), "clinic": tidy(clinic_of(person))}


def registered_post(person):
    """Return the post that a list of staff or a trainer registered, in the characters that paper has, or none.

    The role is none: the person may have chosen it, for the scenes that come first.
    """
    title = without_unprintable(tidy(person.job_title))
    return title if is_printable_post(title) else ""


def clinic_of(person):
    """Return the name of the health centre where the person works, as it is printed."""
    return str(person.clinic or "")
