"""Audio, video and photographs; audio and video by HTTP range requests."""

import io
import logging
import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from modules.blocks.media import IMAGE_TYPES
from modules.models import Film, Photo, Recording, Voice
from modules.pictures.keeping import make_sizes
from modules.pictures.looking import UnusablePhoto
from modules.recorded.looking import MP3_TYPE, OPUS_TYPE

from .course import learner_required

logger = logging.getLogger(__name__)
_TYPES = {"opus": OPUS_TYPE, "mp3": MP3_TYPE}
# Media of people are not cached: consent may be withdrawn at any time. The others have an address by content.
_CACHED = "private, max-age=31536000, immutable"
_NOT_CACHED = "private, no-store"
# A single range, as players request it: `bytes=0-`, `bytes=100-199` or the last `bytes=-500`.
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class FileRange:
    def __init__(self, file, start, stop):
        self.file, self.start, self.length = file, start, stop - start
        self.seek(0)

    def read(self, size=-1):
        left = self.length - self.tell()
        return self.file.read(left if size is None or size < 0 else max(0, min(size, left)))

    def tell(self):
        return self.file.tell() - self.start

    def seek(self, offset, whence=io.SEEK_SET):
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.length}[whence]
        return self.file.seek(self.start + origin + offset) - self.start

    def seekable(self):
        return True

    def close(self):
        self.file.close()


def _serve_stored_file(request, file, *, content_type, digest, length):
    storage = file.storage

    def open_range(start, stop):
        # Remote storage can send a part of a file.
        if hasattr(storage, "open_range"):
            return storage.open_range(file.name, start, stop)
        return FileRange(storage.open(file.name), start, stop)

    return _serve_range(request, open_range, length, content_type=content_type, digest=digest)


def _serve_range(request, open_range, length, *, content_type, digest=""):
    tag = f'"{digest}"' if digest else ""
    requested = _parse_range(request.headers.get("Range", ""), length)
    if request.headers.get("If-Range", tag) != tag:
        # The client has the beginning of another file.
        requested = None
    part = range(length) if requested is None else requested
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
    if tag:
        headers["ETag"] = tag
    if requested is not None:
        end = f"{part.start}-{part.stop - 1}" if part else "*"
        headers["Content-Range"] = f"bytes {end}/{length}"
    status = 200 if requested is None else 206 if part else 416
    if request.method == "HEAD" or not part:
        size = {"Content-Length": str(len(part))}
        return HttpResponse(status=status, content_type=content_type, headers=headers | size)
    return FileResponse(open_range(part.start, part.stop), status=status, content_type=content_type, headers=headers)


def _parse_range(header, length):
    found = _RANGE.fullmatch(header.strip())
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, length - int(last)), length)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, length) if last else length)


@require_safe
@learner_required
def play_recording(request, recording_key, sound):
    recording = _get_medium(Recording, recording_key)
    if sound not in _TYPES or not getattr(recording, sound):
        raise Http404
    length = getattr(recording, f"{sound}_bytes")
    return _serve_medium(request, recording, sound, content_type=_TYPES[sound], length=length)


@require_safe
@learner_required
def play_film(request, film_key, film_mark):
    film = _get_medium(Film, film_key)
    if film_mark != film.digest:
        raise Http404
    return _serve_medium(request, film, "file", content_type=film.kind, length=film.file_bytes)


@require_safe
@learner_required
def show_captions(request, film_key):
    film = _get_medium(Film, film_key)
    response = HttpResponse(film.captions, content_type="text/vtt; charset=utf-8")
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, no-store"
    return response


def _get_medium(model, key):
    medium = model.objects.shown_on(timezone.localdate()).filter(key=key).first()
    if medium is None:
        raise Http404
    return medium


def _serve_medium(request, medium, field, *, content_type, length):
    file, digest = getattr(medium, field), medium.file_digest(field)
    try:
        response = _serve_stored_file(request, file, content_type=content_type, digest=digest, length=length)
    except FileNotFoundError as error:
        logger.error("The file of %s %s is gone", medium._meta.model_name, medium.pk)
        raise Http404 from error
    response["Cache-Control"] = _NOT_CACHED if medium.needs_consent else _CACHED
    return response


@require_safe
@learner_required
def show_photo(request, photo_key, mark, width, ending):
    photo = Photo.objects.shown_on(timezone.localdate()).filter(key=photo_key).first()
    size = photo and next((size for size in photo.sizes if size["width"] == width), None)
    if not size or ending not in size["files"]:
        raise Http404
    response = FileResponse(_open_photo(photo, size, ending), content_type=IMAGE_TYPES[ending])
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = _NOT_CACHED if photo.needs_consent or mark != size["mark"] else _CACHED
    return response


def _open_photo(photo, size, ending):
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
@learner_required
def play_voice(request, voice_key):
    voice = Voice.objects.shown_on(timezone.localdate()).filter(key=voice_key).defer(None).first()
    if voice is None or not voice.has_recording:
        raise Http404
    audio = bytes(voice.audio)
    return _serve_range(
        request, lambda start, stop: io.BytesIO(audio[start:stop]), len(audio), content_type=voice.audio_type
    )
