"""Photographs, recordings and films as values of content files."""

import hashlib
from pathlib import PurePosixPath

from django.utils import timezone

from modules.content.declarations.media import FILM, MEDIA_LISTS, PHOTO, RECORDING
from modules.models import Film, Photo, Recording
from modules.text.richtext import one_line

_RIGHTS = ["made_by", "rights", "rights_note", "consent_number", "consent_scope"]


def media_values():
    """Yield (name such as `photo:ventanilla`, shape, row, value, whether shown today) of every medium."""
    today = timezone.localdate()
    makers = (
        ("photo", PHOTO, Photo.objects.select_related("image"), _photo),
        ("recording", RECORDING, Recording.objects.all(), _recording),
        ("film", FILM, Film.objects.select_related("poster"), _film),
    )
    for kind, shape, rows, make in makers:
        for row in rows.order_by("pk"):
            value = make(row) | {name: one_line(getattr(row, name)) for name in _RIGHTS}
            value["consent_until"] = row.consent_until
            yield f"{kind}:{row.identifier}", shape, row, value, row.can_be_shown(today)


def digests_of(row):
    if isinstance(row, Photo):
        return [row.image.get_file_hash()]
    captions = [hashlib.sha256(row.captions.encode()).hexdigest()] if isinstance(row, Film) else []
    return [*(_digest_in(file.name) for file in files_of(row).values()), *captions]


def files_of(row):
    """Return {name in the content files: stored file}."""
    if isinstance(row, Photo):
        return {_name_of(row, row.image.file): row.image.file}
    if isinstance(row, Film):
        return {_name_of(row, row.file): row.file}
    return {_name_of(row, file): file for file in (row.opus, row.mp3) if file}


def media_files(live):
    """Return ({"photos.yaml": values}, {name: stored file or bytes}) of all media that are shown."""
    lists, files = {}, {}
    for name, (kind, _shape) in MEDIA_LISTS.items():
        entries = [entry for called, entry in live.entries.items() if called.startswith(f"{kind}:") and entry.is_public]
        if entries:
            lists[name] = [_without_digests(entry.value) for entry in entries]
        for entry in entries:
            files |= files_of(entry.row)
            if isinstance(entry.row, Film):
                files[entry.value["captions"]] = entry.row.captions.encode()
    return lists, files


def _without_digests(value):
    return {key: inner for key, inner in value.items() if key != "digests"}


def _name_of(row, file):
    return (
        f"{row.identifier}{PurePosixPath(file.name).suffix.lower().replace('.jpeg', '.jpg').replace('.ogg', '.opus')}"
    )


def _digest_in(name):
    return PurePosixPath(name).stem.rpartition("-")[2]


def _photo(row):
    return {"file": _name_of(row, row.image.file), "shows": row.shows, "taken_on": row.taken_on}


def _spoken(row):
    return {"title": one_line(row.title), "language": row.language, "transcript": row.transcript}


def _recording(row):
    return {
        **_spoken(row),
        "speaker": one_line(row.speaker),
        "opus": _name_of(row, row.opus) if row.opus else "",
        "mp3": _name_of(row, row.mp3) if row.mp3 else "",
        "recorded_on": row.recorded_on,
    }


def _film(row):
    return {
        **_spoken(row),
        "file": _name_of(row, row.file),
        "poster": row.poster.identifier,
        "captions": f"{row.identifier}.vtt",
        "shows": row.shows,
        "filmed_on": row.filmed_on,
    }
