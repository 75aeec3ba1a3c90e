"""Snapshots of attempts: drawn questions, frozen cases, images and sources."""

import hashlib
import logging
import random
from collections import defaultdict
from uuid import UUID, uuid5

from django.db.models import F, OuterRef, Q, Subquery
from wagtail.images import get_image_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from quizzes.base.job_roles import Pool as Audiences
from quizzes.base.markup import find_sources, parse_dialogue
from quizzes.exceptions import EmptyQuiz
from quizzes.kinds import AUTO_MARKED, KINDS, SCORED, get_kind
from quizzes.models import Answer, Attempt, FrozenImage, Question, QuizQuestion, Source
from quizzes.models.pools import ASKABLE, QuestionFacts, choose_units, get_draw_units, is_in_pool, read_pools

from .rules import freeze_rules, pass_rule_of, rules_of
from .scoring import scored_items
from .second_chance import all_items
from .selection import Pool, choose_from_pools, choose_spares, choose_unseen

logger = logging.getLogger(__name__)
# Wide enough for phones and for the text column of a desktop.
RENDITION = "width-800|format-webp"
# Retries, since a draw may leave the next one only cases that do not fit its number.
MAX_DRAWS = 20


def draw_snapshot(quiz, *, chance, rule=None, audience="", seen=dict):
    """`seen` returns {question key: place}, called only if needed; raises EmptyQuiz without scored questions."""
    draws = list(quiz.draws.all())
    if any(draw.pool or draw.topic_id is None for draw in draws):
        questions, spares = draw_from_pools(quiz, draws, audience=audience, seen=seen(), chance=chance)
    else:
        questions, spares = draw_questions(quiz, draws, audience=audience, seen=seen, chance=chance)
    snapshot = freeze_quiz(quiz, questions, spares=spares, audience=audience, chance=chance, rule=rule)
    if not scored_items(snapshot):
        raise EmptyQuiz
    return snapshot


def draw_questions(quiz, draws, *, audience, seen, chance):
    """Return (questions, spares) of an attempt at a quiz without pools; cases come whole or not at all."""
    own, others = _own_units_and_spares(quiz)
    read = {question.pk: question for question in others} | {question.pk: question for unit in own for question in unit}
    units = [[QuestionFacts.from_question(question) for question in unit] for unit in _draw_own(quiz, own, chance)]
    taken = {facts.pk for unit in units for facts in unit}
    bank, drawn = map(QuestionFacts.from_question, others), []
    if draws:
        bank, drawn = draw_from_topics(quiz, draws, taken, chance=chance)
    asked = _in_order(quiz, units + drawn, chance)
    spares = {}
    if marked := [facts for facts in asked if facts.is_indispensable]:
        acts = {facts.act for facts in marked} - {None}
        candidates = [facts for facts in bank if facts.act in acts]
        spares = choose_spares([asked], candidates, audience=audience, seen=seen(), chance=chance)
    found = _read_missing(read, {facts.pk for facts in asked} | set(spares.values()))
    return [found[facts.pk] for facts in asked], _by_key(spares, found)


def draw_from_pools(quiz, draws, *, audience, seen, chance, own_keys=None):
    """Return (questions, {key of an indispensable question: its spare}) of an attempt at a quiz with pools."""
    pooled = any(draw.topic_id is None for draw in draws)
    own = [] if pooled else _draw_own(quiz, own_units(quiz), chance)
    taken = {question.pk for unit in own for question in unit}
    pools = pools_for(quiz, draws, audience, taken=taken, own_keys=own_keys)
    drawn, wanted = [], sum(draw.count for draw in draws)
    for _try in range(MAX_DRAWS):
        chosen = [unit for units in choose_from_pools(pools, seen=seen, chance=chance) for unit in units]
        if _count(chosen) > _count(drawn):
            drawn = chosen
        if _count(drawn) == wanted or all(len(unit) == 1 for pool in pools for unit in pool.units):
            break
    units = [[QuestionFacts.from_question(question) for question in unit] for unit in own] + drawn
    candidates = [unit[0] for pool in pools for unit in (*pool.units, *pool.others) if len(unit) == 1]
    spares = choose_spares(units, candidates, audience=audience, seen=seen, chance=chance)
    read = {question.pk: question for unit in own for question in unit}
    found = _read_missing(read, {facts.pk for unit in units for facts in unit} | set(spares.values()))
    units = [[found[facts.pk] for facts in unit] for unit in units]
    return _in_order(quiz, units, chance), _by_key(spares, found)


