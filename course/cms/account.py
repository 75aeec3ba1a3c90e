"""The own account in the admin: a name that somebody of the staff changes there is kept as any other."""

from django.utils import timezone
from wagtail.admin.auth import require_admin_access
from wagtail.admin.forms.account import AvatarPreferencesForm, NameEmailForm
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel

from course.people.accounts import change_person

from .pictures import SmallPictureField


class OwnNameForm(NameEmailForm):
    def save(self, commit=True):
        change_person(self.instance, fields=list(self.cleaned_data), by=self.instance, now=timezone.now())
        return self.instance


class OwnNamePanel(NameEmailSettingsPanel):
    form_class = OwnNameForm


class OwnPictureForm(AvatarPreferencesForm):
    avatar = SmallPictureField(label=AvatarPreferencesForm.base_fields["avatar"].label, required=False)


class OwnPicturePanel(AvatarSettingsPanel):
    """Wagtail's panel, which says why a picture was not taken."""

    template_name = "course/admin/own_picture.html"
    form_class = OwnPictureForm


_IN_PLACE_OF = {NameEmailSettingsPanel: OwnNamePanel, AvatarSettingsPanel: OwnPicturePanel}


class OwnAccount(AccountView):
    """Wagtail's page, with the forms for name and picture in place of its own."""

    def get_panels(self):
        return [
            _IN_PLACE_OF[type(panel)](panel.request, panel.user, panel.profile)
            if type(panel) in _IN_PLACE_OF
            else panel
            for panel in super().get_panels()
        ]


own_account = require_admin_access(OwnAccount.as_view())
