"""Codebook of the survey: statements, codes, scoring and waves."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .readings import WAVES
from .statements import AGREEING, SEEN, blocks_of
from .wording import text_in


def codebook_table(wordings, language):
    with translation.override(language):
        headings = [
            _("Wording"),
            _("Theme"),
            pgettext("survey", "Title of the theme"),
            _("Statement"),
            pgettext("survey", "Text"),
            _("Codes"),
            _("Direction"),
            _("How it is counted"),
            _("Waves"),
            _("Official statement"),
        ]
        rows = [
            [
                str(wording),
                block.id,
                text_in(block.title, language),
                one.id,
                text_in(one.text, language),
                "; ".join(f"{option['code']} = {text_in(option['label'], language)}" for option in one.options),
                {1: _("More is better (+)"), -1: _("Less is better (-)")}.get(one.better, ""),
                _counted(block, one),
                ", ".join(str(WAVES[wave]) for wave in one.waves),
                _official(one),
            ]
            for wording in wordings
            for block in blocks_of(wording.contents)
            for one in block.statements
        ]
    return headings, rows


def _counted(block, one):
    codes = ", ".join(one.hits)
    if one.kind == SEEN:
        return _("Share with the codes %(codes)s, of those who could have seen it and answered.") % {"codes": codes}
    if one.kind != AGREEING:
        return _("Counts of each code.")
    share = _("Share with the codes %(codes)s, of those who answered.") % {"codes": codes}
    if not block.is_scored:
        return share
    points = _(
        "In the score of the theme the first code is worth 100 and the last 0, or the other way round where less is "
        "better; whoever answered three quarters of its statements has a score, the mean of them."
    )
    return f"{share} {points}"


def _official(one):
    if not one.is_official:
        return ""
    return _("Yes, confirmed") if one.is_verified else _("Yes, its wording is yet to be confirmed")
