"""In which language the interface speaks, and what languages are called: of the site, of Guatemala, and others.

A text may be read in each of `LANGUAGES`; the interface speaks those of `INTERFACE_LANGUAGES` only. The active language
is the reader's: where the interface has no words in it, Django answers with those of the site's own.
"""

from typing import NamedTuple

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

# By their codes (ISO 639-3), with the names that the Academia de Lenguas Mayas writes: the same in every language.
OF_GUATEMALA = {
    "acr": "Achi",
    "knj": "Akateko",
    "agu": "Awakateko",
    "caa": "Ch’orti’",
    "cac": "Chuj",
    "itz": "Itza’",
    "ixl": "Ixil",
    "cak": "Kaqchikel",
    "quc": "K’iche’",
    "mam": "Mam",
    "mop": "Mopan",
    "jac": "Popti’",
    "poc": "Poqomam",
    "poh": "Poqomchi’",
    "kjb": "Q’anjob’al",
    "kek": "Q’eqchi’",
    "quv": "Sakapulteko",
    "qum": "Sipakapense",
    "ttc": "Tektiteko",
    "tzj": "Tz’utujil",
    "usp": "Uspanteko",
    "cab": _("Garifuna"),
    "xin": "Xinka",
}


class NamedLanguage(NamedTuple):
    """A language: `name` as it stands within a sentence, `own_name` as those who speak it call it."""

    code: str
    name: str
    own_name: str


def interface_language(language=None):
    """Return the language in which the interface speaks to whoever reads in `language`, by default the active one."""
    code = language or get_language()
    return code if code in dict(settings.INTERFACE_LANGUAGES) else settings.LANGUAGE_CODE


def language_in_words(language):
    """Return what a language is called within a sentence of the interface."""
    return language_named(language).name


def own_name(language):
    """Return what a language calls itself."""
    return dict(settings.LANGUAGES).get(language, language)


def other_than_readers(language):
    """Return the language of a text where it is another one than the reader's, else nothing."""
    return "" if language == get_language() else language


def has_name(code):
    """Whether a code is of a language that pages can name."""
    return code in dict(settings.LANGUAGES) or code in OF_GUATEMALA or "name" in LANG_INFO.get(code, {})


def language_named(code):
    """Return the `NamedLanguage` of a code; one without a name is called by its code."""
    known = LANG_INFO.get(code, {})
    own = str(OF_GUATEMALA.get(code) or known.get("name_local") or dict(settings.LANGUAGES).get(code) or code)
    # Those of the site have two names there: the one they call themselves, and this one.
    name = dict(settings.WAGTAIL_CONTENT_LANGUAGES).get(code) or OF_GUATEMALA.get(code)
    if not name:
        name = get_language_info(code)["name_translated"] if "name" in known else code
    return NamedLanguage(code, _within_a_sentence(str(name)), own)


def languages_to_choose():
    """Return [(code, name)]: those of the site first, then those of Guatemala by name."""
    of_site = [code for code, _name in settings.LANGUAGES]
    others = sorted((code for code in OF_GUATEMALA if code not in of_site), key=lambda code: str(OF_GUATEMALA[code]))
    return [(code, language_named(code).name) for code in (*of_site, *others)]


def _within_a_sentence(name):
    """Spanish writes the names of languages small."""
    return name[:1].lower() + name[1:] if interface_language().startswith("es") else name
