import subprocess

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.conf import settings as live
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model

from certificates.models import Certificate
from course.backups.locking import new_key
from course.backups.making import back_up
from course.backups.restoring import restore
from course.backups.state import last_backup
from tests.certificates.signing import verify
from tests.factories import NOW, PASSWORD, PIN, make_learner, make_staff
from tests.modules.media.kept import keep_film, keep_recording

from .conftest import SECRET, changed, every_file, every_row, left_in, manage, rewritten

pytestmark = pytest.mark.postgres


def signs_in(code, pin):
    return Client().post("/accounts/login/", {"login": code, "password": pin}).headers.get("Location")


def test_a_site_comes_back_on_an_empty_machine_with_everything(machines, site):
    session = Client()
    session.force_login(site.learner)
    rows, files = every_row(), every_file()
    made = back_up(now=NOW)
    assert made.file.name == "trato-digno-20261125T150000Z.tar"
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert left_in(live.BACKUP_DIR) == []
    machines.run_on("second")
    restored = restore(made.file, now=NOW)
    assert (restored.before, restored.different, restored.said) == (None, (), ())
    assert every_row() == rows
    assert every_file() == files
    assert left_in(live.VAR_DIR) == ["account-keys", "keys", "media", "restored"]

    certificate = Certificate.objects.get()
    assert bytes(certificate.pdf) == bytes(site.pdf)
    assert verify(certificate.credential).id == certificate.printed["verify_url"]
    assert Client().get(f"/v/{certificate.serial}/").status_code == 200
    assert signs_in(site.learner.username, PIN)
    browser = Client()
    browser.post("/accounts/login/", {"login": "facilitadora", "password": PASSWORD})
    code = format_hotp_value(hotp_value(SECRET, list(counters())[1]))
    assert browser.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert "_auth_user_id" in browser.session
    # A session that was open is not.
    assert not session.session.get("_auth_user_id")


def test_people_that_are_here_stay_unless_they_are_to_be_replaced_and_then_a_backup_has_them(machines, site):
    made = back_up(now=NOW)
    rows, files = every_row(), every_file()
    machines.run_on("second")
    manage("restore_backup", made.file)
    make_learner("OTRA22")
    default_storage.save("documents/otro.pdf", ContentFile(b"%PDF-1.4"))
    picture = get_image_model().objects.get().file.name
    (live.MEDIA_ROOT / picture).write_bytes(b"another")
    of_others = every_row(), every_file()
    with pytest.raises(CommandError, match="there are people"):
        manage("restore_backup", made.file)
    assert (every_row(), every_file()) == of_others
    before = manage("restore_backup", made.file, replace=True)
    assert (every_row(), every_file()) == (rows, files)
    path = last_backup().file
    assert f"what was here is in: {path}" in before
    manage("restore_backup", path, replace=True)
    assert (every_row(), every_file()) == of_others


def test_what_one_heard_and_saw_is_heard_and_seen_on_the_other_machine(machines, site):
    make_staff("jefa", is_staff=True, is_superuser=True)
    recording, film = keep_recording(), keep_film()
    addresses = [reverse("recording", args=[recording.key, kind]) for kind in ("opus", "mp3")]
    addresses += [reverse("film", args=[film.key, film.digest])]

    def played():
        reader = Client()
        reader.force_login(get_user_model().objects.get(username="jefa"))
        return [reader.get(address).getvalue() for address in addresses]

    before, made = played(), back_up(now=NOW)
    assert all(before)
    machines.run_on("second")
    restore(made.file, now=NOW)
    assert played() == before


def test_an_encrypted_backup_is_opened_by_its_key_alone_and_by_the_program_of_age(machines, site, tmp_path):
    identity, recipient = new_key()
    (tmp_path / "key").write_text(f"# public key: {recipient}\n{identity}\n")
    (tmp_path / "other").write_text(new_key()[0])
    machines.settings.BACKUP_RECIPIENTS = [recipient, new_key()[1]]
    rows, made = every_row(), back_up(now=NOW)
    assert made.file.name.endswith("Z.tar.age")
    assert b"manifest" not in made.file.read_bytes()
    opened = subprocess.run(["age", "-d", "-i", tmp_path / "key", made.file], check=True, capture_output=True).stdout
    listed = subprocess.run(["tar", "-t"], input=opened, check=True, capture_output=True, text=False).stdout
    assert b"issuer-keys/issuer.pem" in listed
    assert "not opened" in manage("back_up", check="")
    assert "Entero / whole" in manage("back_up", check="", identity=tmp_path / "key")
    machines.run_on("second")
    for identity, said in ((None, "give --identity"), (tmp_path / "other", "does not open"), (made.file, "no key of")):
        with pytest.raises(CommandError, match=said):
            manage("restore_backup", made.file, identity=identity)
    with changed(made.file), pytest.raises(CommandError, match="does not decrypt"):
        manage("restore_backup", made.file, identity=tmp_path / "key")
    assert left_in(live.VAR_DIR) == []
    manage("restore_backup", made.file, identity=tmp_path / "key")
    assert every_row() == rows


def test_a_backup_without_keys_says_what_is_lost(machines, site):
    rows, files = every_row(), every_file()
    whole, made = back_up(now=NOW), back_up(now=NOW, without_keys=True)
    assert made.file.name == "trato-digno-20261125T150001Z.tar"
    listed = subprocess.run(["tar", "-tf", made.file], check=True, capture_output=True, text=True).stdout
    assert not [name for name in listed.split("\n") if "key" in name or "settings" in name]
    assert "without keys" in manage("back_up", check="")
    for name, path, options in (("second", made.file, {}), ("third", whole.file, {"without_keys": True})):
        machines.run_on(name)
        said = manage("restore_backup", path, **options)
        assert ("nobody signs in" in said, "badges that were issued" in said, "void" in said) == (True, True, True)
        assert every_row() == rows
        assert every_file() == {name: digest for name, digest in files.items() if name.startswith("media/")}
        browser = Client()
        browser.post("/accounts/login/", {"login": site.learner.username, "password": PIN})
        assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda manifest: manifest.update(format=2), "newer version"),
        (lambda manifest: manifest["migrations"].append(["course", "0999_later"]), "course.0999_later"),
        (lambda manifest: manifest["migrations"].append(["surveys", "0001_initial"]), "surveys.0001_initial"),
        (lambda manifest: manifest["database"]["rows"].update(course_user=99), "lacks rows"),
        (lambda manifest: manifest["members"]["issuer-keys/issuer.pem"].update(sha256="0"), "damaged"),
        (lambda manifest: manifest["database"].update(kind="oracle"), "damaged"),
        (lambda manifest: manifest.pop("members"), "damaged"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence_and_nothing_is_touched(machines, site, change, said):
    made = back_up(now=NOW)
    path = rewritten(made.file, lambda manifest, _folder: change(manifest))
    rows, files = every_row(), every_file()
    with pytest.raises(CommandError, match=said) as refused:
        manage("restore_backup", path, replace=True)
    assert "\n" not in str(refused.value)
    assert (every_row(), every_file(), left_in(live.BACKUP_DIR)) == (rows, files, [])
    assert "restoring" not in left_in(live.VAR_DIR)
