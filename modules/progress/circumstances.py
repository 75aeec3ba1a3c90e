"""The post and the places of people today, as the rooms above tell them: what stands on record beside each fact."""

from collections import defaultdict

from modules.signals import circumstances_asked

CIRCUMSTANCES = ("role", "job_title", "clinic", "clinic_key", "area", "area_key", "cohort", "cohort_key")


def circumstances_today(learners):
    """Return {learner_pk: {one of CIRCUMSTANCES: value}} of these people, without what is not known."""
    known = defaultdict(dict)
    for _receiver, answer in circumstances_asked.send(None, learners=learners):
        for learner_pk, of_learner in answer.items():
            known[learner_pk] |= {name: of_learner[name] for name in CIRCUMSTANCES if of_learner.get(name)}
    return known
