"""Moodle XML: everything that Moodle has, images included."""

import base64
import re
from dataclasses import replace
from urllib.parse import quote

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.exporting.parts.cases import keep_together, lay_out
from quizzes.exporting.parts.losses import find_moodle_losses, find_unfinished, is_true, leave_out
from quizzes.exporting.parts.pairs import write_right_side
from quizzes.exporting.parts.percents import full_percents, write_number
from quizzes.importing.parts.cases import tell_case
from quizzes.importing.parts.html import convert_html
from quizzes.importing.parts.images import image_name
from quizzes.importing.parts.moodle_questions import COMMON_FEEDBACK
from quizzes.importing.parts.texts import clean
from quizzes.importing.parts.topics import join_category
from quizzes.wording.marks import render_words

name = "moodle-xml"
label = gettext_lazy("Moodle XML")
suffix = ".xml"
content_type = "application/xml"
with_images = True


def write(questions):
    """Return the bytes of the file and a Problem for everything that Moodle does not hold."""
    written, warnings = [], []
    for question in keep_together(questions):
        warnings += [question.problem(sentence) for sentence in find_moodle_losses(question)]
        writer = _WRITERS.get(question.kind)
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
    path = _tag("text", join_category(topic))
    return f'<question type="category"><category>{path}</category></question>\n'


def _write_case(case):
    """Return a case as a description: what Moodle has for a text that asks nothing."""
    parts = [
        '<question type="description">',
        f"<name>{_tag('text', case.title)}</name>",
        _question_text(replace(case, text=tell_case(case))),
        _text("generalfeedback", ""),
        "<defaultgrade>0.0000000</defaultgrade>",
        "<penalty>0.0000000</penalty>",
        f"<hidden>0</hidden>\n{_tag('idnumber', case.identifier)}",
        "</question>\n",
    ]
    return "\n".join(parts)


def _tag(tag, text):
    return f"<{tag}>{escape(clean(str(text)))}</{tag}>"


def _text(tag, marked, *, line=False, inside="", attributes=""):
    """Return an element with a text, as HTML if that says just the same, else as Markdown, which our marks are."""
    html, text_format = write_html(marked), "html"
    if convert_html(html, line=line).text != marked:
        html, text_format = marked, "markdown"
    return f'<{tag}{attributes} format="{text_format}">{_tag("text", html)}{inside}</{tag}>'


def write_html(marked):
    """Return marked text as HTML: its paragraphs, its ends of lines, bold and italic."""
    return "".join(f"<p>{render_words(paragraph)}</p>" for paragraph in re.split(r"\n\n+", marked) if paragraph)


def _write_question(question, kind, writer):
    tags = "".join(f"<tag>{_tag('text', tag)}</tag>" for tag in question.tags)
    parts = [
        f'<question type="{kind}">',
        f"<name>{_tag('text', question.name)}</name>",
        _question_text(question),
        _text("generalfeedback", question.feedback),
        f"<defaultgrade>{question.marks}.0000000</defaultgrade>",
        # A question is answered once an attempt, so nothing is taken off for trying again.
        "<penalty>0.0000000</penalty>",
        f"<hidden>{int(not question.published)}</hidden>\n{_tag('idnumber', question.identifier)}",
        *writer(question),
        f"<tags>{tags}</tags>" * bool(tags),
        "</question>\n",
    ]
    return "\n".join(part for part in parts if part)


def _question_text(question):
    if question.image is None:
        return _text("questiontext", question.text)
    file = image_name(question.image)
    # With an image it has to be HTML: the place of the image is a tag.
    shown = f'<p><img src="@@PLUGINFILE@@/{quote(file)}" alt="{escape(question.image_text)}"></p>'
    content = base64.b64encode(question.image.content).decode()
    return (
        f'<questiontext format="html">{_tag("text", write_html(question.text) + shown)}'
        f'<file name="{escape(file)}" path="/" encoding="base64">{content}</file></questiontext>'
    )


def _answer(percent, choice):
    """Return an answer whose text has our marks."""
    return _text(
        "answer",
        choice.text,
        line=True,
        inside=_text("feedback", choice.feedback),
        attributes=f' fraction="{write_number(percent)}"',
    )


def _plain_answer(text, percent, choice, inside=""):
    """Return an answer whose text is what people type."""
    return (
        f'<answer fraction="{write_number(percent)}" format="moodle_auto_format">{_tag("text", text)}'
        f"{_text('feedback', choice.feedback)}{inside}</answer>"
    )


def _common_feedback(question):
    """Yield what is said to whoever is right, partly right or wrong: Moodle writes it of some kinds, empty too."""
    for tag, field in COMMON_FEEDBACK.items():
        yield _text(tag, getattr(question, field))


def _write_options(question):
    yield f"<single>{'true' if question.kind == 'single' else 'false'}</single>"
    yield "<shuffleanswers>true</shuffleanswers>"
    yield "<answernumbering>abc</answernumbering>"
    yield "<showstandardinstruction>1</showstandardinstruction>"
    yield from _common_feedback(question)
    for choice, percent in zip(question.choices, full_percents(question), strict=True):
        yield _answer(percent, choice)


def _write_truth(question):
    """The true one stands first, as Moodle has it, which takes it so where it does not know the words."""
    for choice in sorted(question.choices, key=lambda choice: not is_true(choice, question)):
        word = "true" if is_true(choice, question) else "false"
        yield _plain_answer(word, 100 if choice.is_correct else 0, choice)


def _write_accepted(question):
    yield f"<usecase>{int(not question.forgives_case)}</usecase>"
    for choice, percent in zip(question.choices, full_percents(question), strict=True):
        yield _plain_answer(choice.text, percent, choice)


def _write_numbers(question):
    for choice, percent in zip(question.choices, full_percents(question), strict=True):
        yield _plain_answer(choice.text, percent, choice, _tag("tolerance", write_number(choice.tolerance or 0)))
    if question.unit:
        yield f"<units><unit><multiplier>1</multiplier>{_tag('unit_name', question.unit)}</unit></units>"
    # Whoever leaves the unit out loses nothing by it, as here.
    yield "<unitgradingtype>0</unitgradingtype>"
    yield "<unitpenalty>0.0000000</unitpenalty>"
    yield f"<showunits>{0 if question.unit else 3}</showunits>"
    yield "<unitsleft>0</unitsleft>"


def _write_pairs(question):
    """A pair without its left side is an extra right side in Moodle too."""
    yield "<shuffleanswers>true</shuffleanswers>"
    yield from _common_feedback(question)
    for choice in question.choices:
        right = f"<answer>{_tag('text', write_right_side(choice.match))}</answer>"
        yield _text("subquestion", choice.text, line=True, inside=right)


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
    yield _text("graderinfo", question.marking_guide)
    yield _text("responsetemplate", "")


def _write_order(question):
    yield "<layouttype>VERTICAL</layouttype>"
    yield "<selecttype>ALL</selecttype>"
    yield f"<selectcount>{len(question.choices)}</selectcount>"
    yield "<gradingtype>ABSOLUTE_POSITION</gradingtype>"
    yield "<showgrading>SHOW</showgrading>"
    yield "<numberingstyle>none</numberingstyle>"
    yield from _common_feedback(question)
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
}
