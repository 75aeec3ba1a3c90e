from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command

from course.backups.copies import copy_all
from course.backups.keeping import name_of
from course.backups.making import back_up
from course.backups.restoring import restore
from course.backups.state import Copy, last_backup
from course.checks import copies_elsewhere_are_encrypted
from tests.factories import NOW
from tests.storage import BUCKET, client_of, names_in_bucket, s3_storage, storages_on_s3

pytestmark = pytest.mark.django_db

NAMES = [name_of(NOW - timedelta(days=day), encrypted=True) for day in range(60)]


@pytest.fixture
def backups(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in NAMES[:3]:
        (folder / name).write_text(name)
    return folder


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_that_was_away_gets_all_it_lacks_and_keeps_what_is_of_others(backups, tmp_path):
    away = tmp_path / "disk"
    (copy,) = copy_all(backups, [str(away)])
    assert copy == Copy(str(away), f"No está la carpeta / the folder is not there: {away}")
    assert not away.exists()
    away.mkdir()
    for name in ["carta.odt", "trato-digno-2026.tar", *NAMES[3:]]:
        (away / name).write_text("of before")
    (away / NAMES[1]).write_text("half of")
    assert copy_all(backups, [str(away)]) == [Copy(str(away), "")]
    stay = [*NAMES[:7], *(NAMES[day] for day in (10, 17, 25, 56))]
    assert names_in(away) == sorted(["carta.odt", "trato-digno-2026.tar", *stay])
    assert [(away / name).read_text() for name in NAMES[:3]] == NAMES[:3]
    assert (away / NAMES[0]).stat().st_mode & 0o777 == 0o600


def test_a_bucket_gets_them_under_its_prefix_and_one_that_is_not_there_is_said(backups, settings):
    with s3_storage() as found:
        for name, value in found.items():
            setattr(settings, name, value)
        for key in ("other/x", f"copias/{NAMES[40]}", f"copias/a/{NAMES[41]}", NAMES[42]):
            client_of(found).put_object(Bucket=BUCKET, Key=key, Body=b"of others")
        targets = [f"s3://{BUCKET}/copias/", "s3://nowhere/copias"]
        for _time in range(2):
            good, bad = copy_all(backups, targets)
            assert (good.problem, "NoSuchBucket" in bad.problem) == ("", True)
        assert names_in_bucket(found) == sorted(
            [*(f"copias/{name}" for name in [*NAMES[:3], NAMES[40]]), f"copias/a/{NAMES[41]}", NAMES[42], "other/x"]
        )
        content = client_of(found).get_object(Bucket=BUCKET, Key=f"copias/{NAMES[0]}")["Body"].read()
        assert content.decode() == NAMES[0]
    (gone,) = copy_all(backups, targets[:1])
    assert "endpoint" in gone.problem


def test_a_backup_that_could_not_be_copied_is_there_and_the_command_says_what_is_missing(
    settings, tmp_path, database_on_disk
):
    settings.MEDIA_ROOT, settings.BACKUP_DIR = tmp_path / "media", str(tmp_path / "backups")
    settings.BACKUP_COPIES = [str(tmp_path / "disk")]
    with pytest.raises(CommandError, match="the folder is not there") as failed:
        call_command("back_up", stdout=StringIO())
    assert failed.value.returncode == 3
    last = last_backup()
    assert (last.whole, last.file.exists()) == (True, True)
    assert [copy.target for copy in last.copies] == settings.BACKUP_COPIES
    (tmp_path / "disk").mkdir()
    back_up(now=NOW)
    assert last_backup().copies[0].problem == ""
    assert len(names_in(tmp_path / "disk")) == 2
    # What is not as it was written is known once it was looked at.
    newest = last_backup().file
    newest.write_bytes(newest.read_bytes()[:-1] + b"x")
    assert last_backup().whole
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("back_up", check=str(newest), stdout=StringIO())
    assert not last_backup().whole
    newest.unlink()
    assert not last_backup().whole
    live.BACKUP_DIR = ""
    assert last_backup() is None


@pytest.mark.parametrize(
    ("recipients", "copies", "said"),
    [([], ["s3://a/b"], 1), (["age1x"], ["s3://a/b"], 0), ([], ["/media/disk"], 0), ([], [], 0)],
)
def test_a_deployment_is_told_of_copies_elsewhere_that_anybody_can_read(settings, recipients, copies, said):
    settings.BACKUP_RECIPIENTS, settings.BACKUP_COPIES = recipients, copies
    assert len(copies_elsewhere_are_encrypted(None)) == said


@pytest.fixture
def pictures_on_s3(machines, settings):
    with s3_storage() as found:
        settings.STORAGES = storages_on_s3(settings.STORAGES, found)
        yield found


def test_pictures_on_such_storage_are_in_a_backup_and_come_back(pictures_on_s3, machines, site):
    def stored():
        read = client_of(pictures_on_s3).get_object
        return {name: read(Bucket=BUCKET, Key=name)["Body"].read() for name in names_in_bucket(pictures_on_s3)}

    before = stored()
    assert len(before) == 2
    made = back_up(now=NOW)
    changed, gone = before
    client_of(pictures_on_s3).put_object(Bucket=BUCKET, Key=changed, Body=b"another")
    client_of(pictures_on_s3).delete_object(Bucket=BUCKET, Key=gone)
    client_of(pictures_on_s3).put_object(Bucket=BUCKET, Key="media/later.png", Body=b"later")
    call_command("restore_backup", str(made.file), replace=True, stdout=StringIO())
    assert stored() == before


def test_what_is_kept_before_a_restore_is_not_copied_before_the_next_backup(machines, site, settings, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settings.BACKUP_COPIES = [str(elsewhere)]
    made = back_up(now=NOW)
    restored = restore(elsewhere / made.file.name, now=NOW + timedelta(hours=1), replace=True)
    assert restored.before.file.exists()
    assert [path.name for path in elsewhere.glob("trato-digno-*")] == [made.file.name]
    back_up(now=NOW + timedelta(hours=2))
    assert len(list(elsewhere.glob("trato-digno-*"))) == 3
