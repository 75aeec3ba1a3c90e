"""What a person of the crowd has done: lessons read and attempts, planned without any database."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from uuid import UUID

DAY = timedelta(days=1)
SITTING = timedelta(minutes=12)


class Way(Enum):
    """How far a person came."""

    FRESH = "fresh"
    NOT_BEGUN = "not begun"
    ON_THE_WAY = "on the way"
    QUIET = "quiet"
    STUCK = "stuck"
    PENDING = "pending"
    FINISHED = "finished"


# Of a hundred people.
HOW_MANY = {
    Way.FRESH: 8,
    Way.NOT_BEGUN: 12,
    Way.ON_THE_WAY: 42,
    Way.QUIET: 8,
    Way.STUCK: 9,
    Way.PENDING: 3,
    Way.FINISHED: 18,
}
# Whoever the list of whom to call has to find, by the rules that a group has at first.
TO_CALL = {Way.NOT_BEGUN, Way.QUIET, Way.STUCK}


class Result(Enum):
    """What became of an attempt."""

    OPEN = "open"
    PENDING = "pending"
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True)
class Sitting:
    """An attempt at a quiz, begun so long ago."""

    quiz_key: UUID
    ago: timedelta
    result: Result
    on_paper: bool


@dataclass
class Steps:
    """A person's way: enrolled and called so long ago, lessons read as (key, how long ago), and attempts."""

    way: Way
    enrolled: timedelta
    called: timedelta | None = None
    reads: list[tuple[UUID, timedelta]] = field(default_factory=list)
    sittings: list[Sitting] = field(default_factory=list)


def plan_steps(outline, *, chance):
    """Return the Steps of a person in the modules of the course (ModuleOutlines); `chance` is the person's own."""
    way = chance.choices(list(HOW_MANY), list(HOW_MANY.values()))[0]
    if not outline or way in (Way.FRESH, Way.NOT_BEGUN):
        return _not_begun(way if way is Way.FRESH else Way.NOT_BEGUN, chance)
    finished = len(outline) if way is Way.FINISHED else int(len(outline) * chance.random() ** 2)
    if way is Way.PENDING:
        finished = len(outline) - 1
    if way in (Way.STUCK, Way.PENDING) and not outline[finished].quiz_key:
        way = Way.ON_THE_WAY
    doings = [doing for module in outline[:finished] for doing in _finish(module, chance)]
    doings += _go_on(outline[finished], way, chance) if finished < len(outline) else []
    return _spread(doings, way, chance)


def _not_begun(way, chance):
    days = chance.uniform(1, 4) if way is Way.FRESH else chance.uniform(9, 60)
    return Steps(way, enrolled=days * DAY, called=_called(way, chance))


def _finish(module, chance):
    """Return what was done in a finished module: lesson keys, then (quiz key, Result) of attempts."""
    tries = [Result.FAILED] * (chance.random() < 0.2) + [Result.PASSED]
    return [lesson.key for lesson in module.lessons] + [
        (module.quiz_key, result) for result in tries if module.quiz_key
    ]


def _go_on(module, way, chance):
    """Return the same of the module in which a person is."""
    lessons = [lesson.key for lesson in module.lessons]
    if way is Way.STUCK:
        return lessons + [(module.quiz_key, Result.FAILED)] * chance.randint(2, 4)
    if way is Way.PENDING:
        return [*lessons, (module.quiz_key, Result.PENDING)]
    read = lessons[: chance.randint(1, max(1, len(lessons)))]
    begins_quiz = module.quiz_key and (not lessons or (len(read) == len(lessons) and chance.random() < 0.5))
    return [*read, (module.quiz_key, Result.OPEN)] if begins_quiz else read


def _spread(doings, way, chance):
    """Return the Steps with the doings spread from the person's first day to the last one."""
    last = chance.uniform(16, 45) if way is Way.QUIET else chance.uniform(0.1, 8)
    first = last + chance.uniform(4, 28)
    # Many attempts at one quiz are made on paper, in a session of the group.
    paper_key = (
        next((doing[0] for doing in doings if isinstance(doing, tuple)), None) if chance.random() < 0.3 else None
    )
    steps = Steps(way, enrolled=(first + chance.uniform(0, 5)) * DAY, called=_called(way, chance))
    for place, doing in enumerate(doings, start=1):
        ago = (first - (first - last) * place / len(doings)) * DAY
        if isinstance(doing, tuple):
            quiz_key, result = doing
            on_paper = quiz_key == paper_key and result in (Result.FAILED, Result.PASSED)
            steps.sittings.append(Sitting(quiz_key, ago, result, on_paper))
        else:
            steps.reads.append((doing, ago))
    return steps


def _called(way, chance):
    """Every sixth of those to call was called in the last days and is left alone."""
    return chance.uniform(0.5, 5) * DAY if way in TO_CALL and chance.random() < 1 / 6 else None
