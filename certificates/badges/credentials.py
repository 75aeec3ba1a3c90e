"""Open Badges 3.0 credentials and images: docs/decisions/0015-open-badges.md."""

import hashlib
import json
from datetime import UTC, datetime, time, timedelta
from functools import cache
from io import BytesIO
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from PIL import Image

from modules.weave import CELLS, COLOURS, MOTIFS, Motif, rectangles

from .issuer import issuer_did, verification_method
from .status_lists import allocate_index, credential_status


def set_credential(certificate, key):
    """Set the status list entry and the credential of an unsaved certificate, signed with `key`; none without it."""
    certificate.issuer, certificate.credential = "", ""
    certificate.status_list = certificate.status_index = None
    if key:
        certificate.issuer = issuer_did(key)
        certificate.status_list, certificate.status_index = allocate_index(certificate.issuer)
        certificate.credential = sign_credential(certificate, key)


def sign_credential(certificate, key):
    from openbadgeslib.ob3 import add_data_integrity_proof  # noqa: PLC0415 - slow to import

    document = _credential(certificate).to_vc()
    document["awardedDate"] = _whole_second(certificate.awarded_at).isoformat().replace("+00:00", "Z")
    if certificate.names_holder:
        document["credentialSubject"]["name"] = certificate.printed["name"]
    # Skips the library's validation, which takes as long again; tests validate the form.
    signed = add_data_integrity_proof(
        document, key.secret, verification_method(certificate.issuer, key), created=_whole_second(certificate.issued_at)
    )
    # The JSON schema of Open Badges wants a list; the signed bytes are the same.
    signed["proof"] = [signed["proof"]]
    return json.dumps(signed, ensure_ascii=False, indent=1)


def _credential(certificate):
    from openbadgeslib.ob3 import Achievement, Issuer, OpenBadgeCredential  # noqa: PLC0415 - slow to import

    printed = certificate.printed
    with translation.override(printed["language"]):
        statement = _("%(statement)s “%(course)s”") % printed
        achievement = Achievement(
            id=uuid5(UUID(str(certificate.course_key)), str(certificate.edition)).urn,
            name=printed["course"],
            description=f"{printed['heading']}: {statement} {printed['subject']}.",
            criteria_narrative=_("Read every lesson and pass the quiz of every module: %(modules_count)s, %(hours)s.")
            % printed,
            image_url=settings.SITE_URL + reverse("badge_image"),
            achievement_type="CertificateOfCompletion",
        )
    return OpenBadgeCredential(
        id=printed["verify_url"],
        name=printed["course"],
        issuer=Issuer(
            id=certificate.issuer,
            name=printed["issuer"],
            url=settings.SITE_URL + "/",
            image_url=settings.SITE_URL + reverse("issuer_image"),
        ),
        recipient_id=None,
        identifiers=[_identity(certificate)],
        achievement=achievement,
        credits_earned=study_hours(printed),
        issuance_date=_whole_second(certificate.awarded_at),
        expiration_date=_end_of(certificate.expires_on),
        credential_status=[credential_status(certificate)] if certificate.status_list_id else [],
    )


def _identity(certificate):
    from openbadgeslib.ob3 import IdentityObject  # noqa: PLC0415 - slow to import

    name = certificate.printed["name"]
    if certificate.names_holder:
        return IdentityObject(identity_hash=name, identity_type="name", hashed=False)
    return IdentityObject.create(name, salt=name_salt(certificate.serial), identity_type="name")


def study_hours(printed):
    """Return the certified hours of study to two decimals, or None."""
    minutes = printed.get("minutes")
    return round(minutes / 60, 2) if minutes else None


def name_salt(serial):
    """Return the salt of the name's digest; it differs per credential, so that two cannot be linked."""
    return hashlib.sha256(f"name:{serial}".encode()).hexdigest()[:32]


def _whole_second(moment):
    return moment.astimezone(UTC).replace(microsecond=0)


def _end_of(day):
    if day is None:
        return None
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())
    return midnight - timedelta(seconds=1)


_TICK = Motif(
    (
        "...........",
        "...........",
        ".........bb",
        "........bba",
        ".......bba.",
        "bb....bba..",
        "abb..bba...",
        ".abbbba....",
        "..abba.....",
        "...aa......",
        "...........",
    ),
    "marigold",
    "cochineal",
)
_GAP, _EDGE = 2, 4
_GROUND = "#FFFDF7"
_PIXELS_PER_CELL = 12


def _side(across):
    return across * (CELLS + _GAP) - _GAP + 2 * _EDGE


SIDE = _side(3)


@cache
def _cells(motifs, across):
    # {(x, y): colour} of the cells that are not the ground: motifs in rows of `across`, and a rule around them.
    cells, side = {}, _side(across)
    for place, motif in enumerate(motifs):
        left = _EDGE + place % across * (CELLS + _GAP)
        top = _EDGE + place // across * (CELLS + _GAP)
        for y, row in enumerate(motif.cells):
            for x, letter in enumerate(row):
                if letter != ".":
                    cells[left + x, top + y] = motif.first_colour if letter == "a" else motif.second_colour
    for x in range(side):
        for y in range(side):
            if min(x, y, side - 1 - x, side - 1 - y) < 2 and (x + y) % 2 == 0:
                cells[x, y] = "cochineal"
    return cells


def _badge():
    around = list(MOTIFS.values())
    return (*around[:4], _TICK, *around[4:]), 3


@cache
def badge_png():
    return _png(*_badge())


@cache
def issuer_png():
    return _png(tuple(MOTIFS[number] for number in (1, 3, 4, 5)), 2)


def _png(motifs, across):
    palette, side = ["ground", *COLOURS], _side(across)
    image = Image.new("P", (side, side))
    image.putpalette([part for hexadecimal in (_GROUND, *COLOURS.values()) for part in bytes.fromhex(hexadecimal[1:])])
    for place, colour in _cells(motifs, across).items():
        image.putpixel(place, palette.index(colour))
    written = BytesIO()
    image.resize((side * _PIXELS_PER_CELL,) * 2, Image.Resampling.NEAREST).save(written, "PNG", optimize=True)
    return written.getvalue()


def badge_svg():
    paths = "".join(f'<path fill="{code}" d="{_path(colour)}"/>' for colour, code in COLOURS.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img" shape-rendering="crispEdges">'
        f'<title>{_("Badge of the course")}</title><rect width="{SIDE}" height="{SIDE}" fill="{_GROUND}"/>{paths}</svg>'
    )


@cache
def _path(colour):
    cells = _cells(*_badge())
    rows = ["".join("x" if cells.get((x, y)) == colour else "." for x in range(SIDE)) for y in range(SIDE)]
    return "".join(f"M{x} {y}h{width}v{height}h-{width}z" for x, y, width, height in rectangles(rows, "x"))


def bake_into_png(credential):
    from openbadgeslib import baking  # noqa: PLC0415 - slow to import

    return baking.bake_png(badge_png(), credential, keyword=baking.ITXT_KEYWORD_OB3)


def bake_into_svg(credential):
    from openbadgeslib import baking  # noqa: PLC0415 - slow to import

    return baking.bake_svg(
        badge_svg().encode(), credential, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3, as_text=True
    )
