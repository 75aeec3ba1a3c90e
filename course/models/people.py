"""People, their numbers and devices, clinics, health areas; Spanish order as a stored key."""

import unicodedata
import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Permission, UserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.text.names import check_claims
from course.sealing import CannotRead, unseal
from quizzes.base.job_roles import Audience


def spanish_key(text):
    """Return `text` as letters that sort in Spanish order byte by byte (ñ as n followed by «~»)."""
    plain = []
    for letter in unicodedata.normalize("NFC", text).casefold():
        if letter == "ñ":
            plain.append("n~")
            continue
        base = unicodedata.normalize("NFD", letter)
        plain.append("".join(c for c in base if not unicodedata.combining(c)))
    words = "".join(c if c.isalnum() or c == "~" else " " for c in "".join(plain)).split()
    return " ".join(words)


def plain_words(text):
    """Return the words of `text` as somebody types them who has neither accents nor ñ."""
    return words_of_key(spanish_key(text))


def words_of_key(key):
    """Return the same of a stored key."""
    return key.replace("~", "").replace(",", " ").split()


def name_sort_key(given_names, surnames):
    """Return the stored key of a person: surnames first, then given names («de la Cruz» sorts under D)."""
    return f"{spanish_key(surnames)}, {spanish_key(given_names)}"[:320]


# The role in the site that opens every group; `course.people.roles` has the others, and what each may do.
ADMINISTRATORS = "Administradores"
TRAINERS = "Facilitadores"


# The role that a person has in the health centre: decides which questions, scenes and tips come first.
Role = Audience


class Sex(models.TextChoices):
    """What lists of staff and reports of the ministry tell apart; asked only where the site says why."""

    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", pgettext_lazy("sex", "Other")


class UserQuerySet(models.QuerySet):
    def in_spanish_order(self):
        return self.order_by("sort_key", "pk")

    def active(self):
        return self.filter(is_active=True)


class PeopleManager(UserManager.from_queryset(UserQuerySet)):
    """Makes people; the user code of a learner is their `username`."""


class User(AbstractUser):
    """A person who signs in: a learner with a code and a PIN, or staff with a password. No e-mail is ever needed."""

    # The same on every machine that ever exchanges with this one; a row's number is not.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    # Longer than Django's: the hash is encrypted (course/people/hashers.py).
    password = models.CharField(_("password"), max_length=300)
    first_name = models.CharField(_("given names"), max_length=150)
    last_name = models.CharField(_("surnames"), max_length=150)
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    # Nothing is sent to an address before it is confirmed.
    confirmed_email = models.EmailField(_("address that was confirmed"), blank=True, default="", editable=False)
    # When the last letter went out that asks to confirm it.
    confirmation_asked_at = models.DateTimeField(_("asked to confirm at"), null=True, blank=True, editable=False)
    role = models.CharField(_("role in the health centre"), max_length=20, choices=Role, blank=True)
    # As the list of staff or the person calls it; the role is what the course makes of it.
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    clinic = models.ForeignKey(
        "course.Clinic", verbose_name=_("clinic"), null=True, blank=True, on_delete=models.PROTECT, related_name="staff"
    )
    # Neither is kept unless the site says why it is asked: see `PeopleSettings`. A number is written as E.164 has it.
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True)
    phone = models.CharField(_("phone number"), max_length=16, blank=True)
    sort_key = models.CharField(max_length=320, editable=False, db_index=True)
    comfort = models.CharField(_("how the pages look"), max_length=60, blank=True, editable=False)
    must_choose_pin = models.BooleanField(_("must choose a PIN at the next sign-in"), default=False)
    # A page holds this number beside whose it is. It rises when a trainer gives a PIN, and when the person closes every
    # device: what was given before on a device without a line is kept apart from then on.
    offline_epoch = models.PositiveIntegerField(_("epoch of the devices"), default=0, editable=False)
    # When a device of theirs last delivered what was done on it without a line.
    delivered_at = models.DateTimeField(_("a device delivered at"), null=True, blank=True, editable=False)
    reminders_stopped_at = models.DateTimeField(_("asked for no reminders at"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(
        _("demo person"), default=False, editable=False, help_text=_("Made to try the course out; never in production.")
    )

    # Whether the account was merged into another, which has its traces: see `course.receivers`.
    is_merged = False

    objects = PeopleManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint("email", condition=~Q(email=""), name="an_email_belongs_to_one_person"),
            models.UniqueConstraint(Lower("username"), name="a_user_code_is_one_persons_in_any_letter_case"),
        ]
        indexes = [models.Index(fields=["phone"], condition=~Q(phone=""), name="people_by_phone")]

    def __str__(self):
        return self.get_full_name() or self.username

    def save(self, *args, **kwargs):
        self.sort_key = name_sort_key(self.first_name, self.last_name)
        if (fields := kwargs.get("update_fields")) is not None and {"first_name", "last_name"} & set(fields):
            kwargs["update_fields"] = {*fields, "sort_key"}
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret=None):
        try:
            password = unseal(self.password)
        except CannotRead:
            password = self.password
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, password, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def site_roles(self):
        """{name of a role in the site: whether it opens the Wagtail admin}; of learners, who are no staff, no query."""
        if not self.is_staff:
            return {}
        access = Permission.objects.filter(group=OuterRef("pk"), codename="access_admin")
        return dict(self.groups.annotate(opens_admin=Exists(access)).values_list("name", "opens_admin"))

    @cached_property
    def administers(self):
        """Whether every group, person and certificate of the site is this person's to look after."""
        return self.is_superuser or ADMINISTRATORS in self.site_roles

    @cached_property
    def trains(self):
        """Whether this person has a desk: administers, trains, leads a health area, or is to train."""
        if self.administers or TRAINERS in self.site_roles:
            return True
        groups = self.cohorts_trained.model.objects
        return self.is_staff and (groups.looked_after_by(self).exists() or self.areas_led.exists())

    @property
    def has_confirmed_address(self):
        return bool(self.email) and self.email == self.confirmed_email

    @property
    def edits(self):
        """Whether this person may open the Wagtail admin."""
        return self.is_staff and (self.is_superuser or any(self.site_roles.values()))

    @property
    def surnames_first(self):
        return f"{self.last_name}, {self.first_name}" if self.last_name else self.first_name


