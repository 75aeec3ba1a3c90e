"""Tagged PDF by WeasyPrint: PDF/UA and PDF/A."""

import atexit
import hashlib
import os
import struct
import threading
import zlib
from functools import lru_cache, partial
from typing import NamedTuple

import fontpkg_atkinson_hyperlegible
import pydyf
from defusedxml.ElementTree import fromstring
from PIL import ImageFile

# WeasyPrint declares one norm a file. PDF/A takes no word of another norm that the file itself does not explain, so
# the second declaration brings its explanation.
_READ_ALOUD = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>\
</rdf:Description>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description>"""
_END = b"</rdf:RDF>"


def finisher(dated):
    """Return what finishes the PDF/A that WeasyPrint is about to write, whose attachments are of the moment `dated`.

    It declares PDF/UA too, and lists each attachment once.
    """
    return partial(_finish, dated=dated)


def _finish(_document, pdf, *, dated):
    metadata = next(thing for thing in pdf.objects if thing.reference == pdf.catalog["Metadata"])
    metadata.stream = [part.replace(_END, _READ_ALOUD + _END) for part in metadata.stream]
    if files := pdf.catalog.get("AF"):
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(files))
    # WeasyPrint knows no time zone: it writes a Z behind whatever the clock says.
    for file in pdf.objects:
        if isinstance(file, pydyf.Stream) and file.extra.get("Type") == "/EmbeddedFile":
            file.extra["Params"] |= dict.fromkeys(("CreationDate", "ModDate"), pydyf.String(_as_in_pdf(dated)))


def _as_in_pdf(moment):
    """Return a moment as ISO 32000-1, 7.9.4 writes it, in its own zone: D:20260314000000-06'00."""
    offset = f"{moment:%z}"
    return f"D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}"


def attached(attachment, dated):
    """Return the file as WeasyPrint attaches it, once only: its objects are used up by the writing."""
    from weasyprint import Attachment  # noqa: PLC0415 - as in the press
    from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - as in the press

    address = f"attachment:{attachment.name}"
    kind = {"Content-Type": attachment.media_type}
    return Attachment(
        url=address,
        # The only way to tell it the type.
        url_fetcher=lambda _address: URLFetcherResponse(address, attachment.content, kind),
        name=attachment.name,
        description=attachment.description,
        created=dated,
        modified=dated,
        # The same facts in another form.
        relationship="Alternative",
    )


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


FONT_FILES = fontpkg_atkinson_hyperlegible.ROOT / "files"
REGULAR = "AtkinsonHyperlegible-Regular.ttf"
BOLD = "AtkinsonHyperlegible-Bold.ttf"
_FONTS = {(FONT_FILES / name).as_uri(): weight for name, weight in ((REGULAR, 400), (BOLD, 700))}
# What the press gives beside the style sheet; in the CMS's preview a browser has none of it.
_FONT_RULES = "".join(
    f"@font-face {{ font-family: 'Atkinson Hyperlegible'; font-weight: {weight}; src: url('{address}') }}"
    for address, weight in _FONTS.items()
)
# Pango is not safe to use from two threads at once.
_one_at_a_time = threading.Lock()


class Press(NamedTuple):
    """What all papers of one style share: it takes longer to make than a paper."""

    html: type
    css: type
    fetcher: object
    fonts: object
    stylesheet: object
    stamps: dict

    def lay_out(self, html, extra_css="", forms=()):
        """Return the WeasyPrint document, laid out on its pages and not written yet."""
        styles = [self.stylesheet]
        if extra_css:
            styles.append(self.css(string=extra_css, font_config=self.fonts, url_fetcher=self.fetcher))
        return self.html(string=html, url_fetcher=self.fetcher).render(
            stylesheets=styles,
            font_config=self.fonts,
            # A dictionary of its own: WeasyPrint adds to it what a document shows, and it must not be kept.
            cache=self.stamps | dict(forms),
        )


