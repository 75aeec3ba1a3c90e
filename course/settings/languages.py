"""Which languages the site speaks, and in which ones the course may be written: docs/reference/settings.md."""

from django.utils.translation import gettext_lazy as _

from .environment import env_languages

LANGUAGE_CODE = "es"
# Those in which the interface speaks, each by its own name: sentences, mails, certificates, paper.
INTERFACE_LANGUAGES = [("es", "Español"), ("en", "English")]
# Those in which a text of the course may be written; around a text in one of the others the interface speaks Spanish.
# It is there once an editor adds it in the CMS.
LANGUAGES = [
    *INTERFACE_LANGUAGES,
    *(("cak", "Kaqchikel"), ("quc", "K’iche’"), ("mam", "Mam"), ("kek", "Q’eqchi’")),
    *env_languages("CONTENT_LANGUAGES"),
]
# As editors call them.
WAGTAIL_CONTENT_LANGUAGES = [("es", _("Spanish")), ("en", _("English")), *LANGUAGES[2:]]
WAGTAILADMIN_PERMITTED_LANGUAGES = WAGTAIL_CONTENT_LANGUAGES[:2]
# What is begun in another language is a draft until somebody has translated it, and is edited as any other text:
# docs/decisions/0038-translating.md
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAIL_LOCALIZE_DEFAULT_TRANSLATION_MODE = "simple"
