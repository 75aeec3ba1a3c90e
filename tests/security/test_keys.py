import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.urls import reverse

from course.demo.people import CARD_PIN, NEWCOMER
from course.models import StartingPin, User
from course.people.pins import is_starting_pin
from course.settings.keys import kept_key
from tests.factories import NOW, make_learner

ROOT = Path(__file__).parents[2]
PUBLISHED = "development-only-not-a-secret-" + "0" * 40
ASK = "from django.conf import settings; print(settings.SECRET_KEY)"


def site_in(folder, code=ASK, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DATABASE_URL")}
    own = {"DJANGO_SETTINGS_MODULE": "course.settings.dev", "VAR_DIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=kept | own | environment, stdout=subprocess.PIPE, text=True
    )


def said_by(process):
    said, _ = process.communicate()
    assert process.returncode == 0
    return said.strip()


def test_processes_that_begin_at_once_have_one_key_and_it_stays(tmp_path):
    folder = tmp_path / "var"
    keys = {said_by(process) for process in [site_in(folder) for _ in range(3)]}
    assert len(keys) == 1
    assert re.fullmatch(r"[\w-]{64}", keys.copy().pop())
    assert {said_by(site_in(folder))} == keys
    assert said_by(site_in(tmp_path / "another")) not in keys
    # Nothing half-written stays, and nobody else reads it.
    [file] = (folder / "keys").iterdir()
    assert (file.name, file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == ("secret-key", 0o600, 0o700)


def test_a_key_from_the_environment_is_used_and_none_is_made(tmp_path):
    assert said_by(site_in(tmp_path, SECRET_KEY="from-outside-" + "x" * 50)).startswith("from-outside-")
    assert not (tmp_path / "keys").exists()


def test_whoever_comes_second_takes_the_key_of_the_first(tmp_path):
    def make_too_late():
        kept_key(tmp_path / "keys" / "pin-key", make=lambda: "the first one")
        return "the second one"

    assert kept_key(tmp_path / "keys" / "pin-key", make=make_too_late) == "the first one"
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["pin-key"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_key_stops_the_site_with_a_sentence(tmp_path, content):
    (tmp_path / "secret-key").write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match="holds no key"):
        kept_key(tmp_path / "secret-key")
    assert (tmp_path / "secret-key").read_bytes() == content


def test_a_folder_in_the_place_of_a_key_stops_the_site_with_a_sentence(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="cannot be read or made"):
        kept_key(tmp_path)


def test_no_settings_but_those_of_the_tests_hold_a_key():
    holding = [
        path.name
        for path in (ROOT / "course" / "settings").glob("*.py")
        if re.search(r'SECRET_KEY = ["\']', path.read_text())
    ]
    assert holding == ["test.py"]


@pytest.mark.django_db
def test_the_card_that_is_printed_for_trying_out_works_under_the_new_key_too():
    call_command("make_demo_data", verbosity=0)
    newcomer = User.objects.get(username=NEWCOMER)
    StartingPin.objects.filter(user=newcomer).delete()
    call_command("make_demo_data", verbosity=0)
    newcomer.refresh_from_db()
    assert is_starting_pin(newcomer, CARD_PIN, now=newcomer.date_joined)


@pytest.mark.django_db
def test_a_round_forged_with_the_published_key_names_nobody(client):
    people = [make_learner().pk, make_learner("EVA222", "Eva", "Tum").pk]
    forged = {"quiz_key": "x", "people": people, "since": NOW.isoformat(), "passed_over": [], "back": ""}
    client.cookies["turno"] = signing.dumps(forged, key=PUBLISHED, salt="course.desk.meetings.turns", compress=True)
    assert client.get(reverse("turn")).url == reverse("account_login")
