"""Signatures and logos on screens: to whoever signed in, since a signature is nobody else's business."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from certificates.models import PrintedImage
from certificates.paper.images import printed_image


@login_required
@require_safe
def certificate_image(request, digest):
    """Answer with the bytes that certificates print; the address holds their digest, so they never change."""
    try:
        content_type, content, *_size = printed_image(digest)
    except PrintedImage.DoesNotExist:
        raise Http404 from None
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
