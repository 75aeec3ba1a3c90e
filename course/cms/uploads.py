"""Uploaded images, shown to whoever works in the admin: learners see copies that belong to a paper or a certificate."""

from mimetypes import guess_type

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe
from django.views.static import serve

# What a browser shows as a picture. Anything else that somebody uploaded is not shown at all.
_SHOWN = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


@require_safe
def serve_upload(request, path):
    """Answer with an uploaded image or a rendition of it; for whoever may not enter the admin it does not exist."""
    if not request.user.has_perm("wagtailadmin.access_admin") or guess_type(path)[0] not in _SHOWN:
        raise Http404
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
