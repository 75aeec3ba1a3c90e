"""Exception of backups."""


class BackupError(Exception):
    pass
