"""For a server that people rely on: refuses to start without its secrets, everything over HTTPS."""

import os

from .base import *  # noqa: F403
from .base import SITE_URL, env_list, required_env

DEBUG = False
SECRET_KEY = required_env("SECRET_KEY")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", required_env("ALLOWED_HOSTS"))
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DEMO_PEOPLE_ALLOWED = False
REQUIRE_SECOND_FACTOR = True

# One proxy stands in front and ends HTTPS; the last address it adds to the header is the visitor's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_SSL_REDIRECT = True
# Probes may come from this machine itself, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^salud/(viva/)?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# For this host. Other names below it belong to others, and lists that browsers carry along are hard to leave again.
SECURE_HSTS_SECONDS = int(os.environ.get("HSTS_SECONDS", 60 * 60 * 24 * 365))
SECURE_HSTS_INCLUDE_SUBDOMAINS = os.environ.get("HSTS_INCLUDE_SUBDOMAINS", "") == "1"
SECURE_HSTS_PRELOAD = os.environ.get("HSTS_PRELOAD", "") == "1"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# A browser takes a cookie of this name from this host alone, over HTTPS: no neighbouring site can put one in its place.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True

# Previews of pages stand in a frame of the admin, so X_FRAME_OPTIONS is SAMEORIGIN; subdomains and preload as above.
SILENCED_SYSTEM_CHECKS = ["security.W019", "security.W005", "security.W021"]

# Who is written to when something fails; nothing that people wrote is in it.
ADMINS = env_list("ADMINS")
