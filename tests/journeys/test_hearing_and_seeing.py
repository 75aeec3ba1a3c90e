import pytest
from playwright.sync_api import expect

from tests.modules.media.kept import FILES

from .browser import DESK, PHONE, sign_in
from .conftest import axe_violations, sideways

pytestmark = pytest.mark.nightly


# A recording as long as the limit lets it be, so that no browser fetches all of it at once; and a short one and a film.
KEEP = f"""
import json
from pathlib import Path
from modules.models import Film, LessonPage, Photo, Recording
from modules.pictures.keeping import keep_picture, make_sizes, prepare_picture
from modules.recorded.captions import check_captions
from modules.recorded.looking import ENDINGS
from modules.recorded.looking import look_at_film, look_at_sound

files = Path({str(FILES)!r})
whose = {{"made_by": "Radio Ixim", "rights": "own", "consent_number": "8", "consent_scope": "Aquí"}}


def keep(identifier, field, content, **more):
    recording = Recording(identifier=identifier, title="Saludo", speaker="Rosa", transcript="Pase.", **whose, **more)
    found = look_at_sound(content)
    recording.store_file(field, found["content"], ENDINGS[found["type"]])
    setattr(recording, field + "_bytes", len(found["content"]))
    recording.seconds = found["seconds"]
    recording.save()
    return recording


long = keep("largo", "mp3", (files / "tone.mp3").read_bytes() * 700, language="es")
short = keep("corto", "opus", (files / "tone.opus").read_bytes(), language="cak")
picture = prepare_picture(Path({str(FILES / "still.png")!r}).read_bytes(), name="still.png")
still = Photo(identifier="quieto", image=keep_picture(picture, title="x"), made_by="Yo", rights="own", shows="nobody")
still.save()
make_sizes(still, picture.copies)
words = "WEBVTT\\n\\n00:00.000 --> 00:01.900\\nBuenos días.\\n"
film = Film(identifier="biombo", title="El biombo", language="es", transcript="Se ve.", captions=check_captions(words))
film.made_by, film.rights, film.shows, film.poster = "Yo", "own", "nobody", still
found = look_at_film((files / "film.webm").read_bytes())
film.store_file("file", found["content"], "webm")
film.kind, film.file_bytes, film.seconds = found["type"], len(found["content"]), found["seconds"]
film.width, film.height = found["width"], found["height"]
film.save()
lesson = LessonPage.objects.get(locale__language_code="es", url_path="/curso/m4/1/")
before = json.dumps([dict(block) for block in lesson.body.raw_data])
blocks = [(block.block_type, block.value) for block in lesson.body]
lesson.body = blocks[:1] + [("listen", {{"title": "Cómo saludar", "recordings": [long, short]}})] + [
    ("film", {{"film": film, "caption": ""}})
] + blocks[1:] + [("photo", {{"photo": still, "alt": "Un biombo", "caption": ""}})]
lesson.save()
print(before)
"""
PUT_BACK = """
import json
from modules.models import Film, LessonPage, Photo, Recording
lesson = LessonPage.objects.get(locale__language_code="es", url_path="/curso/m4/1/")
lesson.body = lesson.body.stream_block.to_python(json.loads({before!r}))
lesson.save()
Film.objects.all().delete()
Recording.objects.all().delete()
Photo.objects.all().delete()
"""
LESSON = "/es/m4/1/"
# Where the player has its own button to play, and to stand still.
BUTTON = {"x": 30, "y": 27}


@pytest.fixture(scope="module")
def lesson(site):
    before = site.shell(KEEP).strip()
    yield LESSON
    site.shell(PUT_BACK.format(before=before))


@pytest.fixture
def learner(open_browser, lesson):
    page = open_browser(PHONE)
    # [(address, range that was asked, status)] of what is heard and seen.
    page.fetched = []

    def note(response):
        if any(part in response.url for part in ("/grabacion/", "/video/")):
            page.fetched.append((response.url, response.request.headers.get("range", ""), response.status))

    page.on("response", note)
    sign_in(page, "ANA234", "482913")
    page.goto(lesson)
    return page


