"""Images of questions: copied for papers when they are drawn, so that a later change of the library changes none."""

import hashlib
import logging

from wagtail.images import get_image_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from quizzes.models import PaperImage

# Wide enough for any phone and for the column of a desk; old telephones read WebP, and it is light.
RENDITION = "width-800|format-webp"
logger = logging.getLogger(__name__)


def add_images(items, questions):
    """Give the items their questions' images: {"digest", "width", "height", "text"}. Constant in queries, 0 for none.

    An image that can't be read leaves its description: an empty digest, and its text.
    """
    wanted = {question.image_id for question in questions if question.image_id}
    if not wanted:
        return
    frozen = freeze_images(wanted)
    for item, question in zip(items, questions, strict=True):
        if question.image_id:
            item["image"] = frozen.get(question.image_id, {"digest": ""}) | {"text": question.image_text}


def freeze_images(image_ids):
    """Store the images as papers show them, and return {image: {"digest", "width", "height"}}."""
    copies = {}
    for image in get_image_model().objects.filter(pk__in=image_ids).prefetch_renditions(RENDITION):
        if copy := freeze_image(image):
            copies[image.pk] = copy
    PaperImage.objects.keep(copies.values())
    return {pk: {"digest": copy.digest, "width": copy.width, "height": copy.height} for pk, copy in copies.items()}


def freeze_image(image):
    """Return a PaperImage, not saved, of an image of the library; None when its file can't be read."""
    try:
        rendition = image.get_rendition(RENDITION)
        with rendition.open_file() as file:
            content = file.read()
    except (OSError, SourceImageIOError, InvalidFilterSpecError):
        logger.exception("The image %s can't be copied for a paper", image.pk)
        return None
    return PaperImage(
        digest=hashlib.sha256(content).hexdigest(),
        content_type="image/webp",
        width=rendition.width,
        height=rendition.height,
        content=content,
    )
