"""Invite the first administrator, or one who is locked out."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from course.models import User
from course.people.accounts import INVITATION_LIFETIME, InvitationRefused, invite_administrator


class Command(BaseCommand):
    help = "Make an administrator of the whole site and print the link by which the person chooses a password, once."

    def add_arguments(self, parser):
        parser.add_argument("code", help="The user code to sign in with, such as ADMIN.")
        parser.add_argument("--given-names", default="", help="As the person is called.")
        parser.add_argument("--surnames", default="")
        parser.add_argument("--again", action="store_true", help="For an existing administrator who is locked out.")
        parser.add_argument(
            "--forget-second-step", action="store_true", help="With --again, where the telephone is lost too."
        )
        parser.add_argument("--if-none", action="store_true", help="Do nothing if the site has an administrator.")

    def handle(self, *, code, given_names, surnames, again, forget_second_step, if_none, **options):
        if if_none and User.objects.filter(is_superuser=True, is_active=True).exists():
            return
        _check_code(code)
        try:
            word = invite_administrator(
                code,
                first_name=given_names.strip(),
                last_name=surnames.strip(),
                again=again,
                forget_second_step=forget_second_step,
                now=timezone.now(),
            )
        except InvitationRefused as error:
            raise CommandError(str(error)) from error
        hours = int(INVITATION_LIFETIME.total_seconds() // 3600)
        self.stderr.write(
            f"Abra este enlace una vez, en las próximas {hours} horas; no lo envíe por chat ni por correo.\n"
            f"Open this link once, within {hours} hours; do not send it by chat or mail."
        )
        self.stdout.write(settings.SITE_URL + reverse("accept_invitation", args=[word]))


def _check_code(code):
    field = User._meta.get_field("username")
    try:
        field.clean(code, None)
    except ValidationError as error:
        raise CommandError(f"«{code}»: {' '.join(error.messages)}") from error
