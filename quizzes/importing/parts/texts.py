"""Decoding and cleaning of texts in files."""

import codecs
import re
import unicodedata

_MARKS_OF_ORDER = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# XML refuses them, and PostgreSQL NUL.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def decode(content):
    """Decode UTF-8, UTF-16 or windows-1252 with Unix line ends; never fails."""
    for mark, encoding in _MARKS_OF_ORDER:
        if content.startswith(mark):
            text = content[0 if encoding != "utf-8" else len(mark) :].decode(encoding, "replace")
            break
    else:
        text = _decode_unmarked(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return unicodedata.normalize("NFC", clean(text))


def _decode_unmarked(content):
    begin = content[:2_000]
    for encoding, nulls, others in (("utf-16-le", begin[1::2], begin[::2]), ("utf-16-be", begin[::2], begin[1::2])):
        if nulls.count(0) * 2 > len(nulls) > 1 and not others.count(0):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def clean(text):
    return _CONTROLS.sub("", text)
