"""Files that Wagtail's own pages read: tables of redirects, and translations as PO. Each is read under limits first."""

import csv
import io

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.contrib.redirects.views import start_import
from wagtail_localize.views.edit_translation import upload_pofile

from course.roster.reading import UnreadableList, read_list, refuse_size
from modules.translating.po_files import look_at_translation
from quizzes.base.sandbox.parent import read_confined

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
