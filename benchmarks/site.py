"""A throw-away site with the real course and one signed-in learner, for everything that is measured."""

import contextlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = "bare Wagtail page"
BARE_HOST = "otro.localhost"
BARE_PATH = "/otro/pagina/"
BLOCKS = 30
WORKERS = 2


@contextlib.contextmanager
def new_site():
    """Set up Django for a site of its own while the block lasts; give the port that it will be served at.

    The database is that of DATABASE_URL, else a new SQLite file.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        port = free_port()
        os.environ["SITE_URL"] = f"http://127.0.0.1:{port}"
        import django

        django.setup()
        yield port


@contextlib.contextmanager
def measured_site():
    """Serve a new site while the block lasts; give its port, {name: path} and the learner's session cookie."""
    with new_site() as port:
        paths, cookie = prepare()
        server = serve(port)
        try:
            yield port, paths, cookie
        finally:
            server.terminate()
            server.wait()


def prepare():
    """Load the course and sign one person in; return {name: path} and the session's cookie."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.urls import reverse
    from django.utils import timezone
    from wagtail.models import Page, Site

    from course.models import Cohort, Enrolment
    from modules.models import CoursePage
    from modules.progress.outline import course_outline
    from quizzes.attempts.taking import start_attempt, submit_attempt
    from quizzes.models import Quiz

    call_command("prepare_site", verbosity=0)
    # On a site of its own, so that Wagtail finds it its own way and not through the course's.
    root = Page.get_first_root_node()
    home = root.add_child(instance=Page(title="Otro sitio", slug="otro", locale=CoursePage.objects.first().locale))
    home.add_child(instance=Page(title="Una página", slug="pagina", locale=home.locale))
    Site.objects.create(hostname=BARE_HOST, port=80, root_page=home)
    learner = get_user_model().objects.create_user("BENCH2", first_name="Ana Lucía", last_name="Coj", role="recepcion")
    Enrolment.objects.create(learner=learner, cohort=Cohort.objects.create(name="Medición"))
    first = course_outline()[0]
    quiz = Quiz.objects.get(translation_key=first.quiz_key, locale__language_code="es")
    attempt = start_attempt(learner, quiz, language="es", now=timezone.now(), chance=random.Random(1))
    second = Quiz.objects.get(translation_key=course_outline()[1].quiz_key, locale__language_code="es")
    # The second one that is handed in: its review tells everything.
    for _time in range(2):
        sent = start_attempt(learner, second, language="es", now=timezone.now(), chance=random.Random(2))
        submit_attempt(sent, now=timezone.now())
    return (
        {
            BARE: BARE_PATH,
            "course page": reverse("my_course"),
            "lesson": first.lessons[1].url,
            f"lesson of {BLOCKS} blocks": add_long_lesson(BLOCKS),
            "media": add_lesson_with_media(),
            "question": reverse("attempt_question", args=[attempt.pk, 1]),
            "result": reverse("attempt_result", args=[sent.pk]),
            "directory": reverse("directory"),
        },
        f"{settings.SESSION_COOKIE_NAME}={session_of(learner)}",
    )


def session_of(person):
    """Sign a person in and return the session's key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from course.people.devices import SIGNED_IN_AT

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[SIGNED_IN_AT] = int(time.time())
    session.save()
    return session.session_key


def add_long_lesson(blocks):
    """Add a lesson of that many blocks, taken from the real ones in turn, and return its address."""
    from modules.models import LessonPage, ModulePage
    from modules.progress.outline import page_path

    module = ModulePage.objects.order_by("path").first()
    bodies = [lesson.body for lesson in LessonPage.objects.child_of(module).order_by("path")]
    parts = [part for body in bodies for part in body.get_prep_value()]
    body = [{"type": part["type"], "value": part["value"]} for part in (parts * blocks)[:blocks]]
    lesson = LessonPage(title="Una lección larga", slug="larga", locale=module.locale, body=json.dumps(body))
    module.add_child(instance=lesson)
    return page_path(lesson)


def add_lesson_with_media():
    """Add the first lesson once more, with two recordings, a film and a photograph; return its address."""
    from django.conf import settings

    from modules.models import Film, LessonPage, ModulePage, PeopleShown, Photo, Recording, Rights
    from modules.pictures.keeping import keep_picture, make_sizes, prepare_picture
    from modules.progress.outline import page_path
    from modules.recorded.looking import look_at_film, look_at_sound

    files = settings.BASE_DIR / "tests" / "modules" / "media" / "files"
    common = {"made_by": "Centro de Salud", "rights": Rights.OWN, "consent_number": "1", "consent_scope": "Aquí"}

    picture = prepare_picture((files / "still.png").read_bytes(), name="still.png")
    photo = Photo(identifier="foto", image=keep_picture(picture, title="foto"), shows=PeopleShown.NOBODY, **common)
    photo.save()
    make_sizes(photo, picture.copies)
    recordings = []
    for language in ("es", "cak"):
        spoken = Recording(identifier=language, title="Saludo", speaker="Rosa", language=language, **common)
        spoken.set_file("opus", look_at_sound((files / "tone.opus").read_bytes()))
        spoken.save()
        recordings.append(spoken)
    film = Film(identifier="video", title="Saludo", language="es", shows=PeopleShown.NOBODY, poster=photo, **common)
    film.captions, film.transcript = "WEBVTT\n", "Saluda."
    film.set_file(look_at_film((files / "film.webm").read_bytes()))
    film.save()

    module = ModulePage.objects.order_by("path").first()
    first, *others = [(block.block_type, block.value) for block in LessonPage.objects.child_of(module)[1].body]
    heard = ("listen", {"title": "Cómo saludar", "recordings": recordings})
    seen = ("photo", {"photo": photo, "alt": "Un biombo", "caption": ""})
    lesson = LessonPage(title="Una lección con sonido", slug="sonido", locale=module.locale)
    lesson.body = [first, heard, ("film", {"film": film, "caption": ""}), *others, seen]
    module.add_child(instance=lesson)
    return page_path(lesson)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def serve(port):
    """Start the site at the port, its processes in a group of their own; return the first of them once it answers."""
    server = subprocess.Popen(
        [sys.executable, "-m", "course.serving"],
        env=os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _ in range(100):
        try:
            # The door is open before anybody answers at it.
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            line.request("GET", "/accounts/login/")
            line.getresponse().read()
            line.close()
            return server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")
