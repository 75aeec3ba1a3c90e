"""Reads and loads photographs, recordings and films."""

import hashlib
from pathlib import PurePosixPath

from django.utils import timezone
from django.utils.translation import gettext as _

from modules.content.declarations.media import CAPTIONS, FILE, FILMS, MEDIA_LISTS, PICTURES
from modules.content.declarations.shapes import WRONG, ListOf
from modules.content.question_images import digest_of_file
from modules.models import Film, Photo, Recording
from modules.pictures.keeping import Prepared, drop_picture, find_photo_problem, keep_picture, make_sizes
from modules.recorded.bringing import MOST_BYTES_OF_FILM, MOST_BYTES_OF_SOUND, look_confined
from modules.recorded.captions import check_captions
from modules.recorded.looking import ENDINGS, look_at_film, look_at_sound
from modules.recorded.refusals import UnusableRecording

from .reports import Report, nodes_in

MOST_BYTES = {look_at_sound: MOST_BYTES_OF_SOUND, look_at_film: MOST_BYTES_OF_FILM}
KINDS = {"photo": Photo, "recording": Recording, "film": Film}
MEDIA_NAMES = tuple(f"{kind}:" for kind in KINDS)
_FILE_KEYS = ("file", "opus", "mp3", "captions")
_PLAIN = {
    "photo": ["shows", "taken_on"],
    "recording": ["title", "language", "transcript", "speaker", "recorded_on"],
    "film": ["title", "language", "transcript", "shows", "filmed_on"],
}
_RIGHTS = ["made_by", "rights", "rights_note", "consent_number", "consent_scope", "consent_until"]
_DAYS = ("taken_on", "recorded_on", "filmed_on", "consent_until")


def read_media(folder, findings):
    """Return ({"photos.yaml": entries}, {file name: path}), with file digests in the entries; report problems."""
    lists, files, digests = {}, {}, {}
    for path in sorted(folder.glob("*")):
        report = Report(f"{folder.parent.name}/{folder.name}/{path.name}", findings)
        if path.name in MEDIA_LISTS:
            kind, shape = MEDIA_LISTS[path.name]
            node = nodes_in(path, report)
            value = WRONG if node is None else ListOf(shape, least=0).read(node, report)
            if value is WRONG:
                findings.unread.add(kind)
            else:
                lists[path.name] = value
        elif not FILE.fullmatch(path.name) or not path.is_file():
            report.add(0, _("Call it by small letters, digits and hyphens, such as ventanilla.jpg or saludo.opus."))
        else:
            report.define("medium", path.name, 0)
            files[path.name], digests[path.name] = path, _digest_of(path, report)
    for entry in [entry for entries in lists.values() for entry in entries]:
        named = [entry[key] for key in _FILE_KEYS if entry.get(key) in files]
        entry["digests"] = [digests[name] for name in named]
    return lists, files


def media_entries(text):
    return {
        f"{kind}:{entry['id']}": entry
        for list_name, (kind, _shape) in MEDIA_LISTS.items()
        for entry in text.media.get(list_name, [])
    }


def load_medium(row, name, value, text, rows):
    """Save the row (None: a new one) from its value and files, and return it."""
    kind = name.partition(":")[0]
    row = row or KINDS[kind](identifier=value["id"])
    for field in [*_PLAIN[kind], *_RIGHTS]:
        setattr(row, field, value.get(field, None if field in _DAYS else ""))
    content = {key: text.media_files[value[key]].read_bytes() for key in _FILE_KEYS if value.get(key)}
    if kind == "photo":
        return _load_photo(row, value, content["file"])
    if kind == "film":
        row.poster = rows[f"photo:{value['poster']}"]
        row.set_file(_look(look_at_film, content["file"]))
        row.captions = check_captions(content["captions"].decode(), seconds=row.seconds)
    else:
        for field in row.files:
            row.set_file(field, _look(look_at_sound, content[field]) if field in content else None)
    row.save()
    return row


def shown_today():
    """Return {"photo:ventanilla": row} of all media that may be shown today."""
    today = timezone.localdate()
    return {f"{kind}:{row.identifier}": row for kind, model in KINDS.items() for row in model.objects.shown_on(today)}


def without_what_is_not_shown(body, shown):
    heard = lambda names: [name for name in names if f"recording:{name}" in shown]  # noqa: E731
    blocks = []
    for block in body:
        ((kind, value),) = block.items()
        if kind in ("photo", "film") and f"{kind}:{value[kind]}" not in shown:
            continue
        if kind == "listen":
            value = value | {"recordings": heard(value["recordings"])}
            if not value["recordings"]:
                continue
        elif kind == "scenario" and "recordings" in value:
            kept = heard(value["recordings"])
            value = {key: inner for key, inner in value.items() if key != "recordings" or kept}
            value |= {"recordings": kept} if kept else {}
        blocks.append({kind: value})
    return blocks


def _load_photo(photo, value, content):
    before = photo.image if photo.pk else None
    if before is None or before.get_file_hash() != digest_of_file(content):
        prepared = Prepared(content, PurePosixPath(value["file"]).suffix, [])
        photo.image = keep_picture(prepared, title=value["id"])
    photo.save()
    make_sizes(photo)
    if before is not None and before.pk != photo.image_id:
        drop_picture(before)
    return photo


# By file digest: languages share files, and each inspection starts a process.
_LOOKED_AT = {}


def _digest_of(path, report):
    content = path.read_bytes()
    key = (path.name, hashlib.sha256(content).hexdigest())
    if key not in _LOOKED_AT:
        _LOOKED_AT[key] = _look_at_file(content, path.name, path.suffix[1:])
    digest, problem = _LOOKED_AT[key]
    if problem:
        report.add(0, problem)
    return digest


def _look_at_file(content, name, ending):
    try:
        if ending in PICTURES.split("|"):
            return digest_of_file(content), find_photo_problem(content, name=name)
        if ending in CAPTIONS.split("|"):
            return hashlib.sha256(check_captions(content.decode()).encode()).hexdigest(), ""
        found = _look(look_at_film if ending in FILMS.split("|") else look_at_sound, content)
    except UnusableRecording as refusal:
        return "", str(refusal)
    except UnicodeDecodeError:
        return "", _("The captions are no text in UTF-8. Save them anew.")
    problem, own = "", ENDINGS[found["type"]]
    if own != ending:
        problem = _("This is a file of another kind: let its name end in .%(ending)s.") % {"ending": own}
    return hashlib.sha256(found["content"]).hexdigest(), problem


def _look(look, content):
    return look_confined(look, content, most=MOST_BYTES[look])
