"""Settings for one computer: no environment needed, demo people allowed."""

import os

from .base import *  # noqa: F403
from .base import MAIL_GOES_OUT, MAILERS, VAR_DIR, env_list
from .keys import kept_key

DEBUG = os.environ.get("DEBUG", "") == "1"
SECRET_KEY_FILE = None if os.environ.get("SECRET_KEY") else VAR_DIR / "keys" / "secret-key"
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_key(SECRET_KEY_FILE)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "*")
DEMO_PEOPLE_ALLOWED = True
IS_TRIAL = True
# Reminders become files.
if folder := os.environ.get("MAIL_FOLDER"):
    MAIL_GOES_OUT = True
    _mailer = {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": folder}}
    MAILERS = MAILERS | {"at_once": _mailer}
elif not MAIL_GOES_OUT:
    MAILERS = MAILERS | {"at_once": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
