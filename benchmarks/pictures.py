"""Take a picture of every screen: `python -m benchmarks.pictures OUT [--only WORD]`.

Sets up a site of its own with the demo people, goes through it with Debian's Chromium on a phone and on a desk, in
light and in dark, and leaves the pictures in OUT. Look at them: no test sees what an eye sees.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from .desk_screens import SCREENS as DESK_SCREENS
from .desk_screens import desk_addresses
from .site import free_port, serve, session_of

SIZES = {"phone": (360, 740, 2), "desk": (1280, 900, 1)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# The whole browser where there is one; what script/setup installs draws the same pages.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
EDITOR = "editora"
NEWCOMER = "LUZ567"
# (name, user code of the demo person or None, address; `{…}` is filled in from `find_things`)
SCREENS = [
    ("sign-in", None, "/accounts/login/"),
    ("welcome", None, "/es/"),
    ("verify", None, "/v/"),
    ("verify-valid", None, "/v/{serial}/"),
    ("verify-unknown", None, "/v/0000000000000/"),
    ("directory", None, "/es/directorio/"),
    ("directory-need", None, "/es/directorio/violencia_sexual/"),
    ("glossary", None, "/es/glosario/"),
    ("language-guide", None, "/es/lenguaje/"),
    ("sources", None, "/es/fuentes/"),
    ("choose-pin", NEWCOMER, "/accounts/pin/"),
    ("choose-role", NEWCOMER, "/accounts/puesto/"),
    ("course-new", "ANA234", "/es/"),
    ("course-help", "DOR294", "/es/"),
    ("course-finished", "JUA573", "/es/"),
    ("account", "ANA234", "/accounts/cuenta/"),
    ("change-person", "ANA234", "/accounts/logout/"),
    ("module", "EDG526", "/es/m2/"),
    *((f"module-{number}", "ANA234", f"/es/m{number}/") for number in range(1, 9)),
    ("lesson", "ANA234", "/es/m1/1/"),
    ("scene", "ANA234", "{scene}"),
    ("printed-lesson", "ANA234", "/es/hoja-de-leccion/m1/1/"),
    ("search", "ANA234", "/es/buscar/"),
    ("comfort", "ANA234", "/es/comodidad/"),
    ("sheets", "ANA234", "/es/hojas/"),
    ("quiz-entry", "ANA234", "/es/cuestionario/m1/"),
    ("quiz-entry-tried", "DOR294", "/es/cuestionario/m2/"),
    ("question-single", "EDG526", "{single}"),
    ("question-multiple", "EDG526", "{multiple}"),
    ("question-matching", "EDG526", "{matching}"),
    ("question-ordering", "EDG526", "{ordering}"),
    ("quiz-summary", "EDG526", "{attempt}resumen/"),
    ("result-passed", "JUA573", "{passed}"),
    ("result-not-yet", "DOR294", "{failed}"),
    ("certificate-missing", "ANA234", "/es/certificado/"),
    ("certificate-confirm", "JUA573", "/es/certificado/"),
    ("certificate-issued", "BEA342", "/es/certificado/"),
    ("course-closed", "NIC628", "/es/"),
    ("lesson-closed", "NIC628", "/es/m1/1/"),
    *((f"error-{name}", EDITOR, f"/es/styleguide/{name}/") for name in ("400", "403", "404", "429", "500", "later")),
    ("styleguide", EDITOR, "/es/styleguide/"),
    *DESK_SCREENS,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="", help="only the screens whose name holds this word")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        os.environ |= {
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'pictures.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "course.settings.dev",
            "SITE_URL": f"http://127.0.0.1:{port}",
        }
        things = prepare()
        server = serve(port)
        try:
            take_pictures(f"http://127.0.0.1:{port}", things, arguments.out, arguments.only)
        finally:
            server.terminate()
            server.wait()


def prepare():
    """Set the site up in processes of their own; return what `find_things` found."""
    for command in (["prepare_site"], ["make_demo_data"]):
        subprocess.run([sys.executable, "manage.py", *command], check=True, stdout=subprocess.DEVNULL)
    code = "from benchmarks.pictures import find_things; find_things()"
    found = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code], check=True, capture_output=True, text=True
    )
    return json.loads(found.stdout)


def find_things():
    """Print as JSON: a session for each demo person, and the addresses that hold keys made by chance."""
    from datetime import timedelta

    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from certificates.models import Certificate
    from course.models import Cohort
    from modules.models import LessonPage
    from modules.progress.outline import page_path
    from quizzes.models import Attempt

    people = {person.username: person for person in get_user_model().objects.filter(is_demo=True)}
    # A group that is closed, for the screens that say so.
    Cohort.objects.filter(name__startswith="Los Encinos").update(closes_on=timezone.localdate() - timedelta(days=1))
    attempt = open_attempt(people["EDG526"])
    kinds = {item["kind"]: number for number, item in enumerate(attempt.snapshot["questions"], start=1)}
    base = f"/es/cuestionario/intento/{attempt.pk}/"
    scene = next(
        lesson
        for lesson in LessonPage.objects.live().filter(locale__language_code="es")
        if any(block.block_type == "scenario" for block in lesson.body)
    )
    done = Attempt.objects.submitted().order_by("pk")
    results = {
        name: f"/es/cuestionario/intento/{done.filter(learner=people[code]).last().pk}/revision/"
        for name, code in (("passed", "JUA573"), ("failed", "DOR294"))
    }
    things = {
        "sessions": {code: session_of(person) for code, person in people.items()},
        "serial": Certificate.objects.first().serial,
        "scene": page_path(scene),
        "attempt": base,
        **{kind: f"{base}{number}/" for kind, number in kinds.items()},
        **results,
        **desk_addresses(),
    }
    print(json.dumps(things))


def open_attempt(learner):
    """Start an attempt in the first quiz that has a question of most kinds, with half of the answers given."""
    import random

    from django.utils import timezone

    from quizzes.attempts.taking import save_answer, start_attempt
    from quizzes.kinds import get_kind
    from quizzes.models import Quiz

    def variety(quiz):
        return len({entry.question.kind for entry in quiz.entries.select_related("question")})

    now = timezone.now()
    quiz = max(Quiz.objects.filter(live=True, locale__language_code="es").order_by("identifier"), key=variety)
    attempt = start_attempt(learner, quiz, language="es", now=now, chance=random.Random(1))
    for number, item in enumerate(attempt.snapshot["questions"][:3], start=1):
        response = get_kind(item).right_response(item)
        save_answer(attempt, item["key"], response, client="picture", number=number, given_at=now, now=now)
    return attempt


def take_pictures(url, things, out, only=""):
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size, (width, height, scale) in SIZES.items():
            for scheme in ("light", "dark"):
                for name, code, path in SCREENS:
                    if only not in name:
                        continue
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        device_scale_factor=scale,
                        color_scheme=scheme,
                        locale="es-GT",
                        is_mobile=size == "phone",
                    )
                    if code:
                        context.add_cookies([{"name": "sessionid", "value": things["sessions"][code], "url": url}])
                    page = context.new_page()
                    page.goto(url + path.format(**things))
                    open_scene(page)
                    page.screenshot(path=out / f"{name}.{size}.{scheme}.png", full_page=True)
                    context.close()
        browser.close()


def open_scene(page):
    """Open the first choice of the first scene, if there is one, to show what follows."""
    first = page.locator("main scene-play details.choice > summary").first
    if first.count() and first.is_visible():
        first.click()


if __name__ == "__main__":
    main()
