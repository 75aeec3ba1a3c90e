"""Sessions that count as reading the lessons of a module: held in the app above, which is asked by a signal."""

from collections import defaultdict

from django.dispatch import Signal

# Sent with `learners` and `modules`, a set of stable keys; receivers answer [(learner_pk, module key, when)].
attended_asked = Signal()


def attended_modules(learners, outlines, counts=None):
    """Return {learner_pk: {module key: when}} of sessions attended, for the modules whose outline says that it counts.

    `counts(learner_pk, module key, when)` leaves out what does not count for a person; None leaves out nothing. Where
    no outline says so nothing is asked.
    """
    counting = {outline.key for outline in outlines if outline.attendance_counts}
    attended = defaultdict(dict)
    if not counting:
        return attended
    for _receiver, answer in attended_asked.send(None, learners=learners, modules=counting):
        for learner_pk, key, when in answer:
            if counts is None or counts(learner_pk, key, when):
                attended[learner_pk][key] = min(when, attended[learner_pk].get(key, when))
    return attended
