"""Elements of questions in Moodle XML."""

import base64
import re
from urllib.parse import quote

from django.utils.html import escape

from quizzes.base.markup import render_emphasis
from quizzes.importing.parts.html import convert_html
from quizzes.importing.parts.images import image_name
from quizzes.importing.parts.moodle_questions import COMMON_FEEDBACK
from quizzes.importing.parts.texts import clean


def write_tag(tag, text):
    return f"<{tag}>{escape(clean(str(text)))}</{tag}>"


def write_text(tag, marked, *, line=False, inside="", attributes=""):
    """Return an element with HTML if that loses nothing, else with Markdown."""
    html, text_format = write_html(marked), "html"
    if convert_html(html, line=line).text != marked:
        html, text_format = marked, "markdown"
    return f'<{tag}{attributes} format="{text_format}">{write_tag("text", html)}{inside}</{tag}>'


def write_html(marked):
    return "".join(f"<p>{render_emphasis(paragraph)}</p>" for paragraph in re.split(r"\n\n+", marked) if paragraph)


def write_question_text(question):
    if question.image is None:
        return write_text("questiontext", question.text)
    return write_questiontext(write_html(question.text), question)


def write_questiontext(html, question):
    if question.image is None:
        return f'<questiontext format="html">{write_tag("text", html)}</questiontext>'
    address = f"@@PLUGINFILE@@/{quote(image_name(question.image))}"
    shown = f'<p><img src="{address}" alt="{escape(question.image_text)}"></p>'
    return f'<questiontext format="html">{write_tag("text", html + shown)}{write_file(question.image)}</questiontext>'


def write_file(image):
    content = base64.b64encode(image.content).decode()
    return f'<file name="{escape(image_name(image))}" path="/" encoding="base64">{content}</file>'


def write_common_feedback(question):
    """Yield feedback for right, partly right and wrong answers; Moodle writes empty elements too."""
    for tag, field in COMMON_FEEDBACK.items():
        yield write_text(tag, getattr(question, field))
