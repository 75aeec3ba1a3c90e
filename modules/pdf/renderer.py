"""PDF by WeasyPrint: tagged (PDF/UA), and for archiving (PDF/A)."""

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

# WeasyPrint declares one standard a file. PDF/A forbids metadata of another standard without its schema, so the second
# declaration (PDF/UA) brings the schema.
_PDFUA_DECLARATION = b"""\
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
_END_OF_METADATA = b"</rdf:RDF>"


def _add_metadata(_document, pdf, *, dated):
    metadata = next(item for item in pdf.objects if item.reference == pdf.catalog["Metadata"])
    metadata.stream = [
        part.replace(_END_OF_METADATA, _PDFUA_DECLARATION + _END_OF_METADATA) for part in metadata.stream
    ]
    if files := pdf.catalog.get("AF"):
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(files))
    # WeasyPrint writes a Z behind the local time.
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/EmbeddedFile":
            item.extra["Params"] |= dict.fromkeys(("CreationDate", "ModDate"), pydyf.String(_pdf_date(dated)))


def _pdf_date(moment):
    offset = f"{moment:%z}"
    return f"D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}"


def _make_attachment(attachment, dated):
    from weasyprint import Attachment  # noqa: PLC0415 - slow to import, and never before a fork
    from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - slow to import, and never before a fork

    address = f"attachment:{attachment.name}"
    kind = {"Content-Type": attachment.media_type}
    return Attachment(
        url=address,
        # The only way to set the media type.
        url_fetcher=lambda _address: URLFetcherResponse(address, attachment.content, kind),
        name=attachment.name,
        description=attachment.description,
        created=dated,
        modified=dated,
        relationship="Alternative",
    )


_PNG_PALETTE = 3


class FormXObject:
    """A drawing in PDF operators, origin at the top left; WeasyPrint writes it once per document."""

    def __init__(self, operators, *, width, height, states=None):
        self.width, self.height = width, height
        self.id = hashlib.sha256(operators).hexdigest()[:16]
        self._written = zlib.compress(operators, 9)
        self._states = states or {}

    def get_intrinsic_size(self, _resolution, _font_size):
        return self.width, self.height, self.width / self.height

    def draw(self, stream, width, height, _style):
        with stream.stacked():
            stream.transform(a=width / self.width, d=height / self.height)
            self.place(stream)

    def place(self, stream):
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


class ImageXObject:
    def __init__(self, content, *, width, height):
        self.width, self.height = width, height
        self.id = hashlib.sha256(content).hexdigest()[:16]
        is_png = content.startswith(b"\x89PNG")
        self._written, self._extra = _extract_png(content) if is_png else (content, {"Filter": "/DCTDecode"})

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
            "Interpolate": "false",
        }
        return pydyf.Stream([self._written], extra | self._extra)


def _extract_png(content):
    chunks, place = {}, 8
    while place < len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        chunks[kind] = chunks.get(kind, b"") + content[place + 8 : place + 8 + size]
        place += size + 12
    columns, _rows, bits, colour_type = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    palette = chunks.get(b"PLTE", b"") if colour_type == _PNG_PALETTE else b""
    rows = {"Predictor": 15, "Columns": columns, "Colors": 1 if palette else 3, "BitsPerComponent": bits}
    extra = {"Filter": "/FlateDecode", "DecodeParms": pydyf.Dictionary(rows), "BitsPerComponent": bits}
    if palette:
        extra["ColorSpace"] = pydyf.Array(["/Indexed", "/DeviceRGB", len(palette) // 3 - 1, f"<{palette.hex()}>"])
    return chunks[b"IDAT"], extra


class CachedSVG:
    def __init__(self, svg):
        self._svg = svg
        self._forms = {}

    def get_intrinsic_size(self, resolution, font_size):
        return self._svg.get_intrinsic_size(resolution, font_size)

    def draw(self, stream, width, height, style):
        if (width, height) not in self._forms:
            self._forms[width, height] = self._draw_form(stream, width, height, style)
        self._forms[width, height].place(stream)

    def _draw_form(self, stream, width, height, style):
        states = pydyf.Dictionary()
        drawn = stream.clone(
            resources={"ExtGState": states, "XObject": {}, "Pattern": {}, "Shading": {}, "ColorSpace": None}
        )
        self._svg.draw(drawn, width, height, style)
        operators = b"\n".join(item.encode() if isinstance(item, str) else item for item in drawn.stream)
        return FormXObject(operators, width=width, height=height, states=states)


def draw_cells(rows, *, colour):
    operators = [" ".join(f"{int(colour[i : i + 2], 16) / 255:.4g}" for i in (1, 3, 5)) + " rg"]
    for y, row in enumerate(rows):
        x = 0
        for run in "".join("1" if cell else " " for cell in row).split(" "):
            if run:
                operators.append(f"{x} {y} {len(run)} 1 re")
            x += len(run) + 1
    return FormXObject(" ".join([*operators, "f"]).encode(), width=len(rows[0]), height=len(rows))


FONT_FILES = fontpkg_atkinson_hyperlegible.ROOT / "files"
REGULAR_FONT = "AtkinsonHyperlegible-Regular.ttf"
BOLD_FONT = "AtkinsonHyperlegible-Bold.ttf"
_FONTS = {(FONT_FILES / name).as_uri(): weight for name, weight in ((REGULAR_FONT, 400), (BOLD_FONT, 700))}
_FONT_RULES = "".join(
    f"@font-face {{ font-family: 'Atkinson Hyperlegible'; font-weight: {weight}; src: url('{address}') }}"
    for address, weight in _FONTS.items()
)
# Pango is not thread-safe.
_lock = threading.Lock()


class Renderer(NamedTuple):
    """Shared parts of all documents of a style, because they take longer to make than a document."""

    html: type
    css: type
    fetcher: object
    fonts: object
    stylesheet: object
    drawings: dict

    def lay_out(self, html, extra_css="", forms=()):
        styles = [self.stylesheet]
        if extra_css:
            styles.append(self.css(string=extra_css, font_config=self.fonts, url_fetcher=self.fetcher))
        return self.html(string=html, url_fetcher=self.fetcher).render(
            stylesheets=styles,
            font_config=self.fonts,
            # A new dictionary: WeasyPrint adds the images of this document to it.
            cache=self.drawings | dict(forms),
        )


def render_pdf(html, *, css, own_css="", drawings=(), forms=(), identifier, sizes=(), pages=1):
    """Return a PDF/UA-1. `drawings` are (address, SVG) of the style, `forms` (address, `FormXObject`).
    With `sizes` in points, the root font is the largest that fits on `pages`, else the smallest.
    """
    with _lock:
        renderer = get_renderer(css, tuple(drawings))
        document = _largest_that_fits(renderer, html, sizes, pages) if sizes else renderer.lay_out(html, own_css, forms)
        return document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)


def get_page_count(html, *, css):
    with _lock:
        return len(get_renderer(css, ()).lay_out(html).pages)


def render_archive_pdf(html, *, css, drawings=(), forms=(), attachments=(), dated, identifier):
    """Return a deterministic PDF/A-3a and PDF/UA-1. `forms` are (address, `FormXObject` or `ImageXObject`).
    `attachments` have name, content, media_type, description, and the date `dated` (aware).
    """
    with _lock:
        document = get_renderer(css, tuple(drawings)).lay_out(html, forms=forms)
        return document.write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_identifier=identifier,
            attachments=[_make_attachment(attachment, dated) for attachment in attachments],
            finisher=partial(_add_metadata, dated=dated),
        )


def _largest_that_fits(renderer, html, sizes, pages):
    # Binary search: what fits at one size fits at every smaller one.
    low, high, fitting = 0, len(sizes) - 1, None
    while low <= high:
        middle = (low + high) // 2
        document = renderer.lay_out(html, f"html {{ font-size: {sizes[middle]}pt }}")
        if len(document.pages) <= pages:
            fitting, high = document, middle - 1
        else:
            low = middle + 1
            smallest = document
    return fitting or smallest


# A site uses few drawings; those of previews are evicted.
@lru_cache(maxsize=8)
def get_renderer(css, drawings):
    from weasyprint.images import SVGImage  # noqa: PLC0415 - slow to import, and never before a fork

    renderer = _make_renderer(css)
    return renderer._replace(
        drawings={
            address: CachedSVG(SVGImage(fromstring(svg), address, renderer.fetcher, None)) for address, svg in drawings
        }
    )


@lru_cache(maxsize=8)
def _make_renderer(css):
    # WeasyPrint takes over half a second to import, and most commands never print. A FontConfiguration made before a
    # fork hangs the child.
    from weasyprint import CSS, HTML  # noqa: PLC0415 - slow to import, and never before a fork
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - slow to import, and never before a fork
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - slow to import, and never before a fork

    # WeasyPrint makes Pillow accept truncated files in the whole process; checks of uploads must not.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    class OwnFilesOnly(URLFetcher):
        def fetch(self, url, headers=None):
            if url in _FONTS:
                return super().fetch(url, headers)
            raise PermissionError(f"A paper loads nothing from {url}")

    fonts, fetcher = FontConfiguration(), OwnFilesOnly(allowed_protocols=["file"])
    stylesheet = CSS(string=_FONT_RULES + css, font_config=fonts, url_fetcher=fetcher)
    return Renderer(HTML, CSS, fetcher, fonts, stylesheet, drawings={})


def _reset_after_fork():
    global _lock
    _lock = threading.Lock()
    _clear_renderers()


def _clear_renderers():
    get_renderer.cache_clear()
    _make_renderer.cache_clear()


os.register_at_fork(after_in_child=_reset_after_fork)
# Fonts freed at exit, after the modules they need, print errors.
atexit.register(_clear_renderers)
