"""For the tests: quick hashing, no manifest to collect, caches that a test can empty."""

from .base import *  # noqa: F403
from .base import STORAGES, TASKS, VAR_DIR

DEBUG = False
SECRET_KEY = "tests-only-" + "0" * 50
ALLOWED_HOSTS = ["*"]
DEMO_PEOPLE_ALLOWED = True
# Never made: a test that signs says so.
CREDENTIAL_KEY = ""
CREDENTIAL_KEYS_DIR = VAR_DIR / "no-keys"
ACCOUNT_KEYS = ["tests-only-" + "1" * 50]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Beside those of a server in the same folder, which has a manifest of them.
STATIC_ROOT = VAR_DIR / "tests" / "static"
SURVEY_KEYS_DIR = VAR_DIR / "tests" / "survey-keys"
MEDIA_ROOT = VAR_DIR / "tests" / "media"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MAIL_GOES_OUT = True
MAILERS = {alias: {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"} for alias in ("default", "at_once")}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"},
    "bodies": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "figures": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "sheets": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sheets"},
}
# At once, in the process of the test: a copy of it would see nothing of a test's transaction.
TASKS = {alias: {"BACKEND": "tests.tasks.ImmediateTaskBackend"} for alias in TASKS}
PRINTING_PROCESSES = 0
# Of a processor a file gets what it gets on a server; only the clock waits for a machine that does much at once.
READING_DEADLINE = READING_PATIENCE = 60
