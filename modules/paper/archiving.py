"""What makes a PDF fit to be kept for ever (PDF/A-3a) and to be read aloud (PDF/UA-1) at once."""

from functools import partial

import pydyf

# WeasyPrint declares one norm a file. PDF/A takes no word of another norm that the file itself does not explain, so
# the second declaration brings its explanation.
_READ_ALOUD = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>\
</rdf:Description>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description>"""
_END = b"</rdf:RDF>"


def finisher(dated):
    """Return what finishes the PDF/A that WeasyPrint is about to write, whose attachments are of the moment `dated`.

    It declares PDF/UA too, and lists each attachment once.
    """
    return partial(_finish, dated=dated)


def _finish(_document, pdf, *, dated):
    metadata = next(thing for thing in pdf.objects if thing.reference == pdf.catalog["Metadata"])
    metadata.stream = [part.replace(_END, _READ_ALOUD + _END) for part in metadata.stream]
    if files := pdf.catalog.get("AF"):
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(files))
    # WeasyPrint knows no time zone: it writes a Z behind whatever the clock says.
    for file in pdf.objects:
        if isinstance(file, pydyf.Stream) and file.extra.get("Type") == "/EmbeddedFile":
            file.extra["Params"] |= dict.fromkeys(("CreationDate", "ModDate"), pydyf.String(_as_in_pdf(dated)))


def _as_in_pdf(moment):
    """Return a moment as ISO 32000-1, 7.9.4 writes it, in its own zone: D:20260314000000-06'00."""
    offset = f"{moment:%z}"
    return f"D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}"


def attached(attachment, dated):
    """Return the file as WeasyPrint attaches it, once only: its objects are used up by the writing."""
    from weasyprint import Attachment  # noqa: PLC0415 - as in the press
    from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - as in the press

    address = f"attachment:{attachment.name}"
    kind = {"Content-Type": attachment.media_type}
    return Attachment(
        url=address,
        # The only way to tell it the type.
        url_fetcher=lambda _address: URLFetcherResponse(address, attachment.content, kind),
        name=attachment.name,
        description=attachment.description,
        created=dated,
        modified=dated,
        # The same facts in another form.
        relationship="Alternative",
    )
