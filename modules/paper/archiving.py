"""What makes a PDF fit to be kept for ever (PDF/A-3a) and to be read aloud (PDF/UA-1) at once."""

from datetime import UTC, datetime

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


def declare_both(_document, pdf):
    """Finish the PDF/A that WeasyPrint is about to write: it declares PDF/UA too, and lists each attachment once."""
    metadata = next(thing for thing in pdf.objects if thing.reference == pdf.catalog["Metadata"])
    metadata.stream = [part.replace(_END, _READ_ALOUD + _END) for part in metadata.stream]
    if files := pdf.catalog.get("AF"):
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(files))


def attached(attachment, dated):
    """Return the file as WeasyPrint attaches it, once only: its objects are used up by the writing."""
    from weasyprint import Attachment  # noqa: PLC0415 - as in the press
    from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - as in the press

    moment = datetime.combine(dated, datetime.min.time(), UTC)
    address = f"attachment:{attachment.name}"
    kind = {"Content-Type": attachment.media_type}
    return Attachment(
        url=address,
        # The only way to tell it the type.
        url_fetcher=lambda _address: URLFetcherResponse(address, attachment.content, kind),
        name=attachment.name,
        description=attachment.description,
        created=moment,
        modified=moment,
        # The same facts in another form.
        relationship="Alternative",
    )
