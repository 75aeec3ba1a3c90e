"""Uploaded images, shown to whoever works in the admin: learners see copies that belong to a paper or a certificate."""

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe
from django.views.static import serve

# What a browser shows as a picture. Anything else that somebody uploaded is not shown at all.
_SHOWN = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


@require_safe
def serve_upload(request, path):
    """Answer with an uploaded image or a rendition of it; for whoever may not enter the admin it does not exist."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    if response.headers.get("Content-Type") not in _SHOWN and response.status_code == 200:
        response.close()
        raise Http404
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
