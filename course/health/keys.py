"""Checks: keys of accounts, survey and seal."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.badges.keys import issuer_key, issuer_key_error, keys_folder
from certificates.pdf.signing import check_time_stamps
from certificates.pdf.signing_key import SigningKeyError, get_signing_key
from course.errors import KEY_UNREADABLE
from course.models import SurveyRound, User
from course.sealing import PREFIX, CannotRead, has_key, unseal
from course.survey.forgetting import keys_of_no_round
from course.survey.keys import file_of
from course.version import typed

from .facts import bad, end_of, filled, good, warning


def account_keys_open():
    sealed = User.objects.filter(password__startswith=PREFIX).order_by("-pk").values_list("password", flat=True).first()
    try:
        if sealed:
            unseal(sealed)
        elif not has_key():
            said = _("There is no key of the accounts yet: %(command)s makes it.")
            return warning("account_keys", filled(said, command=typed("prepare_site")))
    except (CannotRead, OSError) as problem:
        said = filled(_("The keys of the accounts cannot be used: %(problem)s"), problem=problem)
        return bad("account_keys", said, KEY_UNREADABLE)
    return good("account_keys", _("The keys of the accounts open them."))


def issuer_key_is_read():
    if problem := issuer_key_error():
        said = filled(_("The key that signs credentials cannot be read: %(problem)s"), problem=problem)
        return bad("issuer_key", said, KEY_UNREADABLE)
    if issuer_key() is None:
        said = _("There is no key to sign credentials with in %(folder)s: %(command)s makes it.")
        return warning("issuer_key", filled(said, folder=keys_folder(), command=typed("make_issuer_key")))
    return good("issuer_key", _("The key that signs credentials can be read."))


def survey_keys_open():
    waiting = SurveyRound.objects.filter(envelopes__isnull=False).distinct()
    lost = [key for key in waiting.values_list("key", flat=True) if not file_of(key).exists()]
    if lost:
        said = _("Sealed answers of the survey cannot be opened: keys are missing in %(folder)s (%(count)s).")
        return warning("survey_keys", filled(said, count=len(lost), folder=settings.SURVEY_KEYS_DIR))
    if strays := keys_of_no_round():
        said = _(
            "Keys in %(folder)s belong to no round of the survey: %(names)s. If this is the right database, delete "
            "them: they open copies of another one."
        )
        return warning("survey_keys", filled(said, folder=settings.SURVEY_KEYS_DIR, names=", ".join(strays)))
    return good("survey_keys", _("The keys of all sealed answers of the survey are here."))


def seal_is_good():
    try:
        seal = get_signing_key(timezone.now())
    except SigningKeyError as problem:
        return bad("seal", filled(_("The seal of certificates cannot be used: %(problem)s"), problem=problem))
    if seal is None:
        return good("seal", _("Certificates have no seal: none was set."))
    return end_of("seal", _("The certificate of the seal ends on %(day)s."), seal.not_before, seal.not_after)


def seals_are_stamped():
    try:
        given = check_time_stamps()
    except SigningKeyError as problem:
        return bad("time_stamps", filled(_("The seals get no time stamp: %(problem)s"), problem=problem))
    if given is None:
        return good("time_stamps", _("The seals have no time stamp: no authority was set."))
    return good("time_stamps", _("The authority for time stamps answers."))
