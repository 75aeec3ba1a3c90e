"""Whether somebody who is about to get an account has one already: told by the names, or by the telephone."""

from django.db.models import Q, Value
from django.db.models.functions import Replace

from course.models.spanish_order import plain_words

from .cohorts import people_of_others, people_seen_by
from .names import SMALL_WORDS

# Side by side with what was written; more than that nobody compares.
MOST = 5


def people_resembling(user, *, given_names, surnames, phone=""):
    """Return whom of those that `user` may find this person may be, in Spanish order, at most MOST.

    Names are the same when one has the other's given names among its own and goes on with the other's surnames: «Ana
    López» may be «Ana Lucía López Pérez», and so may «Ana L. López»; «Ana López García» is not that one.
    """
    people = people_seen_by(user)
    # Whose telephone it is of people whom somebody else looks after by now is nobody's to find out.
    own = people.exclude(pk__in=people_of_others(user))
    same = Q(pk__in=own.filter(phone=phone).values("pk")) if phone else Q(pk=None)
    wanted = (words_of(given_names), words_of(surnames))
    if all(wanted):
        plain = Replace("sort_key", Value("~"), Value(""))
        named = people.annotate(plain=plain).filter(plain__contains=wanted[1][0])
        candidates = named.order_by().values_list("pk", "first_name", "last_name")
        same |= Q(pk__in=[pk for pk, *names in candidates if may_be_one(wanted, tuple(map(words_of, names)))])
    return list(people.filter(same).select_related("clinic").in_spanish_order()[:MOST])


def may_be_one(one, other):
    """Whether two people, each as (words of the given names, words of the surnames), may be one."""
    given, surnames = zip(one, other, strict=True)
    short, long = sorted(surnames, key=len)
    few, many = sorted((without_initials(*given), without_initials(*reversed(given))), key=len)
    return bool(short and few) and long[: len(short)] == short and few <= many


def words_of(name):
    """Return the words of a name as they are compared: without accents, ñ as n, «de la» left out."""
    return [word for word in plain_words(name) if word not in SMALL_WORDS]


def without_initials(words, others):
    """Return the set of words without the initials of a word of `others`: «Vilma L.» may be «Vilma Lucía»."""
    return {word for word in words if len(word) > 1 or not any(other.startswith(word) for other in others)}
