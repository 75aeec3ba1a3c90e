"""The own account in the admin: a name that somebody of the staff changes there is kept as any other."""

from django.utils import timezone
from wagtail.admin.auth import require_admin_access
from wagtail.admin.forms.account import NameEmailForm
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel

from course.people.accounts import change_person


class OwnNameForm(NameEmailForm):
    def save(self, commit=True):
        change_person(self.instance, fields=list(self.cleaned_data), by=self.instance, now=timezone.now())
        return self.instance


class OwnNamePanel(NameEmailSettingsPanel):
    form_class = OwnNameForm


class OwnAccount(AccountView):
    """Wagtail's page, with the form for the name in place of its own."""

    def get_panels(self):
        return [
            OwnNamePanel(panel.request, panel.user, panel.profile) if type(panel) is NameEmailSettingsPanel else panel
            for panel in super().get_panels()
        ]


own_account = require_admin_access(OwnAccount.as_view())
