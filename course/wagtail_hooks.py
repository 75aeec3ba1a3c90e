"""What the course adds to the Wagtail admin: health areas, and what is done to several people."""

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from course.cms.areas import AreaViewSet
from course.cms.people import keep_people_with_results, leave_superusers_alone

from .cms import people


@hooks.register("register_admin_viewset")
def register_areas():
    return AreaViewSet()


hooks.register("before_bulk_action", leave_superusers_alone)
hooks.register("before_bulk_action", keep_people_with_results)
# After Wagtail's own, whose place they take.
for action in (people.AssignRole, people.SetActiveState, people.Delete):
    hooks.register("register_bulk_action", action, order=100)


@hooks.register("insert_global_admin_css")
def show_whole_names_in_the_menu():
    return format_html('<link rel="stylesheet" href="{}">', static("editors.css"))


@hooks.register("insert_global_admin_js")
def cover_pages_of_who_left():
    return render_to_string("editors_pages.html")
