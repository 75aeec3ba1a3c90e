import pytest
from django.core.files.base import ContentFile
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from course.people.roles import EDITORS
from course.storage import S3MediaStorage
from tests.factories import make_learner, make_staff
from tests.storage import BUCKET, s3_storage

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return get_image_model().objects.create(title="Puerta", file=get_test_image_file()).file.url


def test_whoever_edits_sees_the_image(client, address):
    client.force_login(make_staff("editora", EDITORS))
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_for_a_learner_and_a_stranger_it_does_not_exist(client, address):
    assert client.get(address).status_code == 404
    client.force_login(make_learner("ANA234"))
    assert client.get(address).status_code == 404


def test_storage_that_does_not_answer_is_said_as_what_it_is(client, address, settings):
    client.force_login(make_staff("editora", EDITORS))
    nobody = {"bucket_name": "b", "endpoint_url": "http://127.0.0.1:9", "access_key": "a", "secret_key": "b"}
    on_s3 = {"BACKEND": "course.storage.S3MediaStorage", "OPTIONS": nobody}
    settings.STORAGES = settings.STORAGES | {"default": on_s3}
    client.raise_request_exception = False
    response = client.get(address)
    assert (response.status_code, "no alcanza el lugar donde se guardan las imágenes" in response.text) == (503, True)


@pytest.mark.parametrize("name", ["pagina.html", "dibujo.svg", "nada.png"])
def test_nothing_but_images_of_the_library_is_shown(client, address, tmp_path, name):
    client.force_login(make_staff("editora", EDITORS))
    for other in ("pagina.html", "dibujo.svg"):
        (tmp_path / other).write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    assert client.get(f"/media/{name}").status_code == 404


def test_of_a_file_on_another_machine_only_the_stretch_that_is_asked_for_is_sent(settings):
    with s3_storage() as found:
        on_s3 = {
            "bucket_name": BUCKET,
            "location": "media",
            "endpoint_url": found["S3_ENDPOINT_URL"],
            "region_name": "us-east-1",
        }
        on_s3 |= {"access_key": found["S3_ACCESS_KEY_ID"], "secret_key": found["S3_SECRET_ACCESS_KEY"]}
        storage = S3MediaStorage(**on_s3, file_overwrite=False)
        name = storage.save("recordings/a.mp3", ContentFile(bytes(range(200))))
        for start, stop in ((0, 200), (4, 10), (199, 200)):
            with storage.open_range(name, start, stop) as file:
                assert file.read() == bytes(range(start, stop))
        for asked in (("recordings/b.mp3", 0, 4), (name, 200, 210)):
            with pytest.raises(FileNotFoundError):
                storage.open_range(*asked)


def test_nobody_climbs_out_of_the_folder(client, address, tmp_path):
    client.force_login(make_staff("editora", EDITORS))
    (tmp_path.parent / "secreto.png").write_bytes(b"no")
    assert client.get("/media/../secreto.png").status_code == 400