def pools_for(quiz, draws, audience, *, taken=frozenset(), own_keys=None):
    pools = []
    own = None if own_keys is None else {quiz.pk: own_keys}
    for draw, units in zip(draws, get_draw_units(quiz.locale_id, draws, own=own), strict=True):
        units = [unit for unit in units if taken.isdisjoint(facts.pk for facts in unit)]
        fit = fitting_units(units, draw.pool, audience)
        is_own = draw.pool == Audiences.OWN and audience != ""
        acts = dict.fromkeys(facts.act for unit in fit for facts in unit if facts.is_core_act)
        pools.append(
            Pool(
                draw.count,
                fit,
                others=fitting_units(units, Audiences.CORE, audience) if is_own else [],
                acts=tuple(acts) if draw.pool and not is_own else (),
                is_own=is_own,
            )
        )
    return pools


def fitting_units(units, pool, audience):
    return [unit for unit in units if all(is_in_pool(facts.audiences, pool, audience) for facts in unit)]


def draw_from_topics(quiz, draws, taken, *, chance):
    """Return (QuestionFacts of all in the bank, units drawn from topics)."""
    (bank, pools), drawn = read_pools(quiz.locale_id, draws), []
    for _try in range(MAX_DRAWS):
        chosen = _draw_units(draws, pools, taken, chance)
        if _count(chosen) > _count(drawn):
            drawn = chosen
        if _count(drawn) == sum(draw.count for draw in draws):
            break
    return [facts for unit in bank for facts in unit], drawn


def _draw_units(draws, pools, taken, chance):
    chosen = []
    for draw, pool in zip(draws, pools, strict=True):
        fit = [unit for unit in pool if taken.isdisjoint(facts.pk for facts in unit)]
        units = [fit[place] for place in choose_units([len(unit) for unit in fit], draw.count, chance=chance)]
        taken = taken.union(facts.pk for unit in units for facts in unit)
        chosen += units
    return chosen


def _count(units):
    return sum(map(len, units))


def _draw_own(quiz, units, chance):
    if quiz.questions_drawn is not None:
        # Reflections are not scored: they are neither chosen nor left out.
        sizes = [sum(question.kind in SCORED for question in unit) for unit in units]
        if sum(sizes) > quiz.questions_drawn:
            kept = choose_units(sizes, quiz.questions_drawn, chance=chance)
            units = [units[place] for place in sorted(kept)]
    return units


def _in_order(quiz, units, chance):
    if quiz.shuffle_questions:
        chance.shuffle(units)
    return [question for unit in units for question in unit]


def _read_missing(read, wanted):
    missing = wanted.difference(read)
    return read | _with_related(Question.objects).in_bulk(missing) if missing else read


def _by_key(spares, found):
    return {str(found[pk].translation_key): found[other] for pk, other in spares.items()}


def own_units(quiz, questions=None):
    """Return the quiz's own questions in units; one question of a case brings the whole case."""
    questions = _with_related(Question.objects) if questions is None else questions
    return gather_units(_in_quiz_order(questions, quiz, _is_in_quiz(quiz)))


def gather_units(questions):
    units = {}
    for question in questions:
        units.setdefault(("case", question.case_id) if question.case_id else question.pk, []).append(question)
    return [
        sorted(unit, key=lambda question: (question.case_place is None, question.case_place or 0, question.pk or 0))
        for unit in units.values()
    ]


def _own_units_and_spares(quiz):
    acts = Question.objects.filter(_is_in_quiz(quiz), is_indispensable=True).values("act")
    spare = Q(case=None, locale=quiz.locale_id, act__in=acts)
    read = list(_in_quiz_order(_with_related(Question.objects), quiz, _is_in_quiz(quiz) | spare))
    own = [question for question in read if question.entry or question.case_id]
    return gather_units(own), [question for question in read if not (question.entry or question.case_id)]


