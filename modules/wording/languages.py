"""The languages in which something is said: those of the site, those of Guatemala, and any other that has a name."""

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
    return name[:1].lower() + name[1:] if (get_language() or "").startswith("es") else name
