"""Images of a file as the previews need them: never saved."""

import warnings
from base64 import b64encode
from io import BytesIO

from PIL import Image as Picture

from quizzes.importing.parts.images import LARGEST_BYTES, find_image_problem

_WIDEST = 320


def thumbnail_of(image):
    """Return a small picture of a ReadImage as an address that holds it, or nothing when it can't be used."""
    if image is None or len(image.content) > LARGEST_BYTES or find_image_problem(image):
        return ""
    stream = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Picture.DecompressionBombWarning)
        with Picture.open(BytesIO(image.content)) as picture:
            picture.thumbnail((_WIDEST, _WIDEST))
            picture.convert("RGBA").save(stream, "WEBP")
    return f"data:image/webp;base64,{b64encode(stream.getvalue()).decode()}"
