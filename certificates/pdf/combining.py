"""Writing a PDF object after object to a stream, so that the whole is never held.

Following ISO 32000-1: objects without a stream stand compressed in object streams (7.5.7), and a cross-reference stream
(7.5.8) says where each is. What stays in memory is seven bytes an object.
"""

import hashlib
import re
import zlib
from array import array
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree, Stream

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


_UA = "http://www.aiim.org/pdfua/ns/id/"
# A reference to another object. In a text in brackets, where qpdf escapes brackets, the same signs are only signs.
_REFERENCE = re.compile(rb"\((?:[^()\\]|\\.)*\)|\b(\d+) (\d+) R\b", re.DOTALL)
# What a page may have from the nodes above it (table 30).
_INHERITED = (Name.Resources, Name.MediaBox, Name.CropBox, Name.Rotate)


def combine_pdfs(parts, target, *, title, language, on_both_sides=False):
    """Write the pages of `parts` (each bytes, asked for one after the other) to `target`, a binary stream.

    `on_both_sides`, each part begins on a right-hand page: a blank one is inserted before it where needed.
    The same parts give the same bytes. The whole is PDF/UA-1 when every part is tagged.
    """
    binder = _Binder(PdfStream(target))
    for part in parts:
        with pikepdf.open(BytesIO(part)) as source:
            if on_both_sides and len(binder.pages) % 2:
                binder.add_blank(source)
            binder.add(source)
    binder.finish(title, language)


class _Binder:
    """What is kept of the parts: numbers of pages, tags and streams in the file that is written."""

    def __init__(self, file):
        self.file = file
        self.catalogue, self.page_tree, self.tags = (file.new_number() for _ in range(3))
        self.pages, self.kids, self.parents, self.roles = [], [], [], {}
        self.next_parent = 0
        self.shared = {}
        self.all_tagged = True

    def add(self, source):
        _take_fields_off(source)
        part = _Part(source, self.file, self.shared)
        part.numbers[source.Root.Pages.objgen] = self.page_tree
        tree = source.Root.get(Name.StructTreeRoot)
        if tree is None:
            self.all_tagged = False
        else:
            part.numbers[tree.objgen] = self.tags
        for page in source.pages:
            self._add_page(page.obj, part)
        if tree is not None:
            self._add_tags(tree, part)
        part.write()

    def add_blank(self, source):
        """Add a page of the size of the first of a part, with nothing on it."""
        number = self.file.new_number()
        box = source.pages[0].mediabox.unparse()
        words = b"<< /Type /Page /Parent %d 0 R /MediaBox %s /Resources << >> >>"
        self.file.write(number, words % (self.page_tree, box))
        self.pages.append(number)

    def _add_page(self, page, part):
        _take_over_from_above(page)
        page.Parent = part.source.Root.Pages
        _move(page, Name.StructParents, self.next_parent)
        for annotation in page.get(Name.Annots, []):
            _move(annotation, Name.StructParent, self.next_parent)
        # Before anything else refers to it: of what pages draw with, nothing leads back to a page.
        part.renumbered(page.get(Name.Resources, Dictionary()).unparse(resolved=True), shared=True)
        self.pages.append(part.number_of(page.objgen))

    def _add_tags(self, tree, part):
        kids = tree.get(Name.K, [])
        for kid in kids if isinstance(kids, Array) else [kids]:
            kid.P = tree
            kid.K = Array([tag for tag in kid.get(Name.K, []) if not _is_field(tag)])
            self.kids.append(part.number_of(kid.objgen))
        self.roles |= {str(name): str(role) for name, role in tree.get(Name.RoleMap, {}).items()}
        parents = [
            (number + self.next_parent, part.renumbered(parent.unparse()))
            for number, parent in NumberTree(tree.ParentTree).items()
            if not _is_field(parent)
        ]
        if parents:
            first, last = parents[0][0], parents[-1][0]
            leaf = self.file.new_number()
            words = b" ".join(b"%d %s" % parent for parent in parents)
            self.file.write(leaf, b"<< /Limits [%d %d] /Nums [%s] >>" % (first, last, words))
            self.parents.append(leaf)
            self.next_parent = last + 1

    def finish(self, title, language):
        write = self.file.write
        write(self.page_tree, b"<< /Type /Pages /Count %d /Kids %s >>" % (len(self.pages), _references(self.pages)))
        entries = [
            b"/Type /Catalog /Pages %d 0 R" % self.page_tree,
            b"/Lang %s" % pikepdf.String(language).unparse(),
            b"/ViewerPreferences << /DisplayDocTitle true >>",
            b"/Metadata %d 0 R" % self._write_metadata(title),
        ]
        if self.kids:
            entries.append(b"/MarkInfo << /Marked true >> /StructTreeRoot %d 0 R" % self.tags)
            self._write_root_of_tags()
        write(self.catalogue, b"<< %s >>" % b" ".join(entries))
        self.file.finish(self.catalogue)

    def _write_root_of_tags(self):
        parent_tree = self.file.new_number()
        self.file.write(parent_tree, b"<< /Kids %s >>" % _references(self.parents))
        roles = Dictionary({name: Name(role) for name, role in self.roles.items()})
        words = b"<< /Type /StructTreeRoot /K %s /ParentTree %d 0 R /ParentTreeNextKey %d /RoleMap %s >>"
        self.file.write(
            self.tags, words % (_references(self.kids), parent_tree, self.next_parent, roles.unparse(resolved=True))
        )

    def _write_metadata(self, title):
        number = self.file.new_number()
        with pikepdf.new() as described:
            with described.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as words:
                words["dc:title"] = title
                if self.all_tagged:
                    words.register_xml_namespace(_UA, "pdfuaid")
                    words[f"{{{_UA}}}part"] = "1"
            metadata = described.Root.Metadata.read_bytes()
        self.file.write_stream(number, b"/Type /Metadata /Subtype /XML", metadata)
        return number


