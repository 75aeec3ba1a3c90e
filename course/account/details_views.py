"""What a site may ask of a person beyond what the course needs: whoever gave it corrects it, and takes it back."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.models import User
from course.people.accounts import change_person
from course.people.asked import what_is_asked
from course.people.asked_fields import ask_in
from course.people.phones import phone_in_words


class MyDetailsForm(forms.ModelForm):
    """The own phone number and sex, as far as the site asks for them; each may be empty."""

    class Meta:
        model = User
        fields = ["phone", "sex"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ask_in(self)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_details(request):
    """The own phone number and sex; a post keeps what is written, and forgets what is not."""
    form = MyDetailsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        change_person(request.user, fields=list(form.fields), by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("my_account")
    return render(request, "account/my_details.html", {"form": form}, status=422 if form.errors else 200)


def details_of(person):
    """Return what *Mi cuenta* shows of it, for a template."""
    return {
        "asked": what_is_asked(),
        "phone": phone_in_words(person.phone),
        "numbers": person.identifiers.order_by("kind"),
    }
