"""Definitions of the figures of a report."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


class Definition(NamedTuple):
    name: str
    in_short: str
    meaning: str
    source: str


def definitions():
    record = _("Record of training")
    certificates = _("Register of certificates")
    return {
        "finished": Definition(
            _("Have finished"),
            _("completed the whole course"),
            _(
                "Times that somebody finished the whole course in the period, with the role, job title, clinic, "
                "area and group of that day; what was revoked does not count."
            ),
            record,
        ),
        "finishers": Definition(
            pgettext("figure", "People who finished"),
            _("each once"),
            _(
                "The same, but each person once, where and in the role in which that last was. Of deleted accounts "
                "each time counts as a person: whose they were is not known any more."
            ),
            record,
        ),
        "people": Definition(
            pgettext("figure", "People in groups"),
            _("on some day of the period"),
            _(
                "Whoever was in a group on some day of the period, each person once, at the clinic and in the role of "
                "today; and whoever finished, where and in the role in which that last was."
            ),
            _("Lists of the groups"),
        ),
        "began": Definition(
            _("Have begun"),
            _("did the first thing of the course"),
            _(
                "Times that somebody did the first thing of the course in the period. It is written down every "
                "night, and stays where it was."
            ),
            record,
        ),
        "median_days": Definition(
            pgettext("figure", "Median of days"),
            _("from the first thing done to the last"),
            _(
                "Of those who finished: half of them took so many days or fewer from the first thing done to the last. "
                "It leaves out whose beginning is not known."
            ),
            record,
        ),
        "issued": Definition(
            pgettext("figure", "Certificates"),
            _("issued; a correction is no new one"),
            _("Certificates issued in the period, those revoked later among them. A correction is no new one."),
            certificates,
        ),
        "renewed": Definition(
            pgettext("figure", "Of them, renewed"),
            _("in place of an earlier one"),
            _("Those that took the place of an earlier certificate of the person, who took the course again."),
            certificates,
        ),
        "revoked": Definition(
            pgettext("figure", "Revoked"),
            _("in the period, whenever issued"),
            _("Certificates revoked in the period, whenever they were issued."),
            certificates,
        ),
        "sessions": Definition(
            pgettext("figure", "Sessions"),
            _("held in the period"),
            _("Sessions held in the period until today, at the clinic of their group."),
            _("Register of attendance"),
        ),
        "unlisted": Definition(
            pgettext("figure", "Without list"),
            _("nobody was noted"),
            _("Sessions at which nobody was noted: attendance was not taken, and they do not count in it."),
            _("Register of attendance"),
        ),
        "turnout": Definition(
            _("Attendance"),
            _("came, of those expected at each session"),
            _(
                "How many came to the sessions with a list, of how many: who was in the group on the day, and whoever "
                "came besides. A person counts once for each session."
            ),
            _("Register of attendance"),
        ),
    }
