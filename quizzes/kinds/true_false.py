"""True or false: a single choice between two, always shown in the order written."""

from django.utils.translation import gettext_lazy as _

from .single import Single, check_one_right


class TrueFalse(Single):
    """The response is the key of the option chosen."""

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
