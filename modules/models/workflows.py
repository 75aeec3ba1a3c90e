"""The workflows in which pages are reviewed: made once, then an administrator's to change."""

from collections import defaultdict

from wagtail.models import Workflow, WorkflowTask

from .reviews import Review, ReviewTask

# Made in the site's own language, like the names of its groups: people rename them in the CMS.
TASK_NAMES = {Review.LEGAL: "Revisión legal", Review.PEERS: "Revisión de pares"}
WORKFLOW_NAMES = {
    (Review.LEGAL,): "Revisión legal",
    (Review.PEERS,): "Revisión de pares",
    (Review.LEGAL, Review.PEERS): "Revisión legal y de pares",
}


def ensure_workflows(reviewers):
    """Make what is missing of the workflows; `reviewers` maps each Review to the group that approves.

    What is there stays as it is, switched off or not.
    """
    tasks = {review: _ensure_task(review, group) for review, group in reviewers.items()}
    present = set(_reviews_by_workflow(WorkflowTask.objects.all()).values())
    for reviews, name in WORKFLOW_NAMES.items():
        if frozenset(reviews) in present:
            continue
        workflow = Workflow.objects.create(name=name)
        for order, review in enumerate(reviews):
            WorkflowTask.objects.create(workflow=workflow, task=tasks[review], sort_order=order)


def workflow_with(reviews):
    """Return the active workflow that has these reviews and as few others as possible, or None."""
    in_use = WorkflowTask.objects.filter(workflow__active=True, task__active=True)
    fitting = [(len(found), pk) for pk, found in _reviews_by_workflow(in_use).items() if found >= frozenset(reviews)]
    return Workflow.objects.get(pk=min(fitting)[1]) if fitting else None


def _ensure_task(review, group):
    task = ReviewTask.objects.filter(review=review).order_by("pk").first()
    if task is None:
        task = ReviewTask.objects.create(name=TASK_NAMES[review], review=review)
        task.groups.add(group)
    return task


def _reviews_by_workflow(places):
    """Return {workflow's pk: frozenset of reviews} of these WorkflowTasks."""
    found = defaultdict(set)
    for workflow, review in places.values_list("workflow_id", "task__reviewtask__review"):
        if review:
            found[workflow].add(Review(review))
    return {workflow: frozenset(reviews) for workflow, reviews in found.items()}
