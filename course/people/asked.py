"""What the site asks of people beyond what the course needs: nothing, unless an administrator says why."""

from typing import NamedTuple

from django.db import transaction

from course.models import PeopleSettings, User

from .audit import note


class Asked(NamedTuple):
    """The reasons why sex and phone number are asked; empty where they are not, and then nothing is kept of them."""

    sex: str = ""
    phone: str = ""


def what_is_asked():
    """Return the `Asked` of the site; one query."""
    row = PeopleSettings.objects.values_list("sex_reason", "phone_reason").first()
    return Asked(*row) if row else Asked()


def how_many_said():
    """Return the `Asked` of how many people's sex and phone number are kept."""
    return Asked(User.objects.exclude(sex="").count(), User.objects.exclude(phone="").count())


@transaction.atomic
def ask(sex, phone, *, by, now):
    """Keep the reasons why each is asked. Where there is none any more, what was kept of it is deleted."""
    PeopleSettings.objects.update_or_create(pk=1, defaults={"sex_reason": sex.strip(), "phone_reason": phone.strip()})
    asked = what_is_asked()
    if not asked.sex:
        User.objects.exclude(sex="").update(sex="")
    if not asked.phone:
        User.objects.exclude(phone="").update(phone="")
    note("asked_of_people", by=by, now=now)
    return asked
