from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import m2m_changed, post_migrate, pre_delete
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig

from modules.signals import (
    attended_asked,
    circumstances_asked,
    enrolled_asked,
    former_places_asked,
    session_places_asked,
)
from quizzes.signals import audience_asked, hidden_answers_asked, survey_rounds_asked


class CourseConfig(AppConfig):
    name = "course"
    verbose_name = _("The course")
    default = True

    def ready(self):
        from . import checks, receivers, seed  # noqa: F401, PLC0415 - Django imports an app before its models

        attended_asked.connect(receivers.tell_who_attended, dispatch_uid="tell_who_attended")
        enrolled_asked.connect(receivers.tell_who_is_enrolled, dispatch_uid="tell_who_is_enrolled")
        circumstances_asked.connect(receivers.tell_circumstances, dispatch_uid="tell_circumstances")
        former_places_asked.connect(receivers.tell_former_places, dispatch_uid="tell_former_places")
        session_places_asked.connect(receivers.tell_session_places, dispatch_uid="tell_session_places")
        audience_asked.connect(receivers.tell_role, dispatch_uid="tell_role")
        hidden_answers_asked.connect(receivers.tell_what_is_hidden, dispatch_uid="tell_what_is_hidden")
        survey_rounds_asked.connect(receivers.tell_survey_rounds, dispatch_uid="tell_survey_rounds")
        user_logged_in.connect(receivers.begin_session, dispatch_uid="begin_session")
        user_logged_out.connect(receivers.keep_that_signed_out, dispatch_uid="keep_that_signed_out")
        # Permissions are made app by app after migrating; only after the last app are all of them there.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(seed.seed_after_migrating, sender=last, dispatch_uid="seed")
        pre_delete.connect(receivers.erase_traces, sender=self.get_model("User"), dispatch_uid="erase_traces")
        roles_of_people = self.get_model("User").groups.through
        m2m_changed.connect(receivers.follow_roles_given, sender=roles_of_people, dispatch_uid="follow_roles")
        leads_of_areas = self.get_model("Area").leads.through
        m2m_changed.connect(receivers.follow_areas_led, sender=leads_of_areas, dispatch_uid="follow_areas_led")


class PeopleAdminConfig(WagtailUsersAppConfig):
    """Wagtail's pages for people and roles, with our forms: no e-mail needed, a starting PIN, and who did what."""

    user_viewset = "course.cms.people.PeopleViewSet"
    group_viewset = "course.cms.people.RoleViewSet"
