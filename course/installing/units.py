"""Sandboxed systemd units."""

from course.operating.services import SITE, WORKER

from . import places

# Command of every night or morning: (name, what it is, manage.py …, when, in words).
NIGHTLY = [
    ("backup", "back up the site", "back_up", "*-*-* 02:15 America/Guatemala"),
    ("tidy", "remove what is past its time", "tidy", "*-*-* 03:15 America/Guatemala"),
    ("figures", "count the figures about questions", "count_figures", "*-*-* 03:45 America/Guatemala"),
    ("reminders", "remind people by e-mail", "send_reminders", "Mon..Fri 09:00 America/Guatemala"),
]

_UNIT = """\
# Written by script/install, which leaves it alone once it was changed. Better: systemctl edit {name}
[Unit]
Description=Trato digno: {what}
Documentation=file:{current}/docs/how-to/install.md
After=network-online.target postgresql.service
Wants=network-online.target
RequiresMountsFor={var_dir}
{more}
[Service]
User={account}
Group={account}
WorkingDirectory={current}
EnvironmentFile={environment_file}
Environment=HOME={var_dir} XDG_CACHE_HOME={cache_dir} PYTHONDONTWRITEBYTECODE=1
SyslogIdentifier={identifier}
{service}
# It writes into these folders and nowhere else.
ReadWritePaths={writes}
CacheDirectory=trato-digno
CacheDirectoryMode=0700
UMask=0077
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
# It may become nobody else, and gets no more rights than it has.
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
{install}"""

_KEPT_RUNNING = """\
ExecStart={python} {command}
Restart=always
RestartSec=3
# What was asked is answered first, 20 s at most; whoever is left then is ended.
KillMode=mixed
TimeoutStopSec=30"""

# Of this unit alone: the end of another empties the account's shared memory (RemoveIPC=).
_COUNTS = """
# What its processes count for METRICS_PORT.
RuntimeDirectory=trato-digno
RuntimeDirectoryMode=0700"""

_ONCE = """\
Type=oneshot
ExecStart={python} manage.py {command}
Nice=10
IOSchedulingClass=idle"""

_TIMER = """\
# Written by script/install, which leaves it alone once it was changed. Better: systemctl edit {name}
[Unit]
Description=Trato digno: {what}

[Timer]
OnCalendar={when}
# A computer that was off then does it when it is on again.
Persistent=true

[Install]
WantedBy=timers.target
"""


def unit_files(*, place, var_dir, backup_dir, copies):
    """Return {name: text} of the units of a place, `clinic` or `server`; `copies` are folders."""
    # The dash: a missing disk does not prevent the start.
    folders = {name: [var_dir] for name in (SITE, WORKER)}
    files = {SITE: _kept_running(SITE, "the course", "-m course.serving", folders[SITE], own=_COUNTS)}
    if place == "server":
        files[WORKER] = _kept_running(WORKER, "work in the background", "manage.py work", folders[WORKER])
    for name, what, command, when in NIGHTLY:
        unit = f"trato-digno-{name}"
        writes = [var_dir, backup_dir, *(f"-{copy}" for copy in copies)] if name == "backup" else [var_dir]
        files[f"{unit}.service"] = _unit(
            f"{unit}.service", what, _ONCE.format(python=places.PYTHON, command=command), writes
        )
        files[f"{unit}.timer"] = _TIMER.format(name=f"{unit}.timer", what=what, when=when)
    return files


def _kept_running(name, what, command, writes, *, own=""):
    service = _KEPT_RUNNING.format(python=places.PYTHON, command=command) + own
    # Restarted without limit, as when the database starts later.
    return _unit(name, what, service, writes, more="StartLimitIntervalSec=0\n", install=_AT_BOOT)


_AT_BOOT = "\n[Install]\nWantedBy=multi-user.target\n"


def _unit(name, what, service, writes, *, more="", install=""):
    return _UNIT.format(
        name=name,
        what=what,
        more=more,
        service=service,
        install=install,
        identifier=name.removesuffix(".service"),
        current=places.CURRENT,
        environment_file=places.ENVIRONMENT_FILE,
        account=places.ACCOUNT,
        var_dir=_escaped(writes[0]),
        cache_dir=places.CACHE_DIR,
        writes=" ".join(map(_escaped, writes)),
    )


def _escaped(path):
    return path.replace("%", "%%").replace(" ", "\\x20")
