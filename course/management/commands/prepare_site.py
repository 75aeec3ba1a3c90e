"""Update a site to this version: tables, static files, roles, text. Idempotent."""

import contextlib
import hashlib

import polib
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import check_for_language

from course.backups.databases import has_people
from course.backups.exceptions import BackupError
from course.backups.making import back_up, refuse_interrupted
from course.file_permissions import restrict_to_owner
from course.people.sealed_accounts import has_sealed_accounts
from course.sealing import has_key, make_key
from course.seed import seed

OUR_APPS = {"course", "certificates", "modules", "quizzes"}
_ADVISORY_LOCK = 0x7261746F


class Command(BaseCommand):
    help = "Migrate, make the shared cache, collect static files and load the course, doing only what is not done yet."

    def add_arguments(self, parser):
        parser.add_argument("--no-content", action="store_true", help="Leave the course's text alone.")
        parser.add_argument("--no-backup", action="store_true", help="Make no backup before the database changes.")

    def handle(self, *, no_backup, **options):
        with advisory_lock():
            refuse_foreign_migrations()
            try:
                refuse_interrupted()
                if not no_backup:
                    self.back_up_first()
            except BackupError as error:
                raise CommandError(str(error)) from error
            self.prepare(**options)

    def back_up_first(self):
        if settings.BACKUP_DIR and has_unapplied_migrations() and has_people():
            made = back_up(now=timezone.now())
            self.stdout.write(f"Respaldo antes de actualizar / backup before the upgrade: {made.file}")

    def prepare(self, *, no_content, verbosity, **options):
        restrict_to_owner()
        if has_unapplied_migrations():
            self.stdout.write("Preparando la base de datos / preparing the database…")
            call_command("migrate", interactive=False, verbosity=0)
        self.make_account_key()
        self.collect_static_files()
        seed()
        make_catalogues()
        if not no_content:
            call_command("load_content", verbosity=verbosity)

    def make_account_key(self):
        if has_key():
            return
        if has_sealed_accounts():
            raise CommandError(
                f"The PINs of this site are sealed, and there is no key in {settings.ACCOUNT_KEYS_DIR}. Put it "
                "back from its copy; if it is lost, see docs/how-to/keep-the-account-keys.md."
            )
        self.stdout.write(f"Nueva llave de las cuentas / new key of the accounts: {make_key()}")

    def collect_static_files(self):
        stamp = settings.STATIC_ROOT / "collected"
        fingerprint = static_files_fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self.stdout.write("Preparando los archivos estáticos / preparing the static files…")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint)


def make_catalogues():
    """Make empty catalogues: Django accepts no language without one."""
    for code, _name in settings.LANGUAGES:
        if not check_for_language(code):
            folder = settings.VAR_DIR / "locale" / code / "LC_MESSAGES"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "django.mo").write_bytes(polib.POFile().to_binary())


@contextlib.contextmanager
def advisory_lock():
    """Prepare the site on one machine at a time; with SQLite there is one."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        if cursor.db.vendor != "postgresql":
            yield
            return
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])


def refuse_foreign_migrations():
    """Refuse a database of other migrations: until 1.0 they are remade, under the same names too."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    applied = MigrationRecorder(connections[DEFAULT_DB_ALIAS]).applied_migrations()
    installed = {config.label for config in apps.get_app_configs()}
    if any(key not in known and key[0] in installed for key in applied) or (
        applied and not has_unapplied_migrations() and has_missing_columns()
    ):
        raise CommandError(
            "La base de datos es de otra versión y no se cambió nada: mueva la carpeta var/ a otro lugar y repita / "
            "the database is of another version and nothing was changed: move the folder var/ away and try again."
        )


def has_missing_columns():
    ours = [
        model for model in apps.get_models(include_auto_created=True) if model.__module__.partition(".")[0] in OUR_APPS
    ]
    try:
        for model in ours:
            list(model.objects.all()[:1])
    except DatabaseError:
        return True
    return False


def has_unapplied_migrations():
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def static_files_fingerprint():
    """Return a digest of the storage of static files, and of their names, sizes and times."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path).timestamp()}\n".encode())
    return digest.hexdigest()
