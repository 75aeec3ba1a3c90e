"""Unsaved sample data for the components of the style guide."""

import random
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django import forms
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from modules.blocks import examples
from modules.blocks.lessons import LessonStream
from modules.models import Film, GlossaryTerm, Organisation, Photo, Recording, Voice, Worksheet
from modules.models.media import OGG
from modules.models.reviews import Approval, PageReview, Review
from modules.progress.outline import LanguageCoverage, ModuleOutline
from modules.progress.states import ModuleProgress, State
from modules.rendering.references import DirectoryEntry, References
from modules.search.search import Hit
from modules.search.search import SearchEntry as Passages
from quizzes.attempts.drawing import freeze_stimulus
from quizzes.kinds import KINDS
from quizzes.models import Choice, Question, Quiz, Source, Stimulus
from quizzes.question_forms.feedback import review_item
from quizzes.question_forms.fields import CasePart, blank_field

LANGUAGE = "es"
ROLE = "recepcion"
NO_KEY = UUID(int=0)

TERM = GlossaryTerm(
    identifier="estigma",
    term="Estigma",
    english="stigma",
    definition="Señal de desprecio que se le pone a una persona por algo de su vida, y que cierra puertas [S42].",
)
SOURCE = Source(
    identifier="S42",
    title="Guía unificada sobre infecciones de transmisión sexual",
    publisher="OPS",
    year="2024",
    address="https://iris.paho.org/",
)
REFERENCES = References([TERM], [SOURCE])
WRITTEN = [
    LanguageCoverage("es", 3, 32, True),
    LanguageCoverage("es", 0, 32, True),
    LanguageCoverage("cak", 3, 32, False),
]

_SCENE = [
    {
        "name": "inicio",
        "text": "Son las 6:50. Yesenia pide número. Una vecina murmura. Usted es el guardia y todos lo miran.",
        "choices": [
            {
                "text": "«Buenos días, seño. Pase, allí le dan su número».",
                "rating": "best",
                "consequence": "Yesenia entra y la fila sigue.",
                "feedback": "Un saludo igual para todas las personas baja la tensión [S42].",
                "next": "adentro",
            },
            {
                "text": "La deja pasar sin decir nada a nadie.",
                "rating": "partial",
                "feedback": "Entró, y el murmullo quedó sin respuesta.",
            },
            {
                "text": "«¿Y usted a qué viene?», en voz alta.",
                "rating": "harmful",
                "feedback": "La pregunta la expone delante de la fila.",
                "their_side": "«Me fui sin número. Regresé en octubre, ya con fiebre».",
            },
        ],
    },
    {
        "name": "adentro",
        "text": "Ya adentro: «¿Y esa quién es?».",
        "speaker": "Doña Toña, vecina",
        "choices": [
            {"text": "«Una paciente, como usted».", "rating": "best", "feedback": "Nadie necesita saber más."},
            {"text": "«Mejor pregúntele a ella».", "rating": "partial", "feedback": "La carga pasa a Yesenia."},
        ],
    },
]

BLOCKS = {
    "text": "<p>Un saludo en el portón también es atención [S42]. El [[estigma]] empieza con una mirada [VL].</p>"
    "<h3>Un título pequeño</h3><ul><li>Salude por el nombre.</li><li>Hable en voz baja.</li></ul>",
    "key_message": "La atención empieza en el portón: un saludo o una mirada también curan o lastiman.",
    "role_tips": [
        {"role": "recepcion", "tip": "Pida el motivo de consulta por escrito, no en voz alta."},
        {"role": "apoyo", "tip": "Abra el portón igual para todas las personas."},
        {"role": "clinica", "tip": "Cierre la puerta antes de preguntar."},
    ],
    "do_avoid": {
        "title": "En la ventanilla",
        "rows": [
            {"do": "«¿En qué le ayudo?»", "avoid": "«¿Y usted otra vez?»", "why": "La primera abre; la segunda juzga."},
            {"do": "Llamar por número o nombre.", "avoid": "Llamar por el motivo de consulta.", "why": ""},
        ],
    },
    "figure": {"drawing": "porton", "alt": "Un portón de metal abierto", "caption": "El portón, a las siete."},
    "checklist": {
        "title": "Antes de abrir",
        "items": ["La fila se ve desde la sombra.", "Hay agua para quien espera [S42]."],
    },
    "callout": [
        {"kind": "note", "title": "Una nota", "text": "<p>Lo que conviene saber y no hay que memorizar.</p>"},
        {"kind": "legal", "title": "Lo que dice la ley", "text": "<p>Nadie puede negar la atención [S42] [VL].</p>"},
        {"kind": "warning", "title": "Antes de leer", "text": "<p>Esta parte habla de violencia.</p>"},
    ],
    "directory": {"title": "Quién puede ayudar", "needs": ["violencia_sexual"]},
    "reflection": {
        "prompt": "¿Qué vio usted la última vez que alguien llegó con miedo?",
        "feedback": "No hay una respuesta correcta.",
    },
    "scenario": [
        {"identifier": "MUESTRA-1", "title": "La fila de las seis", "role": ROLE, "warning": "", "steps": _SCENE},
        {
            "identifier": "MUESTRA-2",
            "title": "Con aviso de contenido",
            "role": "apoyo",
            "warning": "Se habla de gritos.",
            "steps": _SCENE,
        },
    ],
    "quiz": Quiz(identifier="m1", title="Cuestionario del módulo 1", live=True),
    # No voice is invented here: `sample_voices` shows one.
    "voice": None,
    "photo": {"photo": examples.example_photo(Photo), **examples.PHOTO},
    "listen": {"title": examples.LISTEN_TITLE, "recordings": examples.example_recordings(Recording)},
    "film": {"film": examples.example_film(Film), "caption": examples.FILM_CAPTION},
    "printable": Worksheet(
        identifier="lista", title="Lista de los 30 puntos", purpose="Para revisar el centro en equipo.", live=True
    ),
}
_MANY = {"callout", "scenario"}
PHRASE = {"role": ROLE, "label": "Recepción", "moment": "Alguien pregunta quién vino", "words": "«De nadie doy razón»."}
PAIR_CARD = {"role": ROLE, "label": "Recepción", "line": "«¿Ya entró mi prima?»", "insists": "«Solo dígame sí o no»."}


