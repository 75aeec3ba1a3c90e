"""Short text: a word or a few, compared with the answers that are accepted."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from .base import Mistake, freeze_option
from .shares import check_full_share, exact_share, freeze_share, share_of
from .typed import Accepted

ANY = "*"
# Telephones put these in by themselves.
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


class ShortText(Accepted):
    """The response is the text. The options are the accepted answers, of which the first that fits counts."""

    name = "short_text"
    place = 60
    label = _("Short text")
    help = _(
        "Each option is an accepted answer; without a per cent it earns every point. “*” stands for any letters "
        "(“\\*” for an asterisk); a last option “*” (0%) gives feedback to all other answers."
    )
    choice_fields = ("fraction",)
    question_fields = ("forgives_case", "forgives_accents")

    def freeze(self, question, chance, *, shuffle=True):
        return super().freeze(question, chance, shuffle=shuffle) | {
            "forgives_case": question.forgives_case,
            "forgives_accents": question.forgives_accents,
        }

    def freeze_choices(self, choices, chance, *, shuffle):
        return {"options": [freeze_option(choice, **freeze_share(choice)) for choice in choices]}

    def accepted(self, item, response):
        return first_that_fits(item, item["options"], response)

    def model_answer(self, item):
        return choose_model(item["options"])

    def check_options(self, choices):
        yield from check_accepted(choices)


def first_that_fits(item, options, response):
    """Return the first of these options that a response fits, as the item forgives capitals and accents; or None."""
    fold = {"case": item["forgives_case"], "accents": item["forgives_accents"]}
    typed = fold_text(fold_space(response), **fold)
    for option in options:
        if fits([fold_text(part, **fold) for part in pattern_parts(fold_space(option["text"]))], typed):
            return option
    return None


def choose_model(options):
    """Return an answer that earns every point: one with a wildcard, which says less, only where there is no other."""
    full = [option["text"] for option in options if share_of(option, 1) == 1]
    parts = min((pattern_parts(text) for text in full), key=lambda parts: len(parts) > 1, default=[""])
    return "…".join(parts).strip()


def check_accepted(choices):
    """Yield what is wrong with accepted answers: none that earns everything, or one that none reaches or all fit."""
    shares = [exact_share(100 if choice.fraction is None else choice.fraction) for choice in choices]
    yield from check_full_share(shares)
    if below := [choice for choice, share in zip(choices, shares, strict=True) if share < 0]:
        yield Mistake(_("An answer earns from 0 to 100%."), below, "fraction")
    anything = [(choice, share) for choice, share in zip(choices, shares, strict=True) if choice.text.strip() == ANY]
    if early := [choice for choice, _share in anything if choice is not choices[-1]]:
        yield Mistake(_("No answer after “*” is ever reached: put “*” last."), early)
    if whole := [choice for choice, share in anything if share == 1]:
        yield Mistake(_("“*” accepts whatever is written: give it less than 100%."), whole, "fraction")


def fold_space(text):
    """Return a text in one normal form, with single spaces inside and none around it."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split())


def fold_text(text, *, case, accents):
    """Return a text as it is compared, without capitals and accents where these are forgiven.

    The ñ is a letter of its own and no n with an accent: «ano» is not «año».
    """
    if case:
        text = unicodedata.normalize("NFC", text.casefold())
    return "".join(map(_without_accent, text)) if accents else text


def _without_accent(letter):
    if letter in "ñÑ":
        return letter
    return "".join(mark for mark in unicodedata.normalize("NFD", letter) if not unicodedata.combining(mark))


def pattern_parts(pattern):
    """Return the parts of a pattern between its wildcards; `\\*` is an asterisk."""
    return [part.replace("\x00", ANY) for part in pattern.replace("\\*", "\x00").split(ANY)]


def fits(parts, text):
    """Say whether a text is these parts in their order, with anything between them. Linear: no pattern can stall it."""
    first, *middle = parts
    if not middle:
        return text == first
    last = middle.pop()
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    text = text[len(first) : len(text) - len(last)]
    for part in middle:
        _before, found, text = text.partition(part) if part else ("", True, text)
        if not found:
            return False
    return True