def print_pdf(html, *, css, own_css="", drawings=(), forms=(), identifier, sizes=(), pages=1):
    """Return the bytes of the tagged PDF (PDF/UA-1) of an HTML document.

    `own_css` are rules of this document beside those of the style. `drawings` are (address, SVG) that the style may
    use, `forms` (address, `stamping.Form`) of this document alone; nothing else is loaded. With `sizes`, in points and
    largest first, the root's letters have the largest of them at which everything fits on `pages`; if none does, the
    smallest.
    """
    with _one_at_a_time:
        press = press_for(css, tuple(drawings))
        document = _largest_that_fits(press, html, sizes, pages) if sizes else press.lay_out(html, own_css, forms)
        return document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)


def len_of_print(html, *, css):
    """Return how many pages `print_pdf` would print of it."""
    with _one_at_a_time:
        return len(press_for(css, ()).lay_out(html).pages)


def print_to_keep(html, *, css, drawings=(), forms=(), attachments=(), dated, identifier):
    """Return the bytes of a PDF to be kept for ever: PDF/A-3a and PDF/UA-1 at once, the same for the same arguments.

    `drawings` as in `print_pdf`; `forms` are (address, `stamping.Form` or `Picture`) of this document alone. Each of
    `attachments` has a name, content, media_type and description, and goes in with the moment `dated` (aware).
    """
    with _one_at_a_time:
        document = press_for(css, tuple(drawings)).lay_out(html, forms=forms)
        return document.write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_identifier=identifier,
            attachments=[attached(attachment, dated) for attachment in attachments],
            finisher=finisher(dated),
        )


def _largest_that_fits(press, html, sizes, pages):
    """Find it in a few attempts: what fits at one size fits at every smaller one."""
    low, high, fitting = 0, len(sizes) - 1, None
    while low <= high:
        middle = (low + high) // 2
        document = press.lay_out(html, f"html {{ font-size: {sizes[middle]}pt }}")
        if len(document.pages) <= pages:
            fitting, high = document, middle - 1
        else:
            low = middle + 1
            smallest = document
    return fitting or smallest


# A site prints a few drawings; those that were tried out in passing give their place up.
@lru_cache(maxsize=8)
def press_for(css, drawings):
    """Return the press of a style with its drawings; made when first needed, in the process that uses it."""
    from weasyprint.images import SVGImage  # noqa: PLC0415 - slow to import, and never before a fork

    press = _press_of(css)
    return press._replace(
        stamps={address: Stamp(SVGImage(fromstring(svg), address, press.fetcher, None)) for address, svg in drawings}
    )


@lru_cache(maxsize=8)
def _press_of(css):
    """Return the press of a style without drawings: what takes long to make."""
    # WeasyPrint takes over half a second to import, and most commands never print. A FontConfiguration made before a
    # fork hangs the child for ever.
    from weasyprint import CSS, HTML  # noqa: PLC0415 - slow to import, and never before a fork
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - slow to import, and never before a fork
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - slow to import, and never before a fork

    # WeasyPrint has Pillow put up with half a file, in the whole process; whoever checks an upload must hear of it.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    class OwnFilesOnly(URLFetcher):
        """Gives the two fonts; refuses all else, so nothing printed can reach the network."""

        def fetch(self, url, headers=None):
            if url in _FONTS:
                return super().fetch(url, headers)
            raise PermissionError(f"A paper loads nothing from {url}")

    fonts, fetcher = FontConfiguration(), OwnFilesOnly(allowed_protocols=["file"])
    stylesheet = CSS(string=_FONT_RULES + css, font_config=fonts, url_fetcher=fetcher)
    return Press(HTML, CSS, fetcher, fonts, stylesheet, stamps={})


def _start_afresh():
    global _one_at_a_time
    _one_at_a_time = threading.Lock()
    _forget_presses()


def _forget_presses():
    press_for.cache_clear()
    _press_of.cache_clear()


os.register_at_fork(after_in_child=_start_afresh)
# Fonts freed at the very end, after the modules they need, make noise on the console.
atexit.register(_forget_presses)
