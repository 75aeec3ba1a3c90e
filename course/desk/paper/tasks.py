"""Where tasks that were queued by an earlier version find what they name."""

from course.paper.tasks import make_papers

__all__ = ["make_papers"]