def sample_voices():
    one = {
        "speaker": "Nombre elegido (muestra)",
        "organisation": "Organización (muestra)",
        "transcript": "Texto de muestra. Aquí irían las palabras de quien cuenta, tal como ella las dijo.\n\n"
        "Texto de muestra. Un segundo párrafo, para ver cómo se separa del primero.",
    }
    recording = {"audio_type": OGG, "read_by": "Nombre de quien lee (muestra)", "recorded_on": date(2026, 3, 1)}
    return [Voice(key=NO_KEY, **one, **recording), Voice(key=NO_KEY, **one)]


def sample_blocks():
    stream = LessonStream()
    named = [
        (name, value)
        for name, sample in BLOCKS.items()
        for value in (sample if name in _MANY else [sample])
        if name in stream.child_blocks
    ]
    blocks = {}
    for block in stream.normalize(named):
        blocks.setdefault(block.block_type, []).append(block)
    return blocks


def sample_entries(today):
    organisation = {"kind": "Servicio público", "population": "Todas las personas", "area": "Todo el país"}
    checks = [
        ("Centro verificado", {"checked_on": today - timedelta(days=8), "checked_by": "Marta Xicay"}),
        ("Centro verificado hace mucho", {"checked_on": today - timedelta(days=200), "checked_by": "Marta Xicay"}),
        ("Centro sin verificar", {}),
    ]
    return [
        DirectoryEntry.of(
            Organisation(name=name, phone="1572 / 2411-8686", website="https://example.org/", **organisation, **check),
            today,
        )
        for name, check in checks
    ]


def sample_standings(now):
    approvals = {
        Review.LEGAL: Approval(1, Review.LEGAL, 1, "Lcda. Ana Coj", now, "Ana Coj"),
        Review.PEERS: Approval(1, Review.PEERS, 1, "OMES", now, "Rosa Ajú"),
    }
    return [
        PageReview(review, last, published)
        for review, approval in approvals.items()
        for last, published in ((approval, 1), (approval, 2), (None, 2))
    ]


def sample_hits():
    place = "Módulo 1, lección 2"
    lesson, quiet = (Passages("lesson", title, "#lesson", place=place) for title in ("Una etiqueta", "Con aviso"))
    return [
        Hit(lesson, "#lesson", lesson.title, "Esa etiqueta se llama estigma.", quiet=False),
        Hit(quiet, "#lesson", quiet.title, "", quiet=True),
    ]


def sample_path():
    titles = ["Cuando la puerta se siente cerrada", "Lo que dice la ley y lo que nos toca", "Lo que se ve", "El plan"]
    states = [State.FINISHED, State.IN_PROGRESS, State.NEEDS_HELP, State.NOT_STARTED]
    reasons = {State.NEEDS_HELP: "Dos intentos sin aprobar."}
    return [
        ModuleProgress(
            ModuleOutline(NO_KEY, number, title, LANGUAGE, "", "", 15, f"#modulo-{number}"),
            state,
            set(),
            help_reason=reasons.get(state, ""),
        )
        for number, (title, state) in enumerate(zip(titles, states, strict=True), start=1)
    ]


_CHOICES = [
    {"text": "Saludar y dar el número", "is_correct": True, "match": "En el portón", "feedback": "Así se recibe."},
    {"text": "Cerrar la puerta", "is_correct": True, "match": "En la clínica", "feedback": "Lo dicho queda ahí."},
    {"text": "Preguntar en voz alta", "is_correct": False, "match": "Nunca", "feedback": "La pregunta expone."},
]


