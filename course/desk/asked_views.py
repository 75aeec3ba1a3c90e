"""Page: which personal data the site asks for, and why."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from course.models import PeopleSettings
from course.people.identifiers import count_optional_values, set_optional_fields


class AskedForm(forms.ModelForm):
    """Each field needs a reason; without one it is not asked, and its data is deleted if the user confirms that."""

    forget = forms.BooleanField(label=_("Delete what was kept"), required=False)

    class Meta:
        model = PeopleSettings
        fields = ["sex_reason", "phone_reason"]
        labels = {"sex_reason": _("Why the sex is asked"), "phone_reason": _("Why the phone number is asked")}
        help_texts = {
            "sex_reason": _("Empty: it is not asked. Such as: the monthly report of the area counts women and men."),
            "phone_reason": _("Empty: it is not asked. Such as: the trainer calls who needs help."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}) for name in fields}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.goes = 0

    def clean(self):
        cleaned = super().clean()
        said = count_optional_values()
        self.goes = sum(
            count for name, count in zip(self._meta.fields, said, strict=True) if not cleaned.get(name, "-").strip()
        )
        if self.goes and not cleaned.get("forget"):
            self.add_error(
                "forget", _("Tick it: without a reason, what was kept is deleted and cannot be brought back.")
            )
        return cleaned


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_asked(request):
    if not request.user.administers:
        raise Http404
    kept = PeopleSettings.objects.first() or PeopleSettings(pk=1)
    form = AskedForm(request.POST if request.method == "POST" else None, instance=kept)
    if form.is_valid():
        set_optional_fields(
            form.cleaned_data["sex_reason"], form.cleaned_data["phone_reason"], by=request.user, now=timezone.now()
        )
        messages.success(request, gettext("Saved."))
        return redirect("desk_asked")
    context = {"form": form, "said": count_optional_values()}
    return render(request, "desk/asked.html", context, status=422 if form.errors else 200)
