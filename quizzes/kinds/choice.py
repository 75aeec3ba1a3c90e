"""Single choice, multiple response, true or false."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from quizzes.exceptions import UnreadableResponse

from .base import (
    LEFT,
    MISSED,
    NEARLY,
    PARTLY,
    RIGHT,
    WRONG,
    Kind,
    ReviewRow,
    ValidationProblem,
    exact_share,
    freeze_option,
    freeze_share,
    get_share,
    has_shares,
    option_keys,
    require_key,
    shuffled,
)


class Single(Kind):
    """The response is the key of the option chosen."""

    name = "single"
    place = 10
    label = _("Single choice")
    help = _("Two options or more, exactly one of them correct. Another one may earn a part: write its per cent.")
    choice_fields = ("is_correct", "fraction")

    def freeze_choices(self, choices, chance, *, shuffle):
        options = [freeze_option(choice, right=choice.is_correct, **freeze_share(choice)) for choice in choices]
        if shuffle:
            chance.shuffle(options)
        return {"options": options}

    def reshuffle(self, item, chance):
        return {"options": shuffled(item["options"], chance)}

    def read_form(self, item, form):
        return self.read(item, form.get("choice", ""))

    def read(self, item, response):
        if response is None or response == "":
            return self.empty_response
        return require_key(option_keys(item), response)

    def score(self, item, response):
        """All points for the right option, its share for another one, never less than 0."""
        earned = (get_share(option, option["right"]) for option in item["options"] if option["key"] == response)
        return max(next(earned, Fraction(0)), Fraction(0))

    def review(self, item, response):
        return [
            ReviewRow(option["text"], self._verdict(option, option["key"] == response), option["feedback"])
            for option in item["options"]
        ]

    def right_response(self, item):
        return next((option["key"] for option in item["options"] if option["right"]), self.empty_response)

    def check_options(self, choices):
        if len(choices) < 2:
            yield _("A single-choice question needs at least two options.")
        yield from check_one_right(choices)

    def _verdict(self, option, chosen):
        share = get_share(option, option["right"])
        if option["right"]:
            return RIGHT if chosen else MISSED
        if share > 0:
            return PARTLY if chosen else NEARLY
        return WRONG if chosen else LEFT


def check_one_right(choices):
    if sum(choice.is_correct for choice in choices) != 1:
        yield _("Mark exactly one option as correct.")
    if partial := [choice for choice in choices if choice.is_correct and choice.fraction not in (None, 100)]:
        yield ValidationProblem(_("The correct option earns 100%: leave its per cent empty."), partial, "fraction")
    shared = [choice for choice in choices if not choice.is_correct and choice.fraction is not None]
    if whole := [choice for choice in shared if exact_share(choice.fraction) >= 1]:
        sentence = _("An option that is not correct earns 100%: mark it as correct, or lower its per cent.")
        yield ValidationProblem(sentence, whole, "fraction")


class Multiple(Single):
    """The response is the list of the keys chosen, in the order of the snapshot."""

    name = "multiple"
    place = 20
    label = _("Multiple response")
    help = _(
        "At least one correct option and one that is not. Scored by parts; or write the per cent of every option, "
        "below zero for those that take points away."
    )
    empty_response = []

    def read_form(self, item, form):
        return self.read(item, form.getlist("choice"))

    def read(self, item, response):
        if response is None:
            return []
        if not isinstance(response, list):
            raise UnreadableResponse
        keys = option_keys(item)
        chosen = {require_key(keys, key) for key in response}
        return [key for key in keys if key in chosen]

    def score(self, item, response):
        """Each right option adds 1/n, each wrong one takes 1/m; with own shares, their sum. Clamped to 0 and 1."""
        chosen = [option for option in item["options"] if option["key"] in response]
        if has_shares(item):
            earned = sum((get_share(option) for option in chosen), Fraction(0))
        else:
            earned = self._part(item, chosen, right=True) - self._part(item, chosen, right=False)
        return min(max(earned, Fraction(0)), Fraction(1))

    def has_penalty(self, item):
        return not has_shares(item) or any(get_share(option) < 0 for option in item["options"])

    def review(self, item, response):
        return [
            ReviewRow(option["text"], _verdict(option["right"], option["key"] in response), option["feedback"])
            for option in item["options"]
        ]

    def right_response(self, item):
        return [option["key"] for option in item["options"] if option["right"]]

    def check_options(self, choices):
        if not any(choice.is_correct for choice in choices):
            yield _("Mark at least one option as correct.")
        if all(choice.is_correct for choice in choices):
            yield self._say_all_are_right(_("Leave at least one option that is not correct."))
        if any(choice.fraction is not None for choice in choices):
            yield from _check_shares(choices)

    def _say_all_are_right(self, sentence):
        return sentence

    def _part(self, item, chosen, *, right):
        alike = sum(option["right"] == right for option in item["options"])
        return Fraction(sum(option["right"] == right for option in chosen), alike or 1)


def _verdict(right, chosen):
    if chosen:
        return RIGHT if right else WRONG
    return MISSED if right else LEFT


def _check_shares(choices):
    right = [choice for choice in choices if choice.is_correct]
    if without := [choice for choice in right if choice.fraction is None or choice.fraction <= 0]:
        sentence = _("Give every correct option a per cent above zero, or leave the per cent of all options empty.")
        yield ValidationProblem(sentence, without, "fraction")
    elif sum(exact_share(choice.fraction) for choice in right) != 1:
        yield _(
            "The per cents of the correct options must add up to 100, so that choosing exactly these earns every point."
        )
    if wrong := [choice for choice in choices if not choice.is_correct and (choice.fraction or 0) > 0]:
        sentence = _("An option that is not correct earns nothing or takes points away: its per cent is zero or below.")
        yield ValidationProblem(sentence, wrong, "fraction")


class TrueFalse(Single):
    name = "true_false"
    place = 30
    label = _("True or false")
    help = _("Two options, “Verdadero” and “Falso”, one of them correct.")
    choice_fields = ("is_correct",)

    def freeze_choices(self, choices, chance, *, shuffle):
        return super().freeze_choices(choices, chance, shuffle=False)

    def reshuffle(self, item, chance):
        return {}

    def check_options(self, choices):
        if len(choices) != 2:
            yield _("A true-or-false question has two options.")
        yield from check_one_right(choices)
