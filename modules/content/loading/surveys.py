"""Puts the scales, themes and statements of the survey into the CMS."""

from modules.content.declarations.surveys import as_options
from quizzes.base.identifiers import stable_key
from quizzes.models import SurveyOption


def load_scale(scale, value):
    """Fill a scale from its value in the files; an answer that stays is the same row."""
    scale.name = value["name"]
    present = {option.code: option for option in scale.options.all()} if scale.pk else {}
    scale.options = [
        _filled_option(present.get(option["code"]), position, option, scale)
        for position, option in enumerate(as_options(value))
    ]
    scale.save()
    return scale


def _filled_option(option, position, value, scale):
    if option is None:
        key = stable_key(f"scale:{scale.identifier}/{value['code']}")
        option = SurveyOption(locale=scale.locale, translation_key=key, code=value["code"])
    option.sort_order, option.kind, option.label = position, value["kind"], value["label"]
    return option


def load_theme(theme, value, rows):
    """Fill a theme from its value in the files; without its statements."""
    for name in ("title", "scoring", "waves"):
        setattr(theme, name, value[name])
    theme.scale = rows[f"scale:{value['scale']}"]
    theme.save()
    return theme


def load_statement(statement, value, rows):
    """Fill a statement from its value in the files. Who confirmed its wording is in no file: that holds for a site."""
    statement.text = value["text"]
    statement.direction, statement.source = value.get("direction", ""), value.get("source", "")
    statement.block = rows[f"theme:{value['theme']}"]
    statement.scale = rows.get(f"scale:{value.get('scale')}")
    if not statement.is_verified:
        statement.unverify()
    statement.save()
    return statement
