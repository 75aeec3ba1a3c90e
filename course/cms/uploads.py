"""Uploads in the Wagtail admin, read in a sandbox first: redirects, translations, pictures."""

import csv
import io
import posixpath
from mimetypes import guess_type

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.contrib.redirects.views import start_import
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.views.images import preview
from wagtail_localize.views.edit_translation import upload_pofile

from course.roster.reading import UnreadableList, read_list, refuse_size
from modules.pictures.keeping import is_taken_back
from modules.pictures.looking import NOBODY_RECOGNISED
from modules.translating.po_files import look_at_translation
from quizzes.base.sandbox.parent import run_sandboxed
from quizzes.importing.parts.images import LARGEST_BYTES, bring_picture
from quizzes.importing.parts.reading import UnreadableFile

MAX_PO_BYTES = 2 * 1024 * 1024


@require_admin_access
def import_redirects(request):
    if file := request.FILES.get("import_file"):
        if not request.user.has_perm("wagtailredirects.add_redirect"):
            return start_import(request)
        try:
            refuse_size(file.size)
            rows = run_sandboxed(read_list, file.read(), refusal=UnreadableList)[0]["rows"]
        except UnreadableList as refusal:
            messages.error(request, str(refusal))
            return redirect("wagtailredirects:start_import")
        table = io.StringIO(newline="")
        csv.writer(table).writerows(rows)
        request.FILES["import_file"] = SimpleUploadedFile("redirects.csv", table.getvalue().encode(), "text/csv")
    return start_import(request)


@require_admin_access
def upload_translation(request, translation_id):
    if file := request.FILES.get("file"):
        try:
            if file.size > MAX_PO_BYTES:
                raise ValidationError(
                    _("The file is larger than %(limit)d MB. Bring the PO file that was downloaded here.")
                    % {"limit": MAX_PO_BYTES // 1024**2}
                )
            run_sandboxed(look_at_translation, file.read(), refusal=ValidationError)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")
        file.seek(0)
    return upload_pofile(request, translation_id=translation_id)


PHOTOS_HAVE_A_LIST = gettext_lazy("Photographs of lessons go under “Photographs, sound and film”.")


def shrink_picture(file):
    """Return a small WebP copy of the picture. Raises ValidationError."""
    content = file.read(LARGEST_BYTES + 1)
    file.seek(0)
    try:
        return run_sandboxed(bring_picture, content, refusal=UnreadableFile, name=file.name)
    except UnreadableFile as refusal:
        raise ValidationError(refusal.sentence) from refusal


class ValidatedImageField(WagtailImageField):
    """Wagtail opens the picture only after `shrink_picture` could read it."""

    def to_python(self, data):
        if data:
            shrink_picture(data)
        return super().to_python(data)


class ValidatedImageForm(BaseImageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if original := self.fields.get("file"):
            field = ValidatedImageField(label=original.label, required=original.required, widget=original.widget)
            field.help_text = format_lazy("{} {} {}", NOBODY_RECOGNISED, PHOTOS_HAVE_A_LIST, field.help_text)
            self.fields["file"] = field


class SmallPictureField(forms.ImageField):
    def to_python(self, data):
        if data:
            data = SimpleUploadedFile("picture.webp", shrink_picture(data), "image/webp")
        return super().to_python(data)


_SERVED_TYPES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


@require_safe
def serve_upload(request, path):
    kind = guess_type(path)[0]
    if not request.user.has_perm("wagtailadmin.access_admin") or kind not in _SERVED_TYPES:
        raise Http404
    # The storage accepts several paths for a file; the library knows one.
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
    """Wagtail's preview, but not of a withdrawn photograph."""
    if is_taken_back(get_object_or_404(get_image_model(), pk=image_id).file.name):
        raise Http404
    return preview(request, image_id, filter_spec)
