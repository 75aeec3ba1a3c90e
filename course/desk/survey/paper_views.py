"""Pages: print the survey's sheets for a clinic."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.models import Session, Wave
from course.paper.printing import PAPERS
from course.paper.surveys import survey_sheet_pdf
from course.people.clinics import clinics_looked_after_by
from course.people.cohorts import cohorts_of
from course.survey.rounds import round_of, wording_of
from modules.models import Edition
from quizzes.base.identifiers import parse_key
from quizzes.base.languages import language_name
from quizzes.base.spreadsheets import download
from quizzes.surveys.asking import language_of

from .round_views import asked_edition, requested_wave


@require_safe
@login_required
def desk_survey_paper(request, clinic_pk):
    clinic, edition = requested_clinic(request, clinic_pk), asked_edition(request)
    context = {
        "clinic": clinic,
        "edition": edition,
        "editions": list(Edition.objects.order_by("-number")),
        "lines": [_line(clinic, edition, wave) for wave in Wave] if edition else [],
        "papers": PAPERS,
        "session": requested_session(request, clinic),
    }
    return render(request, "desk/survey/paper.html", context)


@require_safe
@login_required
def desk_survey_sheet(request, clinic_pk, edition_pk, wave):
    clinic, edition = requested_clinic(request, clinic_pk), get_object_or_404(Edition, pk=edition_pk)
    wave = requested_wave(wave)
    wording = wording_of(clinic, edition, wave)
    if wording is None:
        raise Http404
    language = language_of(wording.contents, request.GET.get("idioma") or get_language())
    paper_size = request.GET.get("hoja") if request.GET.get("hoja") in PAPERS else "letter"
    pdf = survey_sheet_pdf(wording, wave, paper_size=paper_size, language=language)
    with override(language):
        name = slugify(f"{_('Survey')} {wave.label}")
    return download(pdf, f"{name}.pdf", "application/pdf")


def requested_clinic(request, clinic_pk):
    clinics = clinics_looked_after_by(request.user, today=timezone.localdate())
    return get_object_or_404(clinics.select_related("area"), pk=clinic_pk)


def requested_session(request, clinic):
    """Return the session of the clinic's groups named in the address or form, or None."""
    asked = parse_key(request.POST.get("sesion") or request.GET.get("sesion", ""))
    groups = cohorts_of(request.user).filter(clinic=clinic).order_by()
    return Session.objects.filter(pk=asked, cohort__in=groups.values("pk")).first() if asked else None


def _line(clinic, edition, wave):
    known = round_of(clinic, edition, wave)
    wording = wording_of(clinic, edition, wave)
    languages = wording.contents["languages"] if wording else []
    return {
        "wave": wave,
        "languages": [(code, language_name(code)) for code in languages],
        "is_closed": known is not None and not known.is_open,
    }
