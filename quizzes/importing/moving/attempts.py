"""Sittings of people who are known here as finished attempts. Twice the same file adds nothing."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from quizzes.attempts.scoring import round_down
from quizzes.identity import stable_key
from quizzes.importing.old_site.dump import in_order
from quizzes.importing.old_site.site import ORIGIN
from quizzes.importing.parts.reading import Problem, Skipped
from quizzes.models import Answer, AnswerWrite, Attempt
from quizzes.signals import attempts_brought

from .papers import Papers
from .people import match_people, name_there
from .progress import compare_progress
from .sittings import place_of_sitting, read_sitting

_AT_ONCE = 500


class Words:
    """What is said where the old site has lost something: on papers in their language, in lists in the reader's."""

    def __init__(self, language):
        with translation.override(language):
            self.lost_question = _("This question was deleted from the earlier site.")
            self.lost_option = _("An option that was deleted from the earlier site")

    def lost_answer(self, key):
        return _("The option chosen in question %(key)s is no longer in the file.") % {"key": key}

    def changed_answer(self, key):
        return _("Question %(key)s counted there otherwise than its options say today; it stays as it counted.") % {
            "key": key
        }

    def other_score(self, score, sum_of_right):
        return _(
            "Its points were %(score)d, and by its list of wrong answers %(sum)d were right. The points stand."
        ) % {
            "score": score,
            "sum": sum_of_right,
        }


@dataclass
class SittingsDone:
    """What became of the sittings: `made` and `present` in numbers, the rest told one by one."""

    made: int = 0
    present: int = 0
    skipped: list[Problem] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    # {name there: how many sittings} of people whom the list does not name.
    unknown: Counter = field(default_factory=Counter)
    progress: list[str] = field(default_factory=list)
    essays: int = 0


def write_sittings(site, plan, people, *, now):
    """Make attempts of the finished sittings of an OldSite, whose questions and quizzes are written by `plan`.

    `people` is what read_people returns. Runs inside of the caller's transaction. No attempt is announced as submitted:
    nothing of it happens now.
    """
    done, matched = SittingsDone(), match_people(people, site.dump)
    papers = Papers(site, plan, Words(plan.locale.language_code))
    taken, rows = [], site.dump.of("quiz.sitting")
    for key in in_order(rows):
        user = rows[key].points_to("user")
        if user not in matched:
            done.unknown[name_there(site.dump, user)] += 1
            continue
        try:
            sitting = read_sitting(rows[key])
            if sitting.ended_at > now:
                raise Skipped(_("It says that it ended in the future."))
            if papers.quiz_of(sitting) is None:
                raise Skipped(_("Its quiz is not in the file."))
        except Skipped as error:
            done.skipped.append(Problem(place_of_sitting(key), name_there(site.dump, user), str(error)))
            continue
        taken.append((sitting, matched[user]))
    for start in range(0, len(taken), _AT_ONCE):
        _write(taken[start : start + _AT_ONCE], papers, done, now)
    if done.made:
        attempts_brought.send(None, people={person for _sitting, person in taken}, now=now)
    done.progress = compare_progress(site, taken, matched)
    return done


def _write(taken, papers, done, now):
    attempts, writes, answers = [], [], []
    keys = {id(sitting): _key_of(sitting, papers) for sitting, _person in taken}
    present = Attempt.objects.without_paper().in_bulk(list(keys.values()))
    for sitting, person in taken:
        paper, responses = papers.write(sitting)
        if there := present.get(keys[id(sitting)]):
            done.present += 1
            if there.learner_id != person.pk:
                done.faults.append(sitting.problem(_("It is here already, as that of another person: it stays there.")))
            continue
        attempt = _make_attempt(sitting, person, paper, keys[id(sitting)])
        attempts.append(attempt)
        done.faults += [sitting.problem(fault) for fault in sitting.faults]
        done.essays += sum(
            item["kind"] == "open" and not item["scored"] and item["key"] in responses for item in paper["questions"]
        )
        for item in paper["questions"]:
            if (response := responses.get(item["key"])) is None:
                continue
            write = _make_write(attempt, item, response, now)
            writes.append(write)
            answers.append((write, item["scored"]))
    Attempt.objects.bulk_create(attempts)
    AnswerWrite.objects.bulk_create(writes, batch_size=_AT_ONCE)
    Answer.objects.bulk_create(
        [
            Answer(
                attempt_id=write.attempt_id,
                question_key=write.question_key,
                response=write.response,
                write=write,
                fraction=Decimal(scored),
            )
            for write, scored in answers
        ],
        batch_size=_AT_ONCE,
    )
    done.made += len(attempts)


def _key_of(sitting, papers):
    """Return the key of a sitting's attempt: the same one each time the same file comes."""
    quiz = papers.quiz_of(sitting).translation_key
    return stable_key(f"{ORIGIN} sitting {sitting.key} of {quiz} at {sitting.started_at.isoformat()}")


def _make_attempt(sitting, person, paper, key):
    percent = Decimal(100 * sitting.score) / len(sitting.order)
    return Attempt(
        pk=key,
        learner=person,
        quiz_key=paper["quiz"],
        paper=paper,
        language=paper["language"],
        started_at=sitting.started_at,
        submitted_at=sitting.ended_at,
        grade=round_down(percent),
        # There the rounded grade decided, and the person was told so.
        passed=percent.quantize(Decimal(1), ROUND_HALF_UP) >= paper["pass_mark"],
    )


def _make_write(attempt, item, response, now):
    return AnswerWrite(
        attempt=attempt,
        question_key=item["key"],
        client=ORIGIN,
        number=1,
        response=response,
        # When each was given, the old site did not keep.
        given_at=attempt.submitted_at,
        received_at=now,
    )


def tell_done(done):
    """Yield what became of the sittings, as lines for whoever imports."""
    yield _("Attempts that come over: %(n)d.") % {"n": done.made}
    if done.present:
        yield _("Attempts that were here already: %(n)d.") % {"n": done.present}
    if done.essays:
        yield _(
            "Open answers that counted as wrong there: %(n)d. Whether anybody had read them, the file does not say."
        ) % {"n": done.essays}
    if done.unknown:
        yield _("Sittings of people who are not in the list, left out: %(n)d.") % {"n": done.unknown.total()}
        yield from (f"  - {name}: {count}" for name, count in sorted(done.unknown.items()))
    if done.skipped:
        yield _("Sittings left out: %(n)d.") % {"n": len(done.skipped)}
        yield from (f"  - {problem}" for problem in done.skipped)
    if done.faults:
        yield _("What could not be placed, or was mended:")
        yield from (f"  - {problem}" for problem in done.faults)
    if done.progress:
        yield _("Progress by category is worked out here from the attempts. Where the old site said otherwise:")
        yield from (f"  - {line}" for line in done.progress)
