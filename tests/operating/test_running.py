import os
import pty
import signal
import subprocess
import sys
from contextlib import contextmanager

from tests.machines import ROOT
from tests.serving import until

RELAYS = """
import os, signal, sys
from course.operating.running import relay, tell
# Tests may have been begun where nobody can stop them by Ctrl+C.
signal.signal(signal.SIGINT, signal.default_int_handler)
code = relay(sys.argv[1:], env=dict(os.environ))
tell(f"ended with {code}")
sys.exit(code)
"""
SLOW_TO_END = """
trap 'touch told; sleep 0.5; touch ended; exit 0' TERM
echo begun
for turn in $(seq 2000); do sleep 0.05; done
"""


@contextmanager
def relaying(*command, **options):
    with subprocess.Popen(
        [sys.executable, "-P", "-c", RELAYS, *command],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        start_new_session=True,
        **options,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def test_what_it_says_is_repeated_and_how_it_ends():
    says = ("sh", "-c", "echo one; echo two >&2; cat; exit 3")
    with relaying(*says, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.communicate(b"nobody is asked")[1] == b"one\ntwo\nended with 3\n"
        assert running.returncode == 3


def test_whoever_stops_it_twice_waits_for_its_end(tmp_path):
    with relaying("sh", "-c", SLOW_TO_END, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as running:
        assert running.stderr.readline() == "begun\n"
        running.send_signal(signal.SIGINT)
        until(lambda: (tmp_path / "told").exists())
        running.send_signal(signal.SIGINT)
        running.wait(30)
        assert running.returncode == -signal.SIGINT
        assert (tmp_path / "ended").exists()


def test_a_terminal_that_is_gone_makes_no_failure(tmp_path):
    ours, its = pty.openpty()
    command = ["sh", "-c", f"echo begun; until [ -e {tmp_path}/gone ]; do sleep 0.05; done; echo more; echo again"]
    with relaying(*command, stdin=its, stdout=its, stderr=its) as running:
        os.close(its)
        assert os.read(ours, 100) == b"begun\r\n"
        os.close(ours)
        (tmp_path / "gone").touch()
        assert running.wait(30) == 0
