"""Cards on paper: eight on a Letter sheet, to be cut apart."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from certificates.pdf.rendering import qr_matrix
from modules.pdf.renderer import draw_cells, render_pdf

CARDS_A_PAGE = 8
_INK = "#000000"


@dataclass(frozen=True)
class Card:
    """What stands on a card."""

    name: str
    group: str
    code: str
    pin: str
    until: datetime

    @classmethod
    def of(cls, person, pin, until, cohort):
        return cls(str(person), cohort.name, person.username, pin, until)

    @property
    def pin_in_groups(self):
        return f"{self.pin[:3]} {self.pin[3:]}"

    @property
    def address(self):
        """Return the address behind the QR: sign-in with the code filled in, and never the PIN."""
        return f"{settings.SITE_URL}{reverse('account_login')}?{urlencode({'c': self.code})}"

    @property
    def qr(self):
        return f"card:{self.code}"


def cards_pdf(cards, *, language, paper="Letter"):
    """Return the PDF of cards, eight on a sheet, in a language."""
    with translation.override(language):
        html = render_to_string(
            "desk/cards_paper.html",
            {"cards": cards, "language": language, "site": settings.SITE_URL.partition("://")[2]},
        )
    return render_pdf(
        html,
        css=_style() + f"@page {{ size: {paper} }}",
        forms=[(card.qr, draw_cells(qr_matrix(card.address), colour=_INK)) for card in cards],
        identifier=hashlib.sha256(html.encode()).digest()[:16],
    )


@cache
def _style():
    return (Path(__file__).parent / "cards.css").read_text(encoding="utf-8")
