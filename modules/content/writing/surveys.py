"""The survey of the CMS, in the values of its content file."""

from modules.content.declarations import surveys as shapes
from modules.text.richtext import one_line
from quizzes.models import SurveyBlock, SurveyOption, SurveyScale, SurveyStatement

from .bank import grouped


def survey_entries(locale):
    """Yield (name, shape, row, value) of each scale, theme and statement of a language, in their order."""
    of_scales = grouped(SurveyOption.objects.filter(scale__locale=locale).order_by("sort_order", "pk"), "scale_id")
    for row in SurveyScale.objects.filter(locale=locale).order_by("pk"):
        options = [
            {"code": int(option.code), "kind": option.kind, "label": one_line(option.label)}
            for option in of_scales[row.pk]
        ]
        yield f"scale:{row.identifier}", shapes.SCALE, row, {"name": one_line(row.name), "options": options}
    for row in SurveyBlock.objects.filter(locale=locale).select_related("scale").order_by("sort_order", "pk"):
        value = {"title": one_line(row.title), "scoring": row.scoring, "scale": row.scale.identifier}
        yield f"theme:{row.identifier}", shapes.THEME, row, value | {"waves": row.waves}
    statements = SurveyStatement.objects.filter(locale=locale).select_related("block", "scale")
    for row in statements.order_by("sort_order", "pk"):
        value = {"theme": row.block.identifier, "text": one_line(row.text), "direction": row.direction}
        value |= {"scale": row.scale.identifier if row.scale else "", "source": one_line(row.source)}
        yield f"statement:{row.identifier}", shapes.STATEMENT, row, value


def survey_file(live, in_order):
    """Return the value of the file of a LiveCourse's survey, or None where the CMS holds none.

    `in_order(values, prefix)` puts what has no order of its own into that of the file. A theme without statements is
    not written.
    """
    statements = [entry.value for entry in live.of("statement")]
    themes = [
        entry.value | {"statements": [_without_theme(one) for one in statements if one["theme"] == entry.value["id"]]}
        for entry in live.of("theme")
    ]
    themes = [theme for theme in themes if theme["statements"]]
    if not themes:
        return None
    return {"scales": in_order([entry.value for entry in live.of("scale")], "scale"), "themes": themes}


def _without_theme(statement):
    return {key: value for key, value in statement.items() if key != "theme"}
