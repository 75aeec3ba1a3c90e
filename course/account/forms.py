"""The forms of sign-in and of a person's own account."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from course.people.pins import is_starting_pin, typed_pin
from quizzes.base.job_roles import JOBS, STAFF

from .entering import CARRIED, KEPT, SHARED, ask_whether_shared


class SharedQuestion(forms.Form):
    """Whether other people use the device: see `ask_whether_shared`."""

    shared = forms.BooleanField(
        label=_("Other people use this computer or phone too"),
        help_text=_("It closes the session after ten minutes without activity, and when the browser is closed."),
        required=False,
    )


class SignInForm(SharedQuestion, LoginForm):
    """User code and PIN; the answer of an ended session may travel along, signed."""

    carried = forms.CharField(required=False, widget=forms.HiddenInput)
    # What staff had written in a form when their session was over, signed.
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("User code"), _("PIN or password")
        login.widget = forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"}
        )
        password.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        login.help_text, password.help_text = _("It is on your card, such as ANA234."), ""
        login.error_messages["required"] = _("Write your user code: it is on your card.")
        password.error_messages["required"] = _("Write your PIN.")
        self.fields.pop("remember", None)
        ask_whether_shared(self, self.request)

    @property
    def carries_answer(self):
        return bool(self["carried"].value())

    @property
    def keeps_form(self):
        return bool(self["kept"].value())

    def clean_login(self):
        """Forgive spaces, dashes and lower case in the code of a card; a name that somebody has is taken as it is."""
        code = self.cleaned_data["login"].strip()
        plain = "".join(letter for letter in code if letter.isalnum())
        if plain == code or get_user_model().objects.filter(username__iexact=code).exists():
            return code
        return plain or code

    def clean_password(self):
        return typed_pin(self.cleaned_data["password"])

    def clean(self):
        try:
            super().clean()
        except forms.ValidationError as error:
            # Shown at the field to mend; too many tries are nothing to mend in the form.
            self.add_error("password" if error.code == "username_password_mismatch" else None, error)
        # A shared computer forgets the session when its browser is closed.
        return self.cleaned_data | {"remember": not self.cleaned_data.get("shared")}

    def login(self, request, redirect_url=None):
        # Kept in the visitor's session while a second factor is asked for on another page.
        request.session[SHARED] = self.cleaned_data["shared"]
        request.session[CARRIED] = self.cleaned_data["carried"]
        request.session[KEPT] = self.cleaned_data["kept"]
        return super().login(request, redirect_url)


class ChoosePinForm(forms.Form):
    """An own PIN, typed twice; staff choose a password."""

    new = forms.CharField(
        label=_("Your new PIN"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )
    again = forms.CharField(
        label=_("The same PIN again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        new, again = self.fields["new"], self.fields["again"]
        if user.is_staff:
            new.label, again.label = _("Your new password"), _("The same password again")
            new.error_messages["required"] = _("Write the password that you want.")
            again.error_messages["required"] = _("Write the same password a second time.")
            return
        for field in (new, again):
            field.widget.attrs["inputmode"] = "numeric"
        new.error_messages["required"] = _("Write the PIN that you want.")
        again.error_messages["required"] = _("Write the same PIN a second time.")

    def clean_new(self):
        new = typed_pin(self.cleaned_data["new"])
        validate_password(new, self.user)
        if is_starting_pin(self.user, new, now=timezone.now()):
            raise forms.ValidationError(_("That is the PIN of your card. Choose another one, that only you know."))
        return new

    def clean_again(self):
        again = typed_pin(self.cleaned_data["again"])
        if self.cleaned_data.get("new") and again != self.cleaned_data["new"]:
            if self.user.is_staff:
                raise forms.ValidationError(_("The second password is not the same as the first. Write both again."))
            raise forms.ValidationError(_("The two are not the same. Write both again."))
        return again


class ChangePinForm(ChoosePinForm):
    """As above, after the present PIN, which counts as a try to sign in."""

    present = forms.CharField(
        label=_("Your present PIN or password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        error_messages={"required": _("Write your present PIN or password.")},
    )
    field_order = ["present", "new", "again"]

    def clean_present(self):
        present = typed_pin(self.cleaned_data["present"])
        if not get_adapter().reauthenticate(self.user, present):
            raise get_adapter().validation_error("incorrect_password")
        return present


class RoleForm(forms.Form):
    """What the person does in the health centre."""

    # A job, or a role alone for whoever has another job of it.
    role = forms.ChoiceField(
        label=_("What do you do in the health centre?"),
        choices=[
            (STAFF[role], [*jobs.items(), (role.value, pgettext_lazy("job", "Another"))]) for role, jobs in JOBS.items()
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you do in the health centre.")},
    )

    def jobs(self):
        """Return (heading, options) of each role."""
        chosen = self["role"].value() or ""
        return [
            (heading, options) for heading, options, _index in self["role"].field.widget.optgroups("role", [chosen])
        ]
