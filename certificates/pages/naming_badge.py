"""The holder's name in the digital badge: put in or taken out on the page of one's own certificate."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certificates.issuing.holder_badges import make_credential_anew
from certificates.models import Certificate
from certificates.wording.serials import normalise


@login_required
@require_POST
def name_badge(request, serial):
    """Make one's own badge anew: with the name where `names_holder` is `1`, else without it."""
    certificate = Certificate.objects.without_pdf().filter(serial=normalise(serial), learner=request.user).first()
    if certificate is None:
        raise Http404
    wants_name = request.POST.get("names_holder") == "1"
    try:
        make_credential_anew(certificate, names_holder=wants_name, by=request.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request, _("Your badge says your name.") if wants_name else _("Your badge does not say your name.")
        )
    return redirect("my_certificate")
