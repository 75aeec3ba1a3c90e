"""Where everything lies. Absolute on the machine that it is for, also where it is written below another root."""

CODE = "/opt/trato-digno"
RELEASES = f"{CODE}/releases"
CURRENT = f"{CODE}/current"
ENVIRONMENTS = f"{CODE}/environments"
RECORD = f"{CODE}/installed.json"
# What the proxy shows by itself, readable by everybody.
PAGES = f"{CODE}/pages"
PYTHON = f"{CURRENT}/.venv/bin/python"

ENVIRONMENT_FILE = "/etc/trato-digno.env"
ACCOUNT = "trato-digno"
VAR_DIR = "/var/lib/trato-digno"
BACKUP_DIR = "/var/backups/trato-digno"
CACHE_DIR = "/var/cache/trato-digno"
DATABASE = "trato-digno"
UNITS = "/etc/systemd/system"
COMMAND = "/usr/local/bin/trato"

CADDY = "/etc/caddy"
# Where this machine vouches for itself: what it signs with, and what devices trust.
AUTHORITY = f"{CADDY}/trato-digno-authority"

HOST, PORT = "127.0.0.1", 8000
