"""For one computer and for trying it out: needs no environment, allows demo people, serves as production does."""

import os

from .base import *  # noqa: F403
from .base import env_list

DEBUG = os.environ.get("DEBUG", "") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY", "development-only-not-a-secret-" + "0" * 40)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "*")
DEMO_PEOPLE_ALLOWED = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
