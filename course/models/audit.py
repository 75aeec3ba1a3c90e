"""The audit log, and the history of sign-ins and of access."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import GONE

from .cohorts import Cohort
from .people import KnownDevice

# What stands in `subject` is what the person was called, or had as a code, before.
FORMERLY = ("person_changed", "accounts_merged")
# What stands in `subject` is a place, and whom the entry is about are its people.
OF_A_PLACE = ("area_made", "area_changed")


class AuditEntry(models.Model):
    """Who changed, exported or printed what, and when; rows are only added. It holds no answer and no grade.

    It holds nobody's name either: who did it and whom it is `about` are keys, so that of an account that was deleted
    it says only that there was one.
    """

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # False: the site itself did it, as a timer of the server does.
    by_somebody = models.BooleanField(_("somebody did it"), default=True)
    # The name of what was done, such as `roster_imported`: see course.people.audit.
    action = models.CharField(_("what"), max_length=40)
    cohort = models.ForeignKey(
        Cohort, verbose_name=_("group"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # About what, in words.
    subject = models.CharField(_("about"), max_length=320, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the audit list")
        verbose_name_plural = _("audit list")
        indexes = [models.Index(fields=["cohort", "-at"], name="audit_list_of_a_group")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None) | Q(by_somebody=True), name="what_a_person_did_was_done_by_somebody"
            ),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d} · {self.by_id or '–'} · {self.action}"

    @property
    def who(self):
        """Who did it, by the name of today."""
        if self.by:
            return str(self.by)
        return str(GONE if self.by_somebody else _("The site itself"))

    @property
    def about_words(self):
        """About whom and what in words, people by their names of today."""
        people = ", ".join(self._called(one.person) for one in self.about.all())
        if not people or not self.subject:
            return people or self.subject
        if self.action in OF_A_PLACE:
            return f"{self.subject}: {people}"
        if self.action in FORMERLY:
            return _("%(person)s (before: %(words)s)") % {"person": people, "words": self.subject}
        return f"{people}: {self.subject}"

    def _called(self, person):
        """Return the name of a person; of whom no group says who it is, the code as well."""
        if person is None:
            return str(GONE)
        return str(person) if self.cohort_id else f"{person.username} {person}"


class AuditedPerson(models.Model):
    """Whom an entry of the audit list is about: the key of the account, and nothing once that is deleted."""

    entry = models.ForeignKey(AuditEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="about")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("person of the audit list")
        verbose_name_plural = _("people of the audit list")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.entry_id} · {self.person_id or '–'}"


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


# After these somebody else may know how to sign in as the person: see course.people.devices.
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
