"""What WeasyPrint leaves open in the tags of a table: what a heading heads, and that a footer is no content."""

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator


def mend_tags(pdf):
    """Return the PDF with a scope for each heading of a table and its footers as such (ISO 14289-1, 7.5 and 7.8)."""
    with pikepdf.open(BytesIO(pdf)) as paper:
        told = set()
        for element in _elements(paper.Root.StructTreeRoot.K):
            if element.S == Name.TH:
                scope = Name.Column if Name.THead == element.P.P.S else Name.Row
                element.A = Dictionary(O=Name.Table, Scope=scope)
            told |= {(element.Pg.objgen, int(kid)) for kid in _kids(element) if isinstance(kid, int)}
        for page in paper.pages:
            numbers = {number for objgen, number in told if objgen == page.obj.objgen}
            page.Contents = paper.make_stream(pikepdf.unparse_content_stream(_without_running_lines(page, numbers)))
        written = BytesIO()
        paper.save(written, deterministic_id=True)
        return written.getvalue()


def _elements(kids):
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield kid
            yield from _elements(kid.get(Name.K, Array()))


def _kids(element):
    kids = element.get(Name.K, Array())
    return kids if isinstance(kids, Array) else [kids]


def _without_running_lines(page, numbers):
    """Yield the page's instructions; marked content that no tag tells of becomes an artifact."""
    for operands, operator in pikepdf.parse_content_stream(page):
        is_marked = operator == Operator("BDC") and isinstance(operands[1], Dictionary) and Name.MCID in operands[1]
        if is_marked and int(operands[1].MCID) not in numbers:
            yield [Name.Artifact, Dictionary(Type=Name.Pagination)], operator
        else:
            yield operands, operator
