"""IMS QTI: items of 1.2 (Canvas, Blackboard) and of 2.1 and 2.2, in an XML file or a ZIP package with images."""

import re
from pathlib import PurePosixPath

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.importing.parts import qti_1, qti_2
from quizzes.importing.parts.archives import is_zip, open_archive
from quizzes.importing.parts.qti_texts import QtiTexts, without_namespaces
from quizzes.importing.parts.reading import Problem, Reading, Skipped, UnreadableFile, at_line
from quizzes.importing.parts.texts import decode
from quizzes.importing.parts.xml import as_text, parse_xml

name = "qti"
label = gettext_lazy("IMS QTI")
suffixes = (".zip", ".xml", ".qti", ".dat")
# Of the XML in a package together; a tree takes many times as much.
LARGEST_XML = 30 * 1024 * 1024
_ROOTS = re.compile(r"<(?:\w+:)?(?:questestinterop|assessmentItem)[\s>]")
# Older files name the grammar of QTI 1.2; one that defines something of its own is not taken out, but refused.
_PLAIN_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[<>]*>")
_SECTION_NAMES = ("", "root_section")


def sniff(content):
    """It is a package with a manifest of IMS, or XML whose root is one of QTI."""
    if is_zip(content):
        return b"imsmanifest.xml" in content
    return bool(_ROOTS.search(decode(content[:20_000])))


def read(content):
    """Return the questions of a file or of every file in a package."""
    if not is_zip(content):
        return _read_files({"": lambda: content}, {})
    files = open_archive(content)
    xml = {name: read for name, read in files.items() if name.lower().endswith((".xml", ".qti", ".dat"))}
    return _read_files(
        {name: read for name, read in sorted(xml.items()) if not name.endswith("imsmanifest.xml")}, files
    )


def _read_files(sources, files):
    reading, found, size = Reading(), False, 0
    for name, read_source in sources.items():
        content = read_source()
        size += len(content)
        if size > LARGEST_XML:
            raise UnreadableFile(
                _("Unpacked, the file has more than %(limit)d MB, so it was not read. Bring it in parts.")
                % {"limit": LARGEST_XML // 1024**2}
            )
        if _ROOTS.search(decode(content[:20_000])):
            found = True
            _read_source(name, content, files, reading)
    if not found:
        raise UnreadableFile(_("There are no questions of QTI 1.2, 2.1 or 2.2 in the file."))
    return reading


def _read_source(name, content, files, reading):
    text = _PLAIN_DOCTYPE.sub("", as_text(content), count=1)
    root = without_namespaces(parse_xml(text.encode()))
    if root.tag == "assessmentItem":
        _read_item(qti_2, root, (), name, files, reading)
        return
    for element, topic in _items(root, ()):
        _read_item(qti_1, element, topic, name, files, reading)


def _items(element, topic):
    """Yield each `item` of QTI 1.2 with the path of names above it."""
    for found in element:
        if found.tag == "item":
            yield found, topic
        elif found.tag in ("assessment", "section", "objectbank"):
            title = found.get("title") or _bank_title(found)
            yield from _items(found, topic if title in _SECTION_NAMES else (*topic, title))


def _bank_title(element):
    fields = element.findall("qtimetadata/qtimetadatafield")
    return next((f.findtext("fieldentry") or "" for f in fields if f.findtext("fieldlabel") == "bank_title"), "")


def _read_item(version, element, topic, source, files, reading):
    line = at_line(element.line)
    place = f"{PurePosixPath(source).name}, {line}" if source else line
    title = " ".join((element.get("title") or "").split())
    texts = QtiTexts(files, PurePosixPath(source).parent)
    try:
        question = version.read_item(element, place, topic, texts)
    except Skipped as skipped:
        (reading.warnings if skipped.harmless else reading.problems).append(Problem(place, title, str(skipped)))
        return
    question.image, question.image_text = texts.image, texts.image_text if texts.image else ""
    reading.questions.append(question)
    reading.warnings += [question.problem(sentence) for sentence in dict.fromkeys(texts.warnings)]
