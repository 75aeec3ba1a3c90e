"""Demo practice quiz with every question type, attempts, and a drawn image."""

import random
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image as Picture
from PIL import ImageDraw
from wagtail.images import get_image_model
from wagtail.models import Locale

from course.models import Role
from course.models.people import name_sort_key
from quizzes.analysis.counts import count_new_attempts
from quizzes.attempts.grading import grade_manually
from quizzes.attempts.responses import IncomingAnswer
from quizzes.attempts.taking import save_answers, start_attempt, submit_attempt
from quizzes.base.identifiers import stable_key
from quizzes.kinds import get_kind
from quizzes.kinds.gaps import get_gaps
from quizzes.models import Choice, Question, Quiz, QuizQuestion, Stimulus

IMAGE_FILE = "original_images/sala-de-espera.png"
IMAGE_SIZE = (960, 600)
IMAGE_TITLE = "Sala de espera"
IMAGE_TEXT = "Una sala de espera: gente en fila ante una ventanilla, una pizarra con nombres, una puerta y una banca."
_INK, _WALL, _FLOOR, _WOOD, _PAPER = "#1B1F3B", "#F4EBDD", "#D8C9B0", "#A9744A", "#FFFFFF"


def make_room_image():
    if not default_storage.exists(IMAGE_FILE):
        default_storage.save(IMAGE_FILE, ContentFile(draw_room()))
    width, height = IMAGE_SIZE
    return get_image_model().objects.create(
        title=IMAGE_TITLE, file=IMAGE_FILE, description=IMAGE_TEXT, width=width, height=height
    )


def draw_room():
    picture = Picture.new("RGB", IMAGE_SIZE, _WALL)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 430, 960, 600), fill=_FLOOR)
    pen.rectangle((40, 150, 290, 330), fill="#BFD4DA", outline=_INK, width=4)
    _draw_person(pen, 165, 330, "#0F6B63", legs=False)
    pen.rectangle((30, 330, 300, 440), fill=_WOOD, outline=_INK, width=4)
    for x, colour in ((330, "#A3173F"), (400, "#2B3A8C"), (470, "#A84A22")):
        _draw_person(pen, x, 520, colour)
    pen.rectangle((400, 70, 660, 210), fill=_PAPER, outline=_INK, width=4)
    for row in range(4):
        pen.line((425, 100 + 27 * row, 540, 100 + 27 * row), fill=_INK, width=5)
        pen.line((565, 100 + 27 * row, 635, 100 + 27 * row), fill="#A3173F", width=5)
    pen.ellipse((320, 60, 370, 110), fill=_PAPER, outline=_INK, width=4)
    pen.line((345, 85, 345, 68), fill=_INK, width=4)
    pen.line((345, 85, 358, 90), fill=_INK, width=4)
    pen.rectangle((780, 130, 920, 440), fill="#C79A6B", outline=_INK, width=4)
    pen.ellipse((795, 285, 809, 299), fill=_INK)
    pen.rectangle((560, 430, 750, 450), fill=_WOOD, outline=_INK, width=4)
    for x in (575, 725):
        pen.rectangle((x, 450, x + 12, 510), fill=_WOOD, outline=_INK, width=3)
    _draw_person(pen, 610, 470, "#E0A100")
    stream = BytesIO()
    picture.quantize(32).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _draw_person(pen, x, foot, colour, *, legs=True):
    top = foot - (150 if legs else 110)
    pen.ellipse((x - 18, top, x + 18, top + 36), fill="#8A5A3C", outline=_INK, width=3)
    pen.rounded_rectangle((x - 28, top + 38, x + 28, top + 110), 14, fill=colour, outline=_INK, width=3)
    if legs:
        pen.rectangle((x - 18, top + 110, x - 4, foot), fill=_INK)
        pen.rectangle((x + 4, top + 110, x + 18, foot), fill=_INK)


PRACTICE = "practica"
# Learners whose open answer is not marked yet.
WAITING = ["BEA342", "CAR783", "OFE752"]
PEOPLE = 24
GIVEN_NAMES = ["Alicia", "Berta", "Ceferino", "Domingo", "Elvira", "Fidelia", "Gaspar", "Hilda"]
SURNAMES = ["Ajanel", "Batzibal", "Caal"]
OPEN_ANSWERS = [
    "La saludo, le digo mi nombre y le pregunto en qué le ayudo, igual que a las demás.",
    "Le pido que espere y le doy su número sin preguntar nada en voz alta.",
    "La paso a un lugar aparte para que hablemos sin que nadie escuche.",
]
MARKING_GUIDE = (
    "Saluda y dice su nombre (1 punto). Pregunta el motivo donde nadie oye (1 punto). No pregunta a qué se dedica (1)."
)

