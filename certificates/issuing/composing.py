"""Which words and signatures the next certificate carries: an editor's design, or the ones built in."""

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.images import Use
from certificates.models import CertificateDesign, Signatory
from certificates.pdf.rendering import freeze_images, print_context
from certificates.text.fields import (
    content_in_words,
    date_in_words,
    fields_in,
    fill_line,
    fill_lines,
    finished_in_words,
    grade_in_words,
    issued_in_words,
    modules_in_words,
    post_in_words,
    says_date,
    study_time_in_words,
    validity_in_words,
)
from certificates.text.names import tidy, without_claim
from certificates.text.typesetting import without_unprintable
from modules.progress.outline import course_outline, course_page
from quizzes.base.view_registry import shows

LANGUAGES = tuple(code for code, _name in settings.INTERFACE_LANGUAGES)


def language_of_certificate(language):
    """Return the language in which a certificate is printed for someone who uses the site in `language`."""
    short = (language or "").partition("-")[0]
    return short if short in LANGUAGES else LANGUAGES[0]


def design_in_use(language):
    """Return the design that an editor put in use for this language, else the one built in (not saved)."""
    return CertificateDesign.objects.in_use(language).first() or built_in_design(language)


def built_in_design(language):
    """Return an unsaved design with our own words. The posts of the signatories stand under empty lines."""
    with translation.override(language):
        return CertificateDesign(
            name=_("Built in"),
            heading=_("Certificate of completion"),
            statement=_("completed the course"),
            subject=_("on respectful and confidential care at the health centre"),
            issuer=_("Trato digno · Course for the staff of health centres"),
            signatories=[Signatory(post=_("Area health directorate")), Signatory(post=_("Trainer of the course"))],
        )


# Everything on the paper that is not the same for all: the verification page shows each of them.
PRINTED_FIELDS = (
    "heading",
    "name",
    "role",
    "clinic",
    "statement",
    "course",
    "subject",
    "edition",
    "modules_count",
    "modules",
    "hours",
    # Of study, as a number: what credentials say. It is no row of its own.
    "minutes",
    "finished_in_words",
    "finished",
    "date_in_words",
    "date",
    "expires_in_words",
    "grade",
    "text",
    "issuer",
    "signatories",
    "logos",
    "language",
    "paper_size",
    "border",
    "palette",
    "serial",
    "verify_url",
)
LONGEST_CLINIC = 200
MOST_SIGNATORIES, MOST_LOGOS = 3, 4
EXAMPLE_SERIAL = "0000000000000"
_WITH_FIELDS = ("statement", "subject", "text")


class Training(NamedTuple):
    """What was finished: the edition and its modules by their names, and the day (local)."""

    edition: str
    modules: list[str]
    finished_on: date


def training_of(progress, language, *, now):
    """Return the `Training` of a `CourseProgress` that is finished, in words of `language`.

    It names what the person finished of the edition; of a module that is gone, as it was called.
    """
    edition, done = progress.edition, {module.outline.key for module in progress.modules if module.is_finished}
    done |= progress.recorded_modules
    titles = {outline.key: outline.title for outline in course_outline(language)}
    names = [
        titles.get(UUID(module["key"]), module["title"]) for module in edition.contents if UUID(module["key"]) in done
    ]
    with translation.override(language):
        # The clock of the device on which it was finished may have been ahead.
        return Training(str(edition), names, timezone.localdate(min(progress.finished_at, now)))


def what_is_printed(design, *, name, role, clinic, serial, now, language, training, grade=None):
    """Return {field: what is printed} for `PRINTED_FIELDS`, in `language`, with the words of `design`.

    `grade` is that of `grade_to_print`, per cent or None. The images of the design are stored as they are printed.
    """
    source, course = current_course(), course_page(language)
    minutes = source.minutes if source else 0
    day, last_day = timezone.localdate(now), expiry(design, training.finished_on)
    with translation.override(language):
        printed = {
            "heading": design.heading,
            "name": tidy(name),
            "role": tidy(post_in_words(role)),
            "clinic": without_claim(without_unprintable(tidy(clinic))[:LONGEST_CLINIC]),
            "course": _name_of_course(course),
            "edition": training.edition,
            "modules_count": modules_in_words(len(training.modules)),
            "modules": [without_claim(without_unprintable(title)) for title in training.modules],
            "hours": study_time_in_words(minutes),
            "minutes": minutes,
            "finished_in_words": date_in_words(training.finished_on),
            "finished": training.finished_on.isoformat(),
            "date_in_words": date_in_words(day),
            "date": day.isoformat(),
            "expires_in_words": date_in_words(last_day) if last_day else "",
            "grade": "" if grade is None else grade_in_words(grade),
            "issuer": design.issuer,
            "language": language,
            "paper_size": design.paper_size,
            "border": design.border,
            "palette": design.palette,
            "serial": serial,
            "verify_url": verification_address(serial),
        }
        printed |= _filled_in(design, printed) | _with_images(design)
    return {field: printed[field] for field in PRINTED_FIELDS}


