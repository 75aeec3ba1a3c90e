"""What is measured together: the bank, whole and for each job; each module; quizzes of none; the scenes. Pure."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from modules.text.prose import passages_of_lesson
from quizzes.guessing.items import ONE, Item, Lesson, audiences_in, for_audience, items_of
from quizzes.guessing.measuring import Pool, Scope
from quizzes.wording.marks import plain

# The lessons that a quiz asks about; what comes after them closes the module.
TEACHING_LESSONS = 4
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Taught:
    """A module: its id, such as M3, its title, the lessons that teach it and the moments of its scenes."""

    identifier: str
    title: str
    lessons: tuple[Lesson, ...] = ()
    moments: tuple[Item, ...] = ()


@dataclass
class Asked:
    """A quiz with every question that it may ask: (identifier, kind, text, choices, audiences, address) of each."""

    identifier: str
    title: str
    module: Taught | None = None
    questions: list = field(default_factory=list)


def teach(identifier, title, lessons, *, language):
    """Return the Taught of a module from its `lessons` as their files have them, {"body": …}, in order."""
    names = [f"{identifier}-L{number}" for number in range(1, TEACHING_LESSONS + 1)]
    texts = ["\n".join(passages_of_lesson(lesson)) for lesson in lessons]
    taught = [Lesson(name, text, language) for name, text in zip(names, texts, strict=False)]
    more = {"group": identifier, "language": language}
    moments = [moment for lesson in lessons for moment in moments_in(lesson["body"], **more)]
    return Taught(identifier, title, tuple(taught), tuple(moments))


def moments_in(body, **more):
    """Yield an Item for each moment of the scenes in a lesson's body: the best choices are the right ones."""
    for scene in (block["scenario"] for block in body if "scenario" in block):
        for step in scene["steps"]:
            best = tuple(choice["rating"] == "best" for choice in step["choices"])
            if set(best) == {True, False}:
                texts = tuple(plain(choice["text"]) for choice in step["choices"])
                yield Item(f"{scene['id']} · {step['name']}", ONE, plain(step["text"]), texts, best, **more)


def pools_of_course(taught, quizzes, *, language):
    """Return the tuple of Pools of a course in a language: `taught` are its modules, `quizzes` what is Asked."""
    own = [_items_of_quiz(quiz, language) for quiz in quizzes]
    # A question that two quizzes ask is one of the bank, with the lessons of the first.
    bank = _in_order({item.identifier: item for items in reversed(own) for item in items}.values())
    moments = [(module, module.moments) for module in taught if module.moments]
    pools = [
        Pool(Scope.BANK, "", _("The whole bank"), bank),
        *(
            Pool(
                Scope.AUDIENCE,
                str(audience),
                _("For: %(job)s") % {"job": audience.label},
                for_audience(bank, audience),
            )
            for audience in audiences_in(bank)
        ),
        *(_pool_of_quiz(quiz, items) for quiz, items in zip(quizzes, own, strict=True)),
        Pool(Scope.SCENES, "", _("The scenes"), tuple(moment for _module, own in moments for moment in own)),
        *(
            Pool(
                Scope.SCENES_OF_MODULE,
                module.identifier,
                _("%(module)s · its scenes") % {"module": module.identifier},
                own,
            )
            for module, own in moments
        ),
    ]
    return tuple(pool for pool in pools if pool.items)


def _items_of_quiz(quiz, language):
    lessons = quiz.module.lessons if quiz.module else ()
    return _in_order(
        item
        for identifier, kind, text, choices, audiences, address in quiz.questions
        for item in items_of(
            identifier,
            kind,
            text,
            choices,
            lessons=lessons,
            group=quiz.identifier,
            audiences=tuple(audiences),
            language=language,
            address=address,
        )
    )


def _in_order(items):
    """Return items as people count them, M1-Q9 before M1-Q10: files and CMS give the same figures."""
    return tuple(
        sorted(
            items, key=lambda item: [int(part) if part.isdigit() else part for part in _NUMBER.split(item.identifier)]
        )
    )


def _pool_of_quiz(quiz, items):
    if quiz.module is None:
        return Pool(Scope.QUIZ, quiz.identifier, quiz.title, items)
    return Pool(Scope.MODULE, quiz.module.identifier, f"{quiz.module.identifier} · {quiz.module.title}", items)
