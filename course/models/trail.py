"""What a person can look up about the own account: where it was signed in to, and what was changed about signing in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .devices import KnownDevice


class Form(models.TextChoices):
    """What a device looks like."""

    PHONE = "phone", _("phone")
    TABLET = "tablet", _("tablet")
    COMPUTER = "computer", _("computer")
    UNKNOWN = "", _("device of an unknown kind")


class Ending(models.TextChoices):
    """How a session came to its end; one that ended by itself has none."""

    SIGNED_OUT = "out", _("signed out")
    IDLE = "idle", _("closed after a while without activity")
    LIMIT = "limit", _("closed because it had lasted long enough")
    ELSEWHERE = "elsewhere", _("closed from another session")
    PIN = "pin", _("closed because the PIN or password changed")


class SignIn(models.Model):
    """A person signed in: when, and on what device in a few words. No address and no text that the browser sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="sign_ins"
    )
    at = models.DateTimeField(_("when"))
    browser = models.CharField(_("browser"), max_length=30, blank=True)
    system = models.CharField(_("system"), max_length=30, blank=True)
    form = models.CharField(_("kind of device"), max_length=10, choices=Form, blank=True)
    is_shared = models.BooleanField(_("shared by several people"))
    is_new = models.BooleanField(_("first time on the device"))
    device = models.ForeignKey(
        KnownDevice, verbose_name=_("device"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # With it the session can be closed from elsewhere; empty once that is done.
    session_key = models.CharField(max_length=40, blank=True, db_index=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ending = models.CharField(_("how it ended"), max_length=10, choices=Ending, blank=True)
    # When the person was told on another device that this one was new.
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [models.Index(fields=["person", "-at"], name="sign_ins_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="when_and_how_a_session_ended_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.at:%Y-%m-%d}"


class Change(models.TextChoices):
    """What was changed about how a person signs in, in words for the person."""

    PIN_GIVEN = "pin_given", _("A new PIN was given")
    CARD_MADE = "card_made", _("A card with a PIN was made")
    PASSWORD_GIVEN = "password_given", _("A new password was given")
    MERGED = "merged", _("Another account was merged into this one")
    PIN_CHOSEN = "pin_chosen", _("You chose a PIN or password")
    ADDRESS_CHANGED = "address", _("The e-mail address was changed")
    ADDRESS_CONFIRMED = "confirmed", _("The e-mail address was confirmed")
    SECOND_STEP_REMOVED = "second_step", _("The second step of sign-in was removed")
    SESSIONS_CLOSED = "closed", _("All other sessions were closed")
    OWN_FILE = "own_file", _("The file with all that is kept was fetched")


# After these somebody else may know how to sign in as the person: see course.people.trail.
HANDS_ACCESS = (Change.PIN_GIVEN, Change.CARD_MADE, Change.PASSWORD_GIVEN, Change.MERGED)


class AccountChange(models.Model):
    """Something was changed about how a person signs in: what, when, and by whom. It names nobody in words."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="account_changes"
    )
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=20, choices=Change)
    # Nobody: an account that is gone, or it is not known any more.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("change of an account")
        verbose_name_plural = _("changes of accounts")
        indexes = [models.Index(fields=["person", "-at"], name="changes_of_an_account")]

    def __str__(self):
        return f"{self.person} · {self.get_kind_display()} · {self.at:%Y-%m-%d}"
