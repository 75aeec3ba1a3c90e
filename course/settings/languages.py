"""Languages of the interface and of the course: docs/reference/settings.md."""

from django.utils.translation import gettext_lazy as _

from .environment import env_languages

LANGUAGE_CODE = "es"
INTERFACE_LANGUAGES = [("es", "Español"), ("en", "English")]
# Languages of the course; the interface is Spanish in those that it lacks.
LANGUAGES = [
    *INTERFACE_LANGUAGES,
    *(("cak", "Kaqchikel"), ("quc", "K’iche’"), ("mam", "Mam"), ("kek", "Q’eqchi’")),
    *env_languages("CONTENT_LANGUAGES"),
]
WAGTAIL_CONTENT_LANGUAGES = [("es", _("Spanish")), ("en", _("English")), *LANGUAGES[2:]]
WAGTAILADMIN_PERMITTED_LANGUAGES = WAGTAIL_CONTENT_LANGUAGES[:2]
WAGTAIL_LOCALIZE_DEFAULT_TRANSLATION_MODE = "simple"
