import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from course.file_permissions import restrict_to_owner
from tests.serving import ROOT, migrated_database, served_site


def open_to_others(folder):
    found = [folder, *folder.rglob("*")]
    return [str(path) for path in found if path.lstat().st_mode & 0o077 and not path.is_symlink()]


def manage(folder, *arguments):
    own = {
        "DJANGO_SETTINGS_MODULE": "course.settings.test",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
    }
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=os.environ | own, check=True, capture_output=True,
        umask=0o022,
    )  # fmt: skip


@pytest.mark.nightly
def test_a_site_that_exists_is_closed_and_stays_so_whatever_is_written(tmp_path):
    folder = tmp_path / "var"
    for path in (folder / "media" / "original_images", folder / "keys"):
        path.mkdir(parents=True)
    (folder / "media" / "original_images" / "one.png").write_bytes(b"x")
    shutil.copy(migrated_database(), folder / "site.sqlite3")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert len(open_to_others(folder)) == 6
    manage(folder, "prepare_site", "--no-content")
    manage(folder, "make_issuer_key")
    written = {path.name for path in folder.rglob("*")}
    assert {"issuer.pem", "site.css", "site.sqlite3", "one.png"} <= written
    assert open_to_others(folder) == []


def test_what_a_served_site_writes_is_closed(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    with served_site(folder, WEB_CONCURRENCY="1") as site:
        site.ask("/accounts/login/", "POST", "login=ANA234&password=1")
        [keeper] = {site.keeper.pid}
        for process in (keeper, *site.answering()):
            umask = Path(f"/proc/{process}/status").read_text().split("Umask:")[1].split()[0]
            assert umask == "0077"
        written = [path for path in folder.iterdir() if path.name.endswith(("-wal", "-shm"))]
        assert written
        assert [path for path in written if str(path) in open_to_others(folder)] == []


def test_uploads_are_closed(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    name = default_storage.save("images/one.png", ContentFile(b"x"))
    path = Path(default_storage.path(name))
    assert [stat.S_IMODE(at.stat().st_mode) for at in (path, path.parent)] == [0o600, 0o700]


def test_links_and_shared_folders_are_left_alone(settings, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("x")
    elsewhere.chmod(0o644)
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    (settings.VAR_DIR / "link").symlink_to(elsewhere)
    (settings.VAR_DIR / "own").write_text("x")
    (settings.VAR_DIR / "own").chmod(0o644)
    settings.VAR_DIR.chmod(0o1777)
    assert (restrict_to_owner(), (settings.VAR_DIR / "own").stat().st_mode & 0o777) == (0, 0o644)
    settings.VAR_DIR.chmod(0o755)
    assert restrict_to_owner() == 2
    assert elsewhere.stat().st_mode & 0o777 == 0o644
