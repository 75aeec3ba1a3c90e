"""People, their numbers and devices, clinics, health areas."""

import unicodedata
import uuid

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
    return words_of_key(spanish_key(text))


def words_of_key(key):
    """Return the `plain_words` of a stored key."""
    return key.replace("~", "").replace(",", " ").split()


def name_sort_key(given_names, surnames):
    """Return the stored key of a person: surnames first, then given names («de la Cruz» sorts under D)."""
    return f"{spanish_key(surnames)}, {spanish_key(given_names)}"[:320]


ADMINISTRATORS = "Administradores"
TRAINERS = "Facilitadores"


Role = Audience


class Sex(models.TextChoices):
    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", pgettext_lazy("sex", "Other")


class UserQuerySet(models.QuerySet):
    def in_spanish_order(self):
        return self.order_by("sort_key", "pk")

    def active(self):
        return self.filter(is_active=True)


class PeopleManager(UserManager.from_queryset(UserQuerySet)):
    pass


class User(AbstractUser):
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    # Longer than Django's: the hash is encrypted (course/people/hashers.py).
    password = models.CharField(_("password"), max_length=300)
    first_name = models.CharField(_("given names"), max_length=150)
    last_name = models.CharField(_("surnames"), max_length=150)
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    confirmed_email = models.EmailField(_("address that was confirmed"), blank=True, default="", editable=False)
    confirmation_asked_at = models.DateTimeField(_("asked to confirm at"), null=True, blank=True, editable=False)
    role = models.CharField(_("role in the health centre"), max_length=20, choices=Role, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    clinic = models.ForeignKey(
        "course.Clinic", verbose_name=_("clinic"), null=True, blank=True, on_delete=models.PROTECT, related_name="staff"
    )
    # Stored only with a reason in `PeopleSettings`; phone in E.164.
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True)
    phone = models.CharField(_("phone number"), max_length=16, blank=True)
    sort_key = models.CharField(max_length=320, editable=False, db_index=True)
    comfort = models.CharField(_("how the pages look"), max_length=60, blank=True, editable=False)
    must_choose_pin = models.BooleanField(_("must choose a PIN at the next sign-in"), default=False)
    # Pages carry it. It rises with a new PIN and when the person closes all devices:
    # earlier offline answers then become late answers.
    offline_epoch = models.PositiveIntegerField(_("epoch of the devices"), default=0, editable=False)
    delivered_at = models.DateTimeField(_("a device delivered at"), null=True, blank=True, editable=False)
    reminders_stopped_at = models.DateTimeField(_("asked for no reminders at"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(
        _("demo person"), default=False, editable=False, help_text=_("Made to try the course out; never in production.")
    )

    # Set during a merge: see `course.receivers`.
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
        """{name of a role in the site: whether it opens the Wagtail admin}; no query for learners."""
        if not self.is_staff:
            return {}
        access = Permission.objects.filter(group=OuterRef("pk"), codename="access_admin")
        return dict(self.groups.annotate(opens_admin=Exists(access)).values_list("name", "opens_admin"))

    @cached_property
    def administers(self):
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
        return self.is_staff and (self.is_superuser or any(self.site_roles.values()))

    @property
    def surnames_first(self):
        return f"{self.last_name}, {self.first_name}" if self.last_name else self.first_name


class PersonAlias(models.Model):
    """The key of an account that was merged into another."""

    key = models.UUIDField(_("key"), unique=True, editable=False)
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="aliases")
    epochs_ahead = models.IntegerField(_("epochs ahead"), default=0, editable=False)

    class Meta:
        verbose_name = _("alias of a person")
        verbose_name_plural = _("aliases of people")

    def __str__(self):
        return f"{self.key} → {self.person}"


class PersonIdentifier(models.Model):
    """A keyed digest of a CUI or employee number; the number is not stored: see `course.people.identifiers`."""

    class Kind(models.TextChoices):
        CUI = "cui", _("CUI or DPI")
        EMPLOYEE = "employee", _("Employee number")

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="identifiers")
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
    """The key of the digests, encrypted with an account key from outside the database; one row."""

    name = models.CharField(max_length=20, unique=True)
    encrypted_key = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("key of digests")
        verbose_name_plural = _("keys of digests")

    def __str__(self):
        return self.name


class PeopleSettings(models.Model):
    """Reasons for optional fields: without a reason, a field is not shown. One row."""

    sex_reason = models.CharField(_("why the sex is asked"), max_length=300, blank=True)
    phone_reason = models.CharField(_("why the phone number is asked"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("what is asked of people")
        verbose_name_plural = _("what is asked of people")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="what_is_asked_is_said_once")]

    def __str__(self):
        return str(self._meta.verbose_name)


class JobTitle(models.Model):
    """A job title with the role that a trainer gave it, for the next staff lists."""

    key = models.CharField(max_length=120, unique=True, editable=False)
    title = models.CharField(_("job title"), max_length=120)
    role = models.CharField(_("role in the health centre"), max_length=20, choices=Role)
    learned_by = models.ForeignKey(
        User, verbose_name=_("learned from"), null=True, on_delete=models.SET_NULL, related_name="+"
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
    user = models.OneToOneField(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="starting_pin")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("starting PIN")
        verbose_name_plural = _("starting PINs")

    def __str__(self):
        return f"{self.user} · {self.expires_at:%Y-%m-%d}"


class Area(models.Model):
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    leads = models.ManyToManyField(User, verbose_name=_("area leads"), blank=True, related_name="areas_led")
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
        constraints = [models.UniqueConstraint("name", "municipality", "department", name="a_clinic_is_listed_once")]

    def __str__(self):
        return self.name

    def clean(self):
        check_claims({"name": self.name})

    def save(self, *args, **kwargs):
        self.sort_key = spanish_key(self.name)
        super().save(*args, **kwargs)


class KnownDevice(models.Model):
    """A browser in which this person signed in, by the digest of a random cookie; others may share it."""

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="devices")
    cookie_digest = models.CharField(_("digest of its mark"), max_length=64)
    is_shared = models.BooleanField(_("shared by several people"))
    first_used_at = models.DateTimeField(_("first used at"))
    last_used_at = models.DateTimeField(_("used last at"))
    # Empty while the last sign-in there said that it is shared.
    own_since = models.DateTimeField(_("the person’s own since"), null=True, blank=True)

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        constraints = [
            models.UniqueConstraint(fields=["person", "cookie_digest"], name="a_device_is_known_once_to_each_person")
        ]

    def __str__(self):
        return f"{self.person} · {self.last_used_at:%Y-%m-%d}"
