"""The press of this process: WeasyPrint with the font of print, our own files only, one paper at a time."""

import atexit
import os
import threading
from functools import cache
from typing import NamedTuple

import fontpkg_atkinson_hyperlegible

FONT_FILES = fontpkg_atkinson_hyperlegible.ROOT / "files"
REGULAR = "AtkinsonHyperlegible-Regular.ttf"
BOLD = "AtkinsonHyperlegible-Bold.ttf"
_FONTS = {(FONT_FILES / name).as_uri(): weight for name, weight in ((REGULAR, 400), (BOLD, 700))}
# What the press gives beside the style sheet; in the CMS's preview a browser has none of it.
_FONT_RULES = "".join(
    f"@font-face {{ font-family: 'Atkinson Hyperlegible'; font-weight: {weight}; src: url('{address}') }}"
    for address, weight in _FONTS.items()
)
_SVG_TYPE = {"Content-Type": "image/svg+xml"}
# Pango is not safe to use from two threads at once.
_one_at_a_time = threading.Lock()


class Press(NamedTuple):
    """What all papers of one style share: it takes longer to make than a paper."""

    html: type
    css: type
    fetcher: object
    fonts: object
    stylesheet: object

    def lay_out(self, html, extra_css=""):
        """Return the WeasyPrint document, laid out on its pages and not written yet."""
        styles = [self.stylesheet]
        if extra_css:
            styles.append(self.css(string=extra_css, font_config=self.fonts, url_fetcher=self.fetcher))
        return self.html(string=html, url_fetcher=self.fetcher).render(
            stylesheets=styles, font_config=self.fonts, pdf_variant="pdf/ua-1"
        )


def print_pdf(html, *, css, drawings=(), identifier, sizes=(), pages=1):
    """Return the bytes of the tagged PDF of an HTML document.

    `drawings` are (address, SVG) that the style may use; nothing else is loaded. With `sizes`, in points and largest
    first, the root's letters have the largest of them at which everything fits on `pages`; if none does, the smallest.
    """
    with _one_at_a_time:
        press = press_for(css, tuple(drawings))
        document = _largest_that_fits(press, html, sizes, pages) if sizes else press.lay_out(html)
        return document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)


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


@cache
def press_for(css, drawings):
    """Return the press of a style; made when first needed, in the process that uses it."""
    # WeasyPrint takes over half a second to import, and most commands never print. A FontConfiguration made before a
    # fork hangs the child for ever.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    own = dict(drawings)

    class OwnFilesOnly(URLFetcher):
        """Gives the two fonts and the drawings; refuses all else, so nothing printed can reach the network."""

        def fetch(self, url, headers=None):
            if url in own:
                return URLFetcherResponse(url, own[url], _SVG_TYPE)
            if url in _FONTS:
                return super().fetch(url, headers)
            raise PermissionError(f"A paper loads nothing from {url}")

    fonts, fetcher = FontConfiguration(), OwnFilesOnly(allowed_protocols=["file"])
    stylesheet = CSS(string=_FONT_RULES + css, font_config=fonts, url_fetcher=fetcher)
    return Press(HTML, CSS, fetcher, fonts, stylesheet)


def _start_afresh():
    global _one_at_a_time
    _one_at_a_time = threading.Lock()
    press_for.cache_clear()


os.register_at_fork(after_in_child=_start_afresh)
# Fonts freed at the very end, after the modules they need, make noise on the console.
atexit.register(press_for.cache_clear)
