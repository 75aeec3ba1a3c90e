"""WebKit for GTK, told by WebKitWebDriver: JSON over HTTP."""

import json
import shutil
import socket
import urllib.error
import urllib.request
from pathlib import Path

from .engine import PATIENCE, Engine, Refused, ask_version

PROGRAM, WINDOW = "WebKitWebDriver", str(Path(__file__).resolve().with_name("window.py"))
ADDRESSES = {
    "Navigate": "url",
    "ExecuteAsyncScript": "execute/async",
    "FindElement": "element",
    "ElementClick": "element/{id}/click",
    "ElementSendKeys": "element/{id}/value",
}


class WebKit(Engine):
    """Debian's WebKit for GTK in a window of our own; it needs a screen, if only Xvfb's."""

    name = "WebKit"

    @staticmethod
    def version_here():
        return shutil.which(PROGRAM) and ask_version(WINDOW)

    def start(self):
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
        self._launch([PROGRAM, f"--port={port}"])
        self.address = f"http://127.0.0.1:{port}/"
        self._wait_until(self._is_up)
        options = {"binary": WINDOW, "args": [str(self.profile)]}
        wanted = {"webkitgtk:browserOptions": options, "timeouts": {"script": PATIENCE * 1000}}
        told = self._post("session", {"capabilities": {"alwaysMatch": wanted}})
        self.address += f"session/{told['sessionId']}/"
        return self

    def say(self, command, **parameters):
        return self._post(ADDRESSES[command].format(**parameters), parameters)

    def _is_up(self):
        try:
            return urllib.request.urlopen(f"{self.address}status", timeout=PATIENCE).status == 200
        except OSError:
            return False

    def _post(self, path, what):
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, json.dumps(what).encode(), headers)
        try:
            reply = urllib.request.urlopen(request, timeout=2 * PATIENCE)
        except urllib.error.HTTPError as error:
            told = json.loads(error.read())["value"]
            raise Refused(f"{told['error']}: {told['message']}") from None
        return json.loads(reply.read())["value"]
