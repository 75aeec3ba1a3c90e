"""The forms of sign-in and of a person's own account."""

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from course.models import Role

from .pins import is_starting_pin


class SignInForm(LoginForm):
    """User code and PIN; the answer of an ended session may travel along, signed."""

    shared = forms.BooleanField(label=_("This is a shared computer"), required=False, initial=True)
    carried = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("User code"), _("PIN or password")
        login.widget = forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"}
        )
        password.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        login.error_messages["required"] = _("Write your user code: it is on your card.")
        password.error_messages["required"] = _("Write your PIN.")
        password.help_text = ""
        self.fields.pop("remember", None)

    def clean_login(self):
        """Forgive spaces, dashes and lower case in the code of a card; staff names are taken as they are."""
        code = self.cleaned_data["login"].strip()
        if "@" in code:
            return code
        return "".join(code.replace("-", " ").split())

    def clean(self):
        cleaned = super().clean()
        # A shared computer forgets the session when its browser is closed.
        cleaned["remember"] = not cleaned.get("shared")
        return cleaned

    def login(self, request, redirect_url=None):
        # Kept in the visitor's session while a second factor is asked for on another page.
        request.session["shared_at_sign_in"] = self.cleaned_data["shared"]
        if self.cleaned_data["carried"]:
            request.session["carried"] = self.cleaned_data["carried"]
        return super().login(request, redirect_url)


class ChoosePinForm(forms.Form):
    """An own PIN, typed twice; staff choose a password."""

    new = forms.CharField(
        label=_("Your new PIN"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=True
    )
    again = forms.CharField(
        label=_("The same PIN again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=True
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if user.is_staff:
            self.fields["new"].label = _("Your new password")
            self.fields["again"].label = _("The same password again")
        else:
            for field in self.fields.values():
                field.widget.attrs.update(inputmode="numeric", maxlength=12)
        self.fields["new"].error_messages["required"] = _("Write the PIN that you want.")
        self.fields["again"].error_messages["required"] = _("Write the same PIN a second time.")

    def clean_new(self):
        new = self.cleaned_data["new"]
        validate_password(new, self.user)
        if is_starting_pin(self.user, new, now=timezone.now()):
            raise forms.ValidationError(_("That is the PIN of your card. Choose another one, that only you know."))
        return new

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("The two PINs are not the same. Write it again."))
        return cleaned


class ChangePinForm(ChoosePinForm):
    """As above, after the present PIN."""

    present = forms.CharField(
        label=_("Your present PIN or password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )
    field_order = ["present", "new", "again"]

    def clean_present(self):
        present = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise forms.ValidationError(_("That is not your present PIN. Check it and try again."))
        return present


class RoleForm(forms.Form):
    """What the person does in the health centre."""

    role = forms.ChoiceField(
        label=_("What do you do in the health centre?"),
        choices=Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you do in the health centre.")},
    )
