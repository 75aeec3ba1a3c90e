import io
import json
import subprocess
import tarfile
from datetime import UTC, datetime

import pytest

from course.backups.archive import pack, unpack
from course.backups.exceptions import BackupError
from course.backups.opening import read_backup

MOMENT = datetime(2026, 11, 27, 3, 15, tzinfo=UTC)
NAMES = ["database.sqlite3.gz", "media/ñandú.png", "media/" + "ñ" * 90 + "/" + "largo" * 20 + ".png", "media/empty"]
CONTENTS = [b"x" * 512, b"y" * 513, b"z" * 3_000_000, b""]


def packed():
    members = [(name, len(one), io.BytesIO(one)) for name, one in zip(NAMES, CONTENTS, strict=True)]
    return b"".join(pack(members, lambda found: ("manifest.json", json.dumps(found).encode()), moment=MOMENT))


def test_what_is_packed_is_what_other_programs_and_we_unpack(tmp_path):
    (tmp_path / "made.tar").write_bytes(packed())
    subprocess.run(["tar", "-xf", "made.tar"], cwd=tmp_path, check=True, capture_output=True)
    assert [(tmp_path / name).read_bytes() for name in NAMES] == CONTENTS
    read = [(name, size, member.read(10**9)) for name, size, member in unpack(io.BytesIO(packed()))]
    assert [(name, content) for name, _size, content in read[:-1]] == list(zip(NAMES, CONTENTS, strict=True))
    assert list(json.loads(read[-1][2])) == NAMES
    assert [name for name, _size, _member in unpack(io.BytesIO(packed()))] == [*NAMES, "manifest.json"]


def member(name="media/x", type=tarfile.REGTYPE, size=0, **fields):
    head = tarfile.TarInfo(name)
    head.type, head.size = type, size
    for field, value in fields.items():
        setattr(head, field, value)
    return head.tobuf(tarfile.GNU_FORMAT)


END = bytes(1024)
HOSTILE = {
    "climbs": member("../../etc/cron.d/x") + END,
    "climbs later": member("media/../../x") + END,
    "from the root": member("/etc/passwd") + END,
    "this folder": member("./media") + END,
    "empty name": member("") + END,
    "backslash": member("media\\x") + END,
    "twice": member() + member() + END,
    "link": member(type=tarfile.SYMTYPE, linkname="/etc/shadow") + END,
    "hard link": member(type=tarfile.LNKTYPE, linkname="media/y") + END,
    "device": member(type=tarfile.BLKTYPE, devmajor=8) + END,
    "character device": member(type=tarfile.CHRTYPE) + END,
    "pipe": member(type=tarfile.FIFOTYPE) + END,
    "folder": member(type=tarfile.DIRTYPE) + END,
    "sparse": member(type=tarfile.GNUTYPE_SPARSE) + END,
    "words before": member(type=tarfile.XHDTYPE, size=10**9) + END,
    "words for all": member(type=tarfile.XGLTYPE, size=10**9) + END,
    "endless name": member("././@LongLink", type=tarfile.GNUTYPE_LONGNAME, size=10**9) + END,
    "name without a file": member("././@L", type=tarfile.GNUTYPE_LONGNAME, size=4) + b"abc".ljust(512, b"\0") + END,
    "larger than the world": member(size=10**18) + END,
    "not at its end": member(),
    "cut": (member(size=600) + b"x" * 600)[:900],
    "something after it": member() + END + b"x",
    "no archive": b"x" * 2048,
    "nothing": b"",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_an_archive_of_somebody_else_is_refused_and_writes_nothing_elsewhere(tmp_path, content):
    path, folder = tmp_path / "made.tar", tmp_path / "into"
    path.write_bytes(content)
    folder.mkdir()
    with pytest.raises(BackupError):
        read_backup(path, into=folder, wanted=lambda name: True)
    assert {one.name for one in tmp_path.iterdir()} == {"made.tar", "into"}
    assert [one for one in folder.rglob("*") if not one.is_dir() and not one.is_file()] == []


def test_a_member_that_no_backup_has_is_refused(tmp_path):
    path = tmp_path / "made.tar"
    for name in ("issuer-keys/secret-key", "account-keys/x/y", "database.txt", "restored"):
        path.write_bytes(member(name) + END)
        with pytest.raises(BackupError, match=name):
            read_backup(path, into=tmp_path, wanted=lambda name: True)


def test_a_file_that_becomes_shorter_while_it_is_packed_stops_the_backup():
    with pytest.raises(BackupError, match="shorter"):
        list(pack([("media/x", 10, io.BytesIO(b"nine char"))], None, moment=MOMENT))
