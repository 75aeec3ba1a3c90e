"""Which card of a lesson teaches what a learner missed."""

from collections import Counter

from django.utils import timezone
from django.utils.translation import get_language

from modules.models import LessonPage
from modules.progress.outline import get_course_structure, page_path
from modules.text.cards import derive_cards
from modules.text.readability import words_in
from quizzes.base.identifiers import stable_key
from quizzes.base.markup import strip_markup

# So many letters are alike in the forms of a word, and shorter words say little.
STEM = 5


def find_cards(questions, learner, **kwargs):
    """Return [(title, address, language) or None] for [(reference of a lesson, text)], in their order."""
    structure, language = get_course_structure(), get_language()
    references = {reference.partition("#")[0] for reference, _text in questions}
    lessons = {reference: structure.lesson_of(language, stable_key(reference)) for reference in references}
    bodies = LessonPage.objects.in_bulk([lesson.pk for lesson in lessons.values() if lesson])
    today, cards = timezone.localdate(), {}
    for reference, lesson in lessons.items():
        if lesson:
            page = bodies.get(lesson.pk, lesson)
            page.locale = lesson.locale
            cards[reference] = derive_cards(page, role=getattr(learner, "role", ""), today=today).cards
    found = []
    for reference, text in questions:
        lesson = lessons[reference.partition("#")[0]]
        found.append(_link(lesson, cards[reference.partition("#")[0]], text) if lesson else None)
    return found


def _link(lesson, cards, text):
    number = _find_card(cards, _stems(text))
    title = cards[number - 1].title if number else ""
    address = page_path(lesson) + (f"#c{number}" if number else "")
    return title or lesson.title, address, lesson.locale.language_code


def _find_card(cards, wanted):
    """Return the number of the card that shares the rarest words with `wanted`; None without any."""
    stems = [_stems(" ".join([card.title, *card.texts])) for card in cards]
    of_cards = Counter(stem for of_card in stems for stem in of_card)
    worth = [sum(1 / of_cards[stem] for stem in of_card & wanted) for of_card in stems]
    best = max(worth, default=0)
    return worth.index(best) + 1 if best else None


def _stems(text):
    return {word.casefold()[:STEM] for word in words_in(strip_markup(text)) if len(word) >= STEM}
