import hashlib
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Picture
from wagtail.images import get_image_model

from quizzes.models import FrozenImage, Question
from tests.factories import make_question, make_quiz

from .factories import address, page_of, png, start, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
WORDS = "Dos carpetas: una lleva una marca roja."


def picture_file(colour="red", size=(1600, 400)):
    return ContentFile(png(*size, colour), name=f"{colour}.png")


def make_image(colour="red", size=(1600, 400)):
    file = picture_file(colour, size)
    return get_image_model().objects.create(title=colour, file=file, width=size[0], height=size[1])


def make_pictured(identifier="M1-Q1", colour="red", **fields):
    return make_question(identifier, image=make_image(colour), image_text=WORDS, **fields)


def image_address(item):
    return address("frozen_image", item["image"]["digest"])


def test_snapshot_has_copy_no_wider_than_page(learner):
    item = start(learner, make_quiz("m1", [make_pictured()])).snapshot["questions"][0]
    copy = FrozenImage.objects.get()
    assert item["image"] == {"digest": copy.digest, "width": 800, "height": 200, "text": WORDS}
    assert hashlib.sha256(copy.content).hexdigest() == copy.digest
    assert Picture.open(BytesIO(copy.content)).size == (800, 200)


def test_small_image_is_not_enlarged_and_is_stored_once(learner):
    question = make_question("M1-Q1", image=make_image(size=(60, 40)))
    for identifier in ("m1", "m2"):
        paper = start(learner, make_quiz(identifier, [question])).snapshot
        assert (paper["questions"][0]["image"]["width"], paper["questions"][0]["image"]["text"]) == (60, "")
    assert FrozenImage.objects.count() == 1


def test_replacing_or_deleting_image_changes_no_snapshot(learner, learner_client):
    question = make_pictured()
    attempt = start(learner, make_quiz("m1", [question]))
    before = learner_client.get(image_address(attempt.snapshot["questions"][0])).content
    image = question.image
    image.file = picture_file("blue")
    image.save()
    image.renditions.all().delete()
    attempt.refresh_from_db()
    frozen = image_address(attempt.snapshot["questions"][0])
    assert learner_client.get(frozen).content == before
    Question.objects.update(image=None)
    image.delete()
    assert learner_client.get(frozen).content == before
    assert frozen in learner_client.get(page_of(attempt)).text


def test_page_and_review_show_image_with_frozen_description(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_pictured()]))
    item = attempt.snapshot["questions"][0]
    question = learner_client.get(page_of(attempt)).text
    submit(attempt)
    review = learner_client.get(address("attempt_answers", attempt.pk)).text
    for text in (question, review):
        assert f'src="{image_address(item)}" width="800" height="200" alt="{WORDS}"' in text


def test_image_requires_sign_in_and_is_cacheable(client, learner):
    item = start(learner, make_quiz("m1", [make_pictured()])).snapshot["questions"][0]
    assert client.get(image_address(item)).status_code == 302
    client.force_login(learner)
    answer = client.get(image_address(item))
    assert {name: answer[name] for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options")} == {
        "Content-Type": "image/webp",
        "Cache-Control": "private, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    assert client.get(address("frozen_image", "0" * 64)).status_code == 404


def test_missing_image_file_does_not_block_attempt(learner, learner_client):
    question = make_pictured()
    question.image.file.storage.delete(question.image.file.name)
    attempt = start(learner, make_quiz("m1", [question]))
    assert attempt.snapshot["questions"][0]["image"] == {"digest": "", "text": WORDS}
    text = learner_client.get(page_of(attempt)).text
    assert ("Aquí va una imagen que no pudimos cargar. Muestra" in text, WORDS in text) == (True, True)
