"""Drawings that the press keeps ready: drawn once a process, set in a PDF as one object however often a page shows it.

WeasyPrint draws an SVG anew each time, a line at a time; for a woven border or a QR that is longer than all the rest.
"""

import hashlib
import struct
import zlib

import pydyf

_WITH_PALETTE = 3


class Form:
    """A drawing in the PDF's own words, `width` × `height` with the origin above on the left.

    To WeasyPrint it is an image, which it writes once for a document.
    """

    def __init__(self, words, *, width, height, states=None):
        self.width, self.height = width, height
        self.id = hashlib.sha256(words).hexdigest()[:16]
        self._written = zlib.compress(words, 9)
        self._states = states or {}

    def get_intrinsic_size(self, _resolution, _font_size):
        return self.width, self.height, self.width / self.height

    def draw(self, stream, width, height, _style):
        with stream.stacked():
            stream.transform(a=width / self.width, d=height / self.height)
            self.place(stream)

    def place(self, stream):
        """Set it where the stream stands, in its own size."""
        stream.draw_x_object(stream.add_image(self, interpolate=False, ratio=1))

    def get_x_object(self, _interpolate, _ratio):
        extra = {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array([0, 0, self.width, self.height]),
            "Filter": "/FlateDecode",
            "Resources": pydyf.Dictionary({"ExtGState": pydyf.Dictionary(self._states)}),
        }
        return pydyf.Stream([self._written], extra)


class Picture:
    """A JPEG, or a PNG without transparency and interlace, as it goes into a PDF: neither decoded nor written anew."""

    def __init__(self, content, *, width, height):
        self.width, self.height = width, height
        self.id = hashlib.sha256(content).hexdigest()[:16]
        is_png = content.startswith(b"\x89PNG")
        self._written, self._extra = _inside_png(content) if is_png else (content, {"Filter": "/DCTDecode"})

    def get_intrinsic_size(self, resolution, _font_size):
        return self.width / resolution, self.height / resolution, self.width / self.height

    def draw(self, stream, width, height, _style):
        with stream.stacked():
            stream.transform(a=width, d=-height, f=height)
            stream.draw_x_object(stream.add_image(self, interpolate=False, ratio=1))

    def get_x_object(self, _interpolate, _ratio):
        extra = {
            "Type": "/XObject",
            "Subtype": "/Image",
            "Width": self.width,
            "Height": self.height,
            "ColorSpace": "/DeviceRGB",
            "BitsPerComponent": 8,
            # As PDF/A wants it.
            "Interpolate": "false",
        }
        return pydyf.Stream([self._written], extra | self._extra)


def _inside_png(content):
    """Return (the compressed rows, what a PDF says of them): PDF reads rows as PNG filters them."""
    chunks, place = {}, 8
    while place < len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        chunks[kind] = chunks.get(kind, b"") + content[place + 8 : place + 8 + size]
        place += size + 12
    columns, _rows, bits, colour_type = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    palette = chunks.get(b"PLTE", b"") if colour_type == _WITH_PALETTE else b""
    rows = {"Predictor": 15, "Columns": columns, "Colors": 1 if palette else 3, "BitsPerComponent": bits}
    extra = {"Filter": "/FlateDecode", "DecodeParms": pydyf.Dictionary(rows), "BitsPerComponent": bits}
    if palette:
        extra["ColorSpace"] = pydyf.Array(["/Indexed", "/DeviceRGB", len(palette) // 3 - 1, f"<{palette.hex()}>"])
    return chunks[b"IDAT"], extra


class Stamp:
    """An SVG that is drawn by WeasyPrint the first time, and set from then on."""

    def __init__(self, svg):
        self._svg = svg
        self._forms = {}

    def get_intrinsic_size(self, resolution, font_size):
        return self._svg.get_intrinsic_size(resolution, font_size)

    def draw(self, stream, width, height, style):
        if (width, height) not in self._forms:
            self._forms[width, height] = self._cut(stream, width, height, style)
        self._forms[width, height].place(stream)

    def _cut(self, stream, width, height, style):
        states = pydyf.Dictionary()
        drawn = stream.clone(
            resources={"ExtGState": states, "XObject": {}, "Pattern": {}, "Shading": {}, "ColorSpace": None}
        )
        self._svg.draw(drawn, width, height, style)
        words = b"\n".join(item.encode() if isinstance(item, str) else item for item in drawn.stream)
        return Form(words, width=width, height=height, states=states)


def draw_squares(rows, *, colour):
    """Return the drawing whose `rows` of true and false cells are filled with `colour`, such as `#1B1F3B`."""
    words = [" ".join(f"{int(colour[i : i + 2], 16) / 255:.4g}" for i in (1, 3, 5)) + " rg"]
    for y, row in enumerate(rows):
        x = 0
        for run in "".join("1" if cell else " " for cell in row).split(" "):
            if run:
                words.append(f"{x} {y} {len(run)} 1 re")
            x += len(run) + 1
    return Form(" ".join([*words, "f"]).encode(), width=len(rows[0]), height=len(rows))
