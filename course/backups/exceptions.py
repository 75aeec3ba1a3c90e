"""What stops a backup or a restore, in a sentence for whoever looks after the site."""


class BackupError(Exception):
    """No backup was made, or this one is not used; the message says why, in Spanish and in English."""
