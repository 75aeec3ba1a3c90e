"""In which language the interface speaks, and what languages are called.

A text may be read in each of `LANGUAGES`; the interface speaks those of `INTERFACE_LANGUAGES` only. The active language
is the reader's: where the interface has no words in it, Django answers with those of the site's own.
"""

from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy

# As they are called within a sentence: «3 de 32 lecciones en kaqchikel».
_IN_WORDS = {
    "es": pgettext_lazy("language", "Spanish"),
    "en": pgettext_lazy("language", "English"),
    "cak": pgettext_lazy("language", "Kaqchikel"),
    "quc": pgettext_lazy("language", "K’iche’"),
    "mam": pgettext_lazy("language", "Mam"),
    "kek": pgettext_lazy("language", "Q’eqchi’"),
}


def interface_language(language=None):
    """Return the language in which the interface speaks to whoever reads in `language`, by default the active one."""
    code = language or get_language()
    return code if code in dict(settings.INTERFACE_LANGUAGES) else settings.LANGUAGE_CODE


def language_in_words(language):
    """Return what a language is called within a sentence of the interface."""
    return _IN_WORDS.get(language) or own_name(language)


def own_name(language):
    """Return what a language calls itself."""
    return dict(settings.LANGUAGES).get(language, language)


def other_than_readers(language):
    """Return the language of a text where it is another one than the reader's, else nothing."""
    return "" if language == get_language() else language
