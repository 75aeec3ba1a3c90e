"""Files that Wagtail's own pages read: tables of redirects, and translations as PO. Each is read under limits first."""

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
from quizzes.base.sandbox.parent import read_confined
from quizzes.importing.parts.images import LARGEST_BYTES, bring_picture
from quizzes.importing.parts.reading import UnreadableFile

LARGEST_PO = 2 * 1024 * 1024


@require_admin_access
def import_redirects(request):
    """Hand Wagtail the table as a plain CSV, whatever it came as."""
    if file := request.FILES.get("import_file"):
        if not request.user.has_perm("wagtailredirects.add_redirect"):
            return start_import(request)
        try:
            refuse_size(file.size)
            rows = read_confined(read_list, file.read(), refusal=UnreadableList)[0]["rows"]
        except UnreadableList as refusal:
            messages.error(request, str(refusal))
            return redirect("wagtailredirects:start_import")
        table = io.StringIO(newline="")
        csv.writer(table).writerows(rows)
        request.FILES["import_file"] = SimpleUploadedFile("redirects.csv", table.getvalue().encode(), "text/csv")
    return start_import(request)


@require_admin_access
def bring_translation(request, translation_id):
    """Let Wagtail read a file of translations that could be read here, and that says which translation it is."""
    if file := request.FILES.get("file"):
        try:
            if file.size > LARGEST_PO:
                raise ValidationError(
                    _("The file is larger than %(limit)d MB. Bring the PO file that was downloaded here.")
                    % {"limit": LARGEST_PO // 1024**2}
                )
            read_confined(look_at_translation, file.read(), refusal=ValidationError)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")
        file.seek(0)
    return upload_pofile(request, translation_id=translation_id)


PHOTOGRAPHS_HAVE_A_LIST = gettext_lazy("Photographs of lessons go under “Photographs, sound and film”.")


def look_at_upload(file):
    """Return a small copy of an uploaded picture, as WebP; raises ValidationError for one that can't be used."""
    content = file.read(LARGEST_BYTES + 1)
    file.seek(0)
    try:
        return read_confined(bring_picture, content, refusal=UnreadableFile, name=file.name)
    except UnreadableFile as refusal:
        raise ValidationError(refusal.sentence) from refusal


class LookedAtImageField(WagtailImageField):
    """Wagtail's field, which opens only what has been looked at."""

    def to_python(self, data):
        if data:
            look_at_upload(data)
        return super().to_python(data)


class LookedAtImageForm(BaseImageForm):
    """Wagtail's form for an image of the library, wherever one is uploaded."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if wagtails := self.fields.get("file"):
            field = LookedAtImageField(label=wagtails.label, required=wagtails.required, widget=wagtails.widget)
            # Wagtail's own help says which files there may be.
            field.help_text = format_lazy("{} {} {}", NOBODY_RECOGNISED, PHOTOGRAPHS_HAVE_A_LIST, field.help_text)
            self.fields["file"] = field


class SmallPictureField(forms.ImageField):
    """A picture of which only a small copy is kept."""

    def to_python(self, data):
        if data:
            data = SimpleUploadedFile("picture.webp", look_at_upload(data), "image/webp")
        return super().to_python(data)


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
