"""A line between a browser and the site that drops, hangs, loses replies or is slow, as the lines of clinics do."""

import contextlib
import re
import socket
import threading
import time

UP, DOWN, HANGING, NO_REPLY, PORTAL = "up", "down", "hanging", "no reply", "portal"
_PIECE = 4096
_SAID = re.compile(rb"(GET|HEAD|POST) (\S+) HTTP/1")
_PORTAL_PAGE = b"<!doctype html><title>Wifi</title><h1>Bienvenido al wifi del parque</h1>"
_PORTAL_REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(
    _PORTAL_PAGE
)


class Line:
    """Listens on a port of its own and leads to the site's. Its `state` may change at any moment.

    `DOWN` cuts what is open and takes nothing; `HANGING` takes everything and passes nothing on, either way; `NO_REPLY`
    passes on what the browser says and cuts the line before the answer; `PORTAL` answers everything with a page of
    whoever owns the line. `slow` is (bytes a second, seconds a way). `asked` is what went through to the site, as
    (method, path, whether with a session); what is asked below `closed_to` is cut. `renamed` maps names in what the
    site says to others as long: as if it had other files now, and no longer those.
    """

    def __init__(self, port):
        self.there, self.state, self.slow = ("127.0.0.1", port), UP, None
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        self.open, self.lock, self.carried = set(), threading.Lock(), 0
        self.asked, self.closed_to, self.renamed = [], None, {}
        threading.Thread(target=self._answer, daemon=True).start()

    def set(self, state):
        self.state = state
        if state != HANGING:
            self._cut()

    def end(self):
        self.door.close()
        self._cut()

    def _answer(self):
        while True:
            try:
                browser, _address = self.door.accept()
            except OSError:
                return
            if self.state == DOWN:
                browser.close()
                continue
            if self.state == PORTAL:
                threading.Thread(target=_welcome, args=(browser,), daemon=True).start()
                continue
            site = socket.create_connection(self.there)
            with self.lock:
                self.open |= {browser, site}
            threading.Thread(target=self._carry, args=(browser, site, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(site, browser, True), daemon=True).start()

    def _carry(self, source, target, is_reply):
        try:
            heard, rest = 0, b""
            while piece := source.recv(_PIECE):
                while self.state == HANGING:
                    time.sleep(0.05)
                if self.state == DOWN or (is_reply and self.state == NO_REPLY):
                    break
                if self.slow:
                    way = self.slow[1] if time.monotonic() - heard > self.slow[1] / 2 else 0
                    time.sleep(way + len(piece) / self.slow[0])
                    heard = time.monotonic()
                if not is_reply and (said := _SAID.match(piece)):
                    method, path = said[1].decode(), said[2].decode()
                    if self.closed_to and path.startswith(self.closed_to):
                        break
                    self.asked.append((method, path, b"sessionid=" in piece))
                self.carried += len(piece)
                if self.renamed or rest:
                    piece, rest = self._rename(rest + piece, is_reply)
                target.sendall(piece)
        except OSError:
            pass
        for end in (source, target):
            _close(end)
            with self.lock:
                self.open.discard(end)

    def _rename(self, said, is_reply):
        names = {b"Accept-Encoding": b"Accept-Nothing!"} | {new: old for old, new in self.renamed.items()}
        # The names of before are no longer there.
        names = self.renamed if is_reply else {old: b"0" * len(old) for old in self.renamed} | names
        pattern = re.compile(b"|".join(map(re.escape, names)))
        said = pattern.sub(lambda found: names[found[0]], said)
        most = max(map(len, names))
        ends = (said[-length:] for length in range(min(most, len(said)), 0, -1))
        rest = next((end for end in ends if any(name.startswith(end) for name in names)), b"")
        return said[: len(said) - len(rest)], rest

    def _cut(self):
        with self.lock:
            ends, self.open = self.open, set()
        for end in ends:
            _close(end)


def _welcome(browser):
    with contextlib.suppress(OSError):
        browser.recv(_PIECE * 64)
        browser.sendall(_PORTAL_REPLY + _PORTAL_PAGE)
    _close(browser)


def _close(end):
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
