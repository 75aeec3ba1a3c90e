"""How pyHanko writes a seal: dated when the certificate was issued, and leaving the metadata as they were."""

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1


class UnchangedMetadata(IncrementalPdfFileWriter):
    """Adds to a PDF without touching what it says of itself: neither norm nor date may change with the seal."""

    def _update_meta(self):
        pass


class DatedSigner(PdfSigner):
    """Says in the seal that it was made at `now`, not when the machine's clock says; the file stays a PDF 1.7."""

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self._now = now

    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._now
        return session

    def register_extensions(self, pdf_out, *, md_algorithm):
        """Declare what PAdES adds to PDF 1.7, the version of PDF/A-3.

        For EC keys pyHanko would declare PDF 2.0, which names their curves; PAdES knows them without it.
        """
        pdf_out.register_extension(ESIC_EXTENSION_1)


def add_field(writer, name, *, words):
    """Add the empty field of a seal to the first page: nothing to see, and `words` for whoever hears the page."""
    # PDF/A forbids hiding it; off the page it is not in the way either.
    settings = fields.InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
    spec = fields.SigFieldSpec(name, invis_sig_settings=settings, readable_field_name=words)
    fields.append_signature_field(writer, spec)
    [(_name, _value, reference)] = fields.enumerate_sig_fields(writer)
    _tag(writer, reference)


def _tag(writer, reference):
    """Put the field among the tags, at the end of the document, as PDF/UA asks of every field."""
    tree = writer.root["/StructTreeRoot"]
    document, numbers = tree["/K"][0], tree["/ParentTree"]["/Nums"]
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    place = NumberObject(numbers[-2] + 1)
    pointer = DictionaryObject({NameObject("/Type"): NameObject("/OBJR"), NameObject("/Obj"): reference})
    tag = writer.add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/StructElem"),
                NameObject("/S"): NameObject("/Form"),
                NameObject("/P"): tree["/K"].raw_get(0),
                NameObject("/Pg"): page,
                NameObject("/K"): ArrayObject([pointer]),
            }
        )
    )
    document["/K"].append(tag)
    numbers.extend([place, tag])
    field = reference.get_object()
    field[NameObject("/StructParent")] = place
    for changed in (document, numbers, field):
        writer.update_container(changed)
