"""Lock against two editors who create pages with the same number."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page

from modules.models import CoursePage, LessonPage, ModulePage


def wait_for_numbers(request, parent_page, page_class):
    """Before a module or a lesson is created: lock, then reload its siblings."""
    if request.method == "POST" and page_class in (ModulePage, LessonPage):
        _lock_courses()
        parent_page.refresh_from_db(fields=["numchild"])


def wait_to_copy(request, page):
    if request.method == "POST" and page.specific_class in (ModulePage, LessonPage):
        _lock_courses()


def _lock_courses():
    courses = Page.objects.filter(content_type=ContentType.objects.get_for_model(CoursePage)).order_by("pk")
    list(courses.select_for_update().values_list("pk"))
