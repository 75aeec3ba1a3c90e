"""Recordings and films of lessons, given out to whoever may read lessons, for as long as they may be heard and seen.

The row is asked each time: there is no other way to a file. What people consented to is kept by no browser, so that
what they take back is gone; a film that shows nobody may be kept, because another film has another address.
"""

import logging

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from modules.models import Film, Recording
from modules.recorded.kinds import MP3_TYPE, OPUS_TYPE

from .reading import for_learners
from .stretches import give_stored

logger = logging.getLogger(__name__)
_TYPES = {"opus": OPUS_TYPE, "mp3": MP3_TYPE}


@require_safe
@for_learners
def play_recording(request, recording_key, sound):
    """A recording in one of its two forms, whole or the stretch that was asked for."""
    recording = _shown(Recording, recording_key)
    if sound not in _TYPES or not getattr(recording, sound):
        raise Http404
    length = getattr(recording, f"{sound}_bytes")
    return _give(request, recording, sound, content_type=_TYPES[sound], length=length)


@require_safe
@for_learners
def play_film(request, film_key, film_mark):
    """A film, whole or the stretch that was asked for; `film_mark` is that of its content."""
    film = _shown(Film, film_key)
    if film_mark != film.mark:
        raise Http404
    return _give(request, film, "file", content_type=film.kind, length=film.file_bytes)


@require_safe
@for_learners
def show_captions(request, film_key):
    """What is said in a film, for its player."""
    film = _shown(Film, film_key)
    response = HttpResponse(film.captions, content_type="text/vtt; charset=utf-8")
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(model, key):
    medium = model.objects.shown_on(timezone.localdate()).filter(key=key).first()
    if medium is None:
        raise Http404
    return medium


def _give(request, medium, field, *, content_type, length):
    file, mark = getattr(medium, field), medium.mark_of(field)
    try:
        response = give_stored(request, file, content_type=content_type, mark=mark, length=length)
    except FileNotFoundError as error:
        logger.error("The file of %s %s is gone", medium._meta.model_name, medium.pk)
        raise Http404 from error
    response["Cache-Control"] = "private, no-store" if medium.needs_consent else "private, max-age=31536000, immutable"
    return response
