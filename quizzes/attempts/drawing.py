"""Cases on a paper: each frozen once, beside the questions that share it."""

import hashlib
import logging
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from wagtail.images import get_image_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from quizzes.base.job_roles import Pool as Audiences
from quizzes.base.markup import read_dialogue, sources_in
from quizzes.exceptions import EmptyQuiz
from quizzes.kinds import KINDS, SCORED, kind_of
from quizzes.models import Attempt, FrozenImage, Question, QuizQuestion, Source
from quizzes.models.pools import ASKABLE, Facts, choose_units, is_for, read_pools, units_of_draws

from .rules import freeze_rules, own_rule
from .scoring import scored_items
from .second_chance import items_of
from .selection import Pool, choose_for_paper, choose_spares


def gather_units(questions):
    """Return the units of questions: each by itself, or with the others of its case, where the first of them stands.

    In a case its own order counts, whatever that of `questions` is.
    """
    units = {}
    for question in questions:
        units.setdefault(("case", question.case_id) if question.case_id else question.pk, []).append(question)
    return [sorted(unit, key=_place_in_case) if len(unit) > 1 else unit for unit in units.values()]


def _place_in_case(question):
    return (question.case_place is None, question.case_place or 0, question.pk or 0)


def cases_of(questions):
    """Return the cases of questions, each once, in their order."""
    return list({question.case.translation_key: question.case for question in questions if question.case}.values())


def freeze_cases(items, questions):
    """Name in each item the case of its question; return {key: the case}, all that is needed to show it for ever."""
    for item, question in zip(items, questions, strict=True):
        item["case"] = str(question.case.translation_key) if question.case else None
    return {str(case.translation_key): freeze_case(case) for case in cases_of(questions)}


def freeze_case(case):
    """Return a case as a paper keeps it; its image is not in it."""
    utterances = read_dialogue(case.dialogue)
    return {
        "identifier": case.identifier,
        "title": case.title,
        "text": case.text,
        "dialogue": [utterance._asdict() for utterance in utterances],
        "sources": list(dict.fromkeys([*sources_in(case.text), *sources_in(case.dialogue)])),
    }


def case_of(snapshot, item):
    """Return the case of an item on a paper, or None."""
    return snapshot["cases"].get(item["case"])


# Wide enough for any phone and for the column of a desk; old telephones read WebP, and it is light.
RENDITION = "width-800|format-webp"
logger = logging.getLogger(__name__)


def add_images(items, questions):
    """Give the items their questions' images: {"digest", "width", "height", "text"}. Constant in queries, 0 for none.

    An image that can't be read leaves its description: an empty digest, and its text.
    """
    wanted = {question.image_id for question in questions if question.image_id}
    if not wanted:
        return
    frozen = freeze_images(wanted)
    for item, question in zip(items, questions, strict=True):
        if question.image_id:
            item["image"] = frozen.get(question.image_id, {"digest": ""}) | {"text": question.image_text}


def freeze_images(image_ids):
    """Store the images as papers show them, and return {image: {"digest", "width", "height"}}."""
    copies = {}
    for image in get_image_model().objects.filter(pk__in=image_ids).prefetch_renditions(RENDITION):
        if copy := freeze_image(image):
            copies[image.pk] = copy
    FrozenImage.objects.keep(copies.values())
    return {pk: {"digest": copy.digest, "width": copy.width, "height": copy.height} for pk, copy in copies.items()}


def freeze_image(image):
    """Return a PaperImage, not saved, of an image of the library; None when its file can't be read."""
    try:
        rendition = image.get_rendition(RENDITION)
        with rendition.open_file() as file:
            content = file.read()
    except (OSError, SourceImageIOError, InvalidFilterSpecError):
        logger.exception("The image %s can't be copied for a paper", image.pk)
        return None
    return FrozenImage(
        digest=hashlib.sha256(content).hexdigest(),
        content_type="image/webp",
        width=rendition.width,
        height=rendition.height,
        content=content,
    )


def sources_cited(snapshot, item):
    """Return the sources that a question points to while it is answered: in its case, its text, the options shown."""
    options = kind_of(item).shown_options(item)
    texts = [item["text"], *(option["text"] for option in (*options, *item.get("matches", ())))]
    cited = {identifier for text in texts for identifier in sources_in(text)} | _of_case(snapshot, item)
    return [source for source in snapshot["sources"] if source["id"] in cited]


