"""Uploaded images, shown to whoever works in the admin: learners see copies that belong to a paper or a certificate."""

import posixpath
from mimetypes import guess_type

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail.admin.auth import require_admin_access
from wagtail.images import get_image_model
from wagtail.images.views.images import preview

from modules.pictures.keeping import is_taken_back

# What a browser shows as a picture. Anything else that somebody uploaded is not shown at all.
_SHOWN = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


@require_safe
def serve_upload(request, path):
    """Answer with an uploaded image or a rendition of it; for whoever may not enter the admin it does not exist."""
    kind = guess_type(path)[0]
    if not request.user.has_perm("wagtailadmin.access_admin") or kind not in _SHOWN:
        raise Http404
    # The storage knows a file by several names, and the library by one.
    if path != posixpath.normpath(path).lstrip("/") or is_taken_back(path):
        raise Http404
    try:
        file = default_storage.open(path)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_admin_access
def preview_picture(request, image_id, filter_spec):
    """Let Wagtail make a picture of the library in another size, but none of a photograph that was taken back."""
    if is_taken_back(get_object_or_404(get_image_model(), pk=image_id).file.name):
        raise Http404
    return preview(request, image_id, filter_spec)
