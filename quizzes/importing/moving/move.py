"""What only the command line does with an old site: its images, and the sittings of people."""

from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes.importing.files import read_bytes
from quizzes.importing.old_site.site import OldSite
from quizzes.importing.parts.reading import UnreadableFile

from .attempts import tell_done, write_sittings
from .media import add_images, open_media
from .people import read_people


class Rehearsed(Exception):
    """Everything was written and is to be taken back."""


class Move:
    """The move of a Reading's images and sittings, where it is an old site; raises UnreadableFile for anything else.

    `people` and `media` are paths or None. `write` is what write_import calls at its end.
    """

    def __init__(self, reading, *, people, media, only_rehearse):
        self.site = reading if isinstance(reading, OldSite) else None
        self.only_rehearse, self.done = only_rehearse, None
        if self.site is None and (people or media):
            raise UnreadableFile(_("--people and --media are for files of django-quiz-app; this is none."))
        if media:
            add_images(self.site, open_media(media))
        self.people = read_people(read_bytes(people)) if people else {}

    @property
    def has_sittings(self):
        return self.site is not None and bool(self.site.dump.of("quiz.sitting"))

    def write(self, plan):
        """Make the attempts, all of them or, by what is raised, nothing at all."""
        if self.has_sittings:
            self.done = write_sittings(self.site, plan, self.people, now=timezone.now())
        if self.only_rehearse:
            raise Rehearsed

    def tell(self):
        """Return what became of the sittings, as lines."""
        return tell_done(self.done) if self.done else ()
