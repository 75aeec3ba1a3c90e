"""What is printed on a certificate, field by field, before it becomes a page."""

from calendar import monthrange
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from modules.outline import course_outline, course_page

from .claims import without_claim
from .naming import tidy
from .wording import date_in_words, modules_in_words, post_in_words, study_time_in_words

# Everything on the paper that is not the same for all: the verification page shows each of them.
PRINTED_FIELDS = (
    "heading",
    "name",
    "role",
    "clinic",
    "statement",
    "course",
    "subject",
    "modules_count",
    "hours",
    "date_in_words",
    "date",
    "issuer",
    "signatories",
    "language",
    "paper_size",
    "serial",
    "verify_url",
)
LONGEST_CLINIC = 200
EXAMPLE_SERIAL = "0000000000000"


def what_is_printed(design, *, name, role, clinic, serial, now, language):
    """Return {field: what is printed} for `PRINTED_FIELDS`, in `language`, with the words of `design`."""
    source, course = current_course(), course_page(language)
    day = timezone.localdate(now)
    with translation.override(language):
        printed = {
            "heading": design.heading,
            "name": tidy(name),
            "role": tidy(post_in_words(role)),
            "clinic": without_claim(tidy(clinic)[:LONGEST_CLINIC]),
            "statement": design.statement,
            "course": without_claim(course.title, settings.SITE_NAME) if course else settings.SITE_NAME,
            "subject": design.subject,
            "modules_count": modules_in_words(len(course_outline(language))),
            "hours": study_time_in_words(source.minutes if source else 0),
            "date_in_words": date_in_words(day),
            "date": day.isoformat(),
            "issuer": design.issuer,
            "signatories": [{"name": line.name, "post": line.post} for line in design.signatories.all()],
            "language": language,
            "paper_size": design.paper_size,
            "serial": serial,
            "verify_url": verification_address(serial),
        }
    return {field: printed[field] for field in PRINTED_FIELDS}


def expiry(design, day):
    """Return the last day on which a certificate of this design issued on `day` holds, or None: for ever."""
    if not design.validity_months:
        return None
    years, month = divmod(day.month - 1 + design.validity_months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def example_print(design, *, language):
    """Return what a design would print for a made-up person, for its preview."""
    return what_is_printed(
        design,
        name="Ana Lucía Coj de la Cruz",
        role="recepcion",
        clinic="Centro de Salud de San Pedro Ayampuc",
        serial=EXAMPLE_SERIAL,
        now=datetime(2026, 3, 14, 18, tzinfo=UTC),
        language=language,
    )


def verification_address(serial):
    """Return the public address that the QR holds."""
    return settings.SITE_URL + reverse("verify", args=[serial])


def current_course():
    """Return the course in its source language: its edition counts, whatever the language of the page being read."""
    return course_page(settings.LANGUAGE_CODE) or course_page()
