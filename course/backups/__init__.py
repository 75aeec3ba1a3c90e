"""Backups: one file with the database, media, keys and settings; kept, copied, checked and brought back."""
