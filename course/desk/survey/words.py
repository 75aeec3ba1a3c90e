"""What the desk says about rounds of the survey."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def closing_words(closing):
    """Return [(level, sentence)] about a `course.survey.closing.Closing`."""
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
