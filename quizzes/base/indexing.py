"""Keeps Wagtail's indexes of words and of references once for what is saved many times.

To load a question is to save it three times, each of its options twice, and after each saving Wagtail has the whole
question written into its indexes: that was a third of all the time of loading.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.tasks.backends.immediate import ImmediateBackend
from modelcluster.fields import ParentalKey

_OF_INDEXES = ("wagtail.tasks.update_reference_index_task", "modelsearch.tasks.insert_or_update_object_task")
_OF_REFERENCES = _OF_INDEXES[0]

# {(path of the task, app, model, pk): task}, while something holds them back.
_waiting = ContextVar("tasks of indexes that wait", default=None)


class TasksAtOnce(ImmediateBackend):
    """Runs each task where it is asked for, but for those of indexes inside of `indexed_once`."""

    def _execute_task(self, task_result):
        waiting, task = _waiting.get(), task_result.task
        if waiting is not None and task.module_path in _OF_INDEXES:
            waiting[task.module_path, *task_result.args] = task
        else:
            super()._execute_task(task_result)


@contextmanager
def indexed_once():
    """Write what is saved inside into the indexes at the end, each row once; where that fails, nothing of it."""
    if _waiting.get() is not None:
        yield
        return
    waiting = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for (_path, *args), task in _without_parts(waiting).items():
        try:
            task.func(*args)
        except ObjectDoesNotExist:
            # It was saved and deleted; deleting it has taken it out of the indexes.
            continue


def _without_parts(waiting):
    """Return the tasks without those for parts of a row, as options of a question, whose row waits as well.

    Wagtail writes the references of a part down as those of its row.
    """
    parts = {}
    for path, app, name, pk in waiting:
        model = apps.get_model(app, name)
        if path == _OF_REFERENCES and (key := _key_to_row(model)):
            parts.setdefault((model, key), []).append(pk)
    covered = set()
    for (model, key), pks in parts.items():
        label = model._meta.label_lower.split(".")
        row = key.related_model._meta.label_lower.split(".")
        for pk, of_row in model._default_manager.in_bulk(pks, field_name="pk").items():
            if (_OF_REFERENCES, *row, str(getattr(of_row, key.attname))) in waiting:
                covered.add((_OF_REFERENCES, *label, str(pk)))
    return {which: task for which, task in waiting.items() if which not in covered}


def _key_to_row(model):
    return next((field for field in model._meta.get_fields() if isinstance(field, ParentalKey)), None)
