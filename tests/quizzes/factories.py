"""Factories of this room: a quiz with every kind of question, and attempts at it."""

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from django.urls import reverse
from django.utils import translation
from PIL import Image as Picture
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from quizzes.attempts import taking as attempts
from quizzes.attempts.drawing import draw_snapshot
from quizzes.attempts.responses import CHECK_CLIENT
from quizzes.base.identifiers import stable_key
from quizzes.kinds import get_kind
from quizzes.models import QuizDraw, Source, Topic
from tests.factories import make_question, make_quiz, spanish

# Long before the tests run, because pages use the real clock and the later answer stands.
NOW = datetime(2026, 1, 14, 15, 0, tzinfo=UTC)

CHOICES = {
    "single": [
        {"identifier": "a", "text": "Saludar", "is_correct": True, "feedback": "Así se recibe a toda persona [S42]."},
        {"identifier": "b", "text": "Callar", "feedback": "El silencio se entiende como permiso."},
        {"identifier": "c", "text": "Preguntar en voz alta", "feedback": "La pregunta expone."},
    ],
    "multiple": [
        {"identifier": "a", "text": "Ocultar síntomas", "is_correct": True, "feedback": "Es probable."},
        {"identifier": "b", "text": "Llegar tarde", "is_correct": True, "feedback": "También es probable."},
        {"identifier": "c", "text": "Pedir más controles", "feedback": "Es poco probable."},
        {"identifier": "d", "text": "Volver antes", "feedback": "Casi nunca pasa."},
        {"identifier": "e", "text": "Traer a sus amigas", "feedback": "Casi nunca pasa."},
    ],
    "true_false": [
        {"identifier": "verdadero", "text": "Verdadero", "feedback": "También sin insultos hay estigma."},
        {"identifier": "falso", "text": "Falso", "is_correct": True, "feedback": "Así es."},
    ],
    "ordering": [
        {"identifier": "a", "text": "Saludar", "feedback": "Primero se saluda."},
        {"identifier": "b", "text": "Escuchar", "feedback": "Luego se escucha."},
        {"identifier": "c", "text": "Atender", "feedback": "Después se atiende."},
        {"identifier": "d", "text": "Despedirse", "feedback": "Al final, la despedida."},
    ],
    "matching": [
        {"identifier": "a", "text": "«TS» en rojo", "match": "Etiqueta que expone", "feedback": "La marca expone."},
        {"identifier": "b", "text": "«Se lo buscan»", "match": "Culpar a la persona", "feedback": "La frase culpa."},
        {"identifier": "c", "text": "Doble guante", "match": "Evitación", "feedback": "Las precauciones son iguales."},
    ],
    "gaps": [
        {"identifier": "a", "gap": 1, "text": "usuaria", "is_correct": True, "feedback": "Así se nombra a todas."},
        {"identifier": "b", "gap": 1, "text": "sospechosa", "feedback": "Juzga sin saber."},
        {"identifier": "c", "gap": 1, "text": "paciente", "fraction": 50, "feedback": "Aún no ha consultado."},
        {"identifier": "d", "gap": 2, "text": "dolor", "is_correct": True, "feedback": "Es lo que ella dijo."},
        {
            "identifier": "e",
            "gap": 2,
            "text": "molestia*",
            "is_correct": True,
            "fraction": 50,
            "feedback": "Dice menos.",
        },
        {"identifier": "f", "gap": 3, "text": "de costumbre", "feedback": "Nadie lo sabe."},
        {"identifier": "g", "gap": 3, "text": "por primera vez", "is_correct": True, "feedback": "Es lo que se ve."},
    ],
    "places": [
        {"identifier": "a", "text": "La ventanilla", "x": 20, "y": 30, "is_correct": True, "feedback": "Todos oyen."},
        {
            "identifier": "b",
            "text": "La pizarra",
            "x": "62.5",
            "y": 12,
            "radius": 8,
            "is_correct": True,
            "feedback": "¡No!",
        },
        {"identifier": "c", "text": "La puerta", "x": 85, "y": 70, "feedback": "Está cerrada."},
    ],
    "short_text": [
        {"identifier": "a", "text": "estigma", "feedback": "Así se llama."},
        {"identifier": "b", "text": "discriminación", "fraction": 50, "feedback": "Es lo que viene después."},
        {"identifier": "c", "text": "*", "fraction": 0, "feedback": "Vuelva a la lección 2."},
    ],
    "number": [
        {"identifier": "a", "text": "72", "tolerance": 2, "feedback": "Tres días."},
        {"identifier": "b", "text": "48", "fraction": 50, "feedback": "Todavía sirve, pero hay más tiempo."},
        {"identifier": "c", "text": "*", "fraction": 0, "feedback": "Son tres días."},
    ],
    "open": [],
    "reflection": [],
}
TEXTS = {"gaps": "Escriba la nota sin etiquetas.\nLa **persona [[1]]** llega con [[2]] y consulta [[3]]."}
# What the names of the fields begin with where each option or gap has one of its own.
FIELD_OF = {"ordering": "place", "matching": "match", "gaps": "gap"}
# What a machine marks, and a reflection: what `make_full_quiz` asks.
FULL = ("single", "multiple", "true_false", "ordering", "matching", "reflection")


