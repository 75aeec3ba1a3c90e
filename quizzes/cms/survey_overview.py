"""Preview of the survey in the admin: waves, languages, gaps, older wordings."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from quizzes.base.choices import Wave
from quizzes.surveys.comparing import compare_with_rounds
from quizzes.surveys.instrument import read_instrument
from quizzes.surveys.reading import blocks_in, scale_of


def may_see(user):
    return user.has_perm("quizzes.change_surveystatement")


@require_GET
def overview(request):
    if not may_see(request.user):
        raise PermissionDenied
    instrument = read_instrument()
    items = [item for block in instrument.contents["blocks"] for item in block["items"]]
    wave = _one_of(Wave.values, request.GET.get("wave"))
    languages = instrument.contents["languages"] or [settings.LANGUAGE_CODE]
    language = _one_of(languages, request.GET.get("language"))
    context = {
        "instrument": instrument,
        "missing": _missing_in_words(instrument),
        "unwritten": [name for code, name in settings.WAGTAIL_CONTENT_LANGUAGES[:2] if code not in languages],
        "unconfirmed": [item["id"] for item in items if item["official"] and not item["verified"]],
        "rounds": compare_with_rounds(instrument.contents),
        "waves": Wave.choices,
        "wave": wave,
        "languages": [(code, name) for code, name in settings.WAGTAIL_CONTENT_LANGUAGES if code in languages],
        "language": language,
        "blocks": _as_asked(instrument.contents, wave, language),
    }
    return render(request, "quizzes/admin/survey_overview.html", context)


def _one_of(known, wanted):
    return wanted if wanted in known else known[0]


def _missing_in_words(instrument):
    found = {}
    for language, name in instrument.missing:
        found.setdefault(language, []).append(name)
    return [(name, found[code]) for code, name in settings.WAGTAIL_CONTENT_LANGUAGES if code in found]


def _as_asked(contents, wave, language):
    return [
        (
            block["title"][language],
            [
                (
                    item["id"],
                    item["text"][language],
                    [one["label"][language] for one in scale_of(contents, block, item)],
                )
                for item in block["items"]
            ],
        )
        for block in blocks_in(contents, wave)
    ]


class OverviewMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see(request.user)


class SurveyOverviewViewSet(ViewSet):
    name = "survey_overview"
    url_prefix = "survey"
    icon = "view"
    menu_label = gettext_lazy("As it is asked")
    menu_item_class = OverviewMenuItem

    def get_urlpatterns(self):
        return [path("", overview, name="index")]
