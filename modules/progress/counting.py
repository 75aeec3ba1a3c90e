"""Which facts count for whom: of whoever began the course anew, in the modules that count again, those since then."""

from uuid import UUID

from django.utils import timezone

from .editions import asked_of, registrations_of
from .structure import course_structure


class Counting:
    """Answers whether a fact counts for a person: `counts(learner_pk, key of a module, lesson or quiz, when)`.

    `when` is None for what still goes on; of a session it is when that was noted, and `held_at` when the person was
    there. `asked` are the modules of each, {learner_pk: [ModuleOutline]}. `until` says up to when what was done in a
    module counts, sessions and its quiz, {key of the module: when}: of sessions those held until that day, whenever
    they were noted.
    """

    def __init__(self, registrations, asked, until=None):
        self.since, self.until = {}, {}
        for outline in (outline for of_one in asked.values() for outline in of_one if outline.key in (until or {})):
            self.until |= dict.fromkeys([outline.key, *_quizzes(outline)], until[outline.key])
        for learner_pk, registration in registrations.items():
            self.since |= {
                (learner_pk, key): registration.counts_from
                for outline in _again(registration, asked[learner_pk])
                for key in (outline.key, *(lesson.key for lesson in outline.lessons), *_quizzes(outline))
            }

    @property
    def leaves_out(self):
        """Whether anything of anybody may not count."""
        return bool(self.since or self.until)

    def __call__(self, learner_pk, key, when, *, held_at=None):
        until = self.until.get(key) if self.until else None
        if until is not None and not _is_in_time(when, held_at, until):
            return False
        since = self.since.get((learner_pk, key)) if self.since else None
        return since is None or when is None or when >= since


def _is_in_time(when, held_at, until):
    if held_at is not None:
        return timezone.localdate(held_at) <= timezone.localdate(until)
    return when is not None and when <= until


def counting_of(learner):
    """Return the Counting of one person, in one query where nothing was begun anew."""
    registrations = registrations_of([learner])
    if not any(registration.counts_from for registration in registrations.values()):
        return Counting({}, {})
    structure = course_structure()
    return Counting(registrations, {pk: asked_of(one, structure) for pk, one in registrations.items()})


def again_in(registration):
    """Return the keys of the modules that count again in a Registration, or in none (None)."""
    return set(map(UUID, registration.again)) if registration and registration.counts_from else set()


def quizzes_again(registration, structure):
    """Return {quiz key: since when its attempts count} of the quizzes that count again in a Registration."""
    again = _again(registration, asked_of(registration, structure))
    return {key: registration.counts_from for outline in again for key in _quizzes(outline)}


def _again(registration, outlines):
    again = again_in(registration)
    return [outline for outline in outlines if outline.key in again] if again else []


def _quizzes(outline):
    return [key for key in (outline.quiz_key, outline.former_quiz_key) if key]
