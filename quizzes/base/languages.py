"""Languages of texts and interface, and their names."""

from typing import NamedTuple

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

# {ISO 639-3 code: name as the Academia de Lenguas Mayas writes it, the same in every language}
GUATEMALAN_LANGUAGES = {
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


class Language(NamedTuple):
    code: str
    name: str
    native_name: str


def interface_language(language=None):
    """Return the language of the interface for a reader of `language`, by default the active one."""
    code = language or get_language()
    return code if code in dict(settings.INTERFACE_LANGUAGES) else settings.LANGUAGE_CODE


def language_name(language):
    return describe_language(language).name


def native_name(language):
    return dict(settings.LANGUAGES).get(language, language)


def foreign_language(language):
    """Return `language` if it is not the active one, else ""; for a `lang` attribute."""
    return "" if language == get_language() else language


def is_known_language(code):
    return code in dict(settings.LANGUAGES) or code in GUATEMALAN_LANGUAGES or "name" in LANG_INFO.get(code, {})


def describe_language(code):
    known = LANG_INFO.get(code, {})
    own = str(GUATEMALAN_LANGUAGES.get(code) or known.get("name_local") or dict(settings.LANGUAGES).get(code) or code)
    # `LANGUAGES` has the native names, `WAGTAIL_CONTENT_LANGUAGES` those of the interface.
    name = dict(settings.WAGTAIL_CONTENT_LANGUAGES).get(code) or GUATEMALAN_LANGUAGES.get(code)
    if not name:
        name = get_language_info(code)["name_translated"] if "name" in known else code
    return Language(code, _within_a_sentence(str(name)), own)


def language_choices():
    """Return [(code, name)]: languages of the site first, then those of Guatemala by name."""
    of_site = [code for code, _name in settings.LANGUAGES]
    others = sorted(
        (code for code in GUATEMALAN_LANGUAGES if code not in of_site), key=lambda code: str(GUATEMALAN_LANGUAGES[code])
    )
    return [(code, describe_language(code).name) for code in (*of_site, *others)]


def _within_a_sentence(name):
    # Spanish writes names of languages in lower case.
    return name[:1].lower() + name[1:] if interface_language().startswith("es") else name
