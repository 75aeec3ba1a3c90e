"""Filling a site with a crowd, and saying how far it is."""

import sys
import time

from django.conf import settings
from django.utils import timezone

from course.demo.people import STAFF_PASSWORD, make_demo_people

from .writing import CrowdExists, RealPeople, lead_code, make_crowd, trainer_code

# As many as a health centre with its posts has.
LEARNERS_A_CLINIC = 333
SAY_EVERY = 5000


class CannotFill(Exception):
    """Nothing was added; the message says why."""


def fill_site(learners, *, clinics=0, seed=1, certificates=20, out=sys.stdout):
    """Add a crowd to a site with the course, beside its demo people; a second crowd changes nothing.

    Without `clinics` there are as many as so many people have. How far it is goes to `out`, None for nowhere. Raises
    `CannotFill`.
    """
    if not settings.DEMO_PEOPLE_ALLOWED:
        raise CannotFill(
            "Aquí no se crean personas de prueba / these settings are for real people: no demo people here."
        )
    if learners < 1 or min(clinics, certificates) < 0:
        raise CannotFill("Los números no pueden ser negativos / the numbers can't be negative.")
    begun, told = time.monotonic(), 0

    def say(words):
        if out:
            print(words, file=out)

    def say_how_far(done):
        nonlocal told
        if done == learners or done // SAY_EVERY > told // SAY_EVERY:
            say(f"{done} / {learners} personas / people ({time.monotonic() - begun:.0f} s)")
        told = done

    now = timezone.now()
    make_demo_people(now=now)
    clinics = clinics or -(-learners // LEARNERS_A_CLINIC)
    try:
        make_crowd(
            learners, clinics, now=now.replace(microsecond=0), seed=seed, certificates=certificates, say=say_how_far
        )
    except RealPeople as real:
        raise CannotFill(
            "Hay personas que no son de prueba: no se agrega nada / there are people who are no demo people:"
            " nothing is added."
        ) from real
    except CrowdExists:
        say("Ya hay una multitud; no cambia nada / there is a crowd already; nothing changes.")
        return
    say(f"{trainer_code(0)}, {lead_code(0)}: {STAFF_PASSWORD}")
