"""What `manage.py check` says about the key that signs credentials and the one that seals the PDF."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.utils import timezone
from django.utils.translation import override

from certificates.badges.keys import issuer_key, keys_folder, problem_with_key
from certificates.pdf.seal_key import SealUnusable, seal_in_use, stamping_address

_HINT = "See docs/how-to/make-the-issuer-key.md."


@register(Tags.security)
def there_is_a_key_to_sign_with(app_configs, **kwargs):
    if problem := problem_with_key():
        return [Warning(f"{problem} No certificate is issued until then.", hint=_HINT, id="certificates.W002")]
    if issuer_key():
        return []
    sentence = (
        f"There is no key to sign credentials with in {keys_folder()}: make_issuer_key makes it. Certificates that are "
        "issued without it have no credential, and are not confirmed once there is a key."
    )
    return [Warning(sentence, hint=_HINT, id="certificates.W001")]


@register(Tags.security, deploy=True)
def a_folder_that_was_named_can_be_read(app_configs, **kwargs):
    """Whoever names a folder wants credentials; certificates without one could not get it later."""
    named = settings.CREDENTIAL_KEY or keys_folder() != settings.VAR_DIR / "keys"
    if not named or issuer_key():
        return []
    sentence = f"CREDENTIAL_KEYS_DIR is {keys_folder()}, and there is no key in it that this account can read and use."
    if settings.CREDENTIAL_KEY:
        sentence = "CREDENTIAL_KEY is set, and cannot be used to sign."
    return [Error(sentence, hint=_HINT, id="certificates.E001")]


@register(Tags.security)
def seals_can_be_stamped(app_configs, **kwargs):
    """Say what is wrong with the address; the authority itself is asked by `manage.py status`."""
    hint = "Seals have no time stamp until then: see docs/how-to/seal-certificates.md."
    if settings.SEAL_TSA_URL and not settings.SEAL_KEY_FILE:
        return [Warning("SEAL_TSA_URL is set, and there is no seal to stamp.", hint=hint, id="certificates.W004")]
    try:
        stamping_address()
    except SealUnusable as problem:
        with override("en"):
            said = str(problem)
        return [Warning(said, hint=hint, id="certificates.W004")]
    return []


@register(Tags.security)
def the_seal_can_be_used(app_configs, **kwargs):
    try:
        seal_in_use(timezone.now())
    except SealUnusable as problem:
        hint = "Certificates are issued without a seal until then: see docs/how-to/seal-certificates.md."
        with override("en"):
            said = str(problem)
        return [Warning(said, hint=hint, id="certificates.W003")]
    return []