class PersonAlias(models.Model):
    """The key of an account that was merged into another: what still names it belongs to the person who remains."""

    key = models.UUIDField(_("key"), unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="aliases"
    )
    # By how many epochs of their devices the account that remains was ahead of this one when they were merged.
    epochs_ahead = models.IntegerField(_("epochs ahead"), default=0, editable=False)

    class Meta:
        verbose_name = _("alias of a person")
        verbose_name_plural = _("aliases of people")

    def __str__(self):
        return f"{self.key} → {self.person}"


class PersonIdentifier(models.Model):
    """A number by which the person's employer or country knows them: a keyed digest of it, and its end for namesakes.

    The number itself is nowhere: see `course.people.identifiers`.
    """

    class Kind(models.TextChoices):
        CUI = "cui", _("CUI or DPI")
        EMPLOYEE = "employee", _("Employee number")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="identifiers"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    digest = models.CharField(max_length=64, editable=False)
    ends_with = models.CharField(_("last two characters"), max_length=2)

    class Meta:
        verbose_name = _("number of a person")
        verbose_name_plural = _("numbers of people")
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="a_number_belongs_to_one_person"),
            models.UniqueConstraint(fields=["person", "kind"], name="a_person_has_one_number_of_a_kind"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ••{self.ends_with}"


class DigestKey(models.Model):
    """The key of the digests, sealed with a key of the accounts, which is outside the database; there is one row."""

    name = models.CharField(max_length=20, unique=True)
    encrypted_key = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("key of digests")
        verbose_name_plural = _("keys of digests")

    def __str__(self):
        return self.name


class PeopleSettings(models.Model):
    """Why a site asks for what it need not know of people; what has no reason is not asked. There is one row."""

    sex_reason = models.CharField(_("why the sex is asked"), max_length=300, blank=True)
    phone_reason = models.CharField(_("why the phone number is asked"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("what is asked of people")
        verbose_name_plural = _("what is asked of people")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="what_is_asked_is_said_once")]

    def __str__(self):
        return str(self._meta.verbose_name)


class JobTitle(models.Model):
    """A job title that a trainer gave a role: lists that bring it again need no one to ask. It names nobody."""

    key = models.CharField(max_length=120, unique=True, editable=False)
    title = models.CharField(_("job title"), max_length=120)
    role = models.CharField(_("role in the health centre"), max_length=20, choices=Role)
    learned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learned from"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    learned_at = models.DateTimeField(_("learned at"), default=timezone.now)

    class Meta:
        verbose_name = _("job title")
        verbose_name_plural = _("job titles")
        ordering = ["key"]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.key = spanish_key(self.title)[:120]
        super().save(*args, **kwargs)


class StartingPin(models.Model):
    """The one-time PIN printed on a person's card: only a keyed digest is kept, until it is used or expires."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="starting_pin"
    )
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("starting PIN")
        verbose_name_plural = _("starting PINs")

    def __str__(self):
        return f"{self.user} · {self.expires_at:%Y-%m-%d}"


class Area(models.Model):
    """A health area (DDRISS): the clinics that one or a few people answer for."""

    # The same on every machine that ever exchanges with this one; a row's number is not.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    leads = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("area leads"), blank=True, related_name="areas_led"
    )
    sort_key = models.CharField(max_length=320, editable=False, db_index=True)

    class Meta:
        verbose_name = _("health area")
        verbose_name_plural = _("health areas")
        ordering = ["sort_key", "pk"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = spanish_key(self.name)
        super().save(*args, **kwargs)


class Clinic(models.Model):
    """A health centre or post where people work."""

    # The same on every machine that ever exchanges with this one; a row's number is not.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    area = models.ForeignKey(
        Area, verbose_name=_("health area"), null=True, blank=True, on_delete=models.PROTECT, related_name="clinics"
    )
    municipality = models.CharField(_("municipality"), max_length=100, blank=True)
    department = models.CharField(_("department"), max_length=100, blank=True)
    sort_key = models.CharField(max_length=320, editable=False, db_index=True)

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint("name", "municipality", "department", name="a_clinic_is_listed_once"),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        # The name is printed on certificates, which never say that a place is free of stigma.
        check_claims({"name": self.name})

    def save(self, *args, **kwargs):
        self.sort_key = spanish_key(self.name)
        super().save(*args, **kwargs)


class KnownDevice(models.Model):
    """A browser in which this person signed in: it holds a random mark that names nobody, and here is its digest.

    Several people may be known on one device, as on the computer of a health centre.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="devices"
    )
    cookie_digest = models.CharField(_("digest of its mark"), max_length=64)
    is_shared = models.BooleanField(_("shared by several people"))
    first_used_at = models.DateTimeField(_("first used at"))
    last_used_at = models.DateTimeField(_("used last at"))
    # Since when every sign-in there said that it is the person's own; empty while the last one said that it is shared.
    own_since = models.DateTimeField(_("the person’s own since"), null=True, blank=True)

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        constraints = [
            models.UniqueConstraint(fields=["person", "cookie_digest"], name="a_device_is_known_once_to_each_person"),
        ]

    def __str__(self):
        return f"{self.person} · {self.last_used_at:%Y-%m-%d}"
