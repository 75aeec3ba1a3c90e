"""Who helps with what: the directory as people look through it."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language

from modules.blocks.lessons import DirectoryBlock
from modules.models import Organisation
from modules.wording.needs import NEEDS, is_verified
from modules.wording.translations import rows_in
from quizzes.base.view_registry import shows

from .references import source_order


@dataclass(frozen=True)
class Entry:
    """An organisation as it is shown on a day: `verified` tells whether a check of it still counts."""

    organisation: Organisation
    verified: bool

    @classmethod
    def of(cls, organisation, today):
        return cls(organisation, is_verified(organisation.checked_on, today))

    @property
    def phones(self):
        """[(as it is written, as a telephone dials it)]; «1572 / 2411-8686» are two."""
        written = [number.strip() for number in self.organisation.phone.replace(",", "/").split("/")]
        dialled = ["".join(c for c in number if c.isdigit() or c == "+") for number in written]
        return [(number, digits) for number, digits in zip(written, dialled, strict=True) if digits]

    @property
    def sources(self):
        # A preview shows organisations that were never saved.
        return sorted(self.organisation.sources.all(), key=source_order) if self.organisation.pk else []


class Directory:
    """The directory in one language on one day. It is read from the database once, when it is first asked."""

    def __init__(self, language, today):
        self._language = language
        self._today = today
        self._entries = None

    @property
    def entries(self):
        if self._entries is None:
            organisations = rows_in(Organisation.objects.prefetch_related("sources"), self._language)
            organisations.sort(key=lambda organisation: (organisation.sort_order, organisation.name))
            self._entries = [Entry.of(organisation, self._today) for organisation in organisations]
        return self._entries

    def helping_with(self, *needs):
        """Return the entries that help with any of the needs, in the order of the directory, each once."""
        return [entry for entry in self.entries if set(needs) & set(entry.organisation.needs)]

    def needs(self):
        """Return [(slug, name, number of entries)] of the needs that someone helps with, in their order."""
        counted = ((slug, name, len(self.helping_with(slug))) for slug, name in NEEDS)
        return [(slug, name, count) for slug, name, count in counted if count]


@shows(Organisation, "preview")
def preview_organisation(organisation):
    """Return the context of the preview of an organisation: as the directory lists it today."""
    return {"entry": Entry.of(organisation, timezone.localdate())}


@shows(DirectoryBlock, "preview")
def directory_today():
    """Return the directory for the preview of a block of it."""
    return Directory(get_language(), timezone.localdate())
