"""Protection of used parts of the question bank and the survey from deletion."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from quizzes.bank.cases import questions_with
from quizzes.bank.effects import people_of
from quizzes.bank.usage import find_uses, quizzes_with_topic
from quizzes.models import Competency, Question, Quiz, Stimulus, SurveyBlock, SurveyScale, SurveyStatement, Topic
from quizzes.surveys.following import delete_translations

MOST_LINKS = 5


def keep_what_quizzes_use(request, rows):
    """Refuse to delete snippets that a quiz, a question or a topic needs; a quiz with attempts may go."""
    model = type(rows[0]) if rows else None
    if model is Question:
        refused = _refuse_questions(rows)
    elif model is Topic:
        refused = _refuse_topics(rows)
    elif model is Competency:
        refused = _refuse_acts(rows)
    elif model is Stimulus:
        refused = _refuse_cases(rows)
    else:
        if model is Quiz and request.method == "GET":
            _tell_people(request, rows)
        return None
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(_address(model, "list")) if refused else None


def _tell_people(request, quizzes):
    people = people_of(quizzes)
    if people.begun:
        sentence = _("%(people)s. What they did is kept, and nobody can begin again. Unpublishing does the same.")
        messages.warning(request, sentence % {"people": people})


def _refuse_questions(questions):
    sentence = _(
        "“{question}” is used, so nothing was deleted: {quizzes}. Take it out of them first; "
        "if it is drawn from a topic, unpublish it or move it; if it comes with its case, take it out of the case."
    )
    uses = find_uses(questions)
    return [
        format_html(sentence, question=question, quizzes=_join(_link_quizzes(use.quiz for use in uses[question.pk])))
        for question in questions
        if uses[question.pk]
    ]


def _refuse_topics(topics):
    return [
        format_html(_("“{topic}” is used, so nothing was deleted: {places}."), topic=topic, places=_join(places))
        for topic in topics
        if (places := _places_of(topic))
    ]


def _refuse_acts(acts):
    sentence = _("“{act}” is used, so nothing was deleted: {questions}.")
    return [
        format_html(sentence, act=act.identifier, questions=_link_questions_of(act, "act", count))
        for act in acts
        if (count := act.questions.count())
    ]


def _link_questions_of(thing, name, count):
    text = ngettext("%(n)d question", "%(n)d questions", count) % {"n": count}
    return _link(f"{_address(Question, 'list')}?{name}={thing.pk}", text)


def _refuse_cases(cases):
    sentence = _("“{case}” is shared by questions, so nothing was deleted: {questions}. Take it out of them first.")
    return [
        format_html(
            sentence,
            case=case,
            questions=_join([_link(_address(Question, "edit", one.pk), one.identifier) for one in questions]),
        )
        for case in cases
        if (questions := questions_with(case))
    ]


def _places_of(topic):
    places = []
    if count := topic.questions.count():
        places.append(_link_questions_of(topic, "topic", count))
    places += [_link(_address(Topic, "edit", part.pk), part.name) for part in topic.children.order_by("name")]
    return places + _link_quizzes(quizzes_with_topic(topic))


def _link_quizzes(quizzes):
    return [_link(_address(Quiz, "edit", quiz.pk), quiz.title) for quiz in dict.fromkeys(quizzes)]


def _join(links):
    more = len(links) - MOST_LINKS
    if more > 0:
        links = [*links[:MOST_LINKS], ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
    return format_html_join("; ", "{}", ((link,) for link in links))


def _link(address, text):
    return format_html('<a href="{}">{}</a>', address, text)


def _address(model, name, *args):
    return reverse(model.snippet_viewset.get_url_name(name), args=args)


def keep_what_surveys_use(request, rows):
    model = type(rows[0]) if rows else None
    if model is SurveyBlock:
        sentence = _(
            "The theme “%(thing)s” has statements, so nothing was deleted: %(users)s. Delete or move them first."
        )
    elif model is SurveyScale:
        sentence = _("The scale “%(thing)s” is used, so nothing was deleted: %(users)s. Give them another one first.")
    else:
        return None
    refused = [sentence % {"thing": row, "users": ", ".join(users)} for row in rows if (users := _users_of(row))]
    for one in refused:
        messages.error(request, one)
    return redirect(reverse(model.snippet_viewset.get_url_name("list"))) if refused else None


def _users_of(row):
    statements = list(row.statements.order_by("identifier").values_list("identifier", flat=True))
    if isinstance(row, SurveyBlock):
        return statements
    return [*row.blocks.order_by("identifier").values_list("identifier", flat=True), *statements]


def delete_survey_translations(request, rows):
    if rows and isinstance(rows[0], SurveyScale | SurveyBlock | SurveyStatement):
        delete_translations(rows)
