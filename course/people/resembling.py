"""Whether somebody who is about to get an account has one already: told by the names, or by the telephone."""

from difflib import SequenceMatcher

from django.db.models import Q, Value
from django.db.models.functions import Replace

from course.models.spanish_order import plain_words, words_of_key

from .cohorts import people_of_others, people_seen_by
from .names import SMALL_WORDS
from .sounds import sounding

# Side by side with what was written; more than that nobody compares.
MOST = 5
# How alike surnames are at least that may be mistyped: difflib's ratio, from 0 to 1.
_ALIKE = 0.8


def people_resembling(user, *, given_names, surnames, phone=""):
    """Return whom of those that `user` may find this person may be, in Spanish order, at most MOST.

    Names are the same when one has the other's given names among its own and goes on with the other's surnames: «Ana
    López» may be «Ana Lucía López Pérez», and so may «Ana L. López»; «Ana López García» is not that one. Letters that
    sound alike are the same, and a few may be typed wrong in a surname; but one word has to be as it is written.
    """
    people = people_seen_by(user)
    # Whose telephone it is of people whom somebody else looks after by now is nobody's to find out.
    own = people.exclude(pk__in=people_of_others(user))
    same = Q(pk__in=own.filter(phone=phone).values("pk")) if phone else Q(pk=None)
    wanted = (words_of(given_names), words_of(surnames))
    if all(wanted):
        named = people.annotate(plain=Replace("sort_key", Value("~"), Value(""))).filter(_with_a_word_of(wanted))
        candidates = named.order_by().values_list("pk", "sort_key")
        same |= Q(pk__in=[pk for pk, sort_key in candidates if may_be_one(wanted, _words_of_both(sort_key))])
    return list(people.filter(same).select_related("clinic").in_spanish_order()[:MOST])


def may_be_one(one, other):
    """Whether two people, each as (words of the given names, words of the surnames), may be one."""
    given, surnames = zip(one, other, strict=True)
    short, long = sorted(([sounding(word) for word in words] for words in surnames), key=len)
    few, many = sorted(map(heard, (without_initials(*given), without_initials(*reversed(given)))), key=len)
    if bool(short and few) and long[: len(short)] == short and few <= many:
        return True
    return may_be_mistyped(one, other)


def may_be_mistyped(one, other):
    """Whether two such names sound the same but for spaces, and for the order or few letters of the surnames."""
    (given, surnames), (its_given, its_surnames) = one, other
    if not (given and surnames and its_surnames) or _joined(given) != _joined(its_given):
        return False
    mine, theirs = heard(surnames), heard(its_surnames)
    return SequenceMatcher(None, _joined(sorted(mine - theirs)), _joined(sorted(theirs - mine))).ratio() >= _ALIKE


def _joined(words):
    return "".join(map(sounding, words))


def words_of(name):
    """Return the words of a name as they are compared: without accents, ñ as n, «de la» left out."""
    return _without_small(plain_words(name))


def heard(words):
    """Return the set of what these words sound like."""
    return {sounding(word) for word in words}


def _with_a_word_of(wanted):
    words = {word for part in wanted for word in part}
    shares = Q()
    for word in {word for word in words if len(word) > 1} or words:
        shares |= Q(plain__contains=word)
    return shares


def _words_of_both(sort_key):
    surnames, _comma, given = sort_key.rpartition(", ")
    return _without_small(words_of_key(given)), _without_small(words_of_key(surnames))


def _without_small(words):
    return [word for word in words if word not in SMALL_WORDS]


def without_initials(words, others):
    """Return the set of words without the initials of a word of `others`: «Vilma L.» may be «Vilma Lucía»."""
    return {word for word in words if len(word) > 1 or not any(other.startswith(word) for other in others)}