def _in_quiz_order(questions, quiz, condition):
    place = QuizQuestion.objects.filter(quiz=quiz, question__live=True, question=OuterRef("pk"))
    return (
        questions.filter(ASKABLE)
        .filter(condition)
        .annotate(place=Subquery(place.values("sort_order")[:1]), entry=Subquery(place.values("pk")[:1]))
        .order_by(F("place").asc(nulls_last=True), F("entry").asc(nulls_last=True))
    )


def _is_in_quiz(quiz):
    entries = QuizQuestion.objects.filter(quiz=quiz, question__live=True)
    return Q(pk__in=entries.values("question")) | Q(case__in=entries.values("question__case"))


def _with_related(questions):
    return questions.select_related("case", "act").prefetch_related("choices", "sources")


def seen_questions(learner, quiz_key):
    """Return {question key: place} of the learner's earlier attempts at a quiz, higher if later."""
    attempts, seen = Attempt.objects.filter(learner=learner).of_quiz(quiz_key), {}
    answered = defaultdict(set)
    for attempt, key in Answer.objects.filter(attempt__in=attempts).values_list("attempt_id", "question_key"):
        answered[attempt].add(str(key))
    papers = attempts.order_by("started_at", "pk").values_list("pk", "snapshot__questions")
    for place, (attempt, questions) in enumerate(papers, start=1):
        seen |= dict.fromkeys([*(item["key"] for item in questions), *answered[attempt]], place)
    return seen


def seen_question_keys(learner):
    papers = Attempt.objects.filter(learner=learner).values_list("snapshot__questions", flat=True)
    answered = Answer.objects.filter(attempt__learner=learner).values_list("question_key", flat=True)
    return {UUID(item["key"]) for questions in papers for item in questions} | set(answered)


def draw_near_items(attempt, missed):
    """Return the snapshot with another question of the competency of each missed one, unseen first, else the same."""
    snapshot, chance = attempt.snapshot, random.SystemRandom()
    found, shuffle = _find_others(snapshot, missed), rules_of(snapshot).shuffle_options
    seen, drawn, items = seen_questions(attempt.learner_id, attempt.quiz_key), {}, {}
    for item in missed:
        fit = [facts for facts, question in found.items() if question.act.identifier == _act_of(item)]
        if facts := choose_unseen(fit, audience=snapshot.get("audience", ""), seen=seen, chance=chance):
            drawn[item["key"]] = question = found.pop(facts)
            items[item["key"]] = KINDS[question.kind].freeze(question, chance, shuffle=shuffle) | {"case": None}
        elif item["kind"] in AUTO_MARKED:
            items[item["key"]] = _ask_same(item, chance, "near")
    add_images([items[key] for key in drawn], [*drawn.values()])
    near = [item | {"instead_of": key} for key, item in items.items()]
    cited = {source["id"] for source in snapshot["sources"]}
    sources = [source for source in freeze_sources(near, snapshot["language"]) if source["id"] not in cited]
    return snapshot | {"near": [*snapshot.get("near", ()), *near], "sources": [*snapshot["sources"], *sources]}


def _find_others(snapshot, missed):
    """Return {QuestionFacts: Question} of the bank that may be asked instead of missed items."""
    acts = {_act_of(item) for item in missed} - {None}
    others = Question.objects.filter(ASKABLE, act__identifier__in=acts, locale__language_code=snapshot["language"])
    others = others.exclude(translation_key__in=[item["key"] for item in all_items(snapshot)]).order_by("pk")
    return {QuestionFacts.from_question(question): question for question in _with_related(others)}


def _act_of(item):
    return item["act"]["id"] if item.get("act") else None


def _ask_same(item, chance, name):
    key = str(uuid5(UUID(item["key"]), name))
    return item | get_kind(item).reshuffle(item, chance) | {"key": key}


def freeze_quiz(quiz, questions, *, chance, rule=None, spares=None, audience=""):
    """Return the snapshot of these questions; `spares` are {key of an indispensable question: its spare or itself}."""
    rule, spares = rule or pass_rule_of(quiz), spares or {}
    every = [*questions, *spares.values()]
    items = [KINDS[question.kind].freeze(question, chance, shuffle=quiz.shuffle_options) for question in every]
    cases = freeze_stimuli(items, every)
    add_images([*items, *cases.values()], [*every, *stimuli_of(every)])
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
        "sources": freeze_sources([*cases.values(), *items], quiz.locale.language_code),
        "cases": cases,
        **({"audience": audience} if audience else {}),
        **({"repeats": _repeats(spares, others, chance)} if spares else {}),
    }


