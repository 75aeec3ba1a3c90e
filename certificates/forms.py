"""What a person confirms before the certificate is issued, and the code that somebody types from paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .naming import check_printed_name, tidy
from .serials import code_in, normalise, problem_of
from .wording import post_in_words, posts_by_role


class ConfirmationForm(forms.Form):
    """The name as it will be printed, and the post under it, if any."""

    printed_name = forms.CharField(
        label=_("Name to be printed"),
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "words"}),
        error_messages={"required": _("Write your name with letters, as in your identity document.")},
    )
    post = forms.ChoiceField(label=_("Your post"), required=False)

    def __init__(self, *args, learner, **kwargs):
        initial = {"printed_name": tidy(learner.get_full_name()), "post": post_in_words(learner.role)}
        super().__init__(*args, initial=initial, **kwargs)
        self.learner = learner
        self.fields["post"].choices = posts_by_role()

    def clean_printed_name(self):
        return check_printed_name(
            self.cleaned_data["printed_name"], given_names=self.learner.first_name, surnames=self.learner.last_name
        )


class CodeForm(forms.Form):
    """The code of a certificate, however it was typed, or the whole address that a telephone reads from the square."""

    code = forms.CharField(
        label=_("Code of the certificate"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def clean_code(self):
        code = code_in(self.cleaned_data["code"])
        if problem := problem_of(code):
            raise forms.ValidationError(problem)
        return normalise(code)
