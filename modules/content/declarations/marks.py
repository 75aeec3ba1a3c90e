"""The marks of a text in a file: what they refer to must be there, and they stand only where they are resolved."""

import re

from django.utils.translation import gettext as _

from quizzes.base.markup import find_gaps, find_sources, find_terms

_MARK = re.compile(r"\[S\d+[a-z]?\]|\[VL\]|\[\[[a-z0-9-]+(?:\|[^\]]+)?\]\]")
_BROKEN_MARK = re.compile(r"\[\[[^\]]*\]?\]?|\[\s*[SsVv]\s*-?\s*(?:\d+[a-z]?|[Ll])\s*\]")


def refuse_marks(node, report):
    """Tell the first mark: people would read «[VL]» as it stands, and not that nobody has verified the text."""
    if match := _MARK.search(node.text):
        sentence = _(
            "“%(mark)s” is not resolved in this text: people would read it as it stands. Put it into the body."
        )
        report.add(node.line_at(match.start()), sentence % {"mark": match.group()[:40]})


def check_marks(node, report, *, with_gaps=False):
    """Note what the marks refer to, and tell those that are not written well; gaps stand only in some texts."""
    for identifier in find_sources(node.text):
        report.refer("source", identifier, node.line_at(node.text.index(f"[{identifier}]")))
    for identifier in find_terms(node.text):
        report.refer("term", identifier, node.line_at(node.text.index(f"[[{identifier}")))
    for number in [] if with_gaps else find_gaps(node.text):
        sentence = _("“[[%(gap)d]]” is a gap, and only the text of a question has gaps. Take it out.")
        report.add(node.line_at(node.text.index(f"[[{number}]]")), sentence % {"gap": number})
    for match in _BROKEN_MARK.finditer(node.text):
        if not _MARK.match(node.text, match.start()):
            sentence = _(
                "The mark “%(mark)s” is not written well. It looks like [S42], [VL], [[estigma]] or [[estigma|words]]."
            )
            report.add(node.line_at(match.start()), sentence % {"mark": match.group()[:40]})
