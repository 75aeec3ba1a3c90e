"""Settings for every place; variables: docs/reference/settings.md."""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
import fontpkg_atkinson_hyperlegible
from django.utils.csp import CSP

# In languages without an interface, dates and numbers are formatted as in Spanish.
from course.formats.es.formats import *  # noqa: F403

from .environment import env_addresses, env_list, env_moment, normalize_address, required_env  # noqa: F401
from .languages import *  # noqa: F403
from .logs import LOGGING, SENTRY_DSN  # noqa: F401 - settings

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Other accounts of the machine must not read the database and the keys.
os.umask(0o077)
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Keys are outside the database, so that a copy of it does not contain them.
CREDENTIAL_KEY = os.environ.get("CREDENTIAL_KEY", "")
CREDENTIAL_KEYS_DIR = Path(os.environ.get("CREDENTIAL_KEYS_DIR", VAR_DIR / "keys"))
ACCOUNT_KEYS = env_list("ACCOUNT_KEYS")
ACCOUNT_KEYS_DIR = Path(os.environ.get("ACCOUNT_KEYS_DIR", VAR_DIR / "account-keys"))
# Not in backups either.
SURVEY_KEYS_DIR = Path(os.environ.get("SURVEY_KEYS_DIR", VAR_DIR / "survey-keys"))
# Signature of PDF certificates: key, certificates (PEM), timestamp server (RFC 3161).
SEAL_KEY_FILE = os.environ.get("SEAL_KEY_FILE", "")
SEAL_CERTIFICATE_FILE, SEAL_TSA_URL = os.environ.get("SEAL_CERTIFICATE_FILE", ""), os.environ.get("SEAL_TSA_URL", "")

# Offline copies of pages. Waiting answers are delivered in any case.
KEEP_PAGES_OFFLINE = os.environ.get("KEEP_PAGES_OFFLINE", "1") != "0"

BACKUP_DIR = os.environ.get("BACKUP_DIR", "")
BACKUP_RECIPIENTS = env_list("BACKUP_RECIPIENTS")
BACKUP_COPIES = env_list("BACKUP_COPIES")
S3_ENDPOINT_URL = os.environ.get("S3_ENDPOINT_URL", "")
S3_ACCESS_KEY_ID = os.environ.get("S3_ACCESS_KEY_ID", "")
S3_SECRET_ACCESS_KEY = os.environ.get("S3_SECRET_ACCESS_KEY", "")
S3_REGION = os.environ.get("S3_REGION", "")

# Retention: see course/cleanup.py.
KEPT_BATCHES = timedelta(days=int(os.environ.get("KEPT_BATCHES_DAYS", 90)))
KEPT_TRACES = timedelta(days=int(os.environ.get("KEPT_TRACES_DAYS", 30)))
KEPT_SIGN_INS = timedelta(days=int(os.environ.get("KEPT_SIGN_INS_DAYS", 90)))

# End of a period with a wrong clock: see course/health/database.py.
CLOCK_AHEAD_UNTIL = env_moment("CLOCK_AHEAD_UNTIL")

# Prometheus: docs/how-to/watch-the-site.md
METRICS_PORT = int(os.environ.get("METRICS_PORT") or 0)
# Every page of a trial says that its passwords are published.
IS_TRIAL = False

SITE_NAME = "Trato digno"
SITE_URL = normalize_address(os.environ.get("SITE_URL", "http://localhost:8000"))
# Certificates with these addresses remain valid.
FORMER_SITE_URLS = env_addresses("FORMER_SITE_URLS")

INSTALLED_APPS = [
    "course",
    "certificates",
    "modules",
    "quizzes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "wagtail_localize",
    # Not wagtail-localize's, which fills a new language with copies of every page.
    "wagtail.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "course.apps.PeopleAdminConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_tasks_db",
]

