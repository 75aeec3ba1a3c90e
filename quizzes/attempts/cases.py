"""Cases on a paper: each frozen once, beside the questions that share it."""

from quizzes.wording.cases import read_dialogue
from quizzes.wording.marks import sources_in


def gather_units(questions):
    """Return the units of questions: each by itself, or with the others of its case, where the first of them stands.

    In a case its own order counts, whatever that of `questions` is.
    """
    units = {}
    for question in questions:
        units.setdefault(("case", question.case_id) if question.case_id else question.pk, []).append(question)
    return [sorted(unit, key=_place_in_case) if len(unit) > 1 else unit for unit in units.values()]


def _place_in_case(question):
    return (question.case_place is None, question.case_place or 0, question.pk or 0)


def cases_of(questions):
    """Return the cases of questions, each once, in their order."""
    return list({question.case.translation_key: question.case for question in questions if question.case}.values())


def freeze_cases(items, questions):
    """Name in each item the case of its question; return {key: the case}, all that is needed to show it for ever."""
    for item, question in zip(items, questions, strict=True):
        item["case"] = str(question.case.translation_key) if question.case else None
    return {str(case.translation_key): freeze_case(case) for case in cases_of(questions)}


def freeze_case(case):
    """Return a case as a paper keeps it; its image is not in it."""
    utterances = read_dialogue(case.dialogue)
    return {
        "identifier": case.identifier,
        "title": case.title,
        "text": case.text,
        "dialogue": [utterance._asdict() for utterance in utterances],
        "sources": list(dict.fromkeys([*sources_in(case.text), *sources_in(case.dialogue)])),
    }


def case_of(paper, item):
    """Return the case of an item on a paper, or None."""
    return paper["cases"].get(item["case"])