def sources_shown(snapshot, fields):
    """Return the sources that a page of questions points to: of those already reviewed all, of the others as above."""
    shown = {}
    for field in fields:
        cited = {source["id"] for source in sources_cited(snapshot, field.item)}
        ids = {*field.item["sources"], *_of_case(snapshot, field.item)} if field.reviewed else cited
        shown |= dict.fromkeys(ids)
    return [source for source in snapshot["sources"] if source["id"] in shown]


def sources_reviewed(snapshot, reviewed):
    """Return the sources that a review points to; before it may be told what is right, none that only tells that."""
    # What was kept ready to be asked again rests on sources of its own.
    if all(one.tells for one in reviewed) and "spares" not in snapshot:
        return snapshot["sources"]
    shown = {identifier for one in reviewed for identifier in (*one.sources, *_of_case(snapshot, one.item))}
    return [source for source in snapshot["sources"] if source["id"] in shown]


def _of_case(snapshot, item):
    case = case_of(snapshot, item)
    return set(case["sources"]) if case else set()


def freeze_sources(items, locale_id):
    """Return the sources that items and cases cite, in their order, in the paper's language where there are such."""
    cited = list(dict.fromkeys(identifier for item in items for identifier in item["sources"]))
    found = Source.objects.filter(identifier__in=cited)
    # The paper's own language comes last, and so wins.
    found = {source.identifier: source for source in sorted(found, key=lambda source: source.locale_id == locale_id)}
    return [_freeze_source(identifier, found.get(identifier)) for identifier in cited]


def _freeze_source(identifier, source):
    if source is None:
        return {"id": identifier, "title": "", "publisher": "", "year": "", "address": ""}
    return {
        "id": identifier,
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "address": source.address,
    }


def questions_met(learner, quiz_key):
    """Return {question key: place} of what the learner's papers of a quiz asked, the higher the later. One query."""
    papers = Attempt.objects.filter(learner=learner).of_quiz(quiz_key).order_by("started_at", "pk")
    met = {}
    for place, snapshot in enumerate(papers.values_list("snapshot", flat=True), start=1):
        met |= {item["key"]: place for item in items_of(snapshot)}
    return met


def keys_met(learner):
    """Return the keys of what the learner's papers asked, of whatever quiz. One query."""
    papers = Attempt.objects.filter(learner=learner).values_list("snapshot", flat=True)
    return {UUID(item["key"]) for snapshot in papers for item in items_of(snapshot)}


# What one draw takes may leave another one cases alone, which don't make up its number: then chance is asked again.
TRIES = 20


def draw_snapshot(quiz, *, chance, rule=None, audience="", met=dict):
    """Return the paper (JSON) of a quiz: its texts, rules, questions in order with their options, and their sources.

    `rule` is the PassRule of whoever takes it, where that is not the quiz's own; `audience` the code of their job, or
    nothing; `met`, called where it matters, tells how lately they met which question: {key: place}, the last highest.
    Questions that are not published are left out. Raises EmptyQuiz when nothing that counts remains.
    """
    draws = list(quiz.draws.all())
    if any(draw.pool or draw.topic_id is None for draw in draws):
        questions, spares = draw_from_pools(quiz, draws, audience=audience, met=met(), chance=chance)
    else:
        questions, spares = draw_questions(quiz, draws, audience=audience, met=met, chance=chance)
    snapshot = freeze_quiz(quiz, questions, spares=spares, audience=audience, chance=chance, rule=rule)
    if not scored_items(snapshot):
        raise EmptyQuiz
    return snapshot


