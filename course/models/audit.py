"""The audit log and the sign-in history."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import DELETED_ACCOUNT

from .cohorts import Cohort
from .people import KnownDevice, User

# `subject` is the former name or code of the person.
FORMER_NAME_ACTIONS = ("person_changed", "accounts_merged")
# `subject` is an area, and `about` are its leads.
AREA_ACTIONS = ("area_made", "area_changed")


class AuditEntry(models.Model):
    """Contains no answer, grade or name: people are foreign keys, null once the account is deleted."""

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    by = models.ForeignKey(User, verbose_name=_("who"), null=True, on_delete=models.SET_NULL, related_name="+")
    # False for the site itself, such as a timer.
    by_somebody = models.BooleanField(_("somebody did it"), default=True)
    action = models.CharField(_("what"), max_length=40)
    cohort = models.ForeignKey(
        Cohort, verbose_name=_("group"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(_("about"), max_length=320, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the audit list")
        verbose_name_plural = _("audit list")
        indexes = [models.Index(fields=["cohort", "-at"], name="audit_list_of_a_group")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None) | Q(by_somebody=True), name="what_a_person_did_was_done_by_somebody"
            )
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d} · {self.by_id or '–'} · {self.action}"

    @property
    def who(self):
        if self.by:
            return str(self.by)
        return str(DELETED_ACCOUNT if self.by_somebody else _("The site itself"))

    @property
    def about_text(self):
        people = ", ".join(self._called(one.person) for one in self.about.all())
        if not people or not self.subject:
            return people or self.subject
        if self.action in AREA_ACTIONS:
            return f"{self.subject}: {people}"
        if self.action in FORMER_NAME_ACTIONS:
            return _("%(person)s (before: %(words)s)") % {"person": people, "words": self.subject}
        return f"{people}: {self.subject}"

    def _called(self, person):
        if person is None:
            return str(DELETED_ACCOUNT)
        return str(person) if self.cohort_id else f"{person.username} {person}"


class AuditedPerson(models.Model):
    entry = models.ForeignKey(AuditEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="about")
    person = models.ForeignKey(User, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("person of the audit list")
        verbose_name_plural = _("people of the audit list")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.entry_id} · {self.person_id or '–'}"


class DeviceKind(models.TextChoices):
    PHONE = "phone", _("phone")
    TABLET = "tablet", _("tablet")
    COMPUTER = "computer", _("computer")
    UNKNOWN = "", _("device of an unknown kind")


class Ending(models.TextChoices):
    """How a session ended; an expired one has none."""

    SIGNED_OUT = "out", _("signed out")
    IDLE = "idle", _("closed after a while without activity")
    LIMIT = "limit", _("closed because it had lasted long enough")
    ELSEWHERE = "elsewhere", _("closed from another session")
    PIN = "pin", _("closed because the PIN or password changed")


class SignIn(models.Model):
    """No IP address and no user agent is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(_("when"))
    browser = models.CharField(_("browser"), max_length=30, blank=True)
    system = models.CharField(_("system"), max_length=30, blank=True)
    form = models.CharField(_("kind of device"), max_length=10, choices=DeviceKind, blank=True)
    is_shared = models.BooleanField(_("shared by several people"))
    is_new = models.BooleanField(_("first time on the device"))
    device = models.ForeignKey(
        KnownDevice, verbose_name=_("device"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # For closing the session from another one; empty once it is closed.
    session_key = models.CharField(max_length=40, blank=True, db_index=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ending = models.CharField(_("how it ended"), max_length=10, choices=Ending, blank=True)
    notified_at = models.DateTimeField(_("told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [models.Index(fields=["person", "-at"], name="sign_ins_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="when_and_how_a_session_ended_go_together",
            )
        ]

    def __str__(self):
        return f"{self.person} · {self.at:%Y-%m-%d}"


class Change(models.TextChoices):
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


# After these, someone else may be able to sign in as the person: see course.people.devices.
ACCESS_BY_OTHERS = (Change.PIN_GIVEN, Change.CARD_MADE, Change.PASSWORD_GIVEN, Change.MERGED)


class AccountChange(models.Model):
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="account_changes")
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=20, choices=Change)
    by = models.ForeignKey(
        User, verbose_name=_("who"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("change of an account")
        verbose_name_plural = _("changes of accounts")
        indexes = [models.Index(fields=["person", "-at"], name="changes_of_an_account")]

    def __str__(self):
        return f"{self.person} · {self.get_kind_display()} · {self.at:%Y-%m-%d}"
