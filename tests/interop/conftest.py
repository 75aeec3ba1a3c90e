import fcntl
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NO_NETWORK = re.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT")


@pytest.fixture(scope="session")
def libraries():
    assert shutil.which("npm"), "Node.js and npm are missing: script/setup --all installs them"
    lock_file = HERE / "package-lock.json"
    with lock_file.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = HERE / "node_modules" / ".package-lock.json"
        if installed.exists() and installed.stat().st_mtime >= lock_file.stat().st_mtime:
            return
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, check=False, capture_output=True, text=True)
    if NO_NETWORK.search(done.stderr):
        pytest.skip("npm reaches no registry")
    assert done.returncode == 0, done.stderr
