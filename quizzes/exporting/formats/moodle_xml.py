"""Export as Moodle XML."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.exporting.parts.cases import keep_together, lay_out
from quizzes.exporting.parts.losses import find_moodle_losses, find_unfinished, is_true, leave_out
from quizzes.exporting.parts.moodle_elements import write_common_feedback, write_question_text, write_tag, write_text
from quizzes.exporting.parts.moodle_gaps import choose_gap_writer
from quizzes.exporting.parts.moodle_places import write_markers, write_text_alone
from quizzes.exporting.parts.pairs import write_right_side
from quizzes.exporting.parts.percents import full_percents, write_number
from quizzes.importing.parts.cases import tell_case
from quizzes.importing.parts.topics import join_category

name = "moodle-xml"
label = gettext_lazy("Moodle XML")
suffix = ".xml"
content_type = "application/xml"
with_images = True


def write(questions):
    written, warnings = [], []
    for question in keep_together(questions):
        warnings += [question.problem(sentence) for sentence in find_moodle_losses(question)]
        writer = choose_gap_writer(question) if question.kind == "gaps" else _WRITERS.get(question.kind)
        if writer is None:
            warnings.append(leave_out(question, _("Moodle has no questions of this kind: it is not in the file.")))
            continue
        if unfinished := find_unfinished(question):
            sentence = _("It is not finished, so it is not in the file: %(what)s")
            warnings.append(leave_out(question, sentence % {"what": unfinished}))
            continue
        written.append((question, _write_question(question, *writer)))
    parts, losses = lay_out(written, write_category=_write_category, write_case=_write_case)
    begin = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    return "".join([begin, *parts, "</quiz>\n"]).encode(), warnings + losses


def _write_category(topic):
    path = write_tag("text", join_category(topic))
    return f'<question type="category"><category>{path}</category></question>\n'


def _write_case(case):
    parts = [
        '<question type="description">',
        f"<name>{write_tag('text', case.title)}</name>",
        write_question_text(replace(case, text=tell_case(case))),
        write_text("generalfeedback", ""),
        "<defaultgrade>0.0000000</defaultgrade>",
        "<penalty>0.0000000</penalty>",
        f"<hidden>0</hidden>\n{write_tag('idnumber', case.identifier)}",
        "</question>\n",
    ]
    return "\n".join(parts)


def _write_question(question, kind, writer, write_asked=write_question_text):
    tags = "".join(f"<tag>{write_tag('text', tag)}</tag>" for tag in question.tags)
    parts = [
        f'<question type="{kind}">',
        f"<name>{write_tag('text', question.name)}</name>",
        write_asked(question),
        write_text("generalfeedback", question.feedback),
        f"<defaultgrade>{question.marks}.0000000</defaultgrade>" * (kind != "cloze"),
        # A question is answered once an attempt, so nothing is taken off for trying again.
        "<penalty>0.0000000</penalty>",
        f"<hidden>{int(not question.published)}</hidden>\n{write_tag('idnumber', question.identifier)}",
        *writer(question),
        f"<tags>{tags}</tags>" * bool(tags),
        "</question>\n",
    ]
    return "\n".join(part for part in parts if part)


def _answer(percent, choice):
    return write_text(
        "answer",
        choice.text,
        line=True,
        inside=write_text("feedback", choice.feedback),
        attributes=f' fraction="{write_number(percent)}"',
    )


def _plain_answer(text, percent, choice, inside=""):
    return (
        f'<answer fraction="{write_number(percent)}" format="moodle_auto_format">{write_tag("text", text)}'
        f"{write_text('feedback', choice.feedback)}{inside}</answer>"
    )


def _write_options(question):
    yield f"<single>{'true' if question.kind == 'single' else 'false'}</single>"
    yield "<shuffleanswers>true</shuffleanswers>"
    yield "<answernumbering>abc</answernumbering>"
    yield "<showstandardinstruction>1</showstandardinstruction>"
    yield from write_common_feedback(question)
    for choice, percent in zip(question.choices, full_percents(question), strict=True):
        yield _answer(percent, choice)


def _write_truth(question):
    for choice in sorted(question.choices, key=lambda choice: not is_true(choice, question)):
        word = "true" if is_true(choice, question) else "false"
        yield _plain_answer(word, 100 if choice.is_correct else 0, choice)


def _write_accepted(question):
    yield f"<usecase>{int(not question.forgives_case)}</usecase>"
    for choice, percent in zip(question.choices, full_percents(question), strict=True):
        yield _plain_answer(choice.text, percent, choice)


def _write_numbers(question):
    for choice, percent in zip(question.choices, full_percents(question), strict=True):
        yield _plain_answer(choice.text, percent, choice, write_tag("tolerance", write_number(choice.tolerance or 0)))
    if question.unit:
        yield f"<units><unit><multiplier>1</multiplier>{write_tag('unit_name', question.unit)}</unit></units>"
    yield "<unitgradingtype>0</unitgradingtype>"
    yield "<unitpenalty>0.0000000</unitpenalty>"
    yield f"<showunits>{0 if question.unit else 3}</showunits>"
    yield "<unitsleft>0</unitsleft>"


def _write_pairs(question):
    yield "<shuffleanswers>true</shuffleanswers>"
    yield from write_common_feedback(question)
    for choice in question.choices:
        right = f"<answer>{write_tag('text', write_right_side(choice.match))}</answer>"
        yield write_text("subquestion", choice.text, line=True, inside=right)


def _write_essay(question):
    yield "<responseformat>plain</responseformat>"
    yield "<responserequired>1</responserequired>"
    yield "<responsefieldlines>10</responsefieldlines>"
    yield "<minwordlimit></minwordlimit>"
    yield "<maxwordlimit></maxwordlimit>"
    yield "<attachments>0</attachments>"
    yield "<attachmentsrequired>0</attachmentsrequired>"
    yield "<maxbytes>0</maxbytes>"
    yield "<filetypeslist></filetypeslist>"
    yield write_text("graderinfo", question.marking_guide)
    yield write_text("responsetemplate", "")


def _write_order(question):
    yield "<layouttype>VERTICAL</layouttype>"
    yield "<selecttype>ALL</selecttype>"
    yield f"<selectcount>{len(question.choices)}</selectcount>"
    yield "<gradingtype>ABSOLUTE_POSITION</gradingtype>"
    yield "<showgrading>SHOW</showgrading>"
    yield "<numberingstyle>none</numberingstyle>"
    yield from write_common_feedback(question)
    # Without it Moodle 4.5 ends the import of the whole file with an error page.
    yield "<shownumcorrect>1</shownumcorrect>"
    for place, choice in enumerate(question.choices, start=1):
        yield _answer(place, choice)


_WRITERS = {
    "single": ("multichoice", _write_options),
    "multiple": ("multichoice", _write_options),
    "true_false": ("truefalse", _write_truth),
    "short_text": ("shortanswer", _write_accepted),
    "number": ("numerical", _write_numbers),
    "matching": ("matching", _write_pairs),
    "open": ("essay", _write_essay),
    "ordering": ("ordering", _write_order),
    "places": ("ddmarker", write_markers, write_text_alone),
}
