"""A machine to install a site on: a folder that takes the place of `/`, with a network of its own.

What is installed below the folder runs there as on a real machine, at its own absolute paths and ports, and touches
nothing of this one, processes included: `unshare` and `chroot` see to that, without being root. There is one account,
by whatever name. The programs of this machine are there to be read; systemd is not, so a small `systemctl` begins
services as their unit files say (`tests/systemctl.py`).
"""

import os
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_UNSHARED = ["unshare", "--map-root-user", "--mount", "--net", "--pid", "--fork", "--kill-child"]
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Prints a line when all is mounted, and holds the namespaces until its input ends: all processes of the machine end
# with it, for it is the first of them.
_HOLDER = """
import fcntl, os, signal, socket, struct, subprocess, sys
root, shown = sys.argv[1], sys.argv[2:]
def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)
mount("--make-rprivate", "/")
for path in ("/tmp", "/run"):
    mount("-t", "tmpfs", "tmpfs", root + path)
# After its own /tmp, in which the checkout may lie.
for path in shown:
    if os.path.isdir(path):
        os.makedirs(root + path, exist_ok=True)
    mount("--rbind", path, root + path)
mount("-t", "proc", "proc", root + "/proc")
# By which programs know that there is a systemctl to ask.
os.makedirs(root + "/run/systemd/system")
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(line, 0x8914, struct.pack("16sh14x", b"lo", 1))
# Nobody asks how whoever was left alone has ended.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
sys.stdin.read()
"""


class Inside(subprocess.Popen):
    """A command in a machine: `nsenter`, which stays outside and hands no signal on, and its child, the command."""

    def send_signal(self, number):
        while self.poll() is None:
            if children := Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
                os.kill(int(children[0]), number)
                return
            time.sleep(0.01)


class Machine:
    """A machine whose `/` is `root`; `run` and `begin` let programs run in it."""

    def __init__(self, root, first):
        self.root, self._first = Path(root), first

    def path(self, inside):
        return self.root / inside.lstrip("/")

    def _inside(self, command):
        spaces = ["--user", "--mount", "--net", "--pid", "--preserve-credentials"]
        enter = ["nsenter", f"--target={self._first}", *spaces]
        return [*enter, "chroot", str(self.root), *map(str, command)]

    def run(self, *command, env=None, check=True, **options):
        options = {"capture_output": True, "text": True, "timeout": 300} | options
        done = subprocess.run(self._inside(command), env={"PATH": _PATH} | (env or {}), check=False, **options)
        if check and done.returncode:
            raise AssertionError(f"{shlex.join(map(str, command))}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def begin(self, *command, env=None, **options):
        return Inside(self._inside(command), env={"PATH": _PATH} | (env or {}), **options)

    def fetch(self, url, *options):
        return self.run("curl", "--silent", "--show-error", "--include", "--max-time", "60", *options, url).stdout


@contextmanager
def machine(root):
    root = Path(root)
    shown = _furnish(root)
    holder = subprocess.Popen(
        [*_UNSHARED, sys.executable, "-c", _HOLDER, str(root), *shown],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if holder.stdout.readline() != "ready\n":
            raise AssertionError("The machine did not begin: are user namespaces allowed here?")
        [first] = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()
        yield Machine(root, first)
    finally:
        holder.stdin.close()
        holder.wait(30)


def _furnish(root):
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
    shown = [*programs, "/var/lib/dpkg", "/dev", str(ROOT)]
    for prefix in {sys.base_prefix, sys.prefix}:
        if prefix != "/usr" and not any(Path(prefix).is_relative_to(one) for one in shown):
            shown.append(prefix)
    control = root / "usr/local/sbin/systemctl"
    control.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests/systemctl.py", control)
    control.chmod(0o755)
    for path in (*shown, "/proc"):
        (root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
    return shown
