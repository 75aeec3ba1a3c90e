"""What the forms of the question bank are sent in tests, and where."""

from django.contrib.admin.utils import quote
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data


def url(model, action, *args):
    return reverse(model.snippet_viewset.get_url_name(action), args=[quote(arg) for arg in args])


def quiz_fields(questions=(), identifier="m1", **more):
    rows = [{"id": "", "question": str(question.pk)} for question in questions]
    return nested_form_data(
        {
            "title": "Cuestionario 1",
            "identifier": identifier,
            "intro": "",
            "warning": "",
            "pass_mark": "80",
            "shuffle_options": "on",
            "layout": "one",
            "wait_minutes": "0",
            "counting_attempt": "best",
            "feedback_time": "end",
            "grace_seconds": "60",
            "entries": inline_formset(rows),
            "draws": inline_formset([]),
            "bands": inline_formset([]),
            "action-publish": "1",
        }
        | more
    )


def errors_of(page):
    return [str(message) for message in page.context["form"].non_field_errors()]
