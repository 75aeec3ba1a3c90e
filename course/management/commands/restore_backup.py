"""Restore a backup: docs/how-to/back-up-and-restore.md."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from course.backups.exceptions import BackupError
from course.backups.restoring import restore
from course.management.commands.prepare_site import has_unapplied_migrations
from course.version import typed

_WITHOUT_KEYS = (
    "Sin las llaves / without the keys:\n"
    "- Nadie entra con su PIN o contraseña: hacen falta nuevos / nobody signs in: new PINs are needed "
    "(%(command)s).\n"
    "- Las insignias ya emitidas no se pueden comprobar, y no se firman nuevas / badges that were issued cannot be "
    "checked any more, and none is signed.\n"
    "- Las tarjetas sin usar ya no sirven / cards that nobody used are void.\n"
    "Los certificados en PDF siguen iguales / the certificates as PDF are as they were."
)


class Command(BaseCommand):
    help = "Put a backup in the place of what is here. Stop the site first."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--identity", type=Path, metavar="FILE", help="The key that opens an encrypted backup.")
        parser.add_argument("--replace", action="store_true", help="Replace people that are here, after a backup.")
        parser.add_argument("--no-backup", action="store_true", help="With --replace: make no backup of what is here.")
        parser.add_argument("--unattended", action="store_true", help="Say nothing of what `trato restore` does next.")
        parser.add_argument("--without-keys", action="store_true", help="A drill: leave the keys of the backup out.")

    def handle(self, *, file, identity, replace, no_backup, without_keys, unattended, **options):
        try:
            done = restore(
                file,
                now=timezone.now(),
                identity=identity,
                replace=replace,
                without_keys=without_keys,
                backup_first=not no_backup,
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        if done.before:
            self.stdout.write(f"Lo que había está en / what was here is in: {done.before.file}")
        self.stdout.write(f"Restaurado / restored: {done.manifest.made_at}, versión / version {done.manifest.version}")
        if has_unapplied_migrations():
            self.stdout.write("Actualizando la base de datos / bringing the database up to this version…")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not done.with_keys:
            self.stdout.write(_WITHOUT_KEYS % {"command": typed("rotate_account_keys --give-up-unreadable")})
        for sentence in done.said:
            self.stdout.write(sentence)
        if done.different and not unattended:
            self.stdout.write(
                f"Ponga como estaban / set as they were: {', '.join(done.different)} (en / in {done.settings_file})"
            )
        self.stdout.write(
            "Todas las personas entran de nuevo: una sesión que se cerró después del respaldo volvería a abrirse / "
            "everybody signs in again: a session that was ended after the backup would be open once more."
        )
        if not unattended:
            self.stdout.write(f"Siga con / go on with: {typed('prepare_site')}")