def test_nothing_is_heard_or_seen_before_a_tap_and_then_one_moves_on_in_it(learner):
    player = learner.locator("audio").first
    player.scroll_into_view_if_needed()
    learner.wait_for_load_state("networkidle")
    assert [address for address, _range, _status in learner.fetched if not address.endswith(".vtt")] == []
    line = learner.context.new_cdp_session(learner)
    slow = {"offline": False, "latency": 20, "downloadThroughput": 60_000, "uploadThroughput": 60_000}
    line.send("Network.emulateNetworkConditions", slow)
    player.click(position=BUTTON)
    learner.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    assert learner.fetched[-1][1:] == ("bytes=0-", 206)
    length = player.evaluate("player => player.duration")
    assert 1300 < length < 1500
    player.evaluate("player => { player.currentTime = 1200 }")
    learner.wait_for_function("() => document.querySelector('audio').currentTime > 1200.2")
    _address, asked, status = learner.fetched[-1]
    assert status == 206
    assert int(asked.removeprefix("bytes=").partition("-")[0]) > 1_000_000
    player.click(position=BUTTON)
    assert player.evaluate("player => player.paused")
    assert learner.complaints == []


def test_the_keyboard_plays_it_too(learner):
    player = learner.locator("audio").nth(1)
    player.focus()
    learner.keyboard.press("Space")
    learner.wait_for_function("() => document.querySelectorAll('audio')[1].currentTime > 0.1")


def test_a_film_shows_its_captions_and_its_still_picture_until_it_plays(learner):
    film = learner.locator("video")
    film.scroll_into_view_if_needed()
    learner.wait_for_function("() => document.querySelector('.film-frame img').complete")
    assert learner.evaluate("document.querySelector('.film-frame img').naturalWidth") > 0
    frame, still = learner.locator(".film-frame").bounding_box(), learner.locator(".film-frame img").bounding_box()
    assert still == frame
    assert round(frame["width"] / frame["height"], 1) == 1.8
    assert not [address for address, _range, _status in learner.fetched if "/video/" in address and address[-1] == "/"]
    film.evaluate("film => film.play()")
    learner.wait_for_function("() => document.querySelector('video').textTracks[0].activeCues?.length")
    shown = film.evaluate("film => [film.textTracks[0].mode, film.textTracks[0].activeCues[0].text]")
    assert shown == ["showing", "Buenos días."]
    assert film.evaluate("film => [film.videoWidth, film.videoHeight]") == [160, 90]
    assert learner.complaints == []


@pytest.mark.parametrize("javascript", [True, False])
def test_players_words_and_sizes_are_there_without_scripts(open_browser, lesson, javascript):
    page = open_browser(PHONE, javascript=javascript)
    sign_in(page, "ANA234", "482913")
    page.goto(lesson)
    for player in page.locator("audio, video").all():
        box = player.bounding_box()
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert player.get_attribute("preload") == "none"
    expect(page.locator(".recording-name").nth(1)).to_have_text("Escuchar en kaqchikel 2 s, 2 KB")
    details = page.locator(".recording details").first
    details.locator("summary").click()
    expect(details.locator("div")).to_have_text("Pase.")


@pytest.mark.parametrize("size", [PHONE, DESK, {"viewport": {"width": 320, "height": 640}}])
def test_it_fits_narrow_screens_and_large_letters_and_axe_finds_nothing(site, open_browser, lesson, size):
    page = open_browser(size)
    sign_in(page, "ANA234", "482913")
    for comfort in ("", "size-150 theme-dark"):
        site.shell(
            f"from course.models import User; User.objects.filter(username='ANA234').update(comfort={comfort!r})"
        )
        page.goto(lesson)
        assert sideways(page) == 0
        assert axe_violations(page) == []
    site.shell("from course.models import User; User.objects.filter(username='ANA234').update(comfort='')")
