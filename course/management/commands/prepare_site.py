"""Bring a site up to this version: tables, shared cache, static files, roles, reviews, text. Safe at every start."""

import contextlib
import hashlib

import polib
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import check_for_language
from wagtail.models import Locale

from course.backups.databases import has_people
from course.backups.exceptions import BackupError
from course.backups.making import back_up, refuse_interrupted
from course.own_files import close_to_others
from course.people.roles import ensure_reviews
from course.people.sealed_accounts import has_sealed_accounts, seal_accounts
from course.sealing import has_key, make_key

# Any number that nobody else locks.
_PREPARING = 0x7261746F


class Command(BaseCommand):
    help = "Migrate, make the shared cache, collect static files and load the course, doing only what is not done yet."

    def add_arguments(self, parser):
        parser.add_argument("--no-content", action="store_true", help="Leave the course's text alone.")
        parser.add_argument("--no-backup", action="store_true", help="Make no backup before the database changes.")

    def handle(self, *, no_backup, **options):
        with one_machine_at_a_time():
            try:
                refuse_interrupted()
                if not no_backup:
                    self.back_up_first()
            except BackupError as error:
                raise CommandError(str(error)) from error
            self.prepare(**options)

    def back_up_first(self):
        """Before the tables of people change, make a backup where the site makes any; without it nothing is changed."""
        if settings.BACKUP_DIR and unapplied_migrations() and has_people():
            made = back_up(now=timezone.now())
            self.stdout.write(f"Respaldo antes de actualizar / backup before the upgrade: {made.file}")

    def prepare(self, *, no_content, verbosity, **options):
        close_to_others()
        if unapplied_migrations():
            self.stdout.write("Preparando la base de datos / preparing the database…")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        self.seal_accounts()
        self.collect_static_files()
        ensure_reviews()
        make_languages()
        if not no_content:
            call_command("load_content", verbosity=verbosity)

    def seal_accounts(self):
        """Make the key of the accounts at the first start, and seal what a release of before left open."""
        if not has_key():
            if has_sealed_accounts():
                raise CommandError(
                    f"The PINs of this site are sealed, and there is no key in {settings.ACCOUNT_KEYS_DIR}. Put it "
                    "back from its copy; if it is lost, see docs/how-to/keep-the-account-keys.md."
                )
            self.stdout.write(f"Nueva llave de las cuentas / new key of the accounts: {make_key()}")
        seal_accounts()

    def collect_static_files(self):
        """Collect only when a file is newer, gone or new: collecting everything takes seconds."""
        stamp = settings.STATIC_ROOT / "collected"
        fingerprint = static_files_fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self.stdout.write("Preparando los archivos estáticos / preparing the static files…")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint)


def make_languages():
    """Let editors write in each language of the interface; editors add the others.

    Django knows a language by a catalogue: those of the environment get one without words.
    """
    for code, _name in settings.INTERFACE_LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    for code, _name in settings.LANGUAGES:
        if not check_for_language(code):
            folder = settings.VAR_DIR / "locale" / code / "LC_MESSAGES"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "django.mo").write_bytes(polib.POFile().to_binary())


@contextlib.contextmanager
def one_machine_at_a_time():
    """Let other machines of the site wait until this one has prepared it; on SQLite there are none."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        if cursor.db.vendor != "postgresql":
            yield
            return
        # It lasts as long as this connection.
        cursor.execute("SELECT pg_advisory_lock(%s)", [_PREPARING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_PREPARING])


def unapplied_migrations():
    """Whether some migration of this version has not been applied to the database."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def static_files_fingerprint():
    """Return a digest of how static files are kept, and of the names, sizes and times of all of them."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path).timestamp()}\n".encode())
    return digest.hexdigest()
