"""Languages, topics and quizzes named on the command line."""

from difflib import get_close_matches

from django.utils.translation import gettext as _
from wagtail.models import Locale

from quizzes.exceptions import QuizError
from quizzes.importing.parts.topics import split_category
from quizzes.models import Quiz, Topic


class NotFound(QuizError):
    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence


def find_locale(code):
    """Return the Locale of a code, by default that of the site; raises NotFound."""
    if code is None:
        return Locale.get_default()
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    if code not in locales:
        sentence = _("The site has no questions in the language “%(language)s”. It has: %(languages)s.")
        raise NotFound(sentence % {"language": code, "languages": ", ".join(sorted(locales))})
    return locales[code]


def find_topic(words, locale):
    """Return the topic with an identifier or a path like «Trato/En la puerta»; raises NotFound."""
    topics = list(Topic.objects.filter(locale=locale).order_by("name"))
    named = {topic.identifier.casefold(): topic for topic in topics}
    if found := named.get(words.strip().casefold()):
        return found
    inside = {(topic.parent_id, topic.name.casefold()): topic for topic in topics}
    topic = None
    for name in split_category(words):
        topic = inside.get((topic.pk if topic else None, name.casefold()))
        if topic is None:
            break
    if topic is None:
        known = {topic.name.casefold(): topic.name for topic in topics} | {name: name for name in named}
        raise NotFound(_no_topic(words, known))
    return topic


def _no_topic(words, known):
    inner = (split_category(words) or ("",))[-1].casefold()
    alike = [known[name] for name in get_close_matches(inner, known, n=3)]
    if not alike:
        return _("There is no topic “%(topic)s”.") % {"topic": words}
    sentence = _("There is no topic “%(topic)s”. Did you mean: %(alike)s?")
    return sentence % {"topic": words, "alike": ", ".join(dict.fromkeys(alike))}


def find_quiz(identifier, locale):
    quizzes = {quiz.identifier.casefold(): quiz for quiz in Quiz.objects.filter(locale=locale)}
    if found := quizzes.get(identifier.strip().casefold()):
        return found
    sentence = _("There is no quiz “%(quiz)s”. There are: %(quizzes)s.")
    shown = ", ".join(sorted(quizzes)[:20]) or "—"
    raise NotFound(sentence % {"quiz": identifier, "quizzes": shown})