def draw_questions(quiz, draws, *, audience, met, chance):
    """Return (questions, spares) of a new attempt: the quiz's own, or as many of them as it asks, then each draw's.

    Where only some are asked, chance says which, and they keep their order unless the quiz shuffles. No question comes
    twice; a draw from too small a topic gives what there is. A case comes whole or not at all, in its order: where the
    number that is asked can't be reached so, the nearest below it is.
    """
    own, others = _own_units_and_spares(quiz)
    read = {question.pk: question for question in others} | {one.pk: one for unit in own for one in unit}
    units = [[Facts.of(question) for question in unit] for unit in _draw_own(quiz, own, chance)]
    taken = {facts.pk for unit in units for facts in unit}
    bank, drawn = draw_from_topics(quiz, draws, taken, chance=chance) if draws else (map(Facts.of, others), [])
    asked = _in_order(quiz, units + drawn, chance)
    spares = {}
    if marked := [facts for facts in asked if facts.is_indispensable]:
        acts = {facts.act for facts in marked} - {None}
        candidates = [facts for facts in bank if facts.act in acts]
        spares = choose_spares([asked], candidates, audience=audience, met=met(), chance=chance)
    found = _read_missing(read, {facts.pk for facts in asked} | set(spares.values()))
    return [found[facts.pk] for facts in asked], _by_key(spares, found)


def draw_from_pools(quiz, draws, *, audience, met, chance, own_keys=None):
    """Return (questions, {key of one that is indispensable: its spare}) of an attempt at a quiz with pools.

    A quiz with a draw from its own questions asks none of them each time: all are in its pools. `own_keys` are those
    of a form that is not saved yet.
    """
    pooled = any(draw.topic_id is None for draw in draws)
    own = [] if pooled else _draw_own(quiz, own_units(quiz), chance)
    taken = {question.pk for unit in own for question in unit}
    pools = pools_for(quiz, draws, audience, taken=taken, own_keys=own_keys)
    drawn, wanted = [], sum(draw.count for draw in draws)
    for _try in range(TRIES):
        chosen = [unit for units in choose_for_paper(pools, met=met, chance=chance) for unit in units]
        if _count(chosen) > _count(drawn):
            drawn = chosen
        if _count(drawn) == wanted or all(len(unit) == 1 for pool in pools for unit in pool.units):
            break
    units = [[Facts.of(question) for question in unit] for unit in own] + drawn
    candidates = [unit[0] for pool in pools for unit in (*pool.units, *pool.others) if len(unit) == 1]
    spares = choose_spares(units, candidates, audience=audience, met=met, chance=chance)
    read = {question.pk: question for unit in own for question in unit}
    found = _read_missing(read, {facts.pk for unit in units for facts in unit} | set(spares.values()))
    units = [[found[facts.pk] for facts in unit] for unit in units]
    return _in_order(quiz, units, chance), _by_key(spares, found)


def _read_missing(read, wanted):
    """Return {key of a row: Question} of those read before and all wanted; where none is missing, without a query."""
    missing = wanted.difference(read)
    return read | _with_all(Question.objects).in_bulk(missing) if missing else read


def _by_key(spares, found):
    return {str(found[pk].translation_key): found[other] for pk, other in spares.items()}


def pools_for(quiz, draws, audience, *, taken=frozenset(), own_keys=None):
    """Return the Pools of a quiz's draws for somebody of an audience, without what the quiz asks already."""
    pools = []
    own = None if own_keys is None else {quiz.pk: own_keys}
    for draw, units in zip(draws, units_of_draws(quiz.locale_id, draws, own=own), strict=True):
        units = [unit for unit in units if taken.isdisjoint(facts.pk for facts in unit)]
        fit = _that_are_for(units, draw.pool, audience)
        is_own = draw.pool == Audiences.OWN and audience != ""
        acts = dict.fromkeys(facts.act for unit in fit for facts in unit if facts.is_core_act)
        pools.append(
            Pool(
                draw.count,
                fit,
                others=_that_are_for(units, Audiences.CORE, audience) if is_own else [],
                acts=tuple(acts) if draw.pool and not is_own else (),
                is_own=is_own,
            )
        )
    return pools


def _that_are_for(units, pool, audience):
    return [unit for unit in units if all(is_for(facts.audiences, pool, audience) for facts in unit)]


def _draw_own(quiz, units, chance):
    """Return the quiz's own units, or as many of them as it asks."""
    if quiz.questions_drawn is not None:
        # A reflection counts nothing: it is neither chosen nor left out.
        sizes = [sum(question.kind in SCORED for question in unit) for unit in units]
        if sum(sizes) > quiz.questions_drawn:
            kept = choose_units(sizes, quiz.questions_drawn, chance=chance)
            units = [units[place] for place in sorted(kept)]
    return units


