"""Cases in files of other systems: a text before its questions."""

from itertools import groupby

from django.utils.translation import gettext as _

from quizzes.base.markup import MIN_CASE_QUESTIONS


def keep_together(questions):
    """Return ReadQuestions with those of a case in a row, at the place of the first of them."""
    groups = {}
    for question in questions:
        groups.setdefault(id(question.case) if question.case else ("alone", id(question)), []).append(question)
    return [question for group in groups.values() for question in group]


def lay_out(written, *, write_category, write_case, topic=None):
    """Return (parts of the file, Problems) of [(ReadQuestion, its text)] with their categories and cases."""
    parts, warnings = [], []
    for _key, group in groupby(written, key=lambda pair: id(pair[0].case) if pair[0].case else None):
        questions = list(group)
        first = questions[0][0]
        shares = first.case is not None and len(questions) >= MIN_CASE_QUESTIONS
        if first.case and not shares:
            sentence = _("Its case “%(case)s” is not in the file: no other question of it is.")
            warnings.append(first.problem(sentence % {"case": first.case.title}))
        if shares:
            warnings.append(first.problem(_say_what_is_lost(first.case)))
        for number, (question, text) in enumerate(questions):
            if number and shares:
                if question.topic != topic:
                    sentence = _("It stands with its case under “%(topic)s” in the file.")
                    warnings.append(question.problem(sentence % {"topic": "/".join(topic)}))
            elif question.topic != topic:
                topic = question.topic
                parts.append(write_category(topic))
            if shares and not number:
                parts.append(write_case(first.case))
            parts.append(text)
        if shares:
            topic = None
    return parts, warnings


def _say_what_is_lost(case):
    sentence = _(
        "Its case “%(case)s” stands before it as a text: that its questions are drawn together is not in the file."
    )
    return sentence % {"case": case.title}
