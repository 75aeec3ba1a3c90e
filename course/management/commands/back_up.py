"""Make or check a backup: docs/how-to/back-up-and-restore.md."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from course.backups.checking import check_backup, newest_backup
from course.backups.exceptions import BackupError
from course.backups.making import back_up

# Exit code: the backup was made, and a copy of it failed.
NOT_COPIED = 3


class Command(BaseCommand):
    help = "Make a backup of database, media, keys and settings in BACKUP_DIR, and copies; with --check read one."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", nargs="?", const="", metavar="FILE", help="Read a backup whole; the newest without FILE."
        )
        parser.add_argument("--identity", type=Path, metavar="FILE", help="The key that opens an encrypted backup.")
        parser.add_argument("--without-keys", action="store_true", help="Leave keys and settings out.")

    def handle(self, *, check, identity, without_keys, **options):
        try:
            if check is None:
                self.make(without_keys)
            else:
                self.check_one(Path(check) if check else newest_backup(), identity)
        except BackupError as error:
            raise CommandError(str(error)) from error

    def make(self, without_keys):
        made = back_up(now=timezone.now(), without_keys=without_keys)
        self.stdout.write(f"Respaldo / backup: {made.file} ({format_mb(made.size)} MB)")
        if made.foreign:
            self.stderr.write(f"No se podría restaurar / it could not be restored: {made.foreign}")
        for copy in made.copies:
            if not copy.problem:
                self.stdout.write(f"También en / also in: {copy.target}")
        if problems := [copy.problem for copy in made.copies if copy.problem]:
            raise CommandError("Sin copiar / not copied: " + "; ".join(problems), returncode=NOT_COPIED)

    def check_one(self, path, identity):
        inside = []
        found = check_backup(
            path, identity=identity, look_inside=lambda alias: inside.append(verify_certificates(alias))
        )
        self.tell(path, found)
        # A dump, a backup of another version and an encrypted one have no database to query.
        of_backup = inside and inside[0]
        whose = "del respaldo / in the backup" if of_backup else "de este sitio / of this site"
        is_valid, output = (
            of_backup or verify_certificates(DEFAULT_DB_ALIAS) or (True, "no se revisaron / not looked at\n")
        )
        self.stdout.write(f"Certificados {whose}:\n{output.rstrip()}")
        if not is_valid:
            raise CommandError("Hay certificados con algo mal / something is wrong with certificates.")

    def tell(self, path, found):
        self.stdout.write(f"{path}\nSHA-256 {found.sha256}")
        if found.as_written:
            self.stdout.write("Igual que cuando se guardó / as it was written.")
        if not (manifest := found.manifest):
            said = "cifrado: no se abrió, dé --identity ARCHIVO / encrypted: not opened, give --identity FILE."
            if found.as_written is None:
                raise CommandError(f"No se sabe si está entero / whether it is whole is not known; {said}")
            self.stdout.write(said.capitalize())
            return
        rows = sum(manifest.rows.values())
        self.stdout.write(
            f"Entero / whole: {manifest.made_at}, versión / version {manifest.version}, {len(manifest.members)} "
            f"archivos / files, {len(manifest.rows)} tablas / tables, {rows} filas / rows."
        )
        if not manifest.has_keys:
            self.stdout.write("Sin llaves / without keys.")


def verify_certificates(alias):
    """Return (whether all are valid, output), or None if the database cannot be checked."""
    output = StringIO()
    try:
        loader = MigrationLoader(connections[alias])
        known = (loader.graph.nodes, loader.applied_migrations)
        wanted, applied = ({key for key in keys if key[0] == "certificates"} for keys in known)
        if wanted != applied:
            return None
        call_command("verify_issued", database=alias, stdout=output)
    except (DatabaseError, InconsistentMigrationHistory):
        return None
    except SystemExit:
        return False, output.getvalue()
    return True, output.getvalue()


def format_mb(size):
    return f"{size / 1_000_000:.1f}"
