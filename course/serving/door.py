"""WSGI server on waitress: slow clients hold no thread and are dropped."""

import contextlib
import faulthandler
import os
import resource
import time

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.wasyncore import loop

THREADS = 2
# Above the largest upload: certificates/verifying/verification.py.
LARGEST_BODY = 41 * 1024 * 1024
LARGEST_HEAD = 32 * 1024
SILENCE = 120
MOST_LINES = 1000
MOST_WAITING_BYTES = 256 * 1024 * 1024
GRACE = 20
LONGEST_ANSWER = 60
_ACCEPTED_AT_ONCE = 64
_TOO_LARGE = "Lo que envía es demasiado grande: como mucho 40 MB.\r\nWhat you send is too large: 40 MB at most."


class Request(HTTPRequestParser):
    def received(self, data):
        consumed = super().received(data)
        if self.error and self.error.code == 413:
            self.error.body = _TOO_LARGE
        return consumed


class Line(HTTPChannel):
    parser_class = Request

    def is_waited_for(self):
        return not self.requests or self.total_outbufs_len > 0

    def waiting_bytes(self):
        request = self.request
        return request.body_bytes_received if request and not request.completed else 0

    def is_idle(self):
        return not self.requests and not self.total_outbufs_len and self.request is None


class Door(TcpWSGIServer):
    """Serves at one listening socket, which other processes may share, until `end`."""

    channel_class = Line

    def __init__(self, application, sock):
        adjustments = Adjustments(
            threads=THREADS,
            sockets=[sock],
            # `sweep` drops the oldest; waitress would let new ones wait.
            connection_limit=4 * MOST_LINES,
            max_request_body_size=LARGEST_BODY,
            max_request_header_size=LARGEST_HEAD,
            inbuf_overflow=64 * 1024,
            # A thread never waits for a slow client; long answers go to a file.
            outbuf_overflow=1024 * 1024,
            outbuf_high_watermark=256 * 1024 * 1024,
            asyncore_use_poll=True,
            # The site decides: see ALLAUTH_TRUSTED_PROXY_COUNT.
            clear_untrusted_proxy_headers=False,
            ident="",
            log_socket_errors=False,
        )
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(adjustments.threads)
        address = (sock.family, sock.type, sock.proto, sock.getsockname())
        self.busy_since = {}
        self.looked_at = {}
        super().__init__(
            self.watched(application), self.looked_at, _sock=sock, dispatcher=threads, adj=adjustments,
            sockinfo=address, bind_socket=False,
        )  # fmt: skip
        self.ends_at = None
        make_room_for(3 * MOST_LINES)

    def watched(self, application):
        def answer(environ, start_response):
            mark = object()
            self.busy_since[mark] = time.monotonic()
            try:
                return application(environ, start_response)
            finally:
                del self.busy_since[mark]

        return answer

    def handle_accept(self):
        for _ in range(_ACCEPTED_AT_ONCE):
            lines = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == lines:
                break

    def maintenance(self, now):
        """Nothing: waitress would never close clients that take no answer; `sweep` does."""

    def run(self):
        swept_at = 0
        while self.ends_at is None or not self.may_end():
            loop(timeout=1 if self.ends_at is None else 0.1, use_poll=True, map=self.looked_at, count=1)
            if self.ends_at is not None or time.monotonic() - swept_at >= 1:
                self.sweep()
                swept_at = time.monotonic()
        self.task_dispatcher.shutdown(timeout=1)

    def end(self):
        """Safe in a signal handler."""
        if self.ends_at is None:
            self.ends_at = time.monotonic() + GRACE
            self.accepting = False
            self.pull_trigger()

    def may_end(self):
        return not self.active_channels or time.monotonic() >= self.ends_at

    def sweep(self):
        check_nothing_is_stuck(self.busy_since)
        waited_for = sorted(
            (line for line in list(self.active_channels.values()) if line.is_waited_for()),
            key=lambda line: line.creation_time,
        )
        silent_since = time.time() - SILENCE
        too_many, too_much = len(self.active_channels) - MOST_LINES, sum(map(Line.waiting_bytes, waited_for))
        for line in waited_for:
            is_over = self.ends_at is not None and line.is_idle()
            is_heavy = too_much > MOST_WAITING_BYTES and line.waiting_bytes()
            if is_over or line.last_activity < silent_since or too_many > 0 or is_heavy:
                too_many, too_much = too_many - 1, too_much - line.waiting_bytes()
                line.handle_close()


def check_nothing_is_stuck(busy_since):
    """End the process when every thread has worked at one answer for too long."""
    moments = list(busy_since.values())
    if len(moments) >= THREADS and time.monotonic() - max(moments) > LONGEST_ANSWER:
        faulthandler.dump_traceback()
        os._exit(1)


def make_room_for(files):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
