"""Storage of photographs in Wagtail's library."""

import hashlib
import json
from contextlib import suppress
from pathlib import PurePosixPath
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError

from modules.models import Photo
from quizzes.base.sandbox.child import MEGABYTE, Limits
from quizzes.base.sandbox.parent import run_sandboxed

from .looking import WIDTHS, WRITTEN, UnusablePhoto, bring_photo, look_at_photo, make_copies

# 25 megapixels beside their copies.
LIMITS = Limits(seconds=20, memory=600 * MEGABYTE)
# If this changes, the copies of all photographs are made again.
_RECIPE = json.dumps([WIDTHS, list(WRITTEN.items())], sort_keys=True)


def find_photo_problem(content, *, name):
    """Return why a picture cannot be stored as it is (also camera metadata), or ""."""
    try:
        run_sandboxed(look_at_photo, content, refusal=UnusablePhoto, limits=LIMITS, name=name)
    except UnusablePhoto as refusal:
        return str(refusal)
    return ""


class Prepared(NamedTuple):
    content: bytes
    suffix: str
    copies: list


def prepare_picture(content, *, name):
    """Return the picture without camera metadata as `Prepared`. Raises UnusablePhoto."""
    kept = run_sandboxed(bring_photo, content, refusal=UnusablePhoto, limits=LIMITS, name=name)
    copies = run_sandboxed(make_copies, kept["content"], refusal=UnusablePhoto, limits=LIMITS, name=name)
    return Prepared(kept["content"], kept["suffix"], copies)


def keep_picture(prepared, *, title):
    """Return a new library image named by its content, without owner, so that no editor changes it."""
    called = hashlib.sha256(prepared.content).hexdigest() + prepared.suffix
    file = ContentFile(prepared.content, name=called)
    image = get_image_model().objects.create(title=title, file=file, file_size=len(prepared.content))
    # Computes and sets `file_hash`.
    image.get_file_hash()
    return image


def make_sizes(photo, copies=None):
    """Make missing copies of a saved Photo and save `photo.sizes`; idempotent. Raises UnusablePhoto."""
    mark = _mark_of(photo.image)
    if _are_made(photo.sizes, mark):
        return
    if copies is None:
        name = PurePosixPath(photo.image.file.name).name
        try:
            with photo.image.open_file() as file:
                content = file.read()
        except SourceImageIOError as error:
            raise UnusablePhoto(_("The file “%(name)s” is not there.") % {"name": name}) from error
        copies = run_sandboxed(make_copies, content, refusal=UnusablePhoto, limits=LIMITS, name=name)
    with transaction.atomic():
        made = Photo.objects.select_for_update().values_list("sizes", flat=True).get(pk=photo.pk)
        if _are_made(made, mark):
            photo.sizes = made
            return
        photo.image.renditions.filter(filter_spec__in=_SPECS).delete()
        photo.sizes = [_keep_copy(photo.image, copy, mark) for copy in copies]
        photo.save(update_fields=["sizes"])


def _spec(width, ending):
    return f"width-{width}|format-{'jpeg' if ending == 'jpg' else ending}"


_SPECS = [_spec(width, ending) for width in WIDTHS for ending in WRITTEN]


def _keep_copy(image, copy, mark):
    files = {}
    for ending, content in copy["files"].items():
        spec, called = _spec(copy["width"], ending), f"{mark}.{copy['width']}.{ending}"
        image.renditions.filter(filter_spec=spec).delete()
        rendition = image.renditions.create(
            filter_spec=spec, focal_point_key="", file=ContentFile(content, name=called)
        )
        files[ending] = rendition.file.name
    size = {"width": copy["width"], "height": copy["height"], "mark": mark, "files": files}
    return size | {"bytes": {ending: len(content) for ending, content in copy["files"].items()}}


def _mark_of(image):
    return hashlib.sha256(f"{image.get_file_hash()}:{_RECIPE}".encode()).hexdigest()[:16]


def _are_made(sizes, mark):
    return bool(sizes) and all(size["mark"] == mark and _are_there(size) for size in sizes)


def _are_there(size):
    return all(default_storage.exists(name) for name in size["files"].values())


def drop_picture(image):
    if not Photo.objects.filter(image=image).exists():
        with suppress(ProtectedError, RestrictedError), transaction.atomic():
            image.delete()


def is_taken_back(name):
    is_of_it = Q(image__file=name) | Q(image__renditions__file=name)
    return Photo.objects.filter(is_of_it, withdrawn_on__isnull=False).exists()
