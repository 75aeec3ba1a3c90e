"""What the course adds to the Wagtail admin: groups, health centres, areas (people: `people_admin`)."""

from wagtail import hooks

from .cms.deletion import keep_people_with_results
from .cms.groups import AreaViewSet, ClinicViewSet, CohortViewSet
from .cms.people import leave_superusers_alone


@hooks.register("register_admin_viewset")
def register_groups_and_clinics():
    return [CohortViewSet(), ClinicViewSet(), AreaViewSet()]


hooks.register("before_bulk_action", leave_superusers_alone)
hooks.register("before_bulk_action", keep_people_with_results)
