"""System checks of the issuer key and the PDF signing key."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.utils import timezone
from django.utils.translation import override

from certificates.badges.keys import issuer_key, issuer_key_error, keys_folder
from certificates.pdf.signing_key import SigningKeyError, get_signing_key, time_stamp_url

_HINT = "See docs/how-to/make-the-issuer-key.md."


@register(Tags.security)
def check_issuer_key(app_configs, **kwargs):
    if problem := issuer_key_error():
        return [Warning(f"{problem} No certificate is issued until then.", hint=_HINT, id="certificates.W002")]
    if issuer_key():
        return []
    sentence = (
        f"There is no key to sign credentials with in {keys_folder()}: make_issuer_key makes it. Certificates that are "
        "issued without it have no credential, and are not confirmed once there is a key."
    )
    return [Warning(sentence, hint=_HINT, id="certificates.W001")]


@register(Tags.security, deploy=True)
def check_configured_key(app_configs, **kwargs):
    # A certificate issued without a credential cannot get one later.
    named = settings.CREDENTIAL_KEY or keys_folder() != settings.VAR_DIR / "keys"
    if not named or issuer_key():
        return []
    sentence = f"CREDENTIAL_KEYS_DIR is {keys_folder()}, and there is no key in it that this account can read and use."
    if settings.CREDENTIAL_KEY:
        sentence = "CREDENTIAL_KEY is set, and cannot be used to sign."
    return [Error(sentence, hint=_HINT, id="certificates.E001")]


@register(Tags.security)
def check_time_stamp_settings(app_configs, **kwargs):
    # `manage.py status` contacts the authority itself.
    hint = "Seals have no time stamp until then: see docs/how-to/seal-certificates.md."
    if settings.SEAL_TSA_URL and not settings.SEAL_KEY_FILE:
        return [Warning("SEAL_TSA_URL is set, and there is no seal to stamp.", hint=hint, id="certificates.W004")]
    try:
        time_stamp_url()
    except SigningKeyError as problem:
        with override("en"):
            said = str(problem)
        return [Warning(said, hint=hint, id="certificates.W004")]
    return []


@register(Tags.security)
def check_signing_key(app_configs, **kwargs):
    try:
        get_signing_key(timezone.now())
    except SigningKeyError as problem:
        hint = "Certificates are issued without a seal until then: see docs/how-to/seal-certificates.md."
        with override("en"):
            said = str(problem)
        return [Warning(said, hint=hint, id="certificates.W003")]
    return []
