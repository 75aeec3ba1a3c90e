"""What whoever verifies a certificate reads first: one sentence, in Spanish and in English whatever the page speaks."""

from datetime import date

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.issuing.standing import Standing

LANGUAGES = tuple(code for code, _name in settings.INTERFACE_LANGUAGES)


def sentences_of(certificate, standing):
    """Return [(language, sentence)] that say whose certificate this is, of what, and how it stands."""
    sentences = []
    for language in LANGUAGES:
        with translation.override(language):
            sentences.append((language, _SENTENCES[standing](certificate)))
    return sentences


def _valid(certificate):
    if certificate.expires_on is None:
        return _("%(what)s The certificate is valid.") % {"what": _what(certificate)}
    return _("%(what)s The certificate is valid until %(day)s.") % {
        "what": _what(certificate),
        "day": _in_words(certificate.expires_on),
    }


def _expired(certificate):
    return _("%(what)s The certificate has expired: it was valid until %(day)s.") % {
        "what": _what(certificate),
        "day": _in_words(certificate.expires_on),
    }


def _replaced(certificate):
    return _("This certificate of %(name)s is not valid: on %(day)s another one took its place.") % {
        "name": certificate.printed["name"],
        "day": _in_words(timezone.localdate(certificate.replaced_at)),
    }


def _annulled(certificate):
    return _("This certificate of %(name)s is not valid: it was annulled on %(day)s.") % {
        "name": certificate.printed["name"],
        "day": _in_words(timezone.localdate(certificate.annulled_at)),
    }


def _what(certificate):
    """Return who completed what and when; the first certificates say only when they were issued."""
    printed = certificate.printed
    facts = {"name": printed["name"], "course": printed["course"]}
    if "finished" in printed:
        day = _in_words(date.fromisoformat(printed["finished"]))
        return _("%(name)s completed the course “%(course)s” on %(day)s.") % (facts | {"day": day})
    day = _in_words(certificate.issue_day)
    return _("%(name)s completed the course “%(course)s”, certified on %(day)s.") % (facts | {"day": day})


def _in_words(day):
    return date_format(day, "DATE_FORMAT")


_SENTENCES = {
    Standing.VALID: _valid,
    Standing.EXPIRED: _expired,
    Standing.REPLACED: _replaced,
    Standing.ANNULLED: _annulled,
}
