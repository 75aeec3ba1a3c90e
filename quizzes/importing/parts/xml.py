"""Safe XML parsing: no entities, no external resources; elements know their line."""

import re
from xml.etree.ElementTree import Element, TreeBuilder

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

from .reading import UnreadableFile
from .texts import decode

DEEPEST = 100
# Elements and attributes; a question has about forty.
MOST_PARTS = 400_000
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")  # asked at the beginning only
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));", re.IGNORECASE)


class _TooMuch(Exception):
    pass


class _Element(Element):
    line = 0


class _Builder(TreeBuilder):
    def __init__(self):
        super().__init__(element_factory=_Element)
        self.depth = self.count = 0
        self.parser = ElementTree.XMLParser(target=self, forbid_dtd=True, forbid_entities=True, forbid_external=True)

    def start(self, tag, attributes):
        self.depth += 1
        self.count += 1 + len(attributes)
        if self.depth > DEEPEST or self.count > MOST_PARTS:
            raise _TooMuch
        element = super().start(tag, attributes)
        element.line = self.parser.parser.CurrentLineNumber
        return element

    def end(self, tag):
        self.depth -= 1
        return super().end(tag)


def parse_xml(content):
    """Return the root element; every element has its `line`. Raises UnreadableFile."""
    parser = _Builder().parser
    try:
        parser.feed(_as_text(content))
        return parser.close()
    except DefusedXmlException:
        sentence = _("The file defines entities or a document type. Files of questions have none, so it was refused.")
        raise UnreadableFile(sentence) from None
    except _TooMuch:
        raise UnreadableFile(_("The file has more parts, or deeper ones, than any file of questions.")) from None
    except ElementTree.ParseError as error:
        line, _column = error.position
        sentence = _("The file is not well-formed XML: something is wrong at line %(line)d.")
        raise UnreadableFile(sentence % {"line": line}) from None


def _as_text(content):
    declared = _DECLARED.match(content[:200].lstrip())
    if declared and declared.group(1).lower() in (b"iso-8859-1", b"latin1", b"windows-1252", b"cp1252"):
        content = content.decode("cp1252", "replace").encode()
    # The encoding declaration no longer applies; its line stays to keep line numbers.
    text = decode(content)
    if found := _DECLARATION.match(text):
        text = "\n" * found.group().count("\n") + text[found.end() :]
    return _REFERENCE.sub("", text)


def text_of(element, path=""):
    """Return the text of an element, or of the one at `path` in it; "" if there is none."""
    found = element.find(path) if path and element is not None else element
    return (found.text or "").strip() if found is not None else ""
