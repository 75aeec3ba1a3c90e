"""Where the tasks of tests run: at once, but for Wagtail's indexes of words and references, that few tests need."""

from quizzes.base import indexing

_OF_INDEXES = ("wagtail.tasks.", "modelsearch.tasks.")
# Changed by the fixture of the marker `indexes`.
keeps_indexes = True


class ImmediateTaskBackend(indexing.DeferredIndexingBackend):
    """Runs a task where it is asked for; keeping the indexes took a quarter of all the time of the tests."""

    def _execute_task(self, task_result):
        if keeps_indexes or not task_result.task.module_path.startswith(_OF_INDEXES):
            super()._execute_task(task_result)
