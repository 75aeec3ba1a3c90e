"""Sign-in with the one-time PIN of a printed card."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.utils import timezone

from course.people.pins import is_starting_pin


class StartingPinBackend(ModelBackend):
    """Accept a one-time PIN; the other backend accepts everything else."""

    def authenticate(self, request, username=None, password=None, **credentials):
        if not username or not password or not password.isdecimal():
            return None
        user = get_user_model().objects.filter(username__iexact=username, must_choose_pin=True).first()
        if user and self.user_can_authenticate(user) and is_starting_pin(user, password, now=timezone.now()):
            return user
        return None

    def has_perm(self, user_obj, perm, obj=None):
        # The other backend answers for permissions.
        return False

    def has_module_perms(self, user_obj, app_label):
        return False
