"""Since when attempts count: of whoever began the course anew, earlier ones count no more."""

from quizzes.signals import counting_since_asked


def counting_since(learner_pk):
    """Return {quiz key: since when attempts count} of the quizzes that who began the course anew takes again."""
    asked = counting_since_asked.send(None, learner=learner_pk)
    return {key: since for _receiver, answer in asked for key, since in answer.items()}


def counts_since(attempt, since):
    """Say whether an attempt (of whichever kind) counts where only those count that were not over before `since`."""
    return reaches(attempt.submitted_at or attempt.abandoned_at, since)


def reaches(ended_at, since):
    """Say the same of when an attempt ended, None while it is open."""
    return since is None or ended_at is None or ended_at >= since