def make_kind(kind, identifier=None, **fields):
    identifier = identifier or f"Q-{kind}"
    fields = ({"text": TEXTS[kind]} if kind in TEXTS else {}) | fields
    choices = [_with_decimals(choice) for choice in CHOICES[kind]]
    return make_question(identifier, kind=kind, choices=choices, **fields)


def _with_decimals(choice):
    return choice | {name: Decimal(choice[name]) for name in ("x", "y", "radius") if name in choice}


def make_item(kind, chance=None, **fields):
    question = make_kind(kind, **fields)
    return get_kind({"kind": kind}).freeze(question, chance or random.Random(7))


def make_full_quiz(identifier="m1", kinds=FULL, **fields):
    return make_quiz(identifier, [make_kind(kind, f"{identifier.upper()}-{kind}") for kind in kinds], **fields)


def make_source(identifier="S42", **fields):
    return Source.objects.create(
        identifier=identifier,
        title=fields.pop("title", "Stigma in health facilities"),
        publisher="Nyblade et al.",
        year="2019",
        address="https://doi.org/10.1186/s12916-019-1256-2",
        locale=spanish(),
        translation_key=stable_key(f"source:{identifier}"),
        **fields,
    )


def start(learner, quiz, *, now=NOW, seed=1, **more):
    return attempts.start_attempt(learner, quiz, language="es", now=now, chance=random.Random(seed), **more)


def give(attempt, item, response, *, client="phone", number=1, after=60):
    moment = attempt.started_at + timedelta(seconds=after)
    return attempts.save_answer(
        attempt, item["key"], response, client=client, number=number, given_at=moment, now=moment
    )


def answer_all(attempt, *, skip=()):
    for item in attempt.snapshot["questions"]:
        if item["marks"] and item["kind"] not in skip:
            give(attempt, item, get_kind(item).right_response(item))


def submit(attempt, *, now=None):
    return attempts.submit_attempt(attempt, now=now or attempt.started_at + timedelta(minutes=10))


def item_of(attempt, kind):
    return next(item for item in attempt.snapshot["questions"] if item["kind"] == kind)


def choice_key(item, text):
    return next(option["key"] for option in item["options"] if option["text"] == text)


def address(name, *args):
    with translation.override("es"):
        return reverse(name, args=args)


def translate(row, locale):
    source, _created = TranslationSource.get_or_create_from_instance(row)
    translation = Translation.objects.create(source=source, target_locale=locale)
    for segment in StringSegment.objects.filter(source=source):
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=locale,
            context=segment.context,
            data=f"EN {segment.string.data}",
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
        )
    translation.save_target(publish=True)
    return row.get_translation(locale)


def page_of(attempt, number=1):
    return address("attempt_question", attempt.pk, number)


def fields_for(item, response=None, *, prefix="", **more):
    kind = get_kind(item)
    fields = {"shown": json.dumps(kind.empty_response), "sure": "", "client": "", "number": ""} | more
    if isinstance(response, dict):
        fields |= {f"{FIELD_OF[item['kind']]}-{key}": value for key, value in response.items()}
    elif response:
        fields["choice" if kind.shows_options else "text"] = response
    return {prefix + name: value for name, value in fields.items()}


def form_for(item, response=None, go="next", **more):
    return fields_for(item, response, **more) | {"question": item["key"], "go": go}


def post_answers(client, attempt, *answers):
    return client.post(address("save_answers", attempt.pk), json.dumps(answers), content_type="application/json")


def png(width=40, height=30, colour="teal"):
    stream = BytesIO()
    Picture.new("RGB", (width, height), colour).save(stream, "PNG")
    return stream.getvalue()


def make_topic(identifier, parent=None, **fields):
    fields = {"name": identifier.capitalize(), "locale": spanish()} | fields
    return Topic.objects.create(
        identifier=identifier, parent=parent, translation_key=stable_key(f"topic:{identifier}"), **fields
    )


def make_draw(quiz, topic, count=1, **fields):
    key = stable_key(f"{quiz.pk}-{topic.pk}-{quiz.draws.count()}")
    return QuizDraw.objects.create(
        quiz=quiz, topic=topic, count=count, locale=quiz.locale, translation_key=key, **fields
    )


def asked(quiz, seed=1):
    return [item["identifier"] for item in draw_snapshot(quiz, chance=random.Random(seed))["questions"]]


def tell(attempt, item, *, right=True, after=60):
    """Answer a question so that it is told; the last one submits the attempt."""
    kind = get_kind(item)
    response = kind.right_response(item) if right else next(wrong_responses(item))
    give(attempt, item, kind.read(item, response), client=CHECK_CLIENT, after=after)
    attempt.refresh_from_db()


def wrong_responses(item):
    """Yield choices that earn nothing, of a question with options."""
    chosen = [option["key"] for option in item["options"] if not option["right"]]
    yield from (chosen if item["kind"] != "multiple" else [chosen])
