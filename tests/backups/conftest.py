import contextlib
import hashlib
import json
import os
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, connections
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from certificates.badges.keys import keys_folder
from certificates.badges.keys import make_key as make_issuer_key
from course.people.hashers import SealedPasswordHasher
from course.sealing import make_key as make_account_key
from tests.certificates.factories import issue, make_design, make_graduate, make_small_course
from tests.certificates.signing import ISSUED, SITE
from tests.factories import make_trainer

SECRET = "JBSWY3DPEHPK3PXP"


class QuickSealedHasher(SealedPasswordHasher):
    """As on a site, with a hash that takes no time."""

    inner = MD5PasswordHasher()


class Machines:
    """The first is the one of the test's own database; others begin empty."""

    def __init__(self, settings, folder):
        self.settings, self.folder = settings, folder
        self.first, self.made = connection.settings_dict["NAME"], {}
        settings.SITE_URL = SITE
        settings.PASSWORD_HASHERS = [f"{__name__}.QuickSealedHasher"]
        settings.ACCOUNT_KEYS, settings.BACKUP_RECIPIENTS, settings.BACKUP_COPIES = [], [], []
        self.run_on("first")

    def run_on(self, name):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        self.settings.VAR_DIR = folder
        self.settings.MEDIA_ROOT = folder / "media"
        self.settings.CREDENTIAL_KEYS_DIR = folder / "keys"
        self.settings.ACCOUNT_KEYS_DIR = folder / "account-keys"
        self.settings.STATIC_ROOT = folder / "static"
        self.settings.BACKUP_DIR = str(self.folder / f"backups-of-{name}")
        connection.close()
        self.use(self.first if name == "first" else self.database_of(name))
        return folder

    def database_of(self, name):
        if connection.vendor == "sqlite":
            return str(self.folder / name / "trato-digno.sqlite3")
        if name not in self.made:
            self.made[name] = f"{self.first}_{name}_{os.getpid()}"
            self.psql(f"CREATE DATABASE {self.made[name]} TEMPLATE template0")
        return self.made[name]

    def use(self, database):
        connection.settings_dict["NAME"] = connections.settings["default"]["NAME"] = database

    def psql(self, command):
        with connection._nodb_cursor() as server:
            server.execute(command)

    def end(self):
        connection.close()
        self.use(self.first)
        for database in self.made.values():
            self.psql(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
def machines(settings, tmp_path, database_on_disk):
    found = Machines(settings, tmp_path)
    yield found
    found.end()


@pytest.fixture
def site(machines):
    make_issuer_key()
    make_account_key()
    make_small_course()
    make_design()
    certificate = issue(make_graduate(), now=ISSUED)
    TOTP.activate(make_trainer(), SECRET)
    get_image_model().objects.create(title="Puerta", file=get_test_image_file())
    default_storage.save("documents/ñandú – " + "muy largo " * 12 + ".pdf", ContentFile(b"%PDF-1.7"))
    return certificate


def manage(*arguments, **options):
    said = StringIO()
    call_command(*map(str, arguments), stdout=said, stderr=said, **options)
    return said.getvalue()


def every_row():
    with connection.cursor() as cursor:
        found = {}
        for table in set(connection.introspection.table_names(cursor)) - {"django_session", "shared_cache"}:
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(
                repr([bytes(value) if isinstance(value, memoryview) else value for value in row])
                for row in cursor.fetchall()
            )
    return found


def every_file():
    folders = {"media": Path(default_storage.location), "keys": keys_folder()}
    folders["accounts"] = keys_folder().parent / "account-keys"
    return {
        f"{kind}/{path.relative_to(folder)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for kind, folder in folders.items()
        for path in folder.rglob("*")
        if path.is_file()
    }


def left_in(folder):
    return sorted(
        path.name
        for path in Path(folder).iterdir()
        if path.name not in (".lock", "state.json") and not path.name.startswith("trato-digno")
    )


def rewritten(path, change):
    folder = path.parent.parent / "rewritten"
    folder.mkdir(exist_ok=True)
    subprocess.run(["tar", "-xf", path, "-C", folder], check=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    names = [*manifest["members"], "manifest.json"]
    change(manifest, folder)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    made = folder / "made.tar"
    subprocess.run(["tar", "--format=gnu", "-cf", made, "-C", folder, *names], check=True)
    return made


def sealed_anew(manifest, folder, name):
    content = (folder / name).read_bytes()
    manifest["members"][name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@contextlib.contextmanager
def changed(path, at=-1):
    before = path.read_bytes()
    place = at if at >= 0 else len(before) // 2
    path.write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
    yield
    path.write_bytes(before)
