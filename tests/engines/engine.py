"""A browser that is told what to do by the commands of W3C WebDriver, over whichever line it hears them."""

import contextlib
import os
import signal
import subprocess
import time

PATIENCE = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver's name for «this is an element».
_WRAPPED = """
const done = arguments[arguments.length - 1], given = [...arguments].slice(0, -1);
(async (...args) => {{ {} }})(...given).then((value) => done([value]), (trouble) => done([null, String(trouble)]));
"""


class Refused(Exception):
    """The browser answered a command, or a script in it, with an error."""


class Engine:
    """One browser on one profile. A subclass says its version, starts it and carries commands to it."""

    name = ""

    def __init__(self, profile):
        self.profile = profile
        profile.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def version_here():
        raise NotImplementedError

    def start(self):
        raise NotImplementedError

    def say(self, command, **parameters):
        raise NotImplementedError

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def open(self, address):
        self.say("Navigate", url=address)

    def run(self, script, *arguments):
        value, *trouble = self.say("ExecuteAsyncScript", script=_WRAPPED.format(script), args=list(arguments))
        if trouble:
            raise Refused(trouble[0])
        return value

    def element(self, selector):
        return self.say("FindElement", using="css selector", value=selector)[ELEMENT]

    def click(self, element):
        self.say("ElementClick", id=element)

    def wait(self, script, *arguments):
        end, told = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            try:
                if told := self.run(script, *arguments):
                    return told
            except Refused as refusal:
                told = refusal
            time.sleep(0.1)
        page = self.run("return [location.href, document.body.innerText.slice(0, 400)]")
        raise AssertionError(f"{self.name} waited for {script.strip()!r} {arguments}: {told}, at {page}")

    def _launch(self, command, **environment):
        with self.profile.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=os.environ | environment, stdout=log, stderr=log, start_new_session=True
            )

    def _wait_until(self, is_up):
        end = time.monotonic() + PATIENCE
        while not is_up():
            assert self.process.poll() is None, f"{self.name} ended at once"
            assert time.monotonic() < end, f"{self.name} did not start"
            time.sleep(0.1)


def ask_version(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
