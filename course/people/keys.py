"""The stable keys of people: the same on every machine, and good after two accounts were merged."""

from django.db.models import F

from course.models import PersonAlias, User


def person_with_key(key):
    """Return the person whose key this is, or who remains of an account that had it; None when nobody is left."""
    alias = PersonAlias.objects.filter(key=key).values("person")
    return User.objects.filter(key=key).first() or User.objects.filter(pk__in=alias).first()


def epoch_in(person, key, epoch):
    """Return an epoch of the devices of the account with this key in those of `person`, who remains of it."""
    if person.key == key:
        return epoch
    return epoch + PersonAlias.objects.values_list("epochs_ahead", flat=True).get(key=key)


def lead_on(old, kept):
    """Let the key of the account `old`, and the keys that led to it, lead to `kept`; `old` may be deleted then."""
    ahead = kept.offline_epoch - old.offline_epoch
    old.aliases.update(person=kept, epochs_ahead=F("epochs_ahead") + ahead)
    PersonAlias.objects.create(key=old.key, person=kept, epochs_ahead=ahead)
