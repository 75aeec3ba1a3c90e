"""The old site's progress by category, held against what the sittings say. It is compared and never stored."""

import re
from collections import defaultdict

from django.utils.translation import gettext as _

from quizzes.importing.old_site.dump import in_order

from .people import name_there

# From the left, entry by entry: so «vih» is never taken out of the middle of «pre-vih».
_ENTRY = re.compile(r"([^,][^\n]{0,250}?),(-?\d{1,9}),(-?\d{1,9})(?:,|$)")
_LONGEST = 20_000


def read_scores(text):
    """Return ({category: (right, possible)}, the rest that can't be read) of a text such as `vih,3,5,pre-vih,1,2,`."""
    scores, place, text = {}, 0, text[:_LONGEST]
    while match := _ENTRY.match(text, place):
        scores[match.group(1)] = int(match.group(2)), int(match.group(3))
        place = match.end()
    return scores, text[place:].strip(", ")


def compare_progress(site, taken, matched):
    """Return a line for each category of a person where the old site's sums are not those of the sittings.

    `taken` are pairs of (OldSitting, person); `matched` is {key of a person there: person here}.
    """
    sums = _add_up(site, taken)
    lines = []
    rows = site.dump.of("quiz.progress")
    for key in in_order(rows):
        user = rows[key].points_to("user")
        if user not in matched:
            continue
        name = name_there(site.dump, user)
        scores, rest = read_scores(rows[key].text("score"))
        for category in sorted(scores.keys() | sums[user].keys()):
            there, here = scores.get(category, (0, 0)), tuple(sums[user].get(category, (0, 0)))
            if there != here:
                lines.append(_tell(name, category, there, here))
        if rest:
            lines.append(_("%(person)s: the end of it can’t be read: “%(rest)s”") % {"person": name, "rest": rest[:60]})
    return lines


def _add_up(site, taken):
    sums = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for sitting, _person in taken:
        for key in sitting.order:
            old = site.old_questions.get(key)
            if old and old.category:
                entry = sums[sitting.user][old.category]
                entry[0] += key not in sitting.wrong
                entry[1] += 1
    return sums


def _tell(name, category, there, here):
    return _("%(person)s · %(category)s: %(right)d of %(all)d there, %(our_right)d of %(our_all)d in the sittings") % {
        "person": name,
        "category": category,
        "right": there[0],
        "all": there[1],
        "our_right": here[0],
        "our_all": here[1],
    }
