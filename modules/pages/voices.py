"""The recording of a voice, given out for as long as she consents."""

import re

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from modules.models import Voice

from .reading import for_learners

# One stretch, as players ask for it: `bytes=0-`, `bytes=100-199` or the last `bytes=-500`.
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@require_safe
@never_cache
@for_learners
def play_voice(request, voice_key):
    """The recording, whole or the stretch that was asked for. What she took back is not there."""
    voice = Voice.objects.shown_on(timezone.localdate()).filter(key=voice_key).defer(None).first()
    if voice is None or not voice.has_recording:
        raise Http404
    audio = bytes(voice.audio)
    stretch = _asked(request.headers.get("Range", ""), len(audio))
    if stretch is None:
        response = HttpResponse(audio, content_type=voice.audio_type)
    elif not stretch:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(audio)}"})
    else:
        response = HttpResponse(audio[stretch.start : stretch.stop], content_type=voice.audio_type, status=206)
        response["Content-Range"] = f"bytes {stretch.start}-{stretch.stop - 1}/{len(audio)}"
    response["Accept-Ranges"] = "bytes"
    return response


def _asked(header, length):
    """Return the `range` of bytes that a header asks for, an empty one where there is none, None for everything."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, length - int(last)), length)
    return range(int(first), min(int(last) + 1, length) if last else length)
