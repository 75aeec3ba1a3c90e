import contextlib
import time

import pytest

from course.serving import door
from tests.serving import served_site

HALF_A_POST = (
    b"POST /v/archivo/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    b"Content-Length: 100000\r\n\r\n--x\r\n"
)
HALF_A_HEAD = b"GET /accounts/login/ HTTP/1.1\r\nHost: local"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served_site(tmp_path_factory.mktemp("silence")) as served:
        yield served


@contextlib.contextmanager
def lines(site, count, sent=b""):
    with contextlib.ExitStack() as open_lines:
        yield [open_lines.enter_context(site.connect(sent)) for _ in range(count)]


def pages(site, count=3):
    return [site.ask(timeout=20)[0] for _ in range(count)]


def test_pages_come_beside_idle_lines_and_posts_that_are_sent_a_byte_at_a_time(site):
    with lines(site, 20), lines(site, 20, HALF_A_POST) as half_sent, lines(site, 20, HALF_A_HEAD) as half_asked:
        for _ in range(3):
            for line in (*half_sent, *half_asked):
                line.sendall(b"a")
            assert pages(site) == [200] * 3


def test_pages_come_beside_a_thousand_lines_that_say_nothing(site):
    with lines(site, 1000):
        assert pages(site) == [200] * 3


def test_pages_come_beside_those_who_take_no_answer(site):
    ask = b"GET /static/site.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with lines(site, 40, ask * 20):
        assert pages(site) == [200] * 3


def test_when_the_room_is_full_who_was_waited_for_longest_goes(site):
    with lines(site, 2 * door.MOST_LINES + 100) as many:
        assert pages(site) == [200] * 3
        dropped = []
        end = time.monotonic() + 20
        while not dropped and time.monotonic() < end:
            dropped = [place for place, line in enumerate(many) if is_dropped(line)]
        assert dropped
        assert pages(site) == [200] * 3


def is_dropped(line):
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_what_is_too_large_is_refused_in_words_before_it_is_read(site):
    asked = HALF_A_POST.replace(b"100000", str(door.LARGEST_BODY).encode())
    with site.connect(asked) as line:
        answer = line.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "demasiado grande" in answer


def test_a_head_that_never_ends_is_refused(site):
    with site.connect(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * door.LARGEST_HEAD) as line:
        assert line.recv(13) == b"HTTP/1.0 431 "


def test_no_answer_says_what_serves_it(site):
    for sent in (b"GET /accounts/login/ HTTP/1.0\r\nHost: localhost\r\n\r\n", b"nonsense\r\n\r\n"):
        with site.connect(sent) as line:
            answer = line.makefile("rb").read().decode().lower()
        assert "waitress" not in answer
        assert "\r\nserver:" not in answer
