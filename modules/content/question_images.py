"""Question images as files, such as `content/es/images/porton.png`."""

import hashlib
from pathlib import PurePosixPath

from django.utils.text import slugify
from wagtail.images import get_image_model

from quizzes.importing.library import make_image
from quizzes.importing.parts.reading import ReadImage

FOLDER = "images"


def digest_of_file(content):
    """Return the digest that Wagtail stores as `file_hash`."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def name_images(images):
    """Return {pk: file name}; images of equal title and different content get different names."""
    names, taken = {}, {}
    for image in sorted(images, key=lambda image: image.pk):
        name, digest = _name_of(image), image.get_file_hash()
        if taken.setdefault(name, digest) != digest:
            stem, suffix = name.rsplit(".", 1)
            name = f"{stem}-{digest[:6]}.{suffix}"
        names[image.pk] = name
    return names


def _name_of(image):
    suffix = PurePosixPath(image.file.name).suffix.lower().replace(".jpeg", ".jpg")
    title = image.title.removesuffix(suffix)
    return f"{slugify(title)[:80].strip('-_').replace('_', '-') or 'imagen'}{suffix}"


def find_or_store(path):
    content = path.read_bytes()
    for image in get_image_model().objects.filter(file_hash=digest_of_file(content)):
        if _name_of(image) == path.name:
            return image
    return make_image(ReadImage(path.name, content), text="")
