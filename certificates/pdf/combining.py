"""Join tagged PDFs in memory: for some fifty pages, not for hundreds."""

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree

_UA = "http://www.aiim.org/pdfua/ns/id/"


def combine_pdfs(parts, *, title, language, on_both_sides=False):
    """Return one deterministic PDF, tagged if every part is; `on_both_sides` begins parts on right-hand pages."""
    whole = pikepdf.new()
    kids, parents, roles, all_tagged = [], [], {}, True
    for part in parts:
        with pikepdf.open(BytesIO(part)) as source:
            if on_both_sides and len(whole.pages) % 2:
                whole.add_blank_page(page_size=source.pages[0].mediabox[2:])
            _remove_signature(source)
            tree = source.Root.get(Name.StructTreeRoot)
            all_tagged = all_tagged and tree is not None
            offset = parents[-1][0] + 1 if parents else 0
            for page in source.pages:
                _shift(page.obj, Name.StructParents, offset)
                for annotation in page.obj.get(Name.Annots, []):
                    _shift(annotation, Name.StructParent, offset)
            # Pages first: qpdf then lets the tags refer to the copies.
            whole.pages.extend(source.pages)
            if tree is None:
                continue
            top = tree.get(Name.K, [])
            for kid in top if isinstance(top, Array) else [top]:
                kid.K = Array([tag for tag in kid.get(Name.K, []) if not _is_field(tag)])
                del kid.P
                kids.append(whole.copy_foreign(kid))
            roles |= {str(name): role for name, role in tree.get(Name.RoleMap, {}).items()}
            for number, parent in NumberTree(tree.ParentTree).items():
                if not _is_field(parent):
                    parents.append((number + offset, whole.copy_foreign(source.make_indirect(parent))))
    _describe(whole, title, language, is_tagged=all_tagged)
    if kids:
        _add_tree(whole, kids, parents, roles)
    whole.remove_unreferenced_resources()
    written = BytesIO()
    whole.save(
        written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, fix_metadata_version=False
    )
    return written.getvalue()


def _remove_signature(source):
    if Name.AcroForm in source.Root:
        del source.Root.AcroForm
        for page in source.pages:
            page.Annots = Array([one for one in page.Annots if one.get(Name.Subtype) != Name.Widget])


def _is_field(tag):
    return isinstance(tag, Dictionary) and tag.get(Name.S) == Name.Form


def _shift(thing, key, offset):
    if key in thing:
        thing[key] = int(thing[key]) + offset


def _add_tree(whole, kids, parents, roles):
    tree = whole.make_indirect(
        Dictionary(
            Type=Name.StructTreeRoot,
            K=Array(kids),
            ParentTree=whole.make_indirect(
                Dictionary(Nums=Array([entry for parent in parents for entry in parent])),
            ),
            ParentTreeNextKey=parents[-1][0] + 1 if parents else 0,
            RoleMap=Dictionary(roles),
        )
    )
    for kid in kids:
        kid.P = tree
    whole.Root.StructTreeRoot = tree
    whole.Root.MarkInfo = Dictionary(Marked=True)


def _describe(whole, title, language, *, is_tagged):
    whole.Root.Lang = pikepdf.String(language)
    whole.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    with whole.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["dc:title"] = title
        if is_tagged:
            metadata.register_xml_namespace(_UA, "pdfuaid")
            metadata[f"{{{_UA}}}part"] = "1"
