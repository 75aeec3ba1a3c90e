"""Hooks of the Wagtail admin."""

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from course.cms.people import AreaViewSet, protect_superusers, refuse_to_delete_people_with_results

from .cms import people


@hooks.register("register_admin_viewset")
def register_areas():
    return AreaViewSet()


hooks.register("before_bulk_action", protect_superusers)
hooks.register("before_bulk_action", refuse_to_delete_people_with_results)
for action in (people.AssignRole, people.SetActiveState, people.Delete):
    hooks.register("register_bulk_action", action, order=100)


@hooks.register("insert_global_admin_css")
def show_whole_names_in_the_menu():
    return format_html('<link rel="stylesheet" href="{}">', static("editors.css"))


@hooks.register("insert_global_admin_js")
def cover_pages_of_who_left():
    return render_to_string("editors_pages.html")
