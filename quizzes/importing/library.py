"""Imported images in the image library, each stored once."""

import hashlib
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from wagtail.images import get_image_model

from quizzes.importing.parts.images import image_name, suffix_of


def store_image(image, *, text, by=None):
    """Return (the library image with these bytes, whether it was created)."""
    digest = hashlib.sha1(image.content, usedforsecurity=False).hexdigest()
    if present := get_image_model().objects.filter(file_hash=digest).first():
        return present, False
    return make_image(image, text=text, by=by), True


def make_image(image, *, text, by=None):
    stem = PurePosixPath(image_name(image)).stem or "imagen"
    made = get_image_model()(title=stem[:255], description=text[:255], uploaded_by_user=by)
    made.file = ContentFile(image.content, name=f"{stem}{suffix_of(image.content)}")
    made.file_size = len(image.content)
    made.file_hash = hashlib.sha1(image.content, usedforsecurity=False).hexdigest()
    made.save()
    return made
