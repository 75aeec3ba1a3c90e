"""Texts and images in Moodle XML: formats, CDATA, and files in base64."""

import base64
import binascii
from urllib.parse import unquote
from xml.etree.ElementTree import tostring

from django.utils.translation import gettext as _

from quizzes.base.markup import escape_markup

from .html import check_length, convert_html, is_html, words_of
from .reading import ReadImage, Skipped
from .xml import text_of

_PLACE = "@@PLUGINFILE@@/"


class MoodleTexts:
    """Reads the texts of one question; adds what was lost to `warnings`."""

    def __init__(self):
        self.warnings = []
        self.image, self.image_text = None, ""

    def read(self, element, *, line=False, image=False):
        """Return an element with `<text>` as markup; with `image`, its first image becomes the question's."""
        if element is None:
            return ""
        text, text_format = words_in(element), element.get("format", "html")
        check_length(text)
        if text_format == "markdown":
            return text.replace("\r\n", "\n")
        if text_format == "plain_text" or not is_html(text):
            return escape_markup(text)
        if text_format == "moodle_auto_format":
            text = text.replace("\n", "<br>")
        converted = convert_html(text, line=line)
        self.warnings += converted.losses
        self._take_images(element, converted.images, image)
        return converted.text

    def read_plain(self, element):
        text = words_in(element)
        check_length(text)
        if is_html(text) and element.get("format") not in ("plain_text", "moodle_auto_format", None):
            return words_of(convert_html(text, line=True).text)
        return " ".join(text.split())

    def _take_images(self, element, images, wanted):
        files = {file.get("name", ""): file for file in element.findall("file")}
        for address, description in images:
            if not wanted or self.image:
                self.warnings.append(
                    _("An image was left out: a question has one, and options and feedback have none.")
                )
                continue
            self.image, self.image_text = self._read_image(files, address), description[:300]
            if self.image and not description:
                self.warnings.append(
                    _("Nobody described its image: write what it shows, then publish. Until then it is a draft.")
                )

    def _read_image(self, files, address):
        if address.startswith("data:") and ";base64," in address[:100]:
            return ReadImage("imagen", decode_file(address.split(";base64,", 1)[1]))
        name = unquote(address.removeprefix(_PLACE))
        if address.startswith(_PLACE) and name in files:
            return ReadImage(name, decode_file(files[name].text or ""))
        self.warnings.append(_("An image is not in the file: it was at “%(address)s”.") % {"address": address[:80]})
        return None


def words_in(element):
    """Return the raw text of an element; some files lack `<text>` or contain unescaped HTML."""
    found = element if element is None or element.find("text") is None else element.find("text")
    if found is not None and found.tag == "text" and len(found):
        return _inner_html(found).strip()
    return text_of(found)


def _inner_html(element):
    whole = tostring(element, encoding="unicode", method="html")
    tail = element.tail or ""
    whole = whole[: len(whole) - len(tail)] if tail and whole.endswith(tail) else whole
    return whole[whole.index(">") + 1 :].removesuffix(f"</{element.tag}>") if ">" in whole else ""


def decode_file(text):
    """Raises Skipped."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Skipped(_("Its image is damaged: it is no base64.")) from None
