"""Deleting questions, cases, topics and acts in the CMS: what a quiz uses is kept, and the page says where."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from quizzes.bank.cases import questions_with
from quizzes.bank.effects import people_of
from quizzes.bank.usage import find_uses, quizzes_with_topic
from quizzes.models import Competency, Question, Quiz, Stimulus, Topic

MOST_LINKS = 5


def keep_what_quizzes_use(request, rows):
    """Before snippets are deleted, one or several: none is while a quiz, a question or another topic needs one of them.

    A quiz that people have begun may be deleted; the page that asks says how many they are.
    """
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
    return [
        format_html(sentence, question=question, quizzes=_link_quizzes(dict.fromkeys(use.quiz for use in uses)))
        for question, uses in _with_uses(questions)
        if uses
    ]


def _with_uses(questions):
    uses = find_uses(questions)
    return [(question, uses[question.pk]) for question in questions]


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
        format_html(sentence, case=case, questions=_join([_link_question(question) for question in questions]))
        for case in cases
        if (questions := questions_with(case))
    ]


def _link_question(question):
    return _link(_address(Question, "edit", question.pk), question.identifier)


def _places_of(topic):
    places = []
    if count := topic.questions.count():
        places.append(_link_questions_of(topic, "topic", count))
    places += [_link(_address(Topic, "edit", part.pk), part.name) for part in topic.children.order_by("name")]
    places += [_link(_address(Quiz, "edit", quiz.pk), quiz.title) for quiz in quizzes_with_topic(topic)]
    return places


def _link_quizzes(quizzes):
    return _join([_link(_address(Quiz, "edit", quiz.pk), quiz.title) for quiz in quizzes])


def _join(links):
    more = len(links) - MOST_LINKS
    if more > 0:
        links = [*links[:MOST_LINKS], ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
    return format_html_join("; ", "{}", ((link,) for link in links))


def _link(address, text):
    return format_html('<a href="{}">{}</a>', address, text)


def _address(model, name, *args):
    return reverse(model.snippet_viewset.get_url_name(name), args=args)
