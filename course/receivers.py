"""What the course does when another part announces something."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from course.people.enrolment import when_enrolled
from course.people.leaving import erase_traces_of
from course.people.restarts import circumstances_of, former_places, places_of_sessions
from course.people.roles import follow_roles
from course.sessions.attendance import who_attended
from course.survey.rounds import count_rounds_by_wording

from .models import Ending
from .people import devices


def follow_roles_given(instance, action, reverse, pk_set, **kwargs):
    """A role in the site was given or taken: from the person's side, or (`reverse`) from the role's."""
    if action not in ("post_add", "post_remove", "post_clear"):
        return
    if not reverse:
        follow_roles([instance.pk])
        instance.refresh_from_db(fields=["is_staff", "must_choose_pin"])
    else:
        # Emptying a role does not say who had it.
        follow_roles(get_user_model().objects.filter(is_staff=True) if pk_set is None else pk_set)


def follow_areas_led(instance, action, reverse, pk_set, **kwargs):
    """Somebody leads a health area, or not any more: named from the area's side, or (`reverse`) from the person's."""
    if action not in ("post_add", "post_remove", "post_clear"):
        return
    if reverse:
        follow_roles([instance.pk])
        instance.refresh_from_db(fields=["is_staff", "must_choose_pin"])
    else:
        # Emptying the leads of an area does not say who they were.
        follow_roles(get_user_model().objects.filter(is_staff=True) if pk_set is None else pk_set)


def erase_traces(instance, **kwargs):
    """An account is being deleted, from wherever: no name is left behind. One that was merged lives on in another."""
    if not instance.lives_on:
        erase_traces_of(instance)


def tell_who_attended(sender, learners, **kwargs):
    """The course asks who was at which session."""
    return who_attended(learners)


def tell_who_is_enrolled(sender, **kwargs):
    """The course changes: it asks who belongs to it as it was."""
    return when_enrolled()


def tell_circumstances(sender, learners, **kwargs):
    """Something was finished: the record asks for post, places and group of today."""
    return circumstances_of(learners)


def tell_former_places(sender, moments, **kwargs):
    """It is written down only now who began long ago: the record asks for group and places of that day."""
    return former_places(moments)


def tell_session_places(sender, moments, **kwargs):
    """Something was finished by attending: the record asks for group and places of the session."""
    return places_of_sessions(moments)


def tell_role(sender, learner, **kwargs):
    """A quiz with pools asks whom it asks."""
    return learner.role


def tell_survey_rounds(sender, **kwargs):
    """The survey is edited: it asks which of its wordings rounds keep."""
    return count_rounds_by_wording()


def tell_what_is_hidden(sender, request, **kwargs):
    """A quiz asks which of the own answers it may show."""
    return devices.hidden_before_in(request.session, request.user)


def begin_session(request, user, **kwargs):
    """A session begins, through whichever door; the one that knows the device says later what it shows more."""
    request.session[devices.SIGNED_IN_AT] = int(timezone.now().timestamp())
    devices.keep_hidden_before(request.session, user)


def keep_that_signed_out(request, **kwargs):
    """Somebody signs out; the session is still there."""
    if request is not None and hasattr(request, "session"):
        devices.end_sign_in(request.session.get(devices.SIGN_IN), Ending.SIGNED_OUT, now=timezone.now())
