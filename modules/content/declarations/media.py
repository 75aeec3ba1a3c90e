"""Shapes of photographs, recordings and films, one file each for all languages."""

import re

from django.utils.translation import gettext as _

from modules.models import PeopleShown, Rights

from .shapes import Day, Identifier, Key, Lines, OneOf, Plain, Record, Reference, line_of

MEDIA = "media"
NAME = r"[a-z0-9]+(-[a-z0-9]+)*"
PICTURES, SOUNDS, FILMS, CAPTIONS = "jpg|png|webp|avif", "opus|mp3", "mp4|webm", "vtt"
FILE = re.compile(rf"{NAME}\.({PICTURES}|{SOUNDS}|{FILMS}|{CAPTIONS})")


def _file(kinds):
    return Reference("medium", rf"{NAME}\.({kinds})")


def _check_consent(medium, node, report):
    is_of_people = medium.get("shows", PeopleShown.CONSENTED) != PeopleShown.NOBODY
    if is_of_people and not (medium.get("consent_number") and medium.get("consent_scope")):
        sentence = _("Write “consent_number” and “consent_scope”: whom one sees or hears has consented in writing.")
        report.add(node.line, sentence)


def _check_rights(medium, node, report):
    if medium["rights"] != Rights.OWN and not medium.get("rights_note"):
        sentence = _("Write under “rights_note” where the permission or the licence stands.")
        report.add(line_of(node, "rights"), sentence)


def _check_photo(photo, node, report):
    _check_rights(photo, node, report)
    _check_consent(photo, node, report)


def _check_recording(recording, node, report):
    _check_photo(recording, node, report)
    if not recording.get("opus") and not recording.get("mp3"):
        report.add(node.line, _("Name its file: “opus”, “mp3” or both."))


RIGHTS = [
    Key("made_by", Plain(200)),
    Key("rights", OneOf(Rights.values)),
    Key("rights_note", Plain(300), optional=True),
]
CONSENT = [
    Key("consent_number", Plain(60), optional=True),
    Key("consent_scope", Plain(300), optional=True),
    Key("consent_until", Day(), optional=True),
]
LANGUAGE = Key("language", Identifier("", r"[a-z]{2,3}(-[A-Za-z]+)?", 10, "cak"))
SHOWS = Key("shows", OneOf(PeopleShown.values))

PHOTO = Record(
    [
        Key("id", Identifier("photo", NAME, example="ventanilla-con-biombo")),
        Key("file", _file(PICTURES)),
        SHOWS,
        Key("taken_on", Day(), optional=True),
        *RIGHTS,
        *CONSENT,
    ],
    check=_check_photo,
)

RECORDING = Record(
    [
        Key("id", Identifier("recording", NAME, example="saludo-en-kaqchikel")),
        Key("title", Plain(200)),
        LANGUAGE,
        Key("speaker", Plain(200)),
        Key("opus", _file("opus"), optional=True),
        Key("mp3", _file("mp3"), optional=True),
        Key("transcript", Lines()),
        Key("recorded_on", Day(), optional=True),
        *RIGHTS,
        *CONSENT,
    ],
    check=_check_recording,
)

FILM = Record(
    [
        Key("id", Identifier("film", NAME, example="una-manana-en-el-porton")),
        Key("title", Plain(200)),
        LANGUAGE,
        Key("file", _file(FILMS)),
        Key("poster", Reference("photo")),
        Key("captions", _file(CAPTIONS)),
        Key("transcript", Lines()),
        SHOWS,
        Key("filmed_on", Day(), optional=True),
        *RIGHTS,
        *CONSENT,
    ],
    check=_check_photo,
)

MEDIA_LISTS = {
    "photos.yaml": ("photo", PHOTO),
    "recordings.yaml": ("recording", RECORDING),
    "films.yaml": ("film", FILM),
}
