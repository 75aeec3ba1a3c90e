"""Audio, video and photographs, in ranges."""

import io
import logging
import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from modules.blocks.media import KINDS
from modules.models import Film, Photo, Recording, Voice
from modules.pictures.keeping import make_sizes
from modules.pictures.looking import UnusablePhoto
from modules.recorded.kinds import MP3_TYPE, OPUS_TYPE

from .course import for_learners

# One stretch, as players ask for it: `bytes=0-`, `bytes=100-199` or the last `bytes=-500`.
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Stretch:
    """The part of an open file from `start` to `stop`, as a file of its own that begins with 0."""

    def __init__(self, file, start, stop):
        self.file, self.start, self.length = file, start, stop - start
        self.seek(0)

    def read(self, size=-1):
        left = self.length - self.tell()
        return self.file.read(left if size is None or size < 0 else max(0, min(size, left)))

    def tell(self):
        return self.file.tell() - self.start

    def seek(self, place, whence=io.SEEK_SET):
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.length}[whence]
        return self.file.seek(self.start + begin + place) - self.start

    def seekable(self):
        return True

    def close(self):
        self.file.close()


def give_stored(request, file, *, content_type, mark, length):
    """Answer with a file of the storage; `mark` changes with its content. Raises FileNotFoundError when it is gone."""
    storage = file.storage

    def stretch(start, stop):
        # Storage on another machine sends a part of a file; one that is opened is a file on this one.
        if hasattr(storage, "open_stretch"):
            return storage.open_stretch(file.name, start, stop)
        return Stretch(storage.open(file.name), start, stop)

    return give(request, stretch, length, content_type=content_type, mark=mark)


def give(request, stretch, length, *, content_type, mark=""):
    """Answer with `stretch(start, stop)`, an open file of what is asked for; who asks for nothing gets all."""
    tag = f'"{mark}"' if mark else ""
    asked = _asked(request.headers.get("Range", ""), length)
    if request.headers.get("If-Range", tag) != tag:
        # It has another file's beginning.
        asked = None
    part = range(length) if asked is None else asked
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
    if tag:
        headers["ETag"] = tag
    if asked is not None:
        end = f"{part.start}-{part.stop - 1}" if part else "*"
        headers["Content-Range"] = f"bytes {end}/{length}"
    status = 200 if asked is None else 206 if part else 416
    if request.method == "HEAD" or not part:
        size = {"Content-Length": str(len(part))}
        return HttpResponse(status=status, content_type=content_type, headers=headers | size)
    return FileResponse(stretch(part.start, part.stop), status=status, content_type=content_type, headers=headers)


def _asked(header, length):
    """Return the `range` of bytes that a header asks for, an empty one where there is none, None for everything."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, length - int(last)), length)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, length) if last else length)


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


# Of what shows nobody, under a name that changes with the picture. Whoever consented may take it back tomorrow.
_KEPT_LONG = "private, max-age=31536000, immutable"
_NOT_KEPT = "private, no-store"


@require_safe
@for_learners
def show_photo(request, photo_key, mark, width, ending):
    """One copy of a photograph. What was taken back is not there, whatever its address says."""
    photo = Photo.objects.shown_on(timezone.localdate()).filter(key=photo_key).first()
    size = photo and next((size for size in photo.sizes if size["width"] == width), None)
    if not size or ending not in size["files"]:
        raise Http404
    response = FileResponse(_opened(photo, size, ending), content_type=KINDS[ending])
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = _NOT_KEPT if photo.needs_consent or mark != size["mark"] else _KEPT_LONG
    return response


def _opened(photo, size, ending):
    """Open the file of a copy; one that somebody deleted is made again."""
    try:
        return default_storage.open(size["files"][ending])
    except FileNotFoundError:
        pass
    try:
        make_sizes(photo)
        found = next(made for made in photo.sizes if made["width"] == size["width"])
        return default_storage.open(found["files"][ending])
    except (FileNotFoundError, Photo.DoesNotExist, StopIteration, UnusablePhoto) as error:
        raise Http404 from error


@require_safe
@never_cache
@for_learners
def play_voice(request, voice_key):
    """The recording, whole or the stretch that was asked for. What she took back is not there."""
    voice = Voice.objects.shown_on(timezone.localdate()).filter(key=voice_key).defer(None).first()
    if voice is None or not voice.has_recording:
        raise Http404
    audio = bytes(voice.audio)
    return give(request, lambda start, stop: io.BytesIO(audio[start:stop]), len(audio), content_type=voice.audio_type)