_OPTIONS = {
    "true_false": _CHOICES[:2],
    "gaps": [
        {"gap": 1, "text": "persona", "is_correct": True, "feedback": "Así se escribe de cualquiera."},
        {"gap": 1, "text": "paciente conflictiva", "is_correct": False, "feedback": "Es un juicio y no un hecho."},
        {"gap": 2, "text": "dolor", "is_correct": True, "feedback": "Es lo que ella dijo."},
    ],
    "places": [
        {"text": "La ventanilla", "is_correct": True, "x": Decimal(25), "y": Decimal(40), "feedback": "Todos oyen."},
        {
            "text": "La pizarra",
            "is_correct": True,
            "x": Decimal(50),
            "y": Decimal(70),
            "radius": Decimal(10),
            "feedback": "Todos la leen.",
        },
        {"text": "La puerta", "is_correct": False, "x": Decimal(80), "y": Decimal(20), "feedback": "Está cerrada."},
    ],
    "short_text": [{"text": "estigma", "is_correct": False, "feedback": "Así se llama."}],
    "number": [{"text": "72", "is_correct": False, "tolerance": 0, "feedback": "Tres días."}],
    "open": [],
    "reflection": [],
}
_TEXTS = {
    "gaps": "Escriba la nota sin etiquetas. [S42]\nLa [[1]] llega por [[2]].",
    "places": "¿Dónde se rompe la privacidad en esta sala? [S42]",
}


def sample_case():
    case = Stimulus(
        title="En la ventanilla",
        text="Una señora llega con su hija; detrás hacen fila nueve personas [S42].",
        dialogue="Recepcionista: ¿A qué viene?\nSeñora: Prefiero decírselo a la doctora.\n(La fila se queda callada.)",
    )
    return CasePart("muestra", freeze_stimulus(case), 3, 5, 10)


def sample_items():
    return {name: _item(name, kind) for name, kind in KINDS.items()}


def sample_fields(items):
    single = items["single"]
    complaint = blank_field(
        single,
        prefix="error-",
        response=KINDS["single"].right_response(single),
        problem=_("Choose one option."),
        asks_certainty=True,
        certainty=2,
    )
    return [*(blank_field(item, prefix=f"{name}-") for name, item in items.items()), complaint]


def _item(name, kind):
    question = Question(
        identifier=f"MUESTRA-{name}",
        kind=name,
        text=_TEXTS.get(name, "Una persona llega con miedo. ¿Qué hace usted? [S42]"),
        feedback="Lo que calma es lo mismo para todas las personas.",
        needs_checking=name == "reflection",
        unit="horas" if name == "number" else "",
    )
    options = _OPTIONS.get(name, _CHOICES)
    one_right = name in {"single", "true_false"}
    question.choices = [
        Choice(
            sort_order=order,
            identifier="abc"[order],
            **option | {"is_correct": option["is_correct"] and not (one_right and order)},
        )
        for order, option in enumerate(options)
    ]
    item = kind.freeze(question, random.Random(1), shuffle=False)  # noqa: S311 - an order, not a secret
    if kind.needs_image:
        item["image"] = {
            "digest": "sign",
            "address": static("styleguide-sign.svg"),
            "width": 320,
            "height": 320,
            "text": "Un signo",
        }
    return item


def sample_reviews():
    items = sample_items()
    single, multiple = items["single"], items["multiple"]
    answers = [
        (single, KINDS["single"].right_response(single)),
        (multiple, [multiple["options"][0]["key"]]),
        (single, single["options"][-1]["key"]),
        (items["matching"], KINDS["matching"].empty_response),
        (items["gaps"], {"1": items["gaps"]["options"][1]["key"]}),
        (items["places"], [option["key"] for option in items["places"]["options"][1:]]),
        (items["short_text"], "discriminación"),
        (items["open"], "Saludo primero y le doy su número."),
        (items["reflection"], KINDS["reflection"].empty_response),
    ]
    return [review_item(number, item, {item["key"]: given}) for number, (item, given) in enumerate(answers, start=1)]


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), help_text=_("As in the identity document."))
    clinic = forms.ChoiceField(label=_("Clinic"), choices=[("", "—"), ("1", "Centro de Salud de San Pedro Ayampuc")])
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    pin = forms.CharField(label=_("PIN"), widget=forms.PasswordInput(attrs={"autocomplete": "off"}), required=False)
    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    trainers = forms.MultipleChoiceField(
        label=_("Trainers"),
        choices=[("1", "Ajú Ñáñez, Marta"), ("2", "de la Cruz Méndez, Héctor")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    shared = forms.BooleanField(
        label=_("Other people use this computer or phone too"),
        help_text=_("It closes the session after ten minutes without activity, and when the browser is closed."),
        required=False,
        initial=True,
    )
