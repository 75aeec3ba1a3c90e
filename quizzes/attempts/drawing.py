"""Drawing a paper: everything an attempt needs, frozen, so that later edits change nothing of it."""

from quizzes.exceptions import EmptyQuiz
from quizzes.kinds import KINDS, SCORED
from quizzes.models import Question, Topic

from .images import add_images
from .rules import freeze_rules, own_rule
from .scoring import scored_items
from .sources import freeze_sources


def draw_paper(quiz, *, chance, rule=None):
    """Return the paper (JSON) of a quiz: its texts, rules, questions in order with their options, and their sources.

    `rule` is the PassRule of whoever takes it, where that is not the quiz's own.
    Questions that are not published are left out. Raises EmptyQuiz when nothing that counts remains.
    """
    paper = freeze_quiz(quiz, draw_questions(quiz, chance=chance), chance=chance, rule=rule)
    if not scored_items(paper):
        raise EmptyQuiz
    return paper


def draw_questions(quiz, *, chance):
    """Return the questions of a new attempt: the quiz's own, or as many of them as it asks, then those of each draw.

    Where only some are asked, chance says which, and they keep their order unless the quiz shuffles. No question comes
    twice; a draw from too small a topic gives what there is.
    """
    own = list(
        Question.objects.filter(entries__quiz=quiz, live=True)
        .order_by("entries__sort_order", "entries__pk")
        .prefetch_related("choices", "sources")
    )
    if quiz.questions_drawn is not None and quiz.questions_drawn < len(own):
        kept = set(chance.sample(range(len(own)), quiz.questions_drawn))
        own = [question for place, question in enumerate(own) if place in kept]
    questions = own + draw_from_topics(quiz, {question.pk for question in own}, chance=chance)
    if quiz.shuffle_questions:
        chance.shuffle(questions)
    return questions


def draw_from_topics(quiz, taken, *, chance):
    """Return the questions that the quiz's draws give, none of those whose keys are in `taken`."""
    draws = list(quiz.draws.all())
    if not draws:
        return []
    drawn = []
    for draw, pool in zip(draws, pools_of(quiz.locale_id, draws), strict=True):
        fit = sorted(pool - taken)
        chosen = chance.sample(fit, min(draw.count, len(fit)))
        taken = taken | set(chosen)
        drawn += chosen
    found = Question.objects.prefetch_related("choices", "sources").in_bulk(drawn)
    return [found[pk] for pk in drawn]


def pools_of(locale_id, draws):
    """Return for each draw the keys of the published questions it may give: those that count, in two queries.

    A reflection is never drawn: an attempt would have a question less than was said.
    """
    if not draws:
        return []
    published = Question.objects.filter(live=True, locale=locale_id, kind__in=SCORED)
    published = list(published.values_list("pk", "topic_id", "difficulty"))
    below = topics_below(locale_id)
    pools = []
    for draw in draws:
        topics = below.get(draw.topic_id, set()) if draw.with_subtopics else {draw.topic_id}
        pools.append({pk for pk, topic, hard in published if topic in topics and draw.difficulty in ("", hard)})
    return pools


def topics_below(locale_id):
    """Return {topic: it and everything below it}, as keys, of the topics in a language."""
    parents = dict(Topic.objects.filter(locale=locale_id).values_list("pk", "parent_id"))
    below = {topic: {topic} for topic in parents}
    for topic in parents:
        above, seen = parents[topic], {topic}
        # A topic that somebody made part of itself ends the climb.
        while above in below and above not in seen:
            below[above].add(topic)
            seen.add(above)
            above = parents[above]
    return below


def freeze_quiz(quiz, questions, *, chance, rule=None):
    """Return the paper of these questions, whatever they are; used for a preview too."""
    rule = rule or own_rule(quiz)
    items = [KINDS[question.kind].freeze(question, chance, shuffle=quiz.shuffle_options) for question in questions]
    add_images(items, questions)
    return {
        "quiz": str(quiz.translation_key),
        "identifier": quiz.identifier,
        "language": quiz.locale.language_code,
        "title": quiz.title,
        "intro": quiz.intro,
        "warning": quiz.warning,
        "pass_mark": rule.pass_mark,
        "rules": freeze_rules(quiz, rule.counting_attempt),
        "total": sum(item["marks"] for item in items),
        "questions": items,
        "sources": freeze_sources(items, quiz.locale_id),
    }
