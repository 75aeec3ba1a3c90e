"""The post and the places of people today, as the rooms above tell them: what stands on record beside each fact."""

from collections import defaultdict

from modules.models import Circumstances
from modules.signals import circumstances_asked, session_places_asked

CIRCUMSTANCES = tuple(field.name for field in Circumstances._meta.local_fields)
_OF_PERSONS = ("role", "job_title")


def circumstances_today(learners):
    """Return {learner_pk: {one of CIRCUMSTANCES: value}} of these people, without what is not known."""
    known = defaultdict(dict)
    for _receiver, answer in circumstances_asked.send(None, learners=learners):
        for learner_pk, of_learner in answer.items():
            known[learner_pk] |= {name: of_learner[name] for name in CIRCUMSTANCES if of_learner.get(name)}
    return known


def circumstances_at_sessions(moments, today):
    """Return the same of those [(learner_pk, moment)] at which attendance was noted, {(learner_pk, moment): {…}}.

    Attendance may be noted long after the session, when people are in another group or in none: the places are those of
    the group of the session, beside the post of `today`, {learner_pk: {…}}.
    """
    places = {}
    for _receiver, answer in session_places_asked.send(None, moments=moments) if moments else ():
        places |= answer
    return {key: _of_person(today[key[0]]) | of_group for key, of_group in places.items()}


def _of_person(circumstances):
    return {name: value for name, value in circumstances.items() if name in _OF_PERSONS}
