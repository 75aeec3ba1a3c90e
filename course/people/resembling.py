"""Whether somebody who is about to get an account has one already: told by the names, or by the telephone."""

from django.db.models import Q, Value
from django.db.models.functions import Replace

from certificates.wording.name_changes import Change, Parts, change_between, sound_of
from course.models.spanish_order import plain_words, words_of_key

from .cohorts import people_of_others, people_seen_by
from .names import SMALL_WORDS

# Side by side with what was written; more than that nobody compares.
MOST = 5
# A word for another, or one for two: «Mariajosé», «María José».
_MOST_DIFFERING = 3


def people_resembling(user, *, given_names, surnames, phone=""):
    """Return whom of those that `user` may find this person may be, in Spanish order, at most MOST.

    Names are the same when one has the other's given names among its own and goes on with the other's surnames: «Ana
    López» may be «Ana Lucía López Pérez», and so may «Ana L. López»; «Ana López García» is not that one. Letters that
    sound alike are the same, and one may be typed wrong in a surname; but one word has to be as it is written.
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
    """Whether two such names are one with a letter or a space typed wrong, as certificates mend it unasked."""
    mine, theirs = (heard({*given, *surnames}) for given, surnames in (one, other))
    # Most names differ by more, and the rules of certificates take long.
    if len(mine ^ theirs) > _MOST_DIFFERING or not all((*one, *other)):
        return False
    return change_between(*(Parts(*map(" ".join, words)) for words in (one, other))) is not Change.OTHER


def words_of(name):
    """Return the words of a name as they are compared: without accents, ñ as n, «de la» left out."""
    return _without_small(plain_words(name))


def heard(words):
    """Return the set of what these words sound like."""
    return {sounding(word) for word in words}


def sounding(word):
    """Return what a word of `words_of` sounds like; a silent letter that stands alone stays one."""
    return sound_of(word) or word


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