def _repeats(spares, items, chance):
    return {
        key: (_ask_same(item, chance, "again") if item["key"] == key else item) | {"instead_of": key}
        for key, item in zip(spares, items, strict=True)
    }


def freeze_stimuli(items, questions):
    """Set the case of each item; return {key: frozen case}."""
    for item, question in zip(items, questions, strict=True):
        item["case"] = str(question.case.translation_key) if question.case else None
    return {str(case.translation_key): freeze_stimulus(case) for case in stimuli_of(questions)}


def freeze_stimulus(case):
    return {
        "identifier": case.identifier,
        "title": case.title,
        "text": case.text,
        "dialogue": [utterance._asdict() for utterance in parse_dialogue(case.dialogue)],
        "sources": list(dict.fromkeys([*find_sources(case.text), *find_sources(case.dialogue)])),
    }


def stimuli_of(questions):
    return list({question.case.translation_key: question.case for question in questions if question.case}.values())


def stimulus_of(snapshot, item):
    return snapshot["cases"].get(item["case"])


def add_images(items, questions):
    """Add the images of questions to the items; one that cannot be read has an empty digest and its text."""
    wanted = {question.image_id for question in questions if question.image_id}
    if not wanted:
        return
    frozen = freeze_images(wanted)
    for item, question in zip(items, questions, strict=True):
        if question.image_id:
            item["image"] = frozen.get(question.image_id, {"digest": ""}) | {"text": question.image_text}


def freeze_images(image_ids):
    """Return {image pk: {"digest", "width", "height"}}."""
    copies = {}
    for image in get_image_model().objects.filter(pk__in=image_ids).prefetch_renditions(RENDITION):
        if copy := freeze_image(image):
            copies[image.pk] = copy
    FrozenImage.objects.store(copies.values())
    return {pk: {"digest": copy.digest, "width": copy.width, "height": copy.height} for pk, copy in copies.items()}


def freeze_image(image):
    """Return an unsaved FrozenImage; None if the file cannot be read."""
    try:
        rendition = image.get_rendition(RENDITION)
        with rendition.open_file() as file:
            content = file.read()
    except (OSError, SourceImageIOError, InvalidFilterSpecError):
        logger.exception("Image %s cannot be copied for a snapshot", image.pk)
        return None
    return FrozenImage(
        digest=hashlib.sha256(content).hexdigest(),
        content_type="image/webp",
        width=rendition.width,
        height=rendition.height,
        content=content,
    )


def freeze_sources(items, language):
    cited = list(dict.fromkeys(identifier for item in items for identifier in item["sources"]))
    found = Source.objects.filter(identifier__in=cited).select_related("locale")
    found = sorted(found, key=lambda source: source.locale.language_code == language)
    found = {source.identifier: source for source in found}
    names = ("title", "publisher", "year", "address")
    return [
        {"id": identifier} | {name: getattr(found.get(identifier), name, "") for name in names} for identifier in cited
    ]


def cited_sources(snapshot, item):
    options = get_kind(item).visible_options(item)
    texts = [item["text"], *(option["text"] for option in (*options, *item.get("matches", ())))]
    cited = {identifier for text in texts for identifier in find_sources(text)} | _case_sources(snapshot, item)
    return [source for source in snapshot["sources"] if source["id"] in cited]


def shown_sources(snapshot, fields):
    shown = {}
    for field in fields:
        cited = {source["id"] for source in cited_sources(snapshot, field.item)}
        ids = {*field.item["sources"], *_case_sources(snapshot, field.item)} if field.reviewed else cited
        shown |= dict.fromkeys(ids)
    return [source for source in snapshot["sources"] if source["id"] in shown]


def reviewed_sources(snapshot, reviewed):
    """Return the sources that a review cites, without those of questions that were not asked."""
    shown = {
        identifier
        for answer in reviewed
        for identifier in (*answer.item["sources"], *_case_sources(snapshot, answer.item))
    }
    return [source for source in snapshot["sources"] if source["id"] in shown]


def _case_sources(snapshot, item):
    case = stimulus_of(snapshot, item)
    return set(case["sources"]) if case else set()
