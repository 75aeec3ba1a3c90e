"""What editors of the course may do in the CMS, and what follows from it."""

from django.contrib.auth.models import Permission
from wagtail.models import GroupPagePermission, Page

EDITED_SNIPPETS = {
    "modules": ["glossaryterm", "languageentry", "organisation", "printable"],
    "quizzes": ["question", "quiz", "source", "topic"],
}
# Locking and bulk deletion stay with administrators.
PAGE_PERMISSIONS = ["add_page", "change_page", "publish_page"]


def editor_permissions():
    """Return the permissions (a QuerySet) to add, change, delete, publish and see the snippets of the course."""
    permissions = Permission.objects.none()
    for app, models in EDITED_SNIPPETS.items():
        permissions |= Permission.objects.filter(content_type__app_label=app, content_type__model__in=models)
    return permissions.exclude(codename__startswith="lock_").exclude(codename__startswith="unlock_")


def grant_page_permissions(group):
    """Let a group write and publish every page of the course, in every language. Twice is the same as once."""
    root = Page.get_first_root_node()
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", content_type__model="page", codename__in=PAGE_PERMISSIONS
    )
    for permission in permissions:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def repeat_warning(module):
    """Let the quiz of a module show the module's content warning; an editor's draft of the quiz stays a draft."""
    quiz = module.quiz
    if quiz is None or quiz.warning == module.warning:
        return
    quiz.warning = module.warning
    quiz.save(update_fields=["warning"])
    if not quiz.has_unpublished_changes:
        quiz.save_revision().publish()
