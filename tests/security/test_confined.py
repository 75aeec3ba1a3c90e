import time

import pytest

from quizzes.base.sandbox import child
from quizzes.base.sandbox.child import MEGABYTE, Limits
from quizzes.base.sandbox.parent import run_sandboxed
from tests.races import many_at_once

from . import probes
from .probes import Refused

HEAVY = "Lo que trajo es demasiado pesado"


def ask(function, content=b"", **options):
    return run_sandboxed(function, content, refusal=Refused, **options)


def refusal_of(function, content=b"", **options):
    with pytest.raises(Refused) as refused:
        ask(function, content, **options)
    return str(refused.value)


def test_sandbox_has_resource_limits():
    assert ask(probes.tell_limits) == {
        "AS": [300 * MEGABYTE] * 2,
        "CPU": [4, 5],
        "FSIZE": [32 * MEGABYTE] * 2,
        "NOFILE": [0, 0],
        "NPROC": [0, 0],
        "CORE": [0, 0],
    }


def test_sandbox_cannot_open_anything():
    assert ask(probes.reach_out) == dict.fromkeys(("file", "socket", "pipe"), "OSError")


def test_sandbox_has_no_secrets_models_or_database(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "geheim")
    monkeypatch.setenv("DATABASE_URL", "postgres://a:b@c/d")
    told = ask(probes.tell_surroundings, b"\x00\xff", word="año")
    assert set(told["environment"]) <= {"LC_ALL", "LC_CTYPE", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE"}
    assert {"wagtail", "allauth", "psycopg", "sqlite3"} & set(told["loaded"]) == set()
    assert (told["content"], told["word"]) == (b"\x00\xff", "año")


def test_memory_time_and_answer_are_limited():
    assert HEAVY in refusal_of(probes.hold_much)
    assert HEAVY in refusal_of(probes.count_for_ever, limits=Limits(seconds=1))
    assert HEAVY in refusal_of(probes.answer_much)


@pytest.mark.nightly
def test_sleeping_process_is_killed_at_deadline(settings):
    settings.READING_DEADLINE = 1
    assert HEAVY in refusal_of(probes.wait_for_ever)


def test_failure_is_refused_and_log_has_nothing_of_the_file(caplog):
    assert "El archivo tiene algo que no se puede leer" in refusal_of(probes.fail, b"Ana Coj")
    assert "fail failed with LookupError at probes.py:" in caplog.text
    assert "Ana" not in caplog.text


def test_exited_process_is_refused_and_logged(caplog):
    assert HEAVY in refusal_of(probes.end)
    assert "The process for end ended with 3" in caplog.text


def test_refusal_keeps_its_message():
    assert refusal_of(probes.refuse, "Así no.".encode()) == "Así no."


def test_one_file_is_read_at_a_time_and_others_wait(settings):
    assert [type(said) for said in many_at_once(2, lambda n: ask(probes.tell_limits))] == [dict, dict]
    settings.READING_PATIENCE = 0
    said = sorted(map(str, many_at_once(2, lambda n: ask(probes.tell_limits))))
    assert ["Espere unos segundos y traiga el suyo otra vez" in one for one in said] == [True, False]


@pytest.mark.parametrize("value", [None, "ñ\ud800", [b"", b"\x00\n", {"a": b"b" * 1000}, [1, 2.5, True]], {"a": {}}])
def test_packed_values_are_unpacked(value):
    assert child.unpack(child.pack(value)) == value


@pytest.mark.parametrize(
    "frame", [b"", b"x", b"5\n{", b"[" * 50_000, b"200000\n" + b"[" * 200_000, b'14\n{"\\u0000bytes":9}', b"-1\n{}"]
)
def test_invalid_frame_is_refused(frame):
    with pytest.raises(ValueError):  # noqa: PT011 - of many kinds
        child.unpack(frame)


def test_only_json_values_and_bytes_are_packed():
    with pytest.raises(TypeError):
        child.pack({"a": time})
