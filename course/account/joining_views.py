"""The page on which a person joins a group with the code that its trainer gave."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.joining import NoSuchGroup, join_group


class JoinForm(forms.Form):
    """The code of a group."""

    code = forms.CharField(
        label=gettext_lazy("Code of the group"),
        max_length=40,
        help_text=gettext_lazy("Whoever runs the group gives it to you. It has eight letters and digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the code of the group.")},
    )


@login_required
def join(request):
    """Ask for the code of a group; a post joins it."""
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            cohort = join_group(request.user, form.cleaned_data["code"], now=timezone.now())
        except NoSuchGroup as wrong:
            form.add_error("code", str(wrong))
        else:
            messages.success(request, _("You are in the group «%(group)s» now.") % {"group": cohort})
            return redirect("my_course")
    return render(request, "account/join.html", {"form": form}, status=422 if form.errors else 200)
