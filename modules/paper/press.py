"""The press of this process: WeasyPrint with the font of print, our own files only, one paper at a time."""

import atexit
import os
import threading
from functools import lru_cache
from typing import NamedTuple

import fontpkg_atkinson_hyperlegible
from defusedxml.ElementTree import fromstring
from PIL import ImageFile

from .archiving import attached, finisher
from .stamping import Stamp

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
