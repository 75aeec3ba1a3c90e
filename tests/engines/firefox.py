"""Firefox, told by Marionette: messages of `length:[0, number, command, parameters]` over TCP."""

import json
import shutil
import socket

from .engine import PATIENCE, Engine, Refused, ask_version

PROGRAM = "firefox-esr" if shutil.which("firefox-esr") else "firefox"
PREFERENCES = {
    "marionette.port": 0,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "intl.accept_languages": "es-GT,es",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Firefox(Engine):
    """Debian's Firefox ESR, without a window."""

    name = "Firefox"

    @staticmethod
    def version_here():
        return ask_version(PROGRAM, "--version")

    def start(self):
        port = self.profile / "MarionetteActivePort"
        port.unlink(missing_ok=True)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
        (self.profile / "user.js").write_text("".join(lines))
        self._launch([PROGRAM, "--headless", "--marionette", "--no-remote", "--profile", str(self.profile)])
        self._wait_until(lambda: port.exists() and port.read_text())
        self.line = socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=2 * PATIENCE)
        self.number, self.heard = 0, b""
        self._hear()
        self.say("NewSession", capabilities={"alwaysMatch": {"timeouts": {"script": PATIENCE * 1000}}})
        return self

    def say(self, command, **parameters):
        self.number += 1
        message = json.dumps([0, self.number, f"WebDriver:{command}", parameters]).encode()
        self.line.sendall(b"%d:%b" % (len(message), message))
        _kind, _number, error, result = self._hear()
        if error:
            raise Refused(f"{error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def kill(self):
        self.line.close()
        super().kill()

    def _hear(self):
        while b":" not in self.heard:
            self._read()
        length, _colon, self.heard = self.heard.partition(b":")
        while len(self.heard) < int(length):
            self._read()
        message, self.heard = self.heard[: int(length)], self.heard[int(length) :]
        return json.loads(message)

    def _read(self):
        piece = self.line.recv(65536)
        if not piece:
            raise Refused("Firefox hung up")
        self.heard += piece
