from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import m2m_changed, post_migrate, pre_delete
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig

from modules.signals import (
    attendance_requested,
    enrolments_requested,
    page_after_lesson_requested,
    past_workplaces_requested,
    session_workplaces_requested,
    workplaces_requested,
)
from quizzes.signals import audience_requested, hidden_until_requested, survey_rounds_requested


class CourseConfig(AppConfig):
    name = "course"
    verbose_name = _("The course")
    default = True

    def ready(self):
        from . import checks, receivers, seed  # noqa: F401, PLC0415 - Django imports an app before its models

        attendance_requested.connect(receivers.get_attendance, dispatch_uid="get_attendance")
        enrolments_requested.connect(receivers.get_enrolments, dispatch_uid="get_enrolments")
        workplaces_requested.connect(receivers.get_workplaces, dispatch_uid="get_workplaces")
        page_after_lesson_requested.connect(receivers.get_page_after_lesson, dispatch_uid="get_page_after_lesson")
        past_workplaces_requested.connect(receivers.get_past_workplaces, dispatch_uid="get_past_workplaces")
        session_workplaces_requested.connect(receivers.get_session_workplaces, dispatch_uid="get_session_workplaces")
        audience_requested.connect(receivers.get_role, dispatch_uid="tell_role")
        hidden_until_requested.connect(receivers.get_hidden_before, dispatch_uid="tell_what_is_hidden")
        survey_rounds_requested.connect(receivers.get_survey_rounds, dispatch_uid="tell_survey_rounds")
        user_logged_in.connect(receivers.on_login, dispatch_uid="begin_session")
        user_logged_out.connect(receivers.on_logout, dispatch_uid="keep_that_signed_out")
        # Django creates permissions app by app; all exist only after the last one.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(seed.seed_after_migrating, sender=last, dispatch_uid="seed")
        pre_delete.connect(receivers.on_account_deleted, sender=self.get_model("User"), dispatch_uid="erase_traces")
        roles_of_people = self.get_model("User").groups.through
        m2m_changed.connect(receivers.on_roles_changed, sender=roles_of_people, dispatch_uid="follow_roles")
        leads_of_areas = self.get_model("Area").leads.through
        m2m_changed.connect(receivers.on_area_leads_changed, sender=leads_of_areas, dispatch_uid="follow_areas_led")


class PeopleAdminConfig(WagtailUsersAppConfig):
    user_viewset = "course.cms.people.PeopleViewSet"
    group_viewset = "course.cms.people.RoleViewSet"
