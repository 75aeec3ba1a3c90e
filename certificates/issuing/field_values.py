"""Values of the printed fields, from the active design and the person's training."""

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.images import ImageUse
from certificates.models import CertificateDesign, Signatory
from certificates.pdf.rendering import print_context, store_images
from certificates.text.fields import (
    content_in_words,
    date_in_words,
    fields_in,
    fill_line,
    fill_lines,
    grade_in_words,
    includes_issue_date,
    modules_in_words,
    post_in_words,
    study_time_in_words,
)
from certificates.text.names import normalise_text, without_claim
from certificates.text.typesetting import without_unprintable
from modules.progress.outline import course_outline, course_page
from quizzes.base.view_registry import serves

LANGUAGES = tuple(code for code, _name in settings.INTERFACE_LANGUAGES)


def certificate_language(language):
    short = (language or "").partition("-")[0]
    return short if short in LANGUAGES else LANGUAGES[0]


def active_design(language):
    """Return the active design of the language, else the built-in one (unsaved)."""
    return CertificateDesign.objects.in_use(language).first() or built_in_design(language)


def built_in_design(language):
    with translation.override(language):
        return CertificateDesign(
            name=_("Built in"),
            heading=_("Certificate of completion"),
            statement=_("completed the course"),
            subject=_("on respectful and confidential care at the health centre"),
            issuer=_("Trato digno · Course for the staff of health centres"),
            signatories=[Signatory(post=_("Area health directorate")), Signatory(post=_("Trainer of the course"))],
        )


# In printed order; the verification page shows each of them.
PRINTED_FIELDS = (
    *("heading", "name", "role", "clinic", "statement", "course", "subject", "edition"),
    *("modules_count", "modules", "hours"),
    "minutes",
    *("finished_in_words", "finished", "date_in_words", "date", "expires_in_words", "grade", "text"),
    *("issuer", "signatories", "logos", "language", "paper_size", "border", "palette", "serial", "verify_url"),
)
MAX_CLINIC_LENGTH = 200
MAX_SIGNATORIES, MAX_LOGOS = 3, 4
EXAMPLE_SERIAL = "0000000000000"
_TEMPLATE_FIELDS = ("statement", "subject", "text")


class Training(NamedTuple):
    edition: str
    modules: list[str]
    finished_on: date


def describe_training(progress, language, *, now):
    edition, done = progress.edition, {module.outline.key for module in progress.modules if module.is_finished}
    done |= progress.recorded_modules
    titles = {outline.key: outline.title for outline in course_outline(language)}
    names = [
        titles.get(UUID(module["key"]), module["title"]) for module in edition.contents if UUID(module["key"]) in done
    ]
    with translation.override(language):
        # The clock of the learner's device may have been ahead.
        return Training(str(edition), names, timezone.localdate(min(progress.finished_at, now)))


def build_printed_fields(design, *, name, role, clinic, serial, now, language, training, grade=None):
    """Return {field: value} for `PRINTED_FIELDS`; stores the design's images. `grade` is per cent or None."""
    source, course = current_course(), course_page(language)
    minutes = source.minutes if source else 0
    day, last_day = timezone.localdate(now), expiry_date(design, training.finished_on)
    with translation.override(language):
        printed = {
            "heading": design.heading,
            "name": normalise_text(name),
            "role": normalise_text(post_in_words(role)),
            "clinic": without_claim(without_unprintable(normalise_text(clinic))[:MAX_CLINIC_LENGTH]),
            "course": (course and without_claim(without_unprintable(course.title))) or settings.SITE_NAME,
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
            "verify_url": verification_url(serial),
        }
        printed |= _design_texts(design, printed) | _signatories_and_logos(design)
    return {field: printed[field] for field in PRINTED_FIELDS}


def expiry_date(design, day):
    """Return the last valid day of a certificate for a course finished on `day`, or None: it does not expire."""
    if not design.validity_months:
        return None
    years, month = divmod(day.month - 1 + design.validity_months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def printed_grade(design, progress):
    """Return the mean grade of the quizzes, per cent, or None if there is none or the design does not print it."""
    if not any("grade" in fields_in(getattr(design, field)) for field in _TEMPLATE_FIELDS):
        return None
    grades = [module.quiz.grade for module in progress.modules if module.quiz and module.quiz.grade is not None]
    return sum(grades) / len(grades) if grades else None


def _design_texts(design, printed):
    issued = _("Issued on %(date)s") % {"date": printed["date_in_words"]}
    lines, default = fill_lines(design.text, printed), [content_in_words(printed), printed["date_in_words"]]
    # A certificate issued later says both when the course was finished and when it was issued.
    if printed["finished"] != printed["date"] and not any(
        "finished_in_words" in fields_in(getattr(design, field)) for field in _TEMPLATE_FIELDS
    ):
        finished = _("Finished on %(date)s") % {"date": printed["finished_in_words"]}
        default = [default[0], finished, issued]
        lines = lines and [*lines, finished]
    if lines and not includes_issue_date(design, printed):
        lines.append(issued)
    lines = lines or default
    if printed["expires_in_words"] and not any(
        "expires_in_words" in fields_in(getattr(design, f)) for f in _TEMPLATE_FIELDS
    ):
        lines.append(_("Valid until %(date)s") % {"date": printed["expires_in_words"]})
    return {
        "statement": fill_line(design.statement, printed),
        "subject": fill_line(design.subject, printed),
        "text": lines,
    }


def _signatories_and_logos(design):
    # The image of each is its digest, "" if there is none to print.
    signatories = list(design.signatories.all())[:MAX_SIGNATORIES]
    logos = list(design.logos.all())[:MAX_LOGOS]
    for lines in (signatories, logos):
        prefetch_related_objects(lines, "image")
    wanted = [(line.image, ImageUse.SIGNATURE) for line in signatories] + [
        (line.image, ImageUse.LOGO) for line in logos
    ]
    digests = iter(store_images(wanted))
    return {
        "signatories": [{"name": line.name, "post": line.post, "image": next(digests)} for line in signatories],
        "logos": [{"image": next(digests), "institution": line.institution} for line in logos],
    }


def example_fields(design, *, language):
    return build_printed_fields(
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


def verification_url(serial):
    return settings.SITE_URL + reverse("verify", args=[serial])


def current_course():
    return course_page(settings.LANGUAGE_CODE) or course_page()


@serves(CertificateDesign, "preview")
def preview_sheets(design, mode):
    """Return a print context per sheet; `mode` is `es`, `en` or `both`."""
    languages = LANGUAGES if mode == "both" else (mode,)
    return [_sheet(_in_language(design, language), language) for language in languages]


def _in_language(design, language):
    if language == design.language:
        return design
    translations = CertificateDesign.objects.filter(translation_key=design.translation_key)
    return translations.filter(locale__language_code=language).first() or built_in_design(language)


def _sheet(design, language):
    printed = example_fields(design, language=language)
    return print_context(printed, on_screen=True)
