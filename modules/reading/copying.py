"""When a copy of a module, kept on a device, is out of date: its name changes then, and nothing is rendered to tell."""

from django.core.cache import caches
from django.urls import reverse
from django.utils.translation import get_language

from modules.models import Film, GlossaryTerm, LanguageEntry, Organisation, Photo, Recording, Voice
from modules.progress.structure import own_path
from quizzes.base.offline_copies import digest, mark_of_code
from quizzes.models import Source

# An edit of what is no part of a lesson, such as a source or a voice, makes copies old after so many seconds at most.
LOOKED_AT_AGAIN = 60


def module_copy_rev(module, *, role):
    """Return the name of the copy of a module and its lessons for readers of `role`, in the active language."""
    pages = [module.course, module, *module.lessons]
    # A draft has revisions of its own, which nobody reads.
    revisions = [(page.translation_key, page.live_revision_id, page.last_published_at) for page in pages]
    quiz = module.quiz and (module.quiz.identifier, module.quiz.title, module.quiz.live)
    return digest(mark_of_code(), mark_of_words(), get_language(), role, quiz, *revisions)


def module_copy_address(module, *, role):
    """Return the address of the copy as it is now."""
    return reverse("module_copy", args=[own_path(module), module_copy_rev(module, role=role)])


def mark_of_words():
    """Return what changes with the words and addresses that lessons show and that are no part of them."""
    return caches["bodies"].get_or_set("mark-of-words", _read_words, LOOKED_AT_AGAIN)


def _read_words():
    """Read the few hundred rows in a query for each table; of voices not what one hears."""
    names = [field.attname for field in Voice._meta.concrete_fields if field.name != "audio"]
    models = (GlossaryTerm, LanguageEntry, Organisation, Source, Photo, Recording, Film)
    tables = [model.objects.order_by("pk").values_list() for model in models]
    tables.append(Voice.objects.order_by("pk").values_list(*names))
    return digest(*(row for table in tables for row in table))
