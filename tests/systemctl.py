#!/usr/bin/python3
"""A small `systemctl` for machines without systemd: begins and ends what unit files say, as far as the suite needs it.

Of a unit it reads ExecStart, ExecStartPre, EnvironmentFile, Environment, WorkingDirectory and Type; a service that
stays is begun once, and a timer is only remembered. What is enabled is a link, as for systemd. What it does not know it
refuses, so that no test leans on what it only seems to do.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS, STATE = Path("/etc/systemd/system"), Path("/run/units")
WANTED = UNITS / "multi-user.target.wants"


class Unit:
    """A unit file: {(section, key): values}."""

    def __init__(self, name):
        self.found = {}
        section = ""
        for line in (UNITS / name).read_text().replace("\\\n", " ").splitlines():
            if line.startswith("["):
                section = line.strip()
            elif "=" in line and line[0] not in "#;":
                key, value = line.split("=", 1)
                self.found.setdefault((section, key.strip()), []).append(value.strip())

    def all(self, key):
        return self.found.get(("[Service]", key), [])


def environment(unit):
    found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    for line in unit.all("Environment"):
        found |= dict(word.split("=", 1) for word in shlex.split(line))
    for path in unit.all("EnvironmentFile"):
        for line in Path(path.lstrip("-")).read_text().splitlines():
            if "=" in line and line[0] not in "#;":
                name, value = line.split("=", 1)
                found[name] = shlex.split(value)[0] if value else ""
    return found


def pid_of(name):
    try:
        pid = int((STATE / name).read_text())
        os.kill(pid, 0)
        return 0 if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z" else pid
    except (OSError, ValueError):
        return 0


def start(name):
    if name.endswith(".timer"):
        (STATE / name).write_text("")
        return 0
    if pid_of(name):
        return 0
    unit = Unit(name)
    surroundings = {"env": environment(unit), "cwd": (unit.all("WorkingDirectory") or ["/"])[-1]}
    for command in unit.all("ExecStartPre"):
        if subprocess.run(shlex.split(command.lstrip("-+!:")), check=False, **surroundings).returncode:
            return 1
    [command] = unit.all("ExecStart")
    with (STATE / f"{name}.log").open("ab") as log:
        begun = subprocess.Popen(
            shlex.split(command),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **surroundings,
        )
    if "oneshot" in unit.all("Type"):
        return begun.wait()
    (STATE / name).write_text(str(begun.pid))
    return 0


def stop(name):
    pid = pid_of(name)
    (STATE / name).unlink(missing_ok=True)
    if pid:
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 60
        while time.monotonic() < until and Path(f"/proc/{pid}").exists():
            state = Path(f"/proc/{pid}/stat")
            if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                break
            time.sleep(0.05)
    return 0


def is_active(name):
    if name.endswith(".timer"):
        return 0 if (STATE / name).exists() else 3
    return 0 if pid_of(name) else 3


def enable(name):
    WANTED.mkdir(exist_ok=True)
    disable(name)
    (WANTED / name).symlink_to(UNITS / name)
    return 0


def disable(name):
    (WANTED / name).unlink(missing_ok=True)
    return 0


def is_enabled(name):
    return 0 if (WANTED / name).is_symlink() else 1


def main():
    STATE.mkdir(parents=True, exist_ok=True)
    what, *names = [word for word in sys.argv[1:] if word not in ("--quiet", "--now", "--no-block")]
    named = [name if "." in name else f"{name}.service" for name in names]
    known = {
        "start": start,
        "stop": stop,
        "restart": lambda name: stop(name) or start(name),
        "is-active": is_active,
        # What died by itself is gone; nothing here remembers why.
        "is-failed": lambda name: 1,
        "enable": enable,
        "disable": disable,
        "is-enabled": is_enabled,
        "reload": lambda name: 0,
    }
    if what == "daemon-reload":
        return 0
    return max([known[what](name) for name in named], default=0)


sys.exit(main())
