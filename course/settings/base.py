"""Settings that hold everywhere. What differs by place comes from the environment: see docs/reference/settings.md."""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
import fontpkg_atkinson_hyperlegible
from django.utils.csp import CSP

# Around a text in a language without an interface of its own, days and numbers are written as in Spanish.
from course.formats.es.formats import *  # noqa: F403

# The others take them from here.
from .environment import env_addresses, env_list, env_moment, normalize_address, required_env  # noqa: F401
from .languages import *  # noqa: F403
from .logs import LOGGING, SENTRY_DSN  # noqa: F401 - settings

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Whatever any process of the site writes is for its own account: a session's key in the database opens that session.
os.umask(0o077)
# Everything that the running site writes: the SQLite file, collected static files, uploads.
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)
# Django asks for other modes by itself.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# The key that signs credentials: given, or in a folder of its own, so that a copy of the database does not hold it.
CREDENTIAL_KEY = os.environ.get("CREDENTIAL_KEY", "")
CREDENTIAL_KEYS_DIR = Path(os.environ.get("CREDENTIAL_KEYS_DIR", VAR_DIR / "keys"))
# The keys that hashes of PINs and secrets of the second step are encrypted with, newest first: given, or in a folder.
ACCOUNT_KEYS = env_list("ACCOUNT_KEYS")
ACCOUNT_KEYS_DIR = Path(os.environ.get("ACCOUNT_KEYS_DIR", VAR_DIR / "account-keys"))
# What opens sealed answers of the survey: in no database, and in no backup.
SURVEY_KEYS_DIR = Path(os.environ.get("SURVEY_KEYS_DIR", VAR_DIR / "survey-keys"))
# The seal of certificates as PDF, if any: a key and its certificates (PEM); and who stamps it with the time (RFC 3161).
SEAL_KEY_FILE = os.environ.get("SEAL_KEY_FILE", "")
SEAL_CERTIFICATE_FILE, SEAL_TSA_URL = os.environ.get("SEAL_CERTIFICATE_FILE", ""), os.environ.get("SEAL_TSA_URL", "")

# Whether browsers keep pages and what is done on them while there is no line. What waits is delivered in any case.
KEEP_PAGES_OFFLINE = os.environ.get("KEEP_PAGES_OFFLINE", "1") != "0"

# Backups: the folder they are made in, for whom they are encrypted (age), and where copies of them go.
BACKUP_DIR = os.environ.get("BACKUP_DIR", "")
BACKUP_RECIPIENTS = env_list("BACKUP_RECIPIENTS")
BACKUP_COPIES = env_list("BACKUP_COPIES")
# Storage that speaks S3, for copies of backups and for what is uploaded.
S3_ENDPOINT_URL = os.environ.get("S3_ENDPOINT_URL", "")
S3_ACCESS_KEY_ID = os.environ.get("S3_ACCESS_KEY_ID", "")
S3_SECRET_ACCESS_KEY = os.environ.get("S3_SECRET_ACCESS_KEY", "")
S3_REGION = os.environ.get("S3_REGION", "")

# How long files stay that can be made again, and traces of what was made: see course/cleanup.py.
KEPT_BATCHES = timedelta(days=int(os.environ.get("KEPT_BATCHES_DAYS", 90)))
KEPT_TRACES = timedelta(days=int(os.environ.get("KEPT_TRACES_DAYS", 30)))
# How long a person can look up where the account was signed in to.
KEPT_SIGN_INS = timedelta(days=int(os.environ.get("KEPT_SIGN_INS_DAYS", 90)))

# Until when the clock of this site was wrong, and ahead: see course/health/database.py.
CLOCK_AHEAD_UNTIL = env_moment("CLOCK_AHEAD_UNTIL")

# Figures for a program on this machine that watches the site: docs/how-to/watch-the-site.md
METRICS_PORT = int(os.environ.get("METRICS_PORT") or 0)
# Every page of a trial says that its passwords are published.
IS_TRIAL = False

SITE_NAME = "Trato digno"
SITE_URL = normalize_address(os.environ.get("SITE_URL", "http://localhost:8000"))
# Where it was before: what was issued there is still verified.
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
    # Wagtail's own, and not wagtail-localize's, which fills a new language with copies of every page.
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
    # Around everything, so that the whole time of an answer is counted.
    "course.watching.counting.CountRequests",
    # Before anything that asks in which language to speak.
    "course.middleware.DefaultLanguageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "course.middleware.AdminCSPMiddleware",
    # Asks neither who it is nor for which host: a probe comes from a proxy, or by a number.
    "course.account.errors.HealthProbeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "course.middleware.TextGZipMiddleware",
    "course.account.middleware.TrialBannerMiddleware",
    # Before anything that asks the database.
    "course.account.errors.MaintenanceMiddleware",
    # Before the session, which has nothing to say to what is nobody's.
    "course.account.offline.SessionlessPathsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "course.middleware.InterfaceLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Around all that leads elsewhere, such as to signing in.
    "course.account.offline.ServiceWorkerMiddleware",
    # Before the token against forgery, which changes with the person.
    "course.account.page_owner.PageOwnerMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before messages: what waits to be said was said to the person before.
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
    # The last, so that whoever is signed in reads an own page that says so.
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
            # With it, `{% csrf_token %}` says whose page the form is of.
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
        # Behind a pooler the next page of a long list would be asked of another connection.
        disable_server_side_cursors=os.environ.get("DATABASE_POOLER_URL") == _DATABASE_URL,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # DEFERRED, Django's default, fails read-then-write requests under load: docs/decisions/0005-sqlite.md
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared by every process. Nothing that guards anything lives here: a cache forgets. What does is how many unknown
    # codes of certificates an address asked for in a minute, a matter of load since no code can be guessed, and what
    # libraries keep for a while.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Django's default of 300 would throw a minute's addresses away.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Rendered bodies of lessons, keyed by what they are made from; each process has its own.
    "bodies": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "bodies",
        # Lessons × roles × languages; Django's default of 300 would throw bodies away.
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
    # Sheets to print as PDF, up to 100 KB each, keyed by what they are made from; each process has its own.
    "sheets": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "sheets",
        "OPTIONS": {"MAX_ENTRIES": 40},
    },
    # The indices of the item analysis, keyed by when a quiz was counted; each process has its own.
    "figures": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "figures",
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}

