"""What runs beside the pages refuses a site that is not as it must be, too: commands at once, the worker by waiting."""

import logging
import time

from django.core.management.base import CommandError
from django.db import connections

from .facts import State, in_both_languages
from .looking import LOOKS, look_at, refusal_in
from .watching import EVERY

logger = logging.getLogger(__name__)


def refuse_unready():
    """Stop a command with a sentence where pages would be refused. Raises `CommandError`."""
    if refusal := refusal_in(look_at(LOOKS)):
        raise CommandError(in_both_languages(refusal.said))


def why_not_ready():
    """Return why nothing can be done with this site now, in both languages; "" where that is not it."""
    connections.close_all()
    problem = _problem()
    return in_both_languages(problem.said) if problem else ""


def _rest(seconds):
    connections.close_all()
    time.sleep(seconds)


def wait_until_ready(*, wait=_rest):
    """Return once the site is as it must be and its database answers; each thing that is waited for is said once."""
    said = None
    while problem := _problem():
        if problem.said != said:
            logger.error("%s", in_both_languages(problem.said))
        said = problem.said
        wait(EVERY)


def _problem():
    facts = look_at(LOOKS)
    gone = (fact for fact in facts if fact.name == "database" and fact.state == State.BAD)
    return refusal_in(facts) or next(gone, None)