MIDDLEWARE = [
    "course.watching.counting.CountRequests",
    "course.middleware.DefaultLanguageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "course.middleware.AdminCSPMiddleware",
    # Before the check of the host: a probe may use an IP address.
    "course.account.errors.HealthProbeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "course.middleware.TextGZipMiddleware",
    "course.account.middleware.TrialBannerMiddleware",
    # Before any query.
    "course.account.errors.MaintenanceMiddleware",
    # Before the session.
    "course.account.offline.SessionlessPathsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "course.middleware.InterfaceLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Outside of all redirects.
    "course.account.offline.ServiceWorkerMiddleware",
    # Before the CSRF token, which changes with the user.
    "course.account.page_owner.PageOwnerMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "course.account.offline.OfflineSignOutMiddleware",
    # Before messages, which may be for the previous user.
    "course.account.page_owner.CurrentUserCookieMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "course.account.middleware.RefusalMiddleware",
    "course.account.middleware.PrivateCacheMiddleware",
    "course.account.middleware.SessionTimeoutMiddleware",
    "course.account.middleware.SessionKeyMiddleware",
    "course.account.middleware.FirstStepsMiddleware",
    "course.account.middleware.PendingAnswerMiddleware",
    "course.middleware.NulByteMiddleware",
]

ROOT_URLCONF = "course.urls"
WSGI_APPLICATION = "course.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "course.account.sign_in.site_context",
                "course.account.profile.display_context",
                "course.account.page_owner.page_owner_context",
                "course.account.page_owner.current_user_context",
            ],
            # Adds the page's owner to `{% csrf_token %}`.
            "builtins": ["course.templatetags.owned_forms"],
        },
    }
]

_DATABASE_URL = os.environ.get("DATABASE_URL", f"sqlite:///{VAR_DIR / 'trato-digno.sqlite3'}")
DATABASES = {
    "default": dj_database_url.parse(
        _DATABASE_URL,
        conn_max_age=600,
        conn_health_checks=True,
        # A pooler changes connections between fetches.
        disable_server_side_cursors=os.environ.get("DATABASE_POOLER_URL") == _DATABASE_URL,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # DEFERRED, Django's default, fails read-then-write requests under load: docs/decisions/0005-sqlite.md
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE", timeout=20, init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared by every process. No limits of sign-ins here: a cache forgets.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Django's default of 300 is too few for a minute's addresses.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    **{
        name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name, "OPTIONS": options}
        for name, options in (
            ("bodies", {"MAX_ENTRIES": 2000}),  # Rendered lessons: lessons × roles × languages.
            ("sheets", {"MAX_ENTRIES": 40}),  # PDFs of up to 100 KB.
            ("figures", {"MAX_ENTRIES": 500}),  # Item analysis.
        )
    },
}

# `manage.py work` runs background tasks: docs/decisions/0013-background-work.md
# Wagtail's own tasks (search, references) run at once, so that editors find what they publish.
TASKS = {
    "default": {"BACKEND": "quizzes.base.indexing.DeferredIndexingBackend"},
    "background": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}
MAIL_GOES_OUT = bool(os.environ.get("EMAIL_HOST"))
MAILERS = {
    "default": {"BACKEND": "course.mailing.MailBeside", "OPTIONS": {"through": "at_once"}},
    "at_once": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": os.environ.get("EMAIL_HOST") or "localhost",
            "port": int(os.environ.get("EMAIL_PORT") or "25"),
            "username": os.environ.get("EMAIL_HOST_USER", ""),
            "password": os.environ.get("EMAIL_HOST_PASSWORD", ""),
            "use_tls": os.environ.get("EMAIL_USE_TLS", "") == "1",
            "use_ssl": os.environ.get("EMAIL_USE_SSL", "") == "1",
            "timeout": 10,
        },
    },
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "trato-digno@localhost")

# Sandbox for uploads (quizzes/base/sandbox): seconds of CPU, wall-clock seconds,
# and seconds of waiting for another upload.
READING_SECONDS = int(os.environ.get("READING_SECONDS", 4))
READING_DEADLINE = 3 * READING_SECONDS
READING_PATIENCE = 2

