"""Texts and images of IMS QTI: HTML, as text in 1.2 and as elements in 2.x, with images beside it in the package."""

from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote
from xml.etree.ElementTree import tostring

from django.utils.translation import gettext as _

from quizzes.wording.marks import escape_marks

from .html import check_length, convert_html, is_html, words_of
from .reading import ReadImage

# How Canvas and Blackboard write the folder of the files in a package.
_FOLDERS = ("$IMS-CC-FILEBASE$/", "%24IMS-CC-FILEBASE%24/")


class QtiTexts:
    """Reads the texts of one question, and keeps its first image; says in `warnings` what was lost.

    `files` maps the names in the package to functions that return their bytes; `folder` is the question's own.
    """

    def __init__(self, files, folder):
        self.files, self.folder = files, folder
        self.warnings = []
        self.image, self.image_text = None, ""

    def read_html(self, html, *, line=False, image=False):
        """Return HTML in our marks; with `image`, the first image in it is the question's."""
        check_length(html)
        if not is_html(html):
            return escape_marks(" ".join(html.split()) if line else html.strip())
        converted = convert_html(html, line=line)
        self.warnings += converted.losses
        for address, description in converted.images:
            self.take_image(address, description, wanted=image)
        return converted.text

    def read_element(self, element, *, line=False, image=False):
        """Return what stands in an element, as HTML has it, in our marks."""
        return self.read_html(inner_html(element), line=line, image=image) if element is not None else ""

    def read_plain(self, element):
        """Return what stands in an element as words, for what people type or choose from a list."""
        return words_of(self.read_element(element, line=True))

    def take_image(self, address, description="", *, wanted=True):
        if not wanted or self.image:
            self.warnings.append(_("An image was left out: a question has one, and options and feedback have none."))
            return
        content = self._find(address)
        if content is None:
            self.warnings.append(_("An image is not in the file: it was at “%(address)s”.") % {"address": address[:80]})
            return
        self.image, self.image_text = ReadImage(PurePosixPath(address).name, content), description[:300]
        if not description:
            self.warnings.append(
                _("Nobody described its image: write what it shows, then publish. Until then it is a draft.")
            )

    def _find(self, address):
        """Return the bytes of a file of the package: beside the question, or from the root of the package."""
        address = unquote(address.split("?")[0])
        for folder in _FOLDERS:
            address = address.removeprefix(unquote(folder))
        for name in (normpath(str(PurePosixPath(self.folder, address))), address, f"web_resources/{address}"):
            if name in self.files:
                return self.files[name]()
        return None


def inner_html(element):
    """Return the inside of an element as HTML."""
    whole = tostring(element, encoding="unicode", method="html")
    tail = element.tail or ""
    whole = whole[: len(whole) - len(tail)] if tail and whole.endswith(tail) else whole
    return whole[whole.index(">") + 1 :].removesuffix(f"</{element.tag}>") if ">" in whole else ""


def without_namespaces(root):
    """Return the tree with plain names: QTI has a namespace of its own for every version and vendor."""
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root
