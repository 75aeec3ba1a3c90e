"""A machine to install a site on: a folder that takes the place of `/`, with a network of its own.

What is installed below the folder runs there as on a real machine, at its own absolute paths and ports, and touches
nothing of this one: `unshare` and `chroot` see to that, without being root. There is one account, by whatever name.
The programs of this machine are there to be read; systemd is not, so a small `systemctl` begins services as their
unit files say (`tests/systemctl.py`).
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Prints a line when all is mounted, and holds the namespaces until its input ends.
_HOLDER = """
import fcntl, os, socket, struct, subprocess, sys
root, shown = sys.argv[1], sys.argv[2:]
def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)
mount("--make-rprivate", "/")
for path in shown:
    mount("--rbind", path, root + path)
for path in ("/tmp", "/run"):
    mount("-t", "tmpfs", "tmpfs", root + path)
# By which programs know that there is a systemctl to ask.
os.makedirs(root + "/run/systemd/system")
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(line, 0x8914, struct.pack("16sh14x", b"lo", 1))
print("ready", flush=True)
sys.stdin.read()
"""


class Machine:
    """A machine whose `/` is `root`; `run` and `begin` let programs run in it."""

    def __init__(self, root, holder):
        self.root, self._holder = Path(root), holder

    def path(self, inside):
        """Return where a file of the machine lies."""
        return self.root / inside.lstrip("/")

    def _inside(self, command):
        enter = ["nsenter", f"--target={self._holder.pid}", "--user", "--mount", "--net", "--preserve-credentials"]
        return [*enter, "chroot", str(self.root), *map(str, command)]

    def run(self, *command, env=None, check=True, **options):
        """Run a command to its end and return the CompletedProcess, with what it wrote as text."""
        options = {"capture_output": True, "text": True, "timeout": 300} | options
        done = subprocess.run(self._inside(command), env={"PATH": _PATH} | (env or {}), check=False, **options)
        if check and done.returncode:
            raise AssertionError(f"{shlex.join(map(str, command))}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def begin(self, *command, env=None, **options):
        """Begin a command and return its Popen; whoever begins it ends it."""
        return subprocess.Popen(self._inside(command), env={"PATH": _PATH} | (env or {}), **options)

    def fetch(self, url, *options):
        """Return the answer of an address inside the machine as curl shows it: status and headers, then the body."""
        return self.run("curl", "--silent", "--show-error", "--include", "--max-time", "60", *options, url).stdout


@contextmanager
def machine(root):
    """Give a `Machine` in the folder `root`, in which something may be installed already."""
    root = Path(root)
    shown = _furnish(root)
    holder = subprocess.Popen(
        ["unshare", "--map-root-user", "--mount", "--net", sys.executable, "-c", _HOLDER, str(root), *shown],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if holder.stdout.readline() != "ready\n":
            raise AssertionError("The machine did not begin: are user namespaces allowed here?")
        yield Machine(root, holder)
    finally:
        _end_all_in(root)
        holder.stdin.close()
        holder.wait(30)


def _furnish(root):
    """Make what a machine has beside the site; return the folders of this machine that it sees."""
    for link in ("bin", "sbin", "lib", "lib64"):
        if not (root / link).is_symlink():
            (root / link).symlink_to(f"usr/{link}")
    for folder in ("tmp", "run", "root", "etc"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in ("ld.so.cache", "nsswitch.conf", "ssl", "fonts", "ca-certificates", "alternatives"):
        source, copy = Path("/etc") / name, root / "etc" / name
        if source.is_dir() and not copy.exists():
            shutil.copytree(source, copy, symlinks=True, ignore_dangling_symlinks=True)
        elif source.is_file() and not copy.exists():
            shutil.copy(source, copy)
    # Of one account the site's is another name: a namespace of one's own has no second.
    accounts = "root:x:0:0::/root:/bin/sh\ntrato-digno:x:0:0::/var/lib/trato-digno:/bin/sh\n"
    (root / "etc/passwd").write_text(accounts)
    (root / "etc/group").write_text("root:x:0:\ntrato-digno:x:0:\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    # What is installed below /usr/local is the machine's own.
    programs = [str(path) for path in Path("/usr").iterdir() if path.is_dir() and path.name != "local"]
    # So that programs know which packages there are.
    shown = [*programs, "/var/lib/dpkg", "/proc", "/dev", str(ROOT)]
    for prefix in {sys.base_prefix, sys.prefix}:
        if prefix != "/usr" and not any(Path(prefix).is_relative_to(one) for one in shown):
            shown.append(prefix)
    control = root / "usr/local/sbin/systemctl"
    control.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests/systemctl.py", control)
    control.chmod(0o755)
    for path in shown:
        (root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
    return shown


def _end_all_in(root):
    """End what still runs in the machine: nothing of it outlives a test."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "root").resolve() == Path(root).resolve():
                os.kill(int(process.name), signal.SIGKILL)
        except (OSError, ValueError):
            continue
