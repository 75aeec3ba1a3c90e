"""The post and the places of people today, as the rooms above tell them: what stands on record beside each fact."""

from collections import defaultdict

from django.contrib.auth import get_user_model

from modules.models import Circumstances, TrainingRecord
from modules.signals import circumstances_asked, former_places_asked, session_places_asked

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


def circumstances_then(times):
    """Return the same of a day long past, {(learner_pk, counts_from): {…}} for [(learner_pk, counts_from, moment)].

    They are those of what was first recorded of that time; else the places are those of the group of that day, beside
    the post of today; else all is of today.
    """
    pks = {pk for pk, *_rest in times}
    today, recorded, places = circumstances_today(get_user_model().objects.filter(pk__in=pks)), {}, {}
    records = TrainingRecord.objects.filter(learner__in=pks, registration__isnull=False)
    fields = ("learner_id", "registration__counts_from", *CIRCUMSTANCES)
    for pk, counts_from, *told in records.order_by("finished_at", "pk").values_list(*fields):
        recorded.setdefault((pk, counts_from), {k: v for k, v in zip(CIRCUMSTANCES, told, strict=True) if v})
    moments = [(pk, moment) for pk, counts_from, moment in times if (pk, counts_from) not in recorded]
    for _receiver, answer in former_places_asked.send(None, moments=moments) if moments else ():
        places |= answer
    then = {}
    for pk, counts_from, moment in times:
        of_group = _of_person(today[pk]) | places[pk, moment] if (pk, moment) in places else today[pk]
        then[pk, counts_from] = recorded.get((pk, counts_from), of_group)
    return then
