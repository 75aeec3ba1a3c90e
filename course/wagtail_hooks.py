"""What the course adds to the Wagtail admin: groups, health centres, areas (people: `people_admin`)."""

from wagtail import hooks

from .deletion import keep_people_with_results
from .people_admin import leave_superusers_alone
from .viewsets import AreaViewSet, ClinicViewSet, CohortViewSet


@hooks.register("register_admin_viewset")
def register_groups_and_clinics():
    return [CohortViewSet(), ClinicViewSet(), AreaViewSet()]


hooks.register("before_bulk_action", leave_superusers_alone)
hooks.register("before_bulk_action", keep_people_with_results)
