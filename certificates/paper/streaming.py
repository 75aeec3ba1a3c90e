"""Writing a PDF object after object to a stream, so that the whole is never held.

Following ISO 32000-1: objects without a stream stand compressed in object streams (7.5.7), and a cross-reference stream
(7.5.8) says where each is. What stays in memory is seven bytes an object.
"""

import hashlib
import zlib
from array import array

# PDF 1.7 has both kinds of streams; the four bytes above 127 say that the file is not text (7.5.2).
_HEADER = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"
# So many objects share an object stream: more would compress little better, and a reader unpacks one for each object.
_GATHERED = 200
# What the first byte of an entry says (table 18).
_FREE, _PLAIN, _GATHERED_THERE = 0, 1, 2


class PdfStream:
    """A PDF in the making, on a binary stream. The same objects in the same order give the same bytes."""

    def __init__(self, stream):
        self._stream = stream
        self._length = 0
        self._digest = hashlib.sha256()
        # One entry a number: of which kind; the offset, or the number of the object stream; the place in that one.
        self._kinds, self._where, self._places = bytearray(b"\0"), array("L", [0]), array("H", [0xFFFF])
        self._gathered = []
        self._put(_HEADER)

    def new_number(self):
        """Return the number of an object that is written later; until then others may refer to it."""
        self._kinds.append(_FREE)
        self._where.append(0)
        self._places.append(0)
        return len(self._kinds) - 1

    def write(self, number, body):
        """Write an object that is no stream; `body` are its bytes without `obj` and `endobj`."""
        self._gathered.append((number, body))
        if len(self._gathered) == _GATHERED:
            self._write_gathered()

    def write_stream(self, number, entries, data):
        """Write a stream: the bytes of its dictionary without brackets and /Length, and its data as filtered."""
        self._kinds[number], self._where[number] = _PLAIN, self._length
        self._put(b"%d 0 obj\n<< %s /Length %d >>\nstream\n" % (number, entries, len(data)))
        self._put(data)
        self._put(b"\nendstream\nendobj\n")

    def finish(self, root):
        """Write what is left and the cross-reference stream, in which `root` is the number of the catalogue."""
        if self._gathered:
            self._write_gathered()
        number, start = self.new_number(), self._length
        identifier = self._digest.hexdigest()[:32].encode()
        self._kinds[number], self._where[number] = _PLAIN, start
        table = zlib.compress(b"".join(self._entries()), 9)
        words = b"/Type /XRef /W [1 4 2] /Size %d /Root %d 0 R /ID [<%s> <%s>] /Filter /FlateDecode"
        self.write_stream(number, words % (number + 1, root, identifier, identifier), table)
        self._put(b"startxref\n%d\n%%%%EOF\n" % start)

    def _entries(self):
        for kind, where, place in zip(self._kinds, self._where, self._places, strict=True):
            yield bytes([kind]) + where.to_bytes(4) + place.to_bytes(2)

    def _write_gathered(self):
        holder, offsets, length = self.new_number(), [], 0
        for place, (number, body) in enumerate(self._gathered):
            self._kinds[number], self._where[number], self._places[number] = _GATHERED_THERE, holder, place
            offsets.append(b"%d %d" % (number, length))
            length += len(body) + 1
        head = b" ".join(offsets) + b"\n"
        data = zlib.compress(head + b"\n".join(body for _number, body in self._gathered))
        words = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode"
        self.write_stream(holder, words % (len(self._gathered), len(head)), data)
        self._gathered = []

    def _put(self, data):
        self._stream.write(data)
        self._digest.update(data)
        self._length += len(data)
