"""A line between a browser and the site that drops, hangs, loses replies or is slow, as the lines of clinics do."""

import contextlib
import socket
import threading
import time

UP, DOWN, HANGING, NO_REPLY = "up", "down", "hanging", "no reply"
_PIECE = 4096


class Line:
    """Listens on a port of its own and leads to the site's. Its `state` may change at any moment.

    `DOWN` cuts what is open and takes nothing; `HANGING` takes everything and passes nothing on, either way; `NO_REPLY`
    passes on what the browser says and cuts the line before the answer. `slow` is (bytes a second, seconds a way).
    """

    def __init__(self, port):
        self.there, self.state, self.slow = ("127.0.0.1", port), UP, None
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        self.open, self.lock, self.carried = set(), threading.Lock(), 0
        threading.Thread(target=self._answer, daemon=True).start()

    def set(self, state):
        """Change the state; what is under way is cut, but for a line that hangs: there nothing ends."""
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
            site = socket.create_connection(self.there)
            with self.lock:
                self.open |= {browser, site}
            threading.Thread(target=self._carry, args=(browser, site, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(site, browser, True), daemon=True).start()

    def _carry(self, source, target, is_reply):
        try:
            heard = 0
            while piece := source.recv(_PIECE):
                while self.state == HANGING:
                    time.sleep(0.05)
                if self.state == DOWN or (is_reply and self.state == NO_REPLY):
                    break
                if self.slow:
                    # Pieces that follow one another are on their way together.
                    way = self.slow[1] if time.monotonic() - heard > self.slow[1] / 2 else 0
                    time.sleep(way + len(piece) / self.slow[0])
                    heard = time.monotonic()
                self.carried += len(piece)
                target.sendall(piece)
        except OSError:
            pass
        for end in (source, target):
            _close(end)
            with self.lock:
                self.open.discard(end)

    def _cut(self):
        with self.lock:
            ends, self.open = self.open, set()
        for end in ends:
            _close(end)


def _close(end):
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
