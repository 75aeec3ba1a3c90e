"""What the forms of the question bank are sent in tests, and where."""

from django.contrib.admin.utils import quote
from django.urls import reverse
from lxml import html
from wagtail.images import get_image_model
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from .factories import CHOICES, TEXTS


def url(model, action, *args):
    return reverse(model.snippet_viewset.get_url_name(action), args=[quote(arg) for arg in args])


def question_fields(kind="single", identifier="M1-Q1", choices=None, initial=0, **more):
    if kind == "places" and "image" not in more:
        # The file is not there: what it shows is told instead.
        image = get_image_model().objects.create(title="Sala", file="sala.png", width=8, height=6)
        more |= {"image": str(image.pk), "image_text": "Una sala de espera"}
    choices = CHOICES[kind] if choices is None else choices
    rows = [
        {"id": "", "text": c["text"], "match": c.get("match", ""), "feedback": c.get("feedback", "")}
        | ({"is_correct": "on"} if c.get("is_correct") else {})
        | ({"id": str(c["id"])} if "id" in c else {})
        | {name: str(c[name]) for name in ("fraction", "tolerance", "gap", "x", "y", "radius") if name in c}
        for c in choices
    ]
    return nested_form_data(
        {
            "identifier": identifier,
            "kind": kind,
            "text": TEXTS.get(kind, "¿Qué corresponde?"),
            "feedback": "Porque sí.",
            "topic": "",
            "marks": "1",
            "forgives_case": "on",
            "forgives_accents": "on",
            "choices": inline_formset(rows, initial=initial),
            "action-publish": "1",
        }
        | more
    )


def edit_fields(question, **more):
    rows = [
        {"id": choice.pk, "text": choice.text, "is_correct": choice.is_correct} for choice in question.choices.all()
    ]
    fields = {"identifier": question.identifier, "text": question.text, "choices": rows, "initial": len(rows)}
    return question_fields(**fields | more)


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


def edit_quiz_fields(quiz, **more):
    entries = [{"id": str(entry.pk), "question": str(entry.question_id)} for entry in quiz.entries.all()]
    draws = [
        {"id": str(one.pk), "topic": one.topic_id or "", "pool": one.pool, "count": str(one.count)}
        for one in quiz.draws.all()
    ]
    parts = {
        "entries": inline_formset(entries, initial=len(entries)),
        "draws": inline_formset(draws, initial=len(draws)),
    }
    return quiz_fields(title=quiz.title, identifier=quiz.identifier) | nested_form_data(parts) | more


def draws_of(*draws):
    rows = [{"id": "", "topic": str(topic.pk), "count": str(count)} | more for topic, count, more in draws]
    return nested_form_data({"draws": inline_formset(rows)})


def pools_of(*pools):
    rows = [{"id": "", "topic": "", "pool": pool, "count": str(count)} for pool, count in pools]
    return nested_form_data({"draws": inline_formset(rows)})


def errors_of(page):
    return html.fromstring(page.text).xpath('//ul[@class="errorlist"]/li/text()')


def errors_beside(page):
    fields = html.fromstring(page.text).xpath('//div[contains(@class, "w-field--error")]')
    return {one.xpath(".//@name")[0]: one.xpath('string(.//p[@class="error-message"])').strip() for one in fields}


def rows_of(page):
    rows = html.fromstring(page.text).xpath('//table[@class="listing"]/tbody/tr')
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def listed(client, model, **asked):
    page = html.fromstring(client.get(url(model, "list"), asked).text)
    return [model.objects.get(pk=pk).identifier for pk in page.xpath("//@data-object-id")]
