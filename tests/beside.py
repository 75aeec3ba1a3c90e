"""A process with a database of its own that runs code for tests: starting Django takes seconds, so it starts once."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# One piece of code after the other, each as a request of its own.
_RUN_WHAT_COMES = """
import contextlib, io, json, sys, traceback
from django.core.signals import request_finished, request_started
from django.db import connections
for line in sys.stdin:
    printed, trouble = io.StringIO(), ""
    request_started.send(None)
    try:
        with contextlib.redirect_stdout(printed):
            exec(json.loads(line), {"__name__": "beside"})
    except Exception:
        trouble = traceback.format_exc()
    request_finished.send(None)
    connections.close_all()
    print(json.dumps({"printed": printed.getvalue(), "trouble": trouble}), flush=True)
"""


class Beside:
    """The process; it starts when it is first asked."""

    def __init__(self, environment, *, cwd=ROOT):
        self.environment, self.cwd, self.process = environment, cwd, None

    def run(self, code):
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "manage.py", "shell", "-v", "0", "-c", _RUN_WHAT_COMES],
                cwd=self.cwd, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        print(json.dumps(code), file=self.process.stdin, flush=True)
        done = json.loads(self.process.stdout.readline())
        assert not done["trouble"], done["trouble"]
        return done["printed"]

    def end(self):
        if self.process is not None:
            self.process.communicate(timeout=60)
            self.process = None
