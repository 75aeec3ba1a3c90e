"""Rules for names, posts and texts that are printed."""

import re
import unicodedata
from difflib import SequenceMatcher
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .typesetting import can_print

# Claims that a course cannot certify.
_CLAIMS = re.compile(
    r"libres?\s+de\s+(tod[oa]\s+)?(estigmas?|prejuicios?|discriminaci[oó]n)"
    r"|(stigma|prejudice|discrimination)[\s-]*free"
    r"|free\s+(of|from)\s+(all\s+)?(stigma|prejudices?|discrimination)",
    re.IGNORECASE,
)


def find_claim(text):
    found = _CLAIMS.search(text)
    return found[0] if found else ""


def without_claim(text):
    return "" if find_claim(text) else text


def check_claims(texts):
    claims = {field: claim for field, text in texts.items() if (claim := find_claim(text))}
    if claims:
        raise ValidationError(
            {
                field: _("“%(words)s” cannot be certified. Say what was done: “completed the course”.")
                % {"words": claim}
                for field, claim in claims.items()
            }
        )


class NameParts(NamedTuple):
    given_names: str
    surnames: str

    @property
    def whole(self):
        return f"{self.given_names} {self.surnames}".strip()


def needs_review(old, new):
    """Return whether two `NameParts` differ by more than case, accents, spaces and the order of surnames."""
    if fold_name(old.given_names) != fold_name(new.given_names):
        return True
    before, after = ([fold_name(word) for word in parts.surnames.split()] for parts in (old, new))
    swapped = len(before) == len(after) == 2 and before == after[::-1]
    return not (swapped or "".join(before) == "".join(after))


def possible_divisions(name):
    words = name.split()
    return [NameParts(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words) + 1)]


def fold_name(name):
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(c for c in letters if not (unicodedata.combining(c) or c.isspace()))


MAX_NAME_LENGTH = 60
# difflib's ratio, from 0 to 1, for names that share too few whole words.
MIN_SIMILARITY = 0.8
MAX_POST_LENGTH = 120
_PARTICLES = {"de", "del", "dela", "la", "las", "los", "y"}
_BESIDE_LETTERS = " -'’.·"
# Signs typed for the glottal stop of Mayan names (Kʼicheʼ); the print font has only the last.
_APOSTROPHES = str.maketrans(dict.fromkeys("ʼʻ`´‘ꞌ", "’"))


def normalise_text(text):
    """Return text for print: NFC, single spaces, one kind of apostrophe."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())


def check_printable_name(text):
    name = normalise_text(text)
    for character in name:
        if sentence := _character_error(character):
            raise ValidationError(sentence, code="character")
    if not any(c.isalpha() for c in name):
        raise ValidationError(_("Write your name with letters, as in your identity document."), code="letters")
    if len(name) > MAX_NAME_LENGTH:
        raise ValidationError(
            _("The name has %(count)d characters, and %(longest)d fit. Shorten it, for example with an initial.")
            % {"count": len(name), "longest": MAX_NAME_LENGTH},
            code="long",
        )
    return name


def check_printed_name(text, *, given_names, surnames):
    """Return the normalised name, or raise `ValidationError` if it cannot be printed or needs a review."""
    name = check_printable_name(text)
    registered = NameParts(normalise_text(given_names), normalise_text(surnames))
    if find_claim(name) or all(needs_review(registered, parts) for parts in possible_divisions(name)):
        raise ValidationError(
            _("This name is not like the registered one, “%(registered)s”. If that one is wrong, ask your trainer.")
            % {"registered": f"{given_names} {surnames}".strip()},
            code="other",
        )
    return name


def check_new_name(text, *, printed, person, is_registered=False):
    """Return the normalised name; without `person` (account deleted) it must be like `printed`."""
    name = check_printable_name(text)
    if is_registered:
        is_allowed = True
    elif person:
        is_allowed = is_similar_name(name, person.first_name, person.last_name)
    else:
        is_allowed = _are_similar(_words(name), _words(printed))
    if find_claim(name) or not is_allowed:
        raise ValidationError(
            _(
                "This name is not like the registered one, “%(registered)s”. If that one is wrong, an administrator"
                " must correct it first."
            )
            % {"registered": person or printed},
            code="other",
        )
    return name


def check_post(text):
    post = normalise_text(text)
    if post and not is_printable_post(post):
        raise ValidationError(
            _("Write the post in letters that can be printed, at most %(longest)d of them, and nothing else.")
            % {"longest": MAX_POST_LENGTH},
            code="post",
        )
    return post


def check_clinic(text):
    clinic = normalise_text(text)
    if clinic and (find_claim(clinic) or not all(c == " " or can_print(c) for c in clinic)):
        raise ValidationError(
            _("Write only the name of the health centre, in letters that can be printed."), code="clinic"
        )
    return clinic


def check_printable(texts):
    problems = {}
    for field, text in texts.items():
        character = next((c for c in text if not (c.isspace() or can_print(c))), "")
        if character.isprintable() and character:
            problems[field] = _("The certificate cannot print “%(character)s”. Leave it out.") % {
                "character": character
            }
        elif character:
            problems[field] = _("The text has an invisible character (%(code)s). Type it again.") % {
                "code": f"U+{ord(character):04X}"
            }
    if problems:
        raise ValidationError(problems)


def is_printable_post(title):
    return (
        len(title) <= MAX_POST_LENGTH
        and any(c.isalpha() for c in title)
        and all(c == " " or can_print(c) for c in title)
        and not find_claim(title)
    )


def is_similar_name(name, given_names, surnames):
    """Return whether `name` shares a given name and a surname, or has nearly the same letters."""
    new, parts = _words(name), [_words(given_names), _words(surnames)]
    if all(new & part for part in parts if part):
        return True
    return _are_similar(new, parts[0] | parts[1])


def _are_similar(new, old):
    return SequenceMatcher(None, " ".join(sorted(new)), " ".join(sorted(old)), autojunk=False).ratio() >= MIN_SIMILARITY


def _words(name):
    # A hyphen separates two surnames.
    apart = name.casefold().replace("-", " ")
    letters = "".join(c for c in unicodedata.normalize("NFD", apart) if c.isalpha() or c.isspace())
    return {word for word in letters.split() if len(word) > 1 and word not in _PARTICLES}


def _character_error(character):
    # Control, direction (bidi) and zero-width characters, private and unassigned ones, halves of a pair.
    if unicodedata.category(character).startswith("C"):
        return _("The name has an invisible character (%(code)s). Delete it and type the name again.") % {
            "code": f"U+{ord(character):04X}"
        }
    if not (character.isalpha() or character in _BESIDE_LETTERS):
        return _("A name cannot contain “%(character)s”. Use letters, spaces, hyphens, apostrophes and full stops.") % {
            "character": character
        }
    if not can_print(character):
        return _(
            "The certificate cannot print “%(character)s”. Write the name with the letters of your identity document."
        ) % {"character": character}
    return ""
