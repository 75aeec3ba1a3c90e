"""The copies of a photograph, given out for as long as it may be seen."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils import timezone
from django.views.decorators.http import require_safe

from modules.blocks.media import KINDS
from modules.models import Photo
from modules.pictures.keeping import make_sizes
from modules.pictures.looking import UnusablePhoto

from .reading import for_learners

# Of what shows nobody, under a name that changes with the picture. Whoever consented may take it back tomorrow.
_KEPT_LONG = "private, max-age=31536000, immutable"
_NOT_KEPT = "private, no-store"


@require_safe
@for_learners
def show_photo(request, photo_key, mark, width, ending):
    """One copy of a photograph. What was taken back is not there, whatever its address says."""
    photo = Photo.objects.shown_on(timezone.localdate()).filter(key=photo_key).first()
    size = photo and next((size for size in photo.sizes if size["width"] == width), None)
    if not size or ending not in size["files"]:
        raise Http404
    response = FileResponse(_opened(photo, size, ending), content_type=KINDS[ending])
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = _NOT_KEPT if photo.needs_consent or mark != size["mark"] else _KEPT_LONG
    return response


def _opened(photo, size, ending):
    """Open the file of a copy; one that somebody deleted is made again."""
    try:
        return default_storage.open(size["files"][ending])
    except FileNotFoundError:
        pass
    try:
        make_sizes(photo)
        found = next(made for made in photo.sizes if made["width"] == size["width"])
        return default_storage.open(found["files"][ending])
    except (FileNotFoundError, Photo.DoesNotExist, StopIteration, UnusablePhoto) as error:
        raise Http404 from error
