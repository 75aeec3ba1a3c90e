"""Names and claims that may be printed on a certificate."""

import re
import unicodedata
from difflib import SequenceMatcher
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .typesetting import can_print

_CLAIMS = re.compile(
    r"libres?\s+de\s+(tod[oa]\s+)?(estigmas?|prejuicios?|discriminaci[oó]n)"
    r"|(stigma|prejudice|discrimination)[\s-]*free"
    r"|free\s+(of|from)\s+(all\s+)?(stigma|prejudices?|discrimination)",
    re.IGNORECASE,
)


def claim_in(text):
    """Return the words by which a text claims what a course cannot give, or nothing."""
    found = _CLAIMS.search(text)
    return found[0] if found else ""


def without_claim(text):
    """Return `text`, or nothing when it claims what a course cannot give: the paper must not say it."""
    return "" if claim_in(text) else text


def check_claims(texts):
    """Raise `ValidationError` naming each of {field: text} that claims what a course cannot give."""
    claims = {field: words for field, text in texts.items() if (words := claim_in(text))}
    if claims:
        raise ValidationError(
            {
                field: _("“%(words)s” cannot be certified. Say what was done: “completed the course”.")
                % {"words": words}
                for field, words in claims.items()
            }
        )


class Parts(NamedTuple):
    """A name as it is registered: given names and surnames, as people write them."""

    given_names: str
    surnames: str

    @property
    def whole(self):
        return f"{self.given_names} {self.surnames}".strip()


def needs_review(old, new):
    """Whether two `Parts` differ by more than case, accents, spaces and the order of two surnames."""
    if plain(old.given_names) != plain(new.given_names):
        return True
    before, after = ([plain(word) for word in parts.surnames.split()] for parts in (old, new))
    swapped = len(before) == len(after) == 2 and before == after[::-1]
    return not (swapped or "".join(before) == "".join(after))


def divisions(name):
    """Return all `Parts` into which a name that is written in a line can be divided."""
    words = name.split()
    return [Parts(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words) + 1)]


def plain(name):
    """Return the name in small letters without accents and spaces."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(c for c in letters if not (unicodedata.combining(c) or c.isspace()))


# What paper has room for, in characters.
LONGEST_NAME = 60
# How alike two names are at least when they share too few whole words: difflib's ratio, from 0 to 1.
ALIKE = 0.8
# As long as the column of the registered one; the line below the name becomes two.
LONGEST_POST = 120
_PARTICLES = {"de", "del", "dela", "la", "las", "los", "y"}
_BESIDE_LETTERS = " -'’.·"
# The marks that people write for the glottal stop of Mayan names (Kʼicheʼ): the print font has only the last.
_APOSTROPHES = str.maketrans(dict.fromkeys("ʼʻ`´‘ꞌ", "’"))


def tidy(text):
    """Return text ready for print: composed letters, one space between words, one kind of apostrophe."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())


def check_can_be_printed(text):
    """Return the name as it will be printed, or raise `ValidationError` when paper cannot carry it."""
    name = tidy(text)
    for character in name:
        if sentence := _why_not(character):
            raise ValidationError(sentence, code="character")
    if not any(c.isalpha() for c in name):
        raise ValidationError(_("Write your name with letters, as in your identity document."), code="letters")
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            _("The name has %(count)d characters, and %(longest)d fit. Shorten it, for example with an initial.")
            % {"count": len(name), "longest": LONGEST_NAME},
            code="long",
        )
    return name


def check_printed_name(text, *, given_names, surnames):
    """Return the name as it will be printed, or raise `ValidationError` with a sentence that says what to change.

    `given_names` and `surnames` are those of the account: only a change that needs no review is printed.
    """
    name = check_can_be_printed(text)
    registered = Parts(tidy(given_names), tidy(surnames))
    if claim_in(name) or all(needs_review(registered, parts) for parts in divisions(name)):
        raise ValidationError(
            _("This name is not like the registered one, “%(registered)s”. If that one is wrong, ask your trainer.")
            % {"registered": f"{given_names} {surnames}".strip()},
            code="other",
        )
    return name


