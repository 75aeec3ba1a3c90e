"""A small survey, and people who answer it."""

import hashlib
import json

from course.models import Area, SurveyEnvelope, SurveyPassed
from course.survey import keys
from course.survey.passing import pass_page
from modules.models import Edition, LessonPage
from modules.progress.events import mark_lesson_read
from quizzes.models import SurveyWording
from tests.factories import NOW, make_clinic, make_learner

WAVES = ["pre", "post", "seg"]


def _label(text):
    return {"es": text, "en": f"{text} (en)"}


def _options(*codes, kind="answer"):
    return [{"code": code, "kind": kind, "label": _label(f"Opción {code}")} for code in codes]


def _block(name, scoring, scale, items, waves=WAVES):
    items = [
        {
            "id": item,
            "text": _label(f"Frase {item}"),
            "direction": direction,
            "official": item == "A1",
            "verified": False,
        }
        for item, direction in items
    ]
    return {
        "id": name,
        "title": _label(f"Tema {name}"),
        "scoring": scoring,
        "scale": scale,
        "waves": waves,
        "items": items,
    }


def make_contents():
    return {
        "languages": ["es", "en"],
        "scales": {
            "agreement": [*_options("1", "2", "3", "4"), *_options("0", kind="no_answer")],
            "seen": [*_options("1", "2", "3"), *_options("9", kind="not_applicable"), *_options("0", kind="no_answer")],
            "work": [*_options("1", "2"), *_options("0", kind="no_answer")],
        },
        "blocks": [
            _block("Q", "background", "work", [("F1", ""), ("F2", "")]),
            _block("A", "agreement", "agreement", [("A1", "-")]),
            _block("B", "mean", "agreement", [("B1", "+"), ("B2", "-"), ("B3", "+"), ("B4", "-")]),
            _block("F", "seen", "seen", [("F3", "-")], waves=["pre", "seg"]),
        ],
    }


def make_wording(contents=None):
    contents = contents or make_contents()
    digest = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
    return SurveyWording.objects.get_or_create(digest=digest, defaults={"contents": contents})[0]


def make_edition(number=1):
    return Edition.objects.get_or_create(course_key="6a1d6b2e-1f0b-4c6e-9a53-0d9b1f0a7c11", number=number)[0]


def make_area(name="Área de Salud Guatemala Nororiente", **fields):
    return Area.objects.create(name=name, **fields)


def make_centre(number, area=None, **fields):
    return make_clinic(f"Centro de Salud {number}", area=area, **fields)


def read_opening(person, now=NOW):
    """Read the first lesson, after which the survey asks how it was before the course."""
    mark_lesson_read(person, LessonPage.objects.order_by("path").first(), now=now)
    return person


def make_people(clinic, count, start=0):
    return [make_learner(f"P{clinic.pk}X{start + at}", clinic=clinic) for at in range(count)]


def answers(**given):
    return {"F1": "1", "F2": "2", "A1": "4", "B1": "1", "B2": "4", "B3": "1", "B4": "4", "F3": "1"} | given


def let_answer(people, sheets, *, edition, wave="pre", wording=None):
    wording = wording or make_wording()
    return [
        pass_page(person, edition, wave, sheet, wording=wording) for person, sheet in zip(people, sheets, strict=True)
    ]


def fill(clinic, answered, declined=0, **options):
    people = make_people(clinic, answered + declined, start=SurveyPassed.objects.count())
    let_answer(people, [answers()] * answered + [None] * declined, edition=make_edition(), **options)
    return people


def opened():
    return sorted(keys.opener(one.round)(one.sealed) for one in SurveyEnvelope.objects.select_related("round"))
