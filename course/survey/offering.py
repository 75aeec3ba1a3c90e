"""To whom the page of a survey is offered: nobody has to answer, and whoever is in no group is not asked."""

from course.models import Wave
from course.people.permissions import is_in_group, is_in_open_group
from quizzes.surveys.instrument import read_instrument

from .passing import offered_wave, wave_due
from .rounds import round_of

# To which *Continuar* leads before it goes on; the last one is told of on *Mi curso* alone.
ON_THE_WAY = (Wave.PRE, Wave.POST)


def due_page(person, progress, *, now):
    """Return the wave whose page the person may open now, passed or not, or None.

    Staff is asked like everybody, where it is in a group; before the course only who may begin it.
    """
    wave = wave_due(progress, now=now)
    if wave is None or progress.edition is None or not is_in_group(person):
        return None
    return None if wave == Wave.PRE and not is_in_open_group(person) else wave


def offered_page(person, progress, *, now):
    """Return the wave whose page the person has still to pass, or None, also where no survey is there to be asked.

    A few queries while a wave is due, and none that writes anything.
    """
    wave = due_page(person, progress, now=now)
    if wave is None or offered_wave(person, progress, now=now) is None:
        return None
    return wave if _asks_anything(person.clinic_id, progress.edition, wave) else None


def _asks_anything(clinic, edition, wave):
    return round_of(clinic, edition, wave) is not None or read_instrument().is_complete