STIMULUS_QUESTIONS = 2
STIMULUS = {
    "title": "En la ventanilla",
    "text": "Son las siete. **Doña Ixchel** llega a la ventanilla con su hija; detrás de ella hay nueve personas.",
    "dialogue": (
        "Recepcionista: ¿A qué viene?\n"
        "Doña Ixchel: A mi control… prefiero decírselo a la doctora.\n"
        "Recepcionista: Aquí tiene que decir el motivo. ¡Hable más fuerte!\n"
        "(La fila se queda callada.)"
    ),
}

# (kind, text, feedback, other fields of the question, options as (text, is correct, other fields))
QUESTIONS = [
    (
        "single",
        "Una trabajadora sexual llega a la ventanilla. ¿Qué hace primero?",
        "El saludo es igual para toda persona.",
        {},
        [
            ("Saludar y preguntar en qué le ayuda", True, {}),
            ("Preguntar a qué se dedica", False, {}),
            ("Pedirle que espere aparte", False, {}),
        ],
    ),
    (
        "true_false",
        "El expediente se puede marcar para avisar a las demás personas del servicio.",
        "Una marca expone a la persona.",
        {},
        [("Verdadero", False, {}), ("Falso", True, {})],
    ),
    (
        "multiple",
        "¿Qué ayuda a que la persona vuelva a su control?",
        "Volver depende de cómo se sintió la primera vez.",
        {
            "right_feedback": "Con esas dos cosas la mayoría vuelve.",
            "partly_feedback": "Va por buen camino: piense también en lo que a usted la haría volver.",
            "wrong_feedback": "Póngase en su lugar: ¿volvería usted a un centro que la trata así?",
        },
        [
            ("Que la llamen por su nombre", True, {}),
            ("Que nadie oiga su motivo de consulta", True, {}),
            ("Que la regañen por llegar tarde", False, {}),
        ],
    ),
    (
        "ordering",
        "Ponga en orden la atención en la ventanilla.",
        "Primero la persona, después el papel.",
        {},
        [("Saludar", False, {}), ("Escuchar el motivo", False, {}), ("Dar el número", False, {})],
    ),
    (
        "matching",
        "Una cada frase con lo que es.",
        "Ponerle nombre ayuda a verlo.",
        {},
        [
            ("«Ella se lo buscó»", False, {"match": "Culpar a la persona"}),
            ("Doble guante solo con ella", False, {"match": "Evitar el contacto"}),
            ("Una señal en su carné", False, {"match": "Exponer a la persona"}),
            ("", False, {"match": "Tratar igual"}),
        ],
    ),
    (
        "gaps",
        "Escriba la nota sin etiquetas.\n«La [[1]] llega por [[2]]. Dice que viene [[3]] y pide hablar a solas».",
        "Una nota dice lo que se vio y se oyó, y nada de lo que se supone.",
        {},
        [
            ("persona", True, {"gap": 1, "feedback": "Así se escribe de cualquiera."}),
            ("trabajadora sexual", False, {"gap": 1, "feedback": "A qué se dedica no es asunto de esta nota."}),
            ("paciente conflictiva", False, {"gap": 1, "feedback": "Es un juicio y no un hecho."}),
            ("dolor", True, {"gap": 2, "feedback": "Es lo que ella dijo."}),
            ("molestia*", True, {"gap": 2, "fraction": 50, "feedback": "Dice menos que ella."}),
            ("por primera vez", True, {"gap": 3, "feedback": "Lo dijo, y sirve para atenderla."}),
            ("otra vez con lo mismo", False, {"gap": 3, "feedback": "Suena a reproche."}),
        ],
    ),
    (
        "places",
        "¿Dónde se rompe la privacidad en esta sala? Son dos lugares.",
        "Lo que toda la sala oye o lee ya no es privado.",
        {"image_text": IMAGE_TEXT},
        [
            ("La fila, pegada a la ventanilla", True, {"x": 35, "y": 68, "feedback": "Los de atrás oyen el motivo."}),
            ("La pizarra con nombres", True, {"x": "55.2", "y": "23.3", "feedback": "Todos la leen."}),
            ("La puerta cerrada", False, {"x": "88.5", "y": 47, "feedback": "Cerrada, protege lo que se dice."}),
            ("El reloj", False, {"x": 36, "y": 14, "feedback": "Solo dice la hora."}),
        ],
    ),
    (
        "short_text",
        "¿Con qué palabra se llama la etiqueta que rebaja a una persona?",
        "Se llama estigma.",
        {},
        [("estigma", False, {}), ("discriminación", False, {"fraction": 50})],
    ),
    (
        "number",
        "¿Dentro de cuántas horas se empieza la profilaxis después de una exposición al VIH?",
        "Hasta 72 horas; cuanto antes, mejor.",
        {"unit": "horas"},
        [("72", False, {"tolerance": 0}), ("48", False, {"fraction": 50})],
    ),
    (
        "open",
        "Escriba cómo la recibiría usted, con sus palabras.",
        "No hay una sola manera buena.",
        {"marks": 3, "marking_guide": MARKING_GUIDE},
        [],
    ),
    ("reflection", "¿Qué cambiaría mañana en su lugar de trabajo?", "Lo que piense queda con usted.", {}, []),
]


