"""Absolute paths on the machine."""

from course.operating import places as operated

CODE, RELEASES, CURRENT = str(operated.HOME), str(operated.RELEASES), str(operated.CURRENT)
ENVIRONMENTS = str(operated.ENVIRONMENTS)
RECORD = f"{CODE}/installed.json"
PAGES = f"{CODE}/pages"
PYTHON = f"{CURRENT}/.venv/bin/python"

ENVIRONMENT_FILE = str(operated.SETTINGS)
ACCOUNT = operated.ACCOUNT
VAR_DIR, BACKUP_DIR, CACHE_DIR = str(operated.VAR_DIR), str(operated.BACKUP_DIR), str(operated.CACHE_DIR)
DATABASE = "trato-digno"
UNITS = str(operated.UNITS)
COMMAND = "/usr/local/bin/trato"

CADDY = "/etc/caddy"
AUTHORITY = f"{CADDY}/trato-digno-authority"

HOST, PORT = "127.0.0.1", 8000