class _Part:
    """One of the files, and the numbers that its objects have in the whole."""

    def __init__(self, source, file, shared):
        self.source = source
        self.file = file
        # {digest: number} of what any part needs to draw.
        self.shared = shared
        self.numbers = {}
        self.waiting = []

    def number_of(self, key):
        """Return the number that an object gets; until `write` it waits, unless it is a stream."""
        if key not in self.numbers:
            thing = self.source.get_object(key)
            if isinstance(thing, Stream):
                return self.number_of_shared(key)
            self.numbers[key] = self.file.new_number()
            self.waiting.append((self.numbers[key], thing))
        return self.numbers[key]

    def number_of_shared(self, key):
        """Let every page that shows the same logo, signature or border, or has the same colours, have the same copy."""
        if key not in self.numbers:
            thing = self.source.get_object(key)
            self.numbers[key] = self._share_stream(thing) if isinstance(thing, Stream) else self._share_other(thing)
        return self.numbers[key]

    def _share_stream(self, stream):
        entries = Dictionary({key: value for key, value in stream.stream_dict.items() if key != Name.Length})
        words = self.renumbered(entries.unparse(resolved=True).removeprefix(b"<<").removesuffix(b">>"), shared=True)
        data = stream.read_raw_bytes()
        return self._once(words + b"\n" + data, self.file.write_stream, words, data)

    def _share_other(self, thing):
        words = self.renumbered(thing.unparse(resolved=True), shared=True)
        return self._once(words, self.file.write, words)

    def _once(self, content, write, *arguments):
        digest = hashlib.sha256(content).digest()
        if digest not in self.shared:
            self.shared[digest] = self.file.new_number()
            write(self.shared[digest], *arguments)
        return self.shared[digest]

    def renumbered(self, words, *, shared=False):
        """Return the bytes of an object with every reference as it is in the whole."""
        number_of = self.number_of_shared if shared else self.number_of

        def renumber(found):
            return b"%d 0 R" % number_of((int(found[1]), int(found[2]))) if found[1] else found[0]

        return _REFERENCE.sub(renumber, words)

    def write(self):
        """Write what waits, and what that refers to."""
        while self.waiting:
            number, thing = self.waiting.pop()
            self.file.write(number, self.renumbered(thing.unparse(resolved=True)))


def _references(numbers):
    return b"[%s]" % b" ".join(b"%d 0 R" % number for number in numbers)


def _take_fields_off(source):
    """Leave the seal behind: it is of the whole single file, and true of nothing else."""
    if Name.AcroForm in source.Root:
        del source.Root.AcroForm
        for page in source.pages:
            page.Annots = Array([one for one in page.Annots if one.get(Name.Subtype) != Name.Widget])


def _take_over_from_above(page):
    for key in _INHERITED:
        node = page
        while key not in node and Name.Parent in node:
            node = node.Parent
        if key in node:
            page[key] = node[key]


def _is_field(tag):
    return isinstance(tag, Dictionary) and tag.get(Name.S) == Name.Form


def _move(thing, key, offset):
    if key in thing:
        thing[key] = int(thing[key]) + offset