def make_practice(trainer, *, now):
    with transaction.atomic():
        quiz = make_practice_quiz()
        people = get_user_model().objects.bulk_create(_person(number) for number in range(PEOPLE))
        for number, learner in enumerate(people):
            attempt = take_practice(learner, quiz, number, now=now - timedelta(days=30 - number))
            mark_open_answer(attempt, number, by=trainer, now=now - timedelta(days=2))
        for number, code in enumerate(WAITING):
            learner = get_user_model().objects.get(username=code)
            take_practice(learner, quiz, PEOPLE + number, now=now - timedelta(days=3, hours=number))
    count_new_attempts(quiz.translation_key, now=now)


def make_practice_quiz():
    locale = Locale.objects.get_or_create(language_code="es")[0]
    quiz = Quiz(
        identifier=PRACTICE,
        title="Práctica: todos los tipos de pregunta",
        intro="Para probar cada tipo de pregunta. No cuenta para el certificado.",
        locale=locale,
        translation_key=stable_key("quiz:PRACTICA"),
    )
    case = Stimulus(identifier="PRA-C1", locale=locale, translation_key=stable_key("case:PRA-C1"), **STIMULUS)
    case.save()
    quiz.entries = [
        QuizQuestion(
            question=make_practice_question(number, case if number <= STIMULUS_QUESTIONS else None, locale, *question),
            sort_order=number,
            locale=locale,
            translation_key=stable_key(f"practica:{number}"),
        )
        for number, question in enumerate(QUESTIONS, start=1)
    ]
    quiz.save()
    return quiz


def make_practice_question(number, case, locale, kind, text, feedback, more, options):
    identifier = f"PRA-{number}"
    question = Question(
        identifier=identifier,
        kind=kind,
        case=case,
        case_place=number if case else None,
        text=text,
        feedback=feedback,
        locale=locale,
        translation_key=stable_key(identifier),
        image=make_room_image() if kind == "places" else None,
        **more,
    )
    question.choices = [
        Choice(
            identifier=str(place),
            text=option,
            is_correct=right,
            sort_order=place,
            locale=locale,
            translation_key=stable_key(f"{identifier}/{place}"),
            **rest | {name: Decimal(rest[name]) for name in ("x", "y", "radius") if name in rest},
        )
        for place, (option, right, rest) in enumerate(options, start=1)
    ]
    question.save()
    return question


def take_practice(learner, quiz, number, *, now):
    """Take the quiz; a higher number answers more questions correctly."""
    chance = random.Random(number)  # noqa: S311 - the same answers every time
    attempt = start_attempt(learner, quiz, language="es", now=now, chance=chance)
    given = [
        IncomingAnswer(item["key"], _response(item, number, chance), "demo", place, now)
        for place, item in enumerate(attempt.snapshot["questions"], start=1)
        if get_kind(item).scored
    ]
    save_answers(attempt.pk, given, learner=learner, now=now)
    return submit_attempt(attempt, now=now + timedelta(minutes=10))


def mark_open_answer(attempt, number, *, by, now):
    item = next(item for item in attempt.snapshot["questions"] if item["kind"] == "open")
    grade_manually(
        attempt, item["key"], fraction=Fraction(1 + number % 3, 3), comment="", reason="", seen=0, by=by, now=now
    )


def _person(number):
    # People who took it before the present groups; no one signs in as them.
    given_names, surnames = GIVEN_NAMES[number % len(GIVEN_NAMES)], SURNAMES[number % len(SURNAMES)]
    person = get_user_model()(
        username=f"PRA{number + 101}",
        first_name=given_names,
        last_name=surnames,
        sort_key=name_sort_key(given_names, surnames),
        role=Role.SUPPORT,
        is_demo=True,
    )
    person.set_unusable_password()
    return person


def _response(item, number, chance):
    kind = get_kind(item)
    if item["kind"] == "open":
        return OPEN_ANSWERS[number % len(OPEN_ANSWERS)]
    right = kind.right_response(item)
    if chance.random() < (number + 8) / (PEOPLE + 12):
        return right
    keys = [option["key"] for option in item["options"]]
    return {
        "multiple": keys[:1],
        "ordering": dict(zip(keys, item.get("places", []), strict=False)),
        "matching": dict.fromkeys(keys, item["matches"][0]["key"]) if "matches" in item else None,
        "gaps": {gap.key: "frío" if gap.is_typed else gap.options[0]["key"] for gap in get_gaps(item)}
        if item["kind"] == "gaps"
        else None,
        "places": keys[:1],
        "short_text": "discriminación",
        "number": "48",
    }.get(item["kind"], chance.choice(keys))
