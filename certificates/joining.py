"""Joining PDFs into one that is still tagged: pages with their structure, each image once, no attachments.

Following ISO 32000-1: the structure tree of 14.7.2, whose parent tree (14.7.4.4) numbers pages and annotations anew.
What belongs to a single file stays in that file: its seal, its attachments, its promise to be an archive (PDF/A).
"""

import hashlib
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree

_UA = "http://www.aiim.org/pdfua/ns/id/"


def join_pdfs(parts, target, *, title, language):
    """Write the pages of `parts` (bytes, or paths of files) one after the other to `target`, a path or a stream.

    The same parts give the same bytes. The whole is PDF/UA-1 when every part is tagged.
    """
    with pikepdf.new() as joined:
        binder = _Binder(joined)
        # What is copied is read when it is written: until then each part stays open.
        sources = [pikepdf.open(BytesIO(part) if isinstance(part, bytes) else part) for part in parts]
        for source in sources:
            binder.add(source)
        binder.finish(title, language)
        joined.save(
            target,
            deterministic_id=True,
            compress_streams=True,
            # The tags are many and small: together they take a quarter.
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            min_version="1.7",
        )
        for source in sources:
            source.close()


class _Binder:
    """What is gathered while one file after the other is added."""

    def __init__(self, joined):
        self.joined = joined
        self.tags = joined.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self.kids, self.numbers, self.roles = [], [], {}
        self.next_number = 0
        self.drawings = {}
        self.all_tagged = True

    def add(self, source):
        _take_fields_off(source)
        first = len(self.joined.pages)
        self.joined.pages.extend(source.pages)
        pages = [self.joined.pages[number].obj for number in range(first, len(self.joined.pages))]
        for page in pages:
            self._share_drawings(page.get(Name.Resources))
        if Name.StructTreeRoot in source.Root:
            self._add_tags(source, pages)
        else:
            self.all_tagged = False

    def _add_tags(self, source, pages):
        # After the pages, so that the tags point to the copies of them.
        tree = self.joined.copy_foreign(source.Root.StructTreeRoot)
        kids = tree.get(Name.K, [])
        for kid in kids if isinstance(kids, Array) else [kids]:
            kid.P = self.tags
            kid.K = Array([part for part in kid.get(Name.K, []) if not _is_field(part)])
            self.kids.append(kid)
        self.roles |= dict(tree.get(Name.RoleMap, {}).items())
        offset = self.next_number
        for number, element in NumberTree(tree.ParentTree).items():
            if _is_field(element):
                continue
            self.numbers += [number + offset, element]
            self.next_number = max(self.next_number, number + offset + 1)
        for page in pages:
            _move(page, Name.StructParents, offset)
            for annotation in page.get(Name.Annots, []):
                _move(annotation, Name.StructParent, offset)

    def _share_drawings(self, resources):
        """Let every page that shows the same logo, signature or border, or has the same colours, have the same copy."""
        if resources is None:
            return
        for name, thing in resources.get(Name.XObject, {}).items():
            inside = thing.get(Name.Resources, {})
            self._share_profile(thing.get(Name.Group, {}).get(Name.CS))
            if inside.get(Name.XObject):
                self._share_drawings(inside)
            else:
                resources.XObject[name] = self._shared(thing)
        for space in resources.get(Name.ColorSpace, {}).values():
            self._share_profile(space)

    def _share_profile(self, space):
        if isinstance(space, Array) and space[0] == Name.ICCBased:
            space[1] = self._shared(space[1])

    def _shared(self, stream):
        """Return the first stream with these bytes and these words about them."""
        words = b" ".join(_written(part) for _key, part in sorted(stream.items()))
        digest = hashlib.sha256(words + b" " + stream.read_raw_bytes()).digest()
        return self.drawings.setdefault(digest, stream)

    def finish(self, title, language):
        root = self.joined.Root
        root.Lang = pikepdf.String(language)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        with self.joined.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as words:
            words["dc:title"] = title
            if self.all_tagged:
                words.register_xml_namespace(_UA, "pdfuaid")
                words[f"{{{_UA}}}part"] = "1"
        if self.kids:
            self.tags.K = Array(self.kids)
            self.tags.ParentTree = self.joined.make_indirect(Dictionary(Nums=Array(self.numbers)))
            self.tags.ParentTreeNextKey = self.next_number
            if self.roles:
                self.tags.RoleMap = Dictionary(self.roles)
            root.StructTreeRoot = self.tags
            root.MarkInfo = Dictionary(Marked=True)


def _written(part):
    """Return what stands in the file, whether there or elsewhere in it."""
    return part.unparse(resolved=True) if isinstance(part, pikepdf.Object) else repr(part).encode()


def _take_fields_off(source):
    """Leave the seal behind: it is of the whole single file, and true of nothing else."""
    if Name.AcroForm in source.Root:
        del source.Root.AcroForm
        for page in source.pages:
            page.Annots = Array([one for one in page.Annots if one.get(Name.Subtype) != Name.Widget])


def _is_field(tag):
    return isinstance(tag, Dictionary) and tag.get(Name.S) == Name.Form


def _move(thing, key, offset):
    if key in thing:
        thing[key] = int(thing[key]) + offset
