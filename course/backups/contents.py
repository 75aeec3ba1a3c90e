"""Members of a backup: database, media, keys, settings; never survey keys."""

import io
import json
import os
import re
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder

from certificates.badges.keys import key_files as issuer_key_files
from course.sealing import key_files as account_key_files
from course.version import release

FORMAT = 1
MANIFEST, SETTINGS, ENVIRONMENT = "manifest.json", "settings/settings.json", "settings/trato-digno.env"
MEDIA, ISSUER_KEYS, ACCOUNT_KEYS = "media/", "issuer-keys/", "account-keys/"
SEAL_KEY, SEAL_CERTIFICATE = "seal/key.pem", "seal/certificate.pem"
ENVIRONMENT_FILE = Path("/etc/trato-digno.env")
# Keys that must be lost when the site's people want them lost.
NEVER_FOLDERS = {"survey-keys"}
NEVER_VARIABLES = re.compile(r"SURVEY_KEY")
# Settings of a site, without those of a machine: docs/reference/settings.md.
VARIABLES = (
    "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "FORMER_SITE_URLS", "DATABASE_URL",
    "DATABASE_POOLER_URL", "VAR_DIR", "CREDENTIAL_KEY", "CREDENTIAL_KEYS_DIR", "ACCOUNT_KEYS", "ACCOUNT_KEYS_DIR",
    "SEAL_KEY_FILE", "SEAL_CERTIFICATE_FILE", "SEAL_TSA_URL", "KEPT_BATCHES_DAYS", "KEPT_SIGN_INS_DAYS",
    "KEPT_TRACES_DAYS", "STAFF_IDLE_MINUTES", "STAFF_SESSION_HOURS", "READING_SECONDS", "ADMINS", "EMAIL_HOST",
    "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL", "DEFAULT_FROM_EMAIL",
    "BACKUP_DIR", "BACKUP_RECIPIENTS", "BACKUP_COPIES", "MEDIA_BUCKET", "S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY", "S3_REGION", "METRICS_PORT", "SENTRY_DSN", "SERVE_WORKER", "HSTS_SECONDS",
    "HSTS_INCLUDE_SUBDOMAINS", "HSTS_PRELOAD",
)  # fmt: skip


def members(snapshot, *, without_keys):
    """Yield (name, size, open file) of everything; the database comes first, so that its files exist."""
    yield snapshot.member, snapshot.size, snapshot.file
    for name in media_names():
        try:
            file = default_storage.open(name)
        except FileNotFoundError:
            continue
        with file:
            yield MEDIA + name, file.size, file
    if without_keys:
        return
    for name, path in key_files():
        with path.open("rb") as file:
            yield name, os.fstat(file.fileno()).st_size, file
    for name, content in _settings():
        yield name, len(content), io.BytesIO(content)


def manifest_of(snapshot, migrations, *, without_keys, now):
    """Return the function that makes the manifest (name, bytes) of the packed members."""

    kind = connections[DEFAULT_DB_ALIAS].vendor

    def make(found):
        manifest = {
            "format": FORMAT,
            "version": release(),
            "made_at": now.isoformat(),
            "database": {"kind": kind, "member": snapshot.member, "rows": snapshot.rows},
            "migrations": migrations,
            "has_keys": not without_keys,
            "members": found,
        }
        return MANIFEST, json.dumps(manifest, indent=1).encode()

    return make


def applied_migrations():
    return sorted(map(list, MigrationRecorder(connections[DEFAULT_DB_ALIAS]).applied_migrations()))


def media_names(folder=""):
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        if name:
            yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        if name not in NEVER_FOLDERS:
            yield from media_names(f"{folder}/{name}" if folder else name)


def key_files():
    found = [(ISSUER_KEYS + path.name, path) for path in issuer_key_files()]
    found += [(ACCOUNT_KEYS + path.name, path) for path in account_key_files()]
    if settings.SEAL_KEY_FILE and settings.SEAL_CERTIFICATE_FILE:
        found += [(SEAL_KEY, Path(settings.SEAL_KEY_FILE)), (SEAL_CERTIFICATE, Path(settings.SEAL_CERTIFICATE_FILE))]
    return found


def _settings():
    variables = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
    variables["SECRET_KEY"] = settings.SECRET_KEY
    yield SETTINGS, json.dumps(variables, indent=1).encode()
    try:
        lines = ENVIRONMENT_FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError:
        return
    yield ENVIRONMENT, "".join(line for line in lines if not NEVER_VARIABLES.match(line.strip())).encode()
