"""Installing into a folder that stands for a machine: the same files, with their absolute paths in them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from course.installing.release import environment_id

ROOT = Path(__file__).resolve().parents[2]
OPT = "opt/trato-digno"


def script_install(*flags, check=True, **environment):
    kept = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "es_GT.UTF-8"}
    done = subprocess.run(
        [ROOT / "script/install", *map(str, flags)],
        env=kept | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    return done


def bring_environment(root):
    place = root / OPT / "environments" / environment_id(ROOT, s3=False)
    _make_open(place)
    for name in ("bin", "lib"):
        (place / name).symlink_to(Path(sys.prefix) / name)
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", place)
    locked = subprocess.run(["sha256sum", ROOT / "requirements.txt"], capture_output=True, text=True, check=True).stdout
    (place / f"locked-{locked[:16]}").touch()


def _make_open(folder):
    mask = os.umask(0o022)
    try:
        folder.mkdir(parents=True)
    finally:
        os.umask(mask)


def another_root(first, folder):
    _make_open(folder / OPT)
    for name in ("releases", "environments"):
        shutil.copytree(first / OPT / name, folder / OPT / name, symlinks=True, copy_function=os.link)
    return folder


def own_certificate(folder, name):
    key, certificate = folder / "own.key", folder / "own.crt"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", "30", "-subj", "/CN=x", "-addext", f"subjectAltName={name}"),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    return key, certificate


def files_below(root):
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if name.startswith((f"{OPT}/releases/", f"{OPT}/environments/")):
            continue
        held = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[f"/{name}"] = (oct(path.lstat().st_mode & 0o777), held)
    return found
