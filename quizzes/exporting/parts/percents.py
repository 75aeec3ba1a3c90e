"""Per cent of each option in files of other systems."""

from decimal import Decimal

from quizzes.importing.parts.percent import usual_percents


def full_percents(question):
    if question.kind == "multiple":
        usual = usual_percents([choice.is_correct for choice in question.choices])
        if all(choice.fraction is None for choice in question.choices):
            return usual
        return [choice.fraction or Decimal(0) for choice in question.choices]
    if question.kind in ("single", "true_false"):
        return [Decimal(100) if choice.is_correct else choice.fraction or Decimal(0) for choice in question.choices]
    return [Decimal(100) if choice.fraction is None else choice.fraction for choice in question.choices]


def write_number(number):
    """Return a number with at most eight places and no trailing zeros; a per cent has five, as in Moodle."""
    rounded = round(Decimal(number), 5 if abs(number) <= 100 and -Decimal(number).as_tuple().exponent > 8 else 8)
    return format(rounded.normalize(), "f")
