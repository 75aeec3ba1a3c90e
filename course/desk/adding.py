"""What the pages on which one person is added to a group have in common."""

import secrets
from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from course.groups.finding import FoundPerson, as_found
from course.people.accounts import add_existing_person, add_person, recently_added
from course.people.cohorts import people_visible_to
from course.people.merging import suggest_duplicates
from quizzes.base.identifiers import parse_key


@dataclass(frozen=True)
class Added:
    """What came of a form: the person who is in the group now, or else whom the person who was written may be."""

    person: object = None
    resembling: list[FoundPerson] = ()


def add_or_ask(request, form, *, now):
    """Add the person of the form, or let the one in who was tapped; return `Added`. Raises `CannotAdd`, or Http404.

    `misma` is the key of an account that is the person's; `otra` says that none of those that were shown is.
    """
    user = request.user
    if form.group and (known := request.POST.get("misma")):
        person = get_object_or_404(people_visible_to(user), pk=parse_key(known))
        add_existing_person(form.group, person, by=user, now=now)
        return Added(person)
    if "corregir" in request.POST or not form.is_valid():
        return Added()
    written = form.person
    names = {name: written[name] for name in ("given_names", "surnames")}
    # The second of two clicks asks nothing of whom the first one added.
    if "otra" not in request.POST and not recently_added(form.group, **names, now=now):
        people = suggest_duplicates(user, **names, phone=written.get("phone", ""))
        if people:
            return Added(resembling=as_found(user, people, now=now))
    return Added(add_person(form.group, **written, by=user, now=now, chance=secrets.SystemRandom()))