def check_new_name(text, *, printed, person, is_registered=False):
    """Return the corrected name of a certificate as it will be printed, or raise `ValidationError`.

    A correction makes nobody of somebody else: the new name is like the registered one of `person`, or, where the
    account is gone and `person` is None, like `printed`, the name that stands on the certificate now. With
    `is_registered` it is the one that the person is registered under in the same deed.
    """
    name = check_can_be_printed(text)
    if is_registered:
        may_be = True
    elif person:
        may_be = is_a_correction(name, person.first_name, person.last_name)
    else:
        may_be = _alike(_words(name), _words(printed))
    if claim_in(name) or not may_be:
        raise ValidationError(
            _(
                "This name is not like the registered one, “%(registered)s”. If that one is wrong, whoever administers"
                " the site corrects it first."
            )
            % {"registered": person or printed},
            code="other",
        )
    return name


def check_post(text):
    """Return a post in the words that are printed, or none; raise `ValidationError` when paper cannot carry it."""
    post = tidy(text)
    if post and not is_printable_post(post):
        raise ValidationError(
            _("Write the post in letters that can be printed, at most %(longest)d of them, and nothing else.")
            % {"longest": LONGEST_POST},
            code="post",
        )
    return post


def check_clinic(text):
    """Return the name of a health centre as it is printed, or none; raise `ValidationError` when paper cannot."""
    clinic = tidy(text)
    if clinic and (claim_in(clinic) or not all(c == " " or can_print(c) for c in clinic)):
        raise ValidationError(
            _("Write only the name of the health centre, in letters that can be printed."), code="clinic"
        )
    return clinic


def check_printable(texts):
    """Raise `ValidationError` naming each of {field: text} with a character that paper would show as an empty box."""
    problems = {}
    for field, text in texts.items():
        character = next((c for c in text if not (c.isspace() or can_print(c))), "")
        if character.isprintable() and character:
            problems[field] = _("The certificate cannot print “%(character)s”. Leave it out.") % {
                "character": character
            }
        elif character:
            problems[field] = _("The text holds an invisible character (%(code)s). Write it again by hand.") % {
                "code": f"U+{ord(character):04X}"
            }
    if problems:
        raise ValidationError(problems)


def is_printable_post(title):
    """Whether a tidy job title can stand under the name: it has letters, fits, and claims nothing."""
    return (
        len(title) <= LONGEST_POST
        and any(c.isalpha() for c in title)
        and all(c == " " or can_print(c) for c in title)
        and not claim_in(title)
    )


def is_a_correction(name, given_names, surnames):
    """Whether `name` can be the same person's: a given name and a surname in common, or nearly the same letters."""
    new, parts = _words(name), [_words(given_names), _words(surnames)]
    if all(new & part for part in parts if part):
        return True
    return _alike(new, parts[0] | parts[1])


def _alike(new, old):
    return SequenceMatcher(None, " ".join(sorted(new)), " ".join(sorted(old)), autojunk=False).ratio() >= ALIKE


def _words(name):
    """Return the words of a name without accents, capitals, initials and particles such as «de la»."""
    # Two surnames with a hyphen between them are two words still.
    apart = name.casefold().replace("-", " ")
    letters = "".join(c for c in unicodedata.normalize("NFD", apart) if c.isalpha() or c.isspace())
    return {word for word in letters.split() if len(word) > 1 and word not in _PARTICLES}


def _why_not(character):
    """Return why a character has no place in a printed name, or nothing."""
    # Control, direction (bidi) and zero-width characters, private and unassigned ones, halves of a pair.
    if unicodedata.category(character).startswith("C"):
        return _("The name holds an invisible character (%(code)s). Delete it and write the name again by hand.") % {
            "code": f"U+{ord(character):04X}"
        }
    if not (character.isalpha() or character in _BESIDE_LETTERS):
        return _("A name cannot hold “%(character)s”. Use letters, spaces, hyphens, apostrophes and full stops.") % {
            "character": character
        }
    if not can_print(character):
        return _(
            "The certificate cannot print “%(character)s”. Write the name with the letters of your identity document."
        ) % {"character": character}
    return ""
