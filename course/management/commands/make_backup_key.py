"""Make the key that opens encrypted backups: docs/how-to/back-up-and-restore.md."""

from django.core.management.base import BaseCommand

from course.backups.locking import new_key


class Command(BaseCommand):
    help = "Print a key that opens backups, and the public half that goes into BACKUP_RECIPIENTS. It is kept nowhere."
    requires_system_checks = []

    def handle(self, **options):
        identity, recipient = new_key()
        self.stdout.write(f"# public key: {recipient}\n{identity}")
        self.stderr.write(
            "Guarde todo en un archivo fuera de este servidor; en BACKUP_RECIPIENTS va solo la llave pública / keep "
            f"it in a file away from this server; BACKUP_RECIPIENTS={recipient}"
        )
