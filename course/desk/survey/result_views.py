"""Results of the survey, on screen and as files."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from course.desk.spreadsheets import file_name
from course.models import Area, Clinic, Wave
from course.people.audit import audit_log
from course.people.clinics import areas_of, clinics_looked_after_by
from course.survey.result_tables import result_sheets, result_table
from course.survey.results import (
    STANDINGS,
    Standing,
    editions_asked,
    limits_of,
    may_see_country,
    results_of,
    rounding_words,
)
from modules.models import Edition
from quizzes.base.spreadsheets import CSV, XLSX, build_workbook, download, table_csv

from .panels import group_panels, main_panels, statement_panels

MOST_TO_CHOOSE = 60


class NotSeen(Exception):
    pass


@dataclass(frozen=True)
class Asked:
    edition: Edition | None
    editions: list[Edition]
    place: Clinic | Area | None
    has_place: bool
    area: Area | None
    areas: list[Area]
    clinics: list[Clinic]
    sees_country: bool

    @property
    def has_too_many_clinics(self):
        return len(self.clinics) > MOST_TO_CHOOSE


def what_is_asked(user, given, *, today):
    """Return the `Asked` of an address: by default the latest edition and widest place. Raises `NotSeen`."""
    editions = list(editions_asked())
    edition = _chosen(editions, given.get("edicion")) or next(iter(editions), None)
    areas = list(areas_of(user))
    area = _chosen(areas, given.get("area"))
    seen = clinics_looked_after_by(user, today=today)
    clinic = _clinic(seen, given.get("centro"))
    country = may_see_country(user)
    if area is None and not country and clinic is None:
        area = next(iter(areas), None)
    clinics = list((seen.filter(area=area) if area else seen)[: MOST_TO_CHOOSE + 1])
    if clinic and area and clinic.area_id != area.pk:
        clinic = None
    if clinic is None and area is None and not country:
        clinic = next(iter(clinics), None)
    place = clinic or area
    return Asked(edition, editions, place, bool(place or country), area, areas, clinics, country)


def _chosen(known, key):
    if not key:
        return None
    found = next((one for one in known if str(one.key) == key), None)
    if found is None:
        raise NotSeen
    return found


def _clinic(seen, key):
    if not key:
        return None
    try:
        found = seen.filter(key=UUID(key)).select_related("area").first()
    except ValueError:
        found = None
    if found is None:
        raise NotSeen
    return found


@require_safe
@login_required
def desk_survey_results(request):
    asked = _asked(request)
    context = {"asked": asked, "place": place_words(asked)}
    if asked.edition and asked.has_place:
        results = results_of(asked.place, asked.edition, groups_in_full=False)
        context |= {
            "results": results,
            "waves": [_wave(results, wave) for wave in Wave],
            "panels": main_panels(results.figures),
            "statements": statement_panels(results.figures),
            "groups": group_panels(results.figures),
            "limits": limits_of(results),
            "rounding": rounding_words(),
            "unlike": [Wave(now).label for _before, now in results.unlike],
        }
    return render(request, "desk/survey/results.html", context)


@require_safe
@login_required
def desk_survey_results_file(request, ending):
    asked, now = _asked(request), timezone.now()
    if not (asked.edition and asked.has_place):
        raise Http404
    results = results_of(asked.place, asked.edition)
    title, place = _("Results of the survey"), place_words(asked)
    audit_log("survey_results_exported", by=request.user, subject=place, now=now)
    name = file_name(f"{title} {place}", None, ending, now=now)
    if ending == "csv":
        return download(table_csv(*result_table(results)), name, CSV)
    return download(build_workbook(result_sheets(results, place=place, now=now)), name, XLSX)


def place_words(asked):
    return str(asked.place or _("The whole country"))


def _asked(request):
    if not request.user.trains:
        raise Http404
    try:
        return what_is_asked(request.user, request.GET, today=timezone.localdate())
    except NotSeen:
        raise Http404 from None


def _wave(results, wave):
    return {
        "name": wave.label,
        "words": STANDINGS[results.standings[wave]],
        "sum": results.figures.waves[wave],
        "rounds": _rounds_words(results.rounds[wave]),
    }


def _rounds_words(counts):
    words = {
        Standing.COUNTED: pgettext("rounds", "counted: %d"),
        Standing.WITH_OTHERS: pgettext("rounds", "counted with others: %d"),
        Standing.PASSED_ON: pgettext("rounds", "passed on to the country: %d"),
        Standing.WAITS: pgettext("rounds", "waiting: %d"),
        Standing.OPEN: pgettext("rounds", "open: %d"),
        Standing.NOBODY: pgettext("rounds", "nobody was asked: %d"),
    }
    return "; ".join(one % counts[standing] for standing, one in words.items() if counts[standing])
