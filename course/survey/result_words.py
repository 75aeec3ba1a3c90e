"""What the results of the survey say beside their figures: where a wave is, and what no figure proves."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .results import Standing

STANDINGS = {
    Standing.NOT_BEGUN: gettext_lazy("Not begun: nobody has met its page yet."),
    Standing.OPEN: gettext_lazy("Open: it is counted when it is closed."),
    Standing.COUNTED: gettext_lazy("Closed and counted."),
    Standing.WITH_OTHERS: gettext_lazy(
        "Closed: fewer than ten answered here, so they were counted together with other clinics of the area."
    ),
    Standing.PASSED_ON: gettext_lazy(
        "Closed: too few answered here and in the area, so they were counted, or will be, with those of the country."
    ),
    Standing.NOBODY: gettext_lazy("Closed: nobody was asked."),
    Standing.WAITS: gettext_lazy(
        "Closed: fewer than ten answered here. They are counted with the area or the country once they are ten or more "
        "together; until then they wait, sealed."
    ),
}
GROUPS = {
    "clinical": pgettext_lazy("survey", "Clinical care, laboratory or pharmacy"),
    "other": pgettext_lazy("survey", "Another job"),
}


def limits_of(results):
    """Return what these figures do not prove, in sentences."""
    limits = [
        _(
            "The groups are anonymous. In part the same people answered twice, in part others: it is not known who "
            "changed. The interval of a change is reckoned as if they were all different people, which is cautious."
        ),
        _("A change is not for certain the doing of the course: other things happened meanwhile, too."),
        _(
            "People tend to answer what is well seen. What they say of themselves may be better than what patients "
            "live through."
        ),
        _(
            "What was seen may rise after the course without anything being worse: people learn to notice. It is asked "
            "about the last three months; international surveys ask about twelve, and their figures cannot be compared."
        ),
        _("Whoever did not answer may think otherwise. So may whoever left before the second wave."),
    ]
    if results.is_pooled:
        limits.append(
            _(
                "People of one clinic resemble each other, which the intervals do not take into account: of several "
                "clinics together the truth may lie a little outside of them."
            )
        )
    return limits


def rounding_words():
    return _(
        "With fewer than 20 people everything is rounded to 5, and the ends are only “10 or less” and “90 or more”; "
        "with fewer than 100 they are “5 or less” and “95 or more”. An interval holds the truth in 95 of 100 such "
        "surveys. Changes are reckoned before rounding."
    )
