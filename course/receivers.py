"""Signal receivers."""

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from course.people.clinics import past_workplaces, session_workplaces, workplaces_of
from course.people.enrolment import first_enrolments
from course.people.leaving import erase_traces_of
from course.people.roles import update_staff_status
from course.sessions.attendance import who_attended
from course.survey.passing import offered_page
from course.survey.rounds import count_rounds_by_wording
from modules.progress.deriving import progress_of

from .models import Ending, Wave
from .people import devices


def on_roles_changed(instance, action, reverse, pk_set, **kwargs):
    if action in ("post_add", "post_remove", "post_clear"):
        _update_staff_status(instance, pk_set, is_user=not reverse)


def on_area_leads_changed(instance, action, reverse, pk_set, **kwargs):
    if action in ("post_add", "post_remove", "post_clear"):
        _update_staff_status(instance, pk_set, is_user=reverse)


def _update_staff_status(instance, pk_set, *, is_user):
    if is_user:
        update_staff_status([instance.pk])
        instance.refresh_from_db(fields=["is_staff", "must_choose_pin"])
    else:
        # `post_clear` does not say who was in it.
        update_staff_status(get_user_model().objects.filter(is_staff=True) if pk_set is None else pk_set)


def on_account_deleted(instance, **kwargs):
    if not instance.is_merged:
        erase_traces_of(instance)


def get_attendance(sender, learners, **kwargs):
    return who_attended(learners)


def get_enrolments(sender, **kwargs):
    return first_enrolments()


def get_workplaces(sender, learners, **kwargs):
    return workplaces_of(learners)


def get_page_after_lesson(sender, learner, lesson, **kwargs):
    # Spares the derivation after all other lessons.
    if lesson.translation_key != lesson.module.lessons[0].translation_key:
        return None
    now = timezone.now()
    is_due = offered_page(learner, progress_of(learner, now=now), now=now) == Wave.PRE
    return reverse("survey") if is_due else None


def get_past_workplaces(sender, moments, **kwargs):
    return past_workplaces(moments)


def get_session_workplaces(sender, moments, **kwargs):
    return session_workplaces(moments)


def get_role(sender, learner, **kwargs):
    return learner.role


def get_survey_rounds(sender, **kwargs):
    return count_rounds_by_wording()


def get_hidden_before(sender, request, **kwargs):
    return devices.session_hidden_before(request.session, request.user)


def on_login(request, user, **kwargs):
    request.session[devices.SIGNED_IN_AT] = int(timezone.now().timestamp())
    devices.set_hidden_before(request.session, user)


def on_logout(request, **kwargs):
    if request is not None and hasattr(request, "session"):
        devices.end_sign_in(request.session.get(devices.SIGN_IN), Ending.SIGNED_OUT, now=timezone.now())
