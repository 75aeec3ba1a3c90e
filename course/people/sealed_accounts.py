"""Rotation of the account keys: re-encrypt PINs and second factors, or give them up."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction

from course.models import DigestKey, PersonIdentifier, User
from course.sealing import PREFIX, CannotRead, is_sealed_anew, seal, unseal

_SLICE = 200


def seal_accounts():
    """Re-encrypt with the newest key; return the number of rows. Safe to repeat and to interrupt."""
    sealed = sum(_seal_password(*row) for row in _passwords()) + sum(_seal_step(step.pk) for step in _steps())
    return sealed + sum(_seal_digest_key(row) for row in DigestKey.objects.all())


def has_sealed_accounts():
    if DigestKey.objects.exists():
        return True
    return any(sealed.startswith(PREFIX) for _pk, sealed in _passwords()) or any(
        text.startswith(PREFIX) for step in _steps() for text in _secrets_of(step)
    )


def unreadable_people():
    people = {pk for pk, sealed in _passwords() if not _is_readable(sealed)}
    steps = {step.user_id for step in _steps() if not all(map(_is_readable, _secrets_of(step)))}
    return people | steps


def give_up_unreadable():
    """Replace PINs and delete second steps that no key opens; return the number of people."""
    for row in DigestKey.objects.all():
        if not _is_readable(row.encrypted_key):
            with transaction.atomic():
                PersonIdentifier.objects.all().delete()
                row.delete()
    people = unreadable_people()
    for person in User.objects.filter(pk__in=people):
        with transaction.atomic():
            Authenticator.objects.filter(user=person).delete()
            if not _is_readable(person.password):
                person.set_unusable_password()
                person.must_choose_pin = True
                person.save(update_fields=["password", "must_choose_pin"])
    return len(people)


def _passwords():
    with_pin = User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(password="")
    return ((person.pk, person.password) for person in _in_slices(with_pin.only("password")))


def _steps():
    return _in_slices(Authenticator.objects.all())


def _in_slices(rows):
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:_SLICE]):
        yield from found
        last = found[-1].pk


def _secrets_of(step):
    return [step.data[name] for name in ("secret", "seed") if name in step.data]


def _seal_password(pk, kept):
    if is_sealed_anew(kept) or not _is_readable(kept):
        return False
    return bool(User.objects.filter(pk=pk, password=kept).update(password=seal(unseal(kept))))


def _seal_digest_key(row):
    if is_sealed_anew(row.encrypted_key) or not _is_readable(row.encrypted_key):
        return False
    same = DigestKey.objects.filter(pk=row.pk, encrypted_key=row.encrypted_key)
    return bool(same.update(encrypted_key=seal(unseal(row.encrypted_key))))


@transaction.atomic
def _seal_step(pk):
    step = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if step is None or all(is_sealed_anew(text) or not _is_readable(text) for text in _secrets_of(step)):
        return False
    for name in {"secret", "seed"} & step.data.keys():
        step.data[name] = seal(unseal(step.data[name]))
    step.save(update_fields=["data"])
    return True


def _is_readable(sealed):
    try:
        unseal(sealed)
    except CannotRead:
        return False
    return True
