"""Style guide: colours with their contrast, components, rare pages."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from django.contrib.staticfiles import finders
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates.issuing.field_values import built_in_design, example_fields
from certificates.issuing.status import CertificateStatus
from course.errors import DISK_FULL, form_errors
from modules.blocks.base import DRAWINGS
from modules.labels import lang_attribute
from modules.progress.states import State
from modules.weave import MOTIFS

from . import samples

_TOKEN = re.compile(r"--([a-z-]+): ?(#[0-9A-Fa-f]{6})\b")
_LIGHT_RULE = re.compile(r":root \{([^}]*)\}")
_DARK_RULE = re.compile(r"prefers-color-scheme: dark\) \{\s*[^{}]+\{([^}]*)\}")


class Colour(NamedTuple):
    name: str
    light: str
    light_contrast: float
    dark: str
    dark_contrast: float


def colours_of_site():
    css = Path(finders.find("site.css")).read_text(encoding="utf-8")
    light, dark = (dict(_TOKEN.findall(rule.search(css)[1])) for rule in (_LIGHT_RULE, _DARK_RULE))
    return [
        Colour(
            name,
            value,
            contrast(value, light["paper"]),
            dark.get(name, value),
            contrast(dark.get(name, value), dark["paper"]),
        )
        for name, value in light.items()
    ]


def contrast(one, other):
    """Return the contrast ratio of two colours `#rrggbb` by WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


BUTTONS = ["button", "button-quiet", "button-danger", "link"]
# {name in the address: template}
RARE_PAGES = {
    "400": "400.html",
    "403": "403.html",
    "404": "404.html",
    "429": "429.html",
    "500": "500.html",
    "503": "503.html",
    "offline": "offline.html",
    "keep-course": "modules/offline/keep_course.html",
    "closed": "modules/course/closed.html",
    "inactive": "account/account_inactive.html",
    "stale": "account/sign_in/stale_form.html",
    "confirm": "account/sign_in/confirm_form.html",
    "later": "certificates/verify/rate_limit.html",
    "stop": "account/profile/stop_reminders.html",
    "invitation-unknown": "account/sign_in/invitation_unknown.html",
    "stop-unknown": "account/profile/stop_unknown.html",
}

RARE_PAGE_CONTEXT = {
    "back": "/",
    "action": "",
    "outage": DISK_FULL,
    "all_told": True,
    "rows": [("1. Muestra", "", "", 25), ("2. Muestra", "", "", 31)],
    "addresses": "[]",
    "total": 56,
}


def staff_only(view):
    def answer(request, *args, **kwargs):
        user = request.user
        if not (user.is_authenticated and (user.trains or user.edits)):
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@require_safe
@staff_only
def styleguide(request):
    today, wrong = timezone.localdate(), samples.SampleForm({}, auto_id="error_%s")
    entries = samples.sample_entries(today)
    items = samples.sample_items()
    context = {
        "colours": colours_of_site(),
        "button_kinds": BUTTONS,
        "states": [*State, *CertificateStatus],
        "path": samples.sample_path(),
        "form": samples.SampleForm(auto_id="muestra_%s"),
        "form_with_errors": wrong,
        "form_errors": form_errors(wrong),
        "blocks": samples.sample_blocks(),
        "voices": samples.sample_voices(),
        "lang": lang_attribute(samples.LANGUAGE),
        "written": samples.WRITTEN,
        "language": samples.LANGUAGE,
        "role": samples.ROLE,
        "terms": samples.REFERENCES.names,
        "references": samples.REFERENCES,
        "of_lesson": True,
        "is_missing": True,
        "phrase": samples.PHRASE,
        "card": samples.PAIR_CARD,
        "directory": SimpleNamespace(entries=entries, helping_with=lambda *_needs: entries),
        "close_to_me": samples.sample_blocks()["text"],
        "part": samples.sample_case(),
        "fields": samples.sample_fields(items),
        "answers": samples.sample_reviews(),
        "reviews": samples.sample_standings(timezone.now()),
        "hits": samples.sample_hits(),
        "printed": example_fields(built_in_design(samples.LANGUAGE), language=samples.LANGUAGE),
        "motifs": list(MOTIFS),
        "three": list(MOTIFS)[:3],
        "drawings": DRAWINGS,
        "rare_pages": list(RARE_PAGES),
    }
    return render(request, "styleguide/page.html", context)


@require_safe
@staff_only
def rare_page(request, name):
    if name not in RARE_PAGES:
        raise Http404
    return render(request, RARE_PAGES[name], RARE_PAGE_CONTEXT)
