"""The recording of a voice, given out for as long as she consents."""

import io

from django.http import Http404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from modules.models import Voice

from .reading import for_learners
from .stretches import give


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