def _in_order(quiz, units, chance):
    if quiz.shuffle_questions:
        chance.shuffle(units)
    return [question for unit in units for question in unit]


def own_units(quiz, questions=None):
    """Return the quiz's own questions in units, each a list; an entry brings its whole case, where it stands first.

    `questions` is a queryset that says what of them is read, without one all that a paper needs.
    """
    questions = _with_all(Question.objects) if questions is None else questions
    return gather_units(_in_quiz(questions, quiz, _stands_in(quiz)))


def _stands_in(quiz):
    entries = QuizQuestion.objects.filter(quiz=quiz, question__live=True)
    return Q(pk__in=entries.values("question")) | Q(case__in=entries.values("question__case"))


def _in_quiz(questions, quiz, condition):
    """Return the questions for which a condition holds, those that are entered in the quiz first, in its order."""
    place = QuizQuestion.objects.filter(quiz=quiz, question__live=True, question=OuterRef("pk"))
    return (
        questions.filter(ASKABLE)
        .filter(condition)
        .annotate(place=Subquery(place.values("sort_order")[:1]), entry=Subquery(place.values("pk")[:1]))
        .order_by(F("place").asc(nulls_last=True), F("entry").asc(nulls_last=True))
    )


def _own_units_and_spares(quiz):
    """Return the quiz's own units, and the questions that may stand in for one of them that is indispensable."""
    acts = Question.objects.filter(_stands_in(quiz), is_indispensable=True).values("act")
    spare = Q(case=None, locale=quiz.locale_id, act__in=acts)
    read = list(_in_quiz(_with_all(Question.objects), quiz, _stands_in(quiz) | spare))
    own = [question for question in read if question.entry or question.case_id]
    return gather_units(own), [question for question in read if not (question.entry or question.case_id)]


def draw_from_topics(quiz, draws, taken, *, chance):
    """Return (the Facts of all in the bank, the units that the quiz's draws give): none with a question in `taken`."""
    (bank, pools), drawn = read_pools(quiz.locale_id, draws), []
    for _try in range(TRIES):
        chosen = _choose(draws, pools, taken, chance)
        if _count(chosen) > _count(drawn):
            drawn = chosen
        if _count(drawn) == sum(draw.count for draw in draws):
            break
    return [facts for unit in bank for facts in unit], drawn


def _choose(draws, pools, taken, chance):
    chosen = []
    for draw, pool in zip(draws, pools, strict=True):
        fit = [unit for unit in pool if taken.isdisjoint(facts.pk for facts in unit)]
        units = [fit[place] for place in choose_units([len(unit) for unit in fit], draw.count, chance=chance)]
        taken = taken.union(facts.pk for unit in units for facts in unit)
        chosen += units
    return chosen


def _count(units):
    return sum(map(len, units))


def _with_all(questions):
    """Return questions with all that a paper needs of them."""
    return questions.select_related("case", "act").prefetch_related("choices", "sources")


def freeze_quiz(quiz, questions, *, chance, rule=None, spares=None, audience=""):
    """Return the paper of these questions, whatever they are; used for a preview too.

    `spares` are {key of an indispensable question: the one that is asked when it was missed}; nobody sees them before.
    """
    rule, spares = rule or own_rule(quiz), spares or {}
    every = [*questions, *spares.values()]
    items = [KINDS[question.kind].freeze(question, chance, shuffle=quiz.shuffle_options) for question in every]
    cases = freeze_cases(items, every)
    add_images([*items, *cases.values()], [*every, *cases_of(every)])
    asked, others = items[: len(questions)], items[len(questions) :]
    return {
        "quiz": str(quiz.translation_key),
        "identifier": quiz.identifier,
        "language": quiz.locale.language_code,
        "title": quiz.title,
        "intro": quiz.intro,
        "warning": quiz.warning,
        "pass_mark": rule.pass_mark,
        "rules": freeze_rules(quiz, rule.counting_attempt),
        "total": sum(item["marks"] for item in asked),
        "questions": asked,
        "sources": freeze_sources([*cases.values(), *items], quiz.locale_id),
        "cases": cases,
        **({"audience": audience} if audience else {}),
        **({"spares": dict(zip(spares, others, strict=True))} if spares else {}),
    }
