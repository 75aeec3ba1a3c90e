"""The sources that a paper rests on, and those that a page has to list because something on it points to them."""

from quizzes.kinds import kind_of
from quizzes.models import Source
from quizzes.wording.marks import sources_in

from .cases import case_of


def sources_cited(paper, item):
    """Return the sources that a question points to while it is answered: in its case, its text, the options shown."""
    options = kind_of(item).shown_options(item)
    texts = [item["text"], *(option["text"] for option in (*options, *item.get("matches", ())))]
    cited = {identifier for text in texts for identifier in sources_in(text)} | _of_case(paper, item)
    return [source for source in paper["sources"] if source["id"] in cited]


def sources_shown(paper, fields):
    """Return the sources that a page of questions points to: of those already reviewed all, of the others as above."""
    shown = {}
    for field in fields:
        cited = {source["id"] for source in sources_cited(paper, field.item)}
        ids = {*field.item["sources"], *_of_case(paper, field.item)} if field.reviewed else cited
        shown |= dict.fromkeys(ids)
    return [source for source in paper["sources"] if source["id"] in shown]


def sources_reviewed(paper, reviewed):
    """Return the sources that a review points to; before it may be told what is right, none that only tells that."""
    # What was kept ready to be asked again rests on sources of its own.
    if all(one.tells for one in reviewed) and "spares" not in paper:
        return paper["sources"]
    shown = {identifier for one in reviewed for identifier in (*one.sources, *_of_case(paper, one.item))}
    return [source for source in paper["sources"] if source["id"] in shown]


def _of_case(paper, item):
    case = case_of(paper, item)
    return set(case["sources"]) if case else set()


def freeze_sources(items, locale_id):
    """Return the sources that items and cases cite, in their order, in the paper's language where there are such."""
    cited = list(dict.fromkeys(identifier for item in items for identifier in item["sources"]))
    found = Source.objects.filter(identifier__in=cited)
    # The paper's own language comes last, and so wins.
    found = {source.identifier: source for source in sorted(found, key=lambda source: source.locale_id == locale_id)}
    return [_freeze_source(identifier, found.get(identifier)) for identifier in cited]


def _freeze_source(identifier, source):
    if source is None:
        return {"id": identifier, "title": "", "publisher": "", "year": "", "address": ""}
    return {
        "id": identifier,
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "address": source.address,
    }