PRINTING_PROCESSES = int(os.environ.get("PRINTING_PROCESSES") or min(2, os.cpu_count() or 1))

AUTH_USER_MODEL = "course.User"
AUTHENTICATION_BACKENDS = [
    # First: spares the query for permissions of the CMS.
    "course.people.permissions.CourseRules",
    "course.people.pins.StartingPinBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["course.people.hashers.SealedPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "course.people.pins.PinOrPassword"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_course"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "course.account.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_FORMS = {"login": "course.account.sign_in.SignInForm"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
# See course/people/limits.py.
ACCOUNT_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "course.account.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "course.account.sign_in.SecondStepForm",
    "reauthenticate": "course.account.sign_in.SecondStepAgainForm",
}
MFA_TOTP_ISSUER = SITE_NAME
# Clocks of phones drift: the previous and the next code work too.
MFA_TOTP_TOLERANCE = 1
REQUIRE_SECOND_FACTOR = False

# On shared computers.
IDLE_SECONDS = 600
# Staff, on own devices too.
STAFF_IDLE_SECONDS = 60 * int(os.environ.get("STAFF_IDLE_MINUTES", 45))
STAFF_SESSION_SECONDS = 60 * 60 * int(os.environ.get("STAFF_SESSION_HOURS", 12))
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "course.account.sign_in.csrf_failure"

# The second has Spanish texts that Wagtail and Django lack.
# The last has empty catalogues for CONTENT_LANGUAGES: Django accepts no language without one.
LOCALE_PATHS = [BASE_DIR / "course" / "locale", BASE_DIR / "course" / "locale_wagtail", VAR_DIR / "locale"]
FORMAT_MODULE_PATH = ["course.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Guatemala"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# For print previews in the CMS; pages for learners load no font.
STATICFILES_DIRS = [("print-fonts", fontpkg_atkinson_hyperlegible.ROOT / "files")]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Uploads, and imports that wait for confirmation, are in a folder or on S3.
MEDIA_BUCKET = os.environ.get("MEDIA_BUCKET", "")
_on_s3 = {
    "bucket_name": MEDIA_BUCKET,
    "endpoint_url": S3_ENDPOINT_URL or None,
    "access_key": S3_ACCESS_KEY_ID or None,
    "secret_key": S3_SECRET_ACCESS_KEY or None,
    "region_name": S3_REGION or None,
    "default_acl": None,
    "file_overwrite": False,
}
_media, _imports = {}, {"location": VAR_DIR / "imports", "base_url": None}
if MEDIA_BUCKET:
    _media, _imports = _on_s3 | {"location": "media"}, _on_s3 | {"location": "imports"}
_STORAGE = "course.storage.S3MediaStorage" if MEDIA_BUCKET else "django.core.files.storage.FileSystemStorage"
STORAGES = {
    "default": {"BACKEND": _STORAGE, "OPTIONS": _media},
    "waiting": {"BACKEND": _STORAGE, "OPTIONS": _imports},
    "staticfiles": {"BACKEND": "course.compressed_files.CompressedFiles"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # No page of another site asks for our styles and scripts.

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Decoding takes four bytes a pixel.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "course.cms.uploads.ValidatedImageForm"
WAGTAILADMIN_LOGIN_URL = "account_login"
# See docs/decisions/0009-reviews.md
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "modules.reviews.publishing.publish_reviewed"
# A translation begins as a draft: docs/decisions/0038-translating.md
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
# Only for invitations of administrators (course/people/accounts.py).
PASSWORD_RESET_TIMEOUT = 60 * 60 * 48
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
# Wagtail's database search; escapes quotes.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "course.cms.people"}}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

DEFAULT_EXCEPTION_REPORTER = "course.privacy.RedactingExceptionReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "course.privacy.RedactingExceptionFilter"
