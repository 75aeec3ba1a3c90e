"""The door: waitress, which reads a request whole before a thread takes it, and drops who only stands there.

Nobody can hold a thread by being slow: requests come in and answers go out beside the threads. What silence can still
take is room, so whoever is silent for too long is dropped, and when the room is full, those who stand there longest.
"""

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
# More than anything of ours listens to: certificates/verifying/verification.py.
LARGEST_BODY = 41 * 1024 * 1024
LARGEST_HEAD = 32 * 1024
# Seconds without a byte, either way, after which a line is dropped.
SILENCE = 120
# Lines that one process holds open, and bytes of requests that are not whole yet.
MOST_LINES = 1000
MOST_WAITING_BYTES = 256 * 1024 * 1024
# Seconds in which what was asked is answered before a process ends, and that an answer may take at all.
GRACE = 20
LONGEST_ANSWER = 60
_ACCEPTED_AT_ONCE = 64
_TOO_LARGE = "Lo que envía es demasiado grande: como mucho 40 MB.\r\nWhat you send is too large: 40 MB at most."


class Request(HTTPRequestParser):
    """A request; one that is too large is refused in words."""

    def received(self, data):
        consumed = super().received(data)
        if self.error and self.error.code == 413:
            self.error.body = _TOO_LARGE
        return consumed


class Line(HTTPChannel):
    """A line to a browser or a proxy."""

    parser_class = Request

    def is_waited_for(self):
        """Whether this process waits for the other side: no request of it is whole yet, or it takes no answer."""
        return not self.requests or self.total_outbufs_len > 0

    def waiting_bytes(self):
        request = self.request
        return request.body_bytes_received if request and not request.completed else 0

    def is_idle(self):
        return not self.requests and not self.total_outbufs_len and self.request is None


class Door(TcpWSGIServer):
    """Answers at one listening socket, which other processes may share, until it is told to end."""

    channel_class = Line

    def __init__(self, application, sock):
        adjustments = Adjustments(
            threads=THREADS,
            sockets=[sock],
            # Lines are counted here, and the oldest dropped: waitress would let new ones wait.
            connection_limit=4 * MOST_LINES,
            max_request_body_size=LARGEST_BODY,
            max_request_header_size=LARGEST_HEAD,
            inbuf_overflow=64 * 1024,
            # A thread gives its answer away whole, however slowly it is fetched; what is long is kept in a file.
            outbuf_overflow=1024 * 1024,
            outbuf_high_watermark=256 * 1024 * 1024,
            asyncore_use_poll=True,
            # What a proxy adds is trusted or not by the settings of the site: see ALLAUTH_TRUSTED_PROXY_COUNT.
            clear_untrusted_proxy_headers=False,
            ident="",
            log_socket_errors=False,
        )
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(adjustments.threads)
        address = (sock.family, sock.type, sock.proto, sock.getsockname())
        self.busy_since = {}
        # What the loop looks at: the lines, the door itself, and the line by which threads wake it.
        self.looked_at = {}
        super().__init__(
            self.watched(application), self.looked_at, _sock=sock, dispatcher=threads, adj=adjustments,
            sockinfo=address, bind_socket=False,
        )  # fmt: skip
        self.ends_at = None
        make_room_for(3 * MOST_LINES)

    def watched(self, application):
        """Keep in mind since when each request is being answered."""

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
        """Nothing. Waitress only marks who is silent; who takes no answer would never be closed: see `sweep`."""

    def run(self):
        """Answer until `end` is called; return when everything that was asked before is answered, or GRACE is over."""
        swept_at = 0
        while self.ends_at is None or not self.may_end():
            loop(timeout=1 if self.ends_at is None else 0.1, use_poll=True, map=self.looked_at, count=1)
            if self.ends_at is not None or time.monotonic() - swept_at >= 1:
                self.sweep()
                swept_at = time.monotonic()
        self.task_dispatcher.shutdown(timeout=1)

    def end(self):
        """Take no more lines and end soon. May be called at any moment, also in a signal handler."""
        if self.ends_at is None:
            self.ends_at = time.monotonic() + GRACE
            self.accepting = False
            self.pull_trigger()

    def may_end(self):
        return not self.active_channels or time.monotonic() >= self.ends_at

    def sweep(self):
        """Drop whoever is silent for too long, and, when the room is full, those who are waited for longest."""
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
    """End the process, for another to begin, when every thread has been at one answer for longer than any may take."""
    moments = list(busy_since.values())
    if len(moments) >= THREADS and time.monotonic() - max(moments) > LONGEST_ANSWER:
        faulthandler.dump_traceback()
        os._exit(1)


def make_room_for(files):
    """Let this process open so many files, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