# What takes longer than a page may is done by `manage.py work` beside the site: docs/decisions/0013-background-work.md
# Wagtail's own tasks (indexes of search and references) stay with `default`, at once: whoever publishes finds it.
TASKS = {
    "default": {"BACKEND": "quizzes.base.indexing.DeferredIndexingBackend"},
    "background": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}
# Reminders of people, and reports of errors to ADMINS. Without a mail server no reminder is offered.
MAIL_GOES_OUT = bool(os.environ.get("EMAIL_HOST"))
MAILERS = {
    # What pages send; it waits for no mail server.
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

# Files that people bring are read in a process of their own (quizzes/confined): how many seconds of a processor it may
# take, how many by the clock, and how many somebody waits for another's file to be read first.
READING_SECONDS = int(os.environ.get("READING_SECONDS", 4))
# On a busy machine a good file takes longer by the clock; what is heavy is ended by the processor's.
READING_DEADLINE = 3 * READING_SECONDS
READING_PATIENCE = 2

# How many copies of the worker print the certificates of a group.
PRINTING_PROCESSES = int(os.environ.get("PRINTING_PROCESSES") or min(2, os.cpu_count() or 1))

AUTH_USER_MODEL = "course.User"
AUTHENTICATION_BACKENDS = [
    # First, so that a page which asks only the course's own rules need not read the permissions of the CMS.
    "course.people.permissions.CourseRules",
    "course.account.backends.StartingPinBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["course.people.hashers.SealedPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "course.people.validation.PinOrPassword"}]
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
# How fast may be guessed is counted in the database: see course/people/limits.py.
ACCOUNT_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "course.account.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "course.account.sign_in.SecondStepForm",
    "reauthenticate": "course.account.sign_in.SecondStepAgainForm",
}
MFA_TOTP_ISSUER = SITE_NAME
# Phones without data drift, and six digits take a while to type: the code before and after the present one work too.
MFA_TOTP_TOLERANCE = 1
REQUIRE_SECOND_FACTOR = False

# On a shared computer a person is signed out after this many seconds without activity.
IDLE_SECONDS = 600
# Who trains, edits or administers is signed out after so long without activity, and so long after signing in, on an own
# device too.
STAFF_IDLE_SECONDS = 60 * int(os.environ.get("STAFF_IDLE_MINUTES", 45))
STAFF_SESSION_SECONDS = 60 * 60 * int(os.environ.get("STAFF_SESSION_HOURS", 12))
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "course.account.sign_in.csrf_failure"

# The second holds what Wagtail's and Django's own Spanish lack and our editors meet.
# The last one holds a catalogue without words for each language of the environment: without one Django knows none.
LOCALE_PATHS = [BASE_DIR / "course" / "locale", BASE_DIR / "course" / "locale_wagtail", VAR_DIR / "locale"]
FORMAT_MODULE_PATH = ["course.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Guatemala"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# The letters of print, for previews in the CMS: pages for learners load no font.
STATICFILES_DIRS = [("print-fonts", fontpkg_atkinson_hyperlegible.ROOT / "files")]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# What is uploaded lies in a folder, or on storage that speaks S3, which several machines share. So does what was read
# of files with questions, until somebody confirms it.
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
STORAGES = {
    "default": {"BACKEND": "course.storage.S3MediaStorage", "OPTIONS": _on_s3 | {"location": "media"}}
    if MEDIA_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "waiting": {"BACKEND": "course.storage.S3MediaStorage", "OPTIONS": _on_s3 | {"location": "imports"}}
    if MEDIA_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "imports", "base_url": None},
    },
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
# As for images that come with questions: decoding one takes four bytes a dot.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
# What certificates print and old phones show, each looked at in a process of its own: course/cms/uploads.py
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "course.cms.uploads.ValidatedImageForm"
WAGTAILADMIN_LOGIN_URL = "account_login"
# Whoever approves, approves a text: another text needs another approval. See docs/decisions/0009-reviews.md
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "modules.reviews.publishing.publish_reviewed"
# A translation is a text of its own: it begins as a draft, whether or not what it translates is public.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
# How long an invitation to administer the site opens (course/people/accounts.py): nothing else resets anything.
PASSWORD_RESET_TIMEOUT = 60 * 60 * 48
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
# Wagtail's own, which takes every sign that an editor types.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "course.cms.people"}}

# Phones repeat a post when the line drops: small requests only, nothing of ours uploads.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Neither reports of errors nor logs repeat what people sent.
DEFAULT_EXCEPTION_REPORTER = "course.privacy.RedactingExceptionReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "course.privacy.RedactingExceptionFilter"
