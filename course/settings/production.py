"""Settings of a server: refuses to start without its secrets, everything over HTTPS."""

import os

from .base import *  # noqa: F403
from .base import SITE_URL, env_list, required_env

DEBUG = False
SECRET_KEY = required_env("SECRET_KEY")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", required_env("ALLOWED_HOSTS"))
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DEMO_PEOPLE_ALLOWED = False
REQUIRE_SECOND_FACTOR = True

# One proxy ends HTTPS; it appends the visitor's address to the header.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_SSL_REDIRECT = True
# Probes may come past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^salud/(viva/)?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# This host only: subdomains belong to others, and preload lists are hard to leave.
SECURE_HSTS_SECONDS = int(os.environ.get("HSTS_SECONDS", 60 * 60 * 24 * 365))
SECURE_HSTS_INCLUDE_SUBDOMAINS = os.environ.get("HSTS_INCLUDE_SUBDOMAINS", "") == "1"
SECURE_HSTS_PRELOAD = os.environ.get("HSTS_PRELOAD", "") == "1"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# `__Host-`: no neighbouring site can set such a cookie.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True

# Previews are frames of the admin: SAMEORIGIN. Subdomains and preload: see above.
SILENCED_SYSTEM_CHECKS = ["security.W019", "security.W005", "security.W021"]

ADMINS = env_list("ADMINS")
