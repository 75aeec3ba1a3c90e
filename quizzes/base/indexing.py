"""Task backend that defers Wagtail's indexing during bulk loading."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.tasks.backends.immediate import ImmediateBackend
from modelcluster.fields import ParentalKey

_REFERENCE_TASK = "wagtail.tasks.update_reference_index_task"
_INDEX_TASKS = (_REFERENCE_TASK, "modelsearch.tasks.insert_or_update_object_task")

# {(path of the task, app, model, pk): task} inside `deferred_indexing`, else None.
_deferred = ContextVar("deferred index tasks", default=None)


class DeferredIndexingBackend(ImmediateBackend):
    def _execute_task(self, task_result):
        deferred, task = _deferred.get(), task_result.task
        if deferred is not None and task.module_path in _INDEX_TASKS:
            deferred[task.module_path, *task_result.args] = task
        else:
            super()._execute_task(task_result)


@contextmanager
def deferred_indexing():
    """Index rows saved inside once, at the end; not at all if the block raises."""
    if _deferred.get() is not None:
        yield
        return
    deferred = {}
    token = _deferred.set(deferred)
    try:
        yield
    finally:
        _deferred.reset(token)
    for (_path, *args), task in _without_children(deferred).items():
        try:
            task.func(*args)
        except ObjectDoesNotExist:
            # Saved and deleted again; deleting has removed it from the indexes.
            continue


def _without_children(deferred):
    # Wagtail indexes the references of a child row (an option) with its parent (the question).
    children = {}
    for path, app, name, pk in deferred:
        model = apps.get_model(app, name)
        if path == _REFERENCE_TASK and (key := _parental_key(model)):
            children.setdefault((model, key), []).append(pk)
    covered = set()
    for (model, key), pks in children.items():
        label = model._meta.label_lower.split(".")
        parent = key.related_model._meta.label_lower.split(".")
        for pk, child in model._default_manager.in_bulk(pks, field_name="pk").items():
            if (_REFERENCE_TASK, *parent, str(getattr(child, key.attname))) in deferred:
                covered.add((_REFERENCE_TASK, *label, str(pk)))
    return {key: task for key, task in deferred.items() if key not in covered}


def _parental_key(model):
    return next((field for field in model._meta.get_fields() if isinstance(field, ParentalKey)), None)
