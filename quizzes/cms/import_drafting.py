"""Questions of a plan as the previews need them: never saved."""

import warnings
from base64 import b64encode
from io import BytesIO

from PIL import Image as Picture

from quizzes.importing.loading import letter_of
from quizzes.importing.parts.images import LARGEST_BYTES, find_image_problem
from quizzes.importing.planning import make_choice, make_question

_WIDEST = 320


def draft_question(row, locale):
    """Return an unsaved question with its options, as the import would make it; its image is not in it."""
    question = make_question(row, locale)
    question.choices = [make_choice(choice, n, letter_of(n)) for n, choice in enumerate(row.read.choices)]
    return question


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
