"""The rows of a `manage.py dumpdata` of a site with django-quiz-app, whichever of its versions wrote them."""

import json
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from quizzes.importing.parts.reading import UnreadableFile
from quizzes.importing.parts.texts import clean, decode

MODELS = frozenset(
    {
        "quiz.category",
        "quiz.subcategory",
        "quiz.quiz",
        "quiz.question",
        "quiz.sitting",
        "quiz.progress",
        "multichoice.mcquestion",
        "multichoice.answer",
        "true_false.tf_question",
        "essay.essay_question",
    }
)
# A site may have its own model of people; whatever its app is called, its rows have a username.
PEOPLE = "people"
_LONGEST_KEY = 40
_LABELS = re.compile(r'"model"\s*:\s*"(?:quiz|multichoice|true_false|essay)\.\w+"', re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """A row of the old database: its key as text, and its fields, which may be anything that JSON can hold."""

    key: str
    fields: dict

    def text(self, name):
        """Return a text; anything else is none."""
        value = self.fields.get(name)
        return clean(value).strip() if isinstance(value, str) else ""

    def number(self, name):
        """Return a whole number of a size that anybody could have meant, or None."""
        value = self.fields.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else None

    def flag(self, name):
        return self.fields.get(name) is True

    def points_to(self, name):
        """Return the key of another row, or nothing."""
        return key_of(self.fields.get(name))

    def all_that(self, name):
        """Return the keys of the rows that a list points to."""
        value = self.fields.get(name)
        return [key for key in map(key_of, value) if key] if isinstance(value, list) else []


@dataclass
class Dump:
    """The rows by model and key, in the order of the file. `unreadable` is how many entries were no rows at all."""

    rows: dict = field(default_factory=dict)
    unreadable: int = 0

    def of(self, model):
        return self.rows.get(model, {})


def looks_like_dump(content):
    """Say whether bytes look like JSON with rows of django-quiz-app."""
    text = decode(content[:4_000_000])
    return text.lstrip()[:1] == "[" and bool(_LABELS.search(text))


def read_dump(content):
    """Return the Dump that bytes hold; raises UnreadableFile."""
    try:
        entries = json.loads(decode(content))
    except RecursionError:
        raise UnreadableFile(_("The JSON of the file is nested far too deep for a dumpdata. It is refused.")) from None
    except ValueError as error:
        raise UnreadableFile(
            _("The file is no JSON that can be read: it is cut off, or a number in it is impossible (%(error)s).")
            % {"error": str(error)[:100]}
        ) from None
    dump = Dump()
    for entry in entries if isinstance(entries, list) else ():
        _add(entry, dump)
    if not any(dump.of(model) for model in MODELS):
        raise UnreadableFile(
            _("The file is JSON, but no dumpdata of django-quiz-app: it has no row of its quizzes or questions.")
        )
    return dump


def _add(entry, dump):
    if not (isinstance(entry, dict) and isinstance(entry.get("model"), str) and isinstance(entry.get("fields"), dict)):
        dump.unreadable += 1
        return
    model, key = entry["model"].lower(), key_of(entry.get("pk"))
    if model.endswith(".user"):
        model = PEOPLE
        # With natural keys a person has no number, only a name.
        key = key or key_of(entry["fields"].get("username"))
    elif model not in MODELS:
        return
    if key:
        dump.rows.setdefault(model, {})[key] = Record(key, entry["fields"])
    else:
        dump.unreadable += 1


def key_of(value):
    """Return a key as text, or nothing where there is none. A natural key of one part, `["juana"]`, is that part."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    try:
        return clean(str(value)).strip()[:_LONGEST_KEY]
    except ValueError:
        # A number of thousands of digits is the key of nothing.
        return ""


def in_order(keys):
    """Return keys as the old database ordered them: by number."""
    return sorted(keys, key=lambda key: (0, int(key), key) if key.isdecimal() else (1, 0, key))