def expiry(design, day):
    """Return the last day on which a certificate of this design issued on `day` holds, or None: for ever."""
    if not design.validity_months:
        return None
    years, month = divmod(day.month - 1 + design.validity_months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def grade_to_print(design, progress):
    """Return the mean, per cent, of the grades that count in the quizzes of a `CourseProgress`, or None.

    It is asked for only when the words of the design print it.
    """
    if not any("grade" in fields_in(getattr(design, field)) for field in _WITH_FIELDS):
        return None
    grades = [module.quiz.grade for module in progress.modules if module.quiz and module.quiz.grade is not None]
    return sum(grades) / len(grades) if grades else None


def _name_of_course(course):
    return (course and without_claim(without_unprintable(course.title))) or settings.SITE_NAME


def _filled_in(design, printed):
    """Return the words with fields, filled in. Without lines of its own a design says content, length and date."""
    lines, usual = fill_lines(design.text, printed), [content_in_words(printed), printed["date_in_words"]]
    # A paper that was asked for later says when its course was finished, and which of the days is which.
    if printed["finished"] != printed["date"] and not any(
        "finished_in_words" in fields_in(getattr(design, field)) for field in _WITH_FIELDS
    ):
        finished = finished_in_words(printed["finished_in_words"])
        usual = [usual[0], finished, issued_in_words(printed["date_in_words"])]
        lines = lines and [*lines, finished]
    # Designs were saved before that was asked of them, and a line may be left out.
    if lines and not says_date(design, printed):
        lines.append(issued_in_words(printed["date_in_words"]))
    lines = lines or usual
    # One that stops holding one day says so.
    if printed["expires_in_words"] and not any(
        "expires_in_words" in fields_in(getattr(design, f)) for f in _WITH_FIELDS
    ):
        lines.append(validity_in_words(printed["expires_in_words"]))
    return {
        "statement": fill_line(design.statement, printed),
        "subject": fill_line(design.subject, printed),
        "text": lines,
    }


def _with_images(design):
    """Return the signatories and logos with the digests of their images, "" where there is none to print."""
    signatories = list(design.signatories.all())[:MOST_SIGNATORIES]
    logos = list(design.logos.all())[:MOST_LOGOS]
    for lines in (signatories, logos):
        prefetch_related_objects(lines, "image")
    wanted = [(line.image, Use.SIGNATURE) for line in signatories] + [(line.image, Use.LOGO) for line in logos]
    digests = iter(freeze_images(wanted))
    return {
        "signatories": [{"name": line.name, "post": line.post, "image": next(digests)} for line in signatories],
        "logos": [{"image": next(digests), "institution": line.institution} for line in logos],
    }


def example_print(design, *, language):
    """Return what a design would print for a made-up person, for its preview."""
    return what_is_printed(
        design,
        name="Ana Lucía Coj de la Cruz",
        role="ventanilla",
        clinic="Centro de Salud de San Pedro Ayampuc",
        serial=EXAMPLE_SERIAL,
        now=datetime(2026, 3, 14, 18, tzinfo=UTC),
        language=language,
        grade=87,
        training=Training(
            _("Edition %(number)d") % {"number": 1},
            [outline.title for outline in course_outline(language)],
            date(2026, 3, 14),
        ),
    )


def verification_address(serial):
    """Return the public address that the QR holds."""
    return settings.SITE_URL + reverse("verify", args=[serial])


def current_course():
    """Return the course in its source language: its edition counts, whatever the language of the page being read."""
    return course_page(settings.LANGUAGE_CODE) or course_page()


@shows(CertificateDesign, "preview")
def preview_sheets(design, mode):
    """Return the print context of each sheet to show; `mode` is `es`, `en` or `both`."""
    languages = LANGUAGES if mode == "both" else (mode,)
    return [_sheet(_in_language(design, language), language) for language in languages]


def _in_language(design, language):
    """Return the design, or its twin in the other language: its translation, else the one built in."""
    if language == design.language:
        return design
    twins = CertificateDesign.objects.filter(translation_key=design.translation_key, locale__language_code=language)
    return twins.first() or built_in_design(language)


def _sheet(design, language):
    printed = example_print(design, language=language)
    return print_context(printed, on_screen=True)
