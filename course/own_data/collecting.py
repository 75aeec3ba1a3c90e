"""Everything that is kept of a person, read from the tables as they are: the same number of queries for any history."""

from uuid import UUID

from course.models import Role
from course.people.audit import words_of
from modules.progress.outline import course_outline
from quizzes.models import Quiz
from quizzes.question_forms.export import tell_attempts

from .tables import TOLD, columns_of

# Columns that hold keys of what the course consists of.
_OF_THE_COURSE = {"lesson_key", "quiz_key", "module_key", "again"}


def collect(person, *, hidden_before, now):
    """Return what is kept of the person: {"made_at", "hidden_before", "tables", "attempts"}.

    A table is {"name", "title", "columns": {name: heading}, "rows": [{name: value}]}; `hidden_before` is the moment
    before which nothing that was answered is in it, or None.
    """
    return {
        "made_at": now,
        "hidden_before": hidden_before,
        "tables": [_table(model, field, person) for model, field in TOLD],
        "attempts": list(tell_attempts(person, hidden_before=hidden_before)),
    }


def _table(model, field, person):
    columns = columns_of(model)
    names = _names_of_keys() if _OF_THE_COURSE & {column.name for column in columns} else {}
    links = [column.name for column in columns if column.is_relation]
    rows = model._default_manager.filter(**{field: person.pk}).select_related(*links).order_by("pk")
    return {
        "name": model.__name__,
        "title": model._meta.verbose_name_plural,
        "columns": {column.name: column.verbose_name for column in columns},
        "rows": [{column.name: _value(row, column, names) for column in columns} for row in rows],
    }


def _value(row, column, names):
    if column.is_relation:
        other = getattr(row, column.name)
        return None if other is None else str(other)
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    value = getattr(row, column.name)
    if column.name == "action":
        return words_of(value)
    if column.name == "role":
        return str(dict(Role.choices).get(value, value))
    if column.name == "again":
        return "; ".join(names.get(UUID(key), key) for key in value)
    return names.get(value, value) if column.name in _OF_THE_COURSE else value


def _names_of_keys():
    """Return {stable key: name} of modules, lessons and quizzes as they are called now."""
    outline = course_outline()
    lessons = {lesson.key: f"{module.title}: {lesson.title}" for module in outline for lesson in module.lessons}
    return (
        lessons
        | {module.key: module.title for module in outline}
        | dict(Quiz.objects.values_list("translation_key", "title"))
    )
