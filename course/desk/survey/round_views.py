"""Pages: rounds of the survey, closing a wave, giving up lost answers."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from course.models import SurveyRound, Wave
from course.people.clinics import areas_of, clinics_looked_after_by, clinics_of
from course.survey.closing import NothingToClose, close_area, close_clinic, give_up_lost, is_lost
from course.survey.keys import KeyLost
from course.survey.overview import open_in_country, rounds_of_clinics
from modules.models import Edition
from quizzes.base.identifiers import parse_key


def closing_words(closing):
    own = [lot for lot in closing.lots if lot.clinic_id]
    said = [
        (
            messages.SUCCESS,
            _("%(clinic)s: the answers of %(people)d people were counted together. Nobody’s sheet is kept.")
            % {"clinic": lot.clinic, "people": lot.people},
        )
        for lot in own
    ]
    if any(lot.area_id and not lot.clinic_id for lot in closing.lots):
        said.append((messages.SUCCESS, _("The clinics where fewer than ten answered were counted together.")))
    if any(not lot.area_id and not lot.clinic_id for lot in closing.lots):
        said.append((messages.SUCCESS, _("What was left of several areas was counted together, as of the country.")))
    elif closing.passed_on:
        said.append(
            (messages.INFO, _("Fewer than ten were left. They wait, sealed, to be counted with the country’s."))
        )
    if closing.waiting and not closing.lost:
        said.append(
            (messages.INFO, _("Closed. Fewer than ten answered: they wait, sealed, until the area closes this wave."))
        )
    if closing.damaged:
        words = ngettext(
            "%(count)d envelope was damaged and could not be opened: it is not counted.",
            "%(count)d envelopes were damaged and could not be opened: they are not counted.",
            closing.damaged,
        )
        said.append((messages.WARNING, words % {"count": closing.damaged}))
    if closing.lost:
        said.append((messages.ERROR, _lost_words(closing.lost)))
    return said


def _lost_words(rounds):
    names = ", ".join(str(round_.clinic or _("The country")) for round_ in rounds)
    words = ngettext(
        "The key of this round is not on the server, so it was left as it was: %(names)s.",
        "The keys of these rounds are not on the server, so they were left as they were: %(names)s.",
        len(rounds),
    )
    return words % {"names": names}


_CLINICS_A_PAGE = 100


@require_safe
@login_required
def desk_survey(request):
    if not request.user.trains:
        raise Http404
    edition = asked_edition(request)
    clinics = clinics_looked_after_by(request.user, today=timezone.localdate()).select_related("area")
    clinics = clinics.order_by(F("area__sort_key").asc(nulls_last=True), "area", "sort_key", "pk")
    page = Paginator(clinics, _CLINICS_A_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "edition": edition,
        "editions": list(Edition.objects.order_by("-number")),
        "page": page,
        "areas": _by_area(rounds_of_clinics(list(page), edition) if edition else [], request),
        "country": open_in_country(edition) if edition and _is_whole(request) else [],
        "waves": list(Wave),
    }
    return render(request, "desk/survey/rounds.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_survey_close_clinic(request, clinic_pk, edition_pk, wave):
    clinic = get_object_or_404(clinics_of(request.user).select_related("area"), pk=clinic_pk)
    edition, wave = get_object_or_404(Edition, pk=edition_pk), requested_wave(wave)

    def close():
        return close_clinic(clinic, edition, wave, by=request.user, now=timezone.now())

    open_rounds = SurveyRound.objects.filter(clinic=clinic, edition=edition, wave=wave, closed_on=None)
    return _close(request, close, edition, {"clinic": clinic, "wave": wave, "any_open": open_rounds.exists()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_survey_close_area(request, area_pk, edition_pk, wave):
    area = get_object_or_404(areas_of(request.user), pk=area_pk) if area_pk else None
    if area is None and not _is_whole(request):
        raise Http404
    edition, wave = get_object_or_404(Edition, pk=edition_pk), requested_wave(wave)

    def close():
        return close_area(area, edition, wave, by=request.user, now=timezone.now())

    rounds = SurveyRound.objects.filter(clinic__isnull=False, clinic__area=area, edition=edition, wave=wave, lot=None)
    rounds = rounds.filter(envelopes__isnull=False).select_related("clinic").distinct().order_by("clinic__sort_key")
    rounds, waiting = list(rounds), area is None and any(state.wave == wave for state in open_in_country(edition))
    return _close(
        request, close, edition, {"area": area, "wave": wave, "rounds": rounds, "any_open": rounds or waiting}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_survey_give_up(request, round_pk):
    """Give up the answers of a round whose key is lost; its people may answer again."""
    if not _is_whole(request):
        raise Http404
    round_ = get_object_or_404(SurveyRound.objects.select_related("clinic", "edition"), pk=round_pk)
    if round_.lot_id or not is_lost(round_):
        messages.info(request, _("The key of that round is here: nothing is lost."))
        return redirect(_rounds_of(round_.edition))
    if request.method == "POST":
        try:
            give_up_lost(round_, by=request.user, now=timezone.now())
        except NothingToClose:
            messages.info(request, _("The key of that round is here: nothing is lost."))
        else:
            messages.success(request, _("Those answers are given up. Whoever is still to be asked is asked again."))
        return redirect(_rounds_of(round_.edition))
    return render(request, "desk/survey/give_up.html", {"round": round_, "file": f"{round_.key}.key"})


def _by_area(lines, request):
    led = set(areas_of(request.user).values_list("pk", flat=True)) | ({None} if _is_whole(request) else set())
    found = []
    for area, own in groupby(lines, key=lambda line: line.clinic.area):
        own = list(own)
        closable = [wave for place, wave in enumerate(Wave) if any(line.states[place].waits for line in own)]
        found.append((area, own, (area and area.pk) in led, closable))
    return found


def asked_edition(request):
    editions = Edition.objects.order_by("-number")
    number = parse_key(request.GET.get("edicion", ""))
    return (number and editions.filter(pk=number).first()) or editions.first()


def requested_wave(value):
    try:
        return Wave(value)
    except ValueError:
        raise Http404 from None


def _close(request, close, edition, context):
    if request.method == "POST":
        try:
            for level, words in closing_words(close()):
                messages.add_message(request, level, words)
        except NothingToClose:
            messages.info(request, _("There was nothing to close: that wave was closed before, or nobody was asked."))
        except KeyLost:
            messages.error(request, _("The key that opens these answers is not on the server. Nothing was changed."))
        return redirect(_rounds_of(edition))
    return render(request, "desk/survey/close.html", {"edition": edition, **context})


def _rounds_of(edition):
    return f"{reverse('desk_survey')}?edicion={edition.pk}"


def _is_whole(request):
    return request.user.administers
