"""Search for people of one's groups, present and past."""

from dataclasses import dataclass

from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Concat, Lower, Replace

from course.models import Cohort, Enrolment, User
from course.models.people import plain_words, words_of_key
from course.people.cohorts import cohorts_of, people_of_other_trainers, people_visible_to
from course.people.merging import phonetic_key
from course.people.permissions import may_change_account
from modules.progress.states import State

from .grid import grids_by_cohort

SHOWN = 50
LONGEST_QUERY = 100
_MOST_WORDS = 8
_SPACE = Value(" ")
_NAME = Concat(_SPACE, "sort_key")
_CLINIC = Coalesce("clinic__sort_key", Value(""))
_WORDS = Concat(_SPACE, "sort_key", _SPACE, Lower("username"), _SPACE, _CLINIC)


@dataclass(frozen=True)
class FoundPerson:
    """A person, and their present or last group among the user's; `went_on`: another trainer has them now."""

    person: User
    cohort: Cohort | None
    state: State | None
    may_change: bool
    went_on: bool

    @property
    def is_in_group(self):
        return self.state is not None


def look_for_people(user, query, *, now):
    found, more = find_people(user, query, now=now)
    if found:
        return found, more, False
    return *find_people_by_sound(user, query, now=now), True


def find_people(user, query, *, now):
    """Return ([FoundPerson] by surname, at most SHOWN, how many more there are).

    Every word of `query` begins a word of the name, user code or clinic; accents, case and order do not matter.
    People in another trainer's group now are found by name alone. The number of queries is constant.
    """
    words = plain_words(query)[:_MOST_WORDS]
    if not words:
        return [], 0
    people = people_visible_to(user).annotate(
        words=Replace(_WORDS, Value("~"), Value("")), name=Replace(_NAME, Value("~"), Value(""))
    )
    every, named = Q(), Q()
    for word in words:
        every &= Q(words__contains=f" {word}")
        named &= Q(name__contains=f" {word}")
    people = people.filter(every | Q(username__iexact="".join(words)))
    people = people.filter(named | ~Q(pk__in=people_of_other_trainers(user)))
    shown = list(people.select_related("clinic").in_spanish_order()[:SHOWN])
    more = people.count() - SHOWN if len(shown) == SHOWN else 0
    return as_found(user, shown, now=now), more


def find_people_by_sound(user, query, *, now):
    """Return the same for names that sound alike: «velasques» is Velázquez. It reads all names."""
    words = [phonetic_key(word) for word in plain_words(query)[:_MOST_WORDS]]
    if not words:
        return [], 0
    named = people_visible_to(user).order_by("sort_key", "pk").values_list("pk", "sort_key")
    keys = [pk for pk, sort_key in named.iterator() if _sounds_like(words, sort_key)]
    shown = list(User.objects.filter(pk__in=keys[:SHOWN]).select_related("clinic").in_spanish_order())
    return as_found(user, shown, now=now), len(keys) - len(shown)


def _sounds_like(words, sort_key):
    sounds = [phonetic_key(word) for word in words_of_key(sort_key)]
    return all(any(sound.startswith(word) for sound in sounds) for word in words)


def as_found(user, people, *, now):
    last, current, elsewhere = {}, {}, set()
    mine = set(cohorts_of(user).filter(enrolments__learner__in=people).values_list("pk", flat=True))
    enrolments = Enrolment.objects.filter(learner__in=people).select_related("cohort__clinic")
    for enrolment in enrolments.order_by("enrolled_at", "pk"):
        if enrolment.cohort_id in mine:
            (last if enrolment.left_at else current)[enrolment.learner_id] = enrolment.cohort
        elif enrolment.left_at is None:
            elsewhere.add(enrolment.learner_id)
    groups = {}
    for person in people:
        if person.pk in current:
            groups.setdefault(current[person.pk], []).append(person)
    grids = grids_by_cohort(groups, now=now)
    states = {row.learner.pk: row.state for grid in grids.values() for row in grid.rows}
    return [
        FoundPerson(
            person=person,
            cohort=current.get(person.pk) or last.get(person.pk),
            state=states.get(person.pk),
            may_change=person.pk != user.pk and may_change_account(user, person),
            went_on=person.pk in elsewhere - current.keys(),
        )
        for person in people
    ]
