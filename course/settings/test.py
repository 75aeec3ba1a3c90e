"""Settings of tests."""

from .base import *  # noqa: F403
from .base import STORAGES, TASKS, VAR_DIR

DEBUG = False
SECRET_KEY = "tests-only-" + "0" * 50
ALLOWED_HOSTS = ["*"]
DEMO_PEOPLE_ALLOWED = True
CREDENTIAL_KEY = ""
CREDENTIAL_KEYS_DIR = VAR_DIR / "no-keys"
ACCOUNT_KEYS = ["tests-only-" + "1" * 50]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
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
# A process of its own would not see the test's transaction.
TASKS = {alias: {"BACKEND": "tests.tasks.ImmediateTaskBackend"} for alias in TASKS}
PRINTING_PROCESSES = 0
# For busy machines; the limit of CPU is as on a server.
READING_DEADLINE = READING_PATIENCE = 60
