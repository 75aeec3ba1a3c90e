"""The colours of the style sheet as it is served, with the contrast of each on its ground."""

import re
from pathlib import Path
from typing import NamedTuple

from django.contrib.staticfiles import finders
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates.issuing.composing import built_in_design, example_print
from certificates.issuing.status import Standing
from course.mistakes import mistakes_of
from course.outages import FULL
from modules.blocks.base import DRAWINGS
from modules.progress.states import State
from modules.weave import MOTIFS
from modules.wording import language_mark

from . import samples

_TOKEN = re.compile(r"--([a-z-]+): ?(#[0-9A-Fa-f]{6})\b")
_LIGHT_RULE = re.compile(r":root \{([^}]*)\}")
_DARK_RULE = re.compile(r"prefers-color-scheme: dark\) \{\s*[^{}]+\{([^}]*)\}")


class Colour(NamedTuple):
    """A token in light and dark, each with its contrast on the paper of the same name."""

    name: str
    light: str
    light_contrast: float
    dark: str
    dark_contrast: float


def colours_of_site():
    """Return the `Colour`s of site.css in the order of its tokens."""
    light, dark = _read_tokens(Path(finders.find("site.css")).read_text(encoding="utf-8"))
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
    """Return the contrast of two colours `#rrggbb` by the formula of WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read_tokens(css):
    """Return ({token: colour in light}, {token: colour in dark}): the first rule, and the first of dark mode."""
    light, dark = _LIGHT_RULE.search(css)[1], _DARK_RULE.search(css)[1]
    return dict(_TOKEN.findall(light)), dict(_TOKEN.findall(dark))


# Pages that are hard to come by in daily use, by the name in their address.
BUTTONS = ["button", "button-quiet", "button-danger", "link"]
RARE_PAGES = {
    "400": "400.html",
    "403": "403.html",
    "404": "404.html",
    "429": "429.html",
    "500": "500.html",
    "503": "503.html",
    "offline": "offline.html",
    "keep-course": "modules/keep_course.html",
    "closed": "modules/closed.html",
    "inactive": "account/account_inactive.html",
    "stale": "account/stale_form.html",
    "confirm": "account/confirm_form.html",
    "later": "certificates/verify_later.html",
    "stop": "account/stop_reminders.html",
    "invitation-unknown": "account/invitation_unknown.html",
    "stop-unknown": "account/stop_unknown.html",
}

EXAMPLES = {
    "back": "/",
    "action": "",
    "outage": FULL,
    # What script shows where it is true.
    "all_told": True,
    "rows": [("1. Muestra", "", "", 25), ("2. Muestra", "", "", 31)],
    "addresses": "[]",
    "total": 56,
}


def for_staff(view):
    """Answer only to who edits or trains; to everyone else the page does not exist."""

    def answer(request, *args, **kwargs):
        user = request.user
        if not (user.is_authenticated and (user.trains or user.edits)):
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@require_safe
@for_staff
def styleguide(request):
    today, wrong = timezone.localdate(), samples.SampleForm({}, auto_id="error_%s")
    entries = samples.sample_entries(today)
    items = samples.sample_items()
    context = {
        "colours": colours_of_site(),
        "button_kinds": BUTTONS,
        "states": [*State, *Standing],
        "path": samples.sample_path(),
        "form": samples.SampleForm(auto_id="muestra_%s"),
        "form_with_errors": wrong,
        "mistakes": mistakes_of(wrong),
        "blocks": samples.sample_blocks(),
        "voices": samples.sample_voices(),
        "lang": language_mark(samples.LANGUAGE),
        "written": samples.WRITTEN,
        "language": samples.LANGUAGE,
        "role": samples.ROLE,
        "terms": samples.REFERENCES.names,
        "references": samples.REFERENCES,
        "of_lesson": True,
        "is_missing": True,
        "phrase": samples.PHRASE,
        "card": samples.PAIR_CARD,
        "directory": samples.SampleDirectory(entries),
        "close_to_me": samples.sample_blocks()["text"],
        "part": samples.sample_case(),
        "fields": samples.sample_fields(items),
        "answers": samples.sample_reviews(),
        "reviews": samples.sample_standings(timezone.now()),
        "hits": samples.sample_hits(),
        "printed": example_print(built_in_design(samples.LANGUAGE), language=samples.LANGUAGE),
        "motifs": list(MOTIFS),
        "three": list(MOTIFS)[:3],
        "drawings": DRAWINGS,
        "rare_pages": list(RARE_PAGES),
    }
    return render(request, "styleguide/page.html", context)


@require_safe
@for_staff
def rare_page(request, name):
    """Show an error page as its visitor gets it, but answered with 200."""
    if name not in RARE_PAGES:
        raise Http404
    return render(request, RARE_PAGES[name], EXAMPLES)
