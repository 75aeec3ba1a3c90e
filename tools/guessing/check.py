"""What questions and scenes give away: docs/reference/guessing.md."""

from modules.content.loading.files import read_course
from quizzes.base.formats import quote
from tools.measures import Failed

from .bayes import telling_words
from .measuring import measure_pools
from .pools import pools_of
from .strategies import TOLD
from .telling import VERDICTS, tell_measured, write_interval, write_points


def add_arguments(parser):
    parser.add_argument("--all", action="store_true", help="show every strategy")
    parser.add_argument("--questions", action="store_true", help="show which strategies find each question")
    parser.add_argument("--words", type=int, default=0, help="show so many words that tell right from wrong")


def run(directory, language, module, *, all=False, questions=False, words=0):
    """Measure what somebody earns who guesses cleverly, and fail where a bank, a quiz or scenes are guessable."""
    measured = list(measure_pools(pools_of(read_course(directory, language))).values())
    shown = [one for one in measured if module is None or one.pool.identifier.lower() == module.lower()]
    if not shown:
        raise Failed("There is nothing to measure.")
    for one in shown:
        _write_pool(one, all=all, questions=questions, words=words)
    lines = [
        f"{one.pool.title}: {figure.strategy} {write_points(figure.advantage)} {write_interval(figure)}"
        for one in shown
        for figure in one.figures
        if figure.is_guessable
    ]
    if lines:
        raise Failed("\n".join(["These can be guessed:", *lines]))


def _write_pool(one, *, all, questions, words):
    print(f"{one.pool.title}: {one.count}, by chance {one.chance:.0f} of 100. {VERDICTS[one.verdict]}.")
    print(f"    {tell_measured(one)}")
    for figure in one.figures if all else []:
        points, interval = write_points(figure.advantage), write_interval(figure)
        told = TOLD[figure.strategy]
        print(f"    {figure.strategy:<24} {points:>4} {interval:<11} {figure.surely:>6.1f}  {told}")
    for found in telling_words(one.pool.items, words):
        count = found.right + found.wrong
        print(f"    {quote(found.word)}: {found.right} of {count} options with it are right")
    for item, found in zip(one.pool.items, one.found, strict=True) if questions else []:
        print(f"    {item.identifier}: {', '.join(found) or '–'}")
