"""A person's e-mail address and whether reminders come to it; and the page behind the address in each letter."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from course.people.delays import MAIL
from course.reminders.addresses import AddressForm
from course.reminders.confirming import ask_again, person_of
from course.reminders.confirming import confirm_address as confirm
from course.reminders.stopping import allow_reminders, person_with
from course.reminders.stopping import stop_reminders as stop_reminders_of
from course.reminders.tasks import ask_soon

from .tries import spend


class MyMailForm(AddressForm):
    """The own address, and whether reminders may come to it."""

    wanted = forms.BooleanField(
        label=gettext_lazy("Send me reminders"),
        help_text=gettext_lazy("Once a week at most, when I have not gone on for a while."),
        required=False,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_mail(request):
    """The person's e-mail address, which may be empty, and the switch of reminders; a post keeps both."""
    person = request.user
    spend(request, "mail", str(person.pk), MAIL)
    initial = {"wanted": person.reminders_stopped_at is None}
    form = MyMailForm(request.POST if request.method == "POST" else None, person=person, initial=initial)
    if form.is_valid() and form.save(by=request.user, now=timezone.now()):
        if form.cleaned_data["wanted"]:
            allow_reminders(person)
        else:
            stop_reminders_of(person, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("my_account")
    context = {"form": form, "goes_out": settings.MAIL_GOES_OUT}
    return render(request, "account/my_mail.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def ask_confirmation(request):
    """Send the letter that asks to confirm the own address once more."""
    spend(request, "mail", str(request.user.pk), MAIL)
    if request.user.email and not request.user.has_confirmed_address:
        ask_again(request.user)
        ask_soon()
        messages.success(request, _("The letter is on its way. Open it and press the button in it."))
    return redirect("my_mail")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request, token):
    """Ask whether messages may come to an address; only a post says so, since filters of mail open every address."""
    person = person_of(token)
    if person is None:
        # Gone and not missing: of a missing page another language would be tried.
        return render(request, "account/confirm_unknown.html", status=410)
    if request.method == "POST":
        confirm(person, now=timezone.now())
    return render(request, "account/confirm_address.html", {"confirmed": person.has_confirmed_address})


# Programs for mail post here without having seen a page (RFC 8058): whoever has the token may.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request, token):
    """Ask whether reminders are to stop; only a post stops them, since filters of mail open every address."""
    person = person_with(token)
    if person is None:
        # Gone and not missing: of a missing page another language would be tried.
        return render(request, "account/stop_unknown.html", status=410)
    if request.method == "POST":
        if request.POST.get("action") == "again":
            allow_reminders(person)
            messages.success(request, _("Reminders come again, once a week at most."))
        else:
            stop_reminders_of(person, now=timezone.now())
            messages.success(request, _("You get no more reminders."))
    context = {"stopped": person.reminders_stopped_at is not None, "changed": request.method == "POST"}
    return render(request, "account/stop_reminders.html", context)
