"""Validation of the survey for forms, files and the CMS. Pure functions."""

import re

from django.utils.translation import gettext as _

from quizzes.base.choices import AGREEMENT_SCORINGS, OptionKind, Scoring, Wave

BLOCK_ID = r"[A-Z]"
STATEMENT_ID = r"[A-Z][1-9]\d?"
SCALE_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
CODES_OF_AGREEMENT = ["1", "2", "3", "4"]
CODE_OF_NEVER = "1"
MOST_STATEMENTS = 60


def find_option_mistakes(options, scorings=()):
    """Return sentences about options ({"code", "kind"}) of a scale used by themes of these scorings."""
    found, codes = [], [option["code"] for option in options]
    answers = [option["code"] for option in options if option["kind"] == OptionKind.ANSWER]
    if wrong := [code for code in codes if not re.fullmatch(r"[0-9]", code)]:
        found.append(_("The code “%(code)s” is not one figure from 0 to 9.") % {"code": wrong[0]})
    found += [
        _("The code %(code)s stands twice. Give each answer one of its own.") % {"code": code}
        for code in dict.fromkeys(codes)
        if codes.count(code) > 1
    ]
    if len(answers) < 2:
        found.append(_("A scale has two answers or more that are counted."))
    for kind in (OptionKind.NOT_APPLICABLE, OptionKind.NO_ANSWER):
        if [option["kind"] for option in options].count(kind) > 1:
            found.append(_("Only one answer can mean “%(kind)s”.") % {"kind": kind.label})
    if set(scorings) & set(AGREEMENT_SCORINGS) and answers != CODES_OF_AGREEMENT:
        sentence = _(
            "A scale of agreement has exactly four answers that are counted, with the codes 1 to 4 in this order: "
            "1 agrees most, 4 agrees least."
        )
        found.append(sentence)
    if Scoring.SEEN in scorings and answers[:1] != [CODE_OF_NEVER]:
        found.append(_("In a scale of what was seen, the first answer has the code 1 and means “never”."))
    return found


def find_direction_mistake(scoring, direction):
    """Return why a direction does not fit the scoring of its theme, or nothing."""
    if scoring in AGREEMENT_SCORINGS and not direction:
        return _("Say whether agreeing speaks for respectful care or against it: without that it can’t be counted.")
    if scoring == Scoring.BACKGROUND and direction:
        return _("What is asked about the person who answers has no direction. Leave it empty.")
    return ""


def find_mistakes(contents):
    blocks, scales = contents["blocks"], contents["scales"]
    items = [(block, item) for block in blocks for item in block["items"]]
    if not items:
        return [_("There is no statement yet.")]
    found = []
    if len(items) > MOST_STATEMENTS:
        sentence = _("The survey has %(count)d statements. At most %(most)d fit into a sealed answer.")
        found.append(sentence % {"count": len(items), "most": MOST_STATEMENTS})
    asked = {wave for block, _item in items for wave in block["waves"]}
    found += [
        _("Nothing is asked in the wave “%(wave)s”. Let a theme be asked then.") % {"wave": wave.label}
        for wave in Wave
        if wave not in asked
    ]
    uses = {}
    for block, item in items:
        uses.setdefault(item.get("scale") or block["scale"], set()).add(block["scoring"])
        if mistake := find_direction_mistake(block["scoring"], item["direction"]):
            found.append(f"{item['id']}: {mistake}")
    for name, scorings in uses.items():
        found += [f"{name}: {mistake}" for mistake in find_option_mistakes(scales[name], scorings)]
    return found
