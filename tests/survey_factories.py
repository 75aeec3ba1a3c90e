"""A wording of the survey, people's sheets by chance, and lots of what they answered."""

import copy
from datetime import date

from course.models import SurveyLot
from modules.models import Edition
from quizzes.models import SurveyWording
from quizzes.surveys.tally import tally

CLOSED = date(2026, 11, 20)


def _options(*labels, last):
    return [{"code": code, "kind": kind, "label": {"es": es, "en": en}} for code, kind, es, en in [*labels, last]]


_NO_ANSWER = ("0", "no_answer", "Prefiero no responder", "I prefer not to answer")
SCALES = {
    "agreement": _options(
        ("1", "answer", "Muy de acuerdo", "Strongly agree"),
        ("2", "answer", "De acuerdo", "Agree"),
        ("3", "answer", "En desacuerdo", "Disagree"),
        ("4", "answer", "Muy en desacuerdo", "Strongly disagree"),
        last=_NO_ANSWER,
    ),
    "seen": _options(
        ("1", "answer", "Nunca", "Never"),
        ("2", "answer", "Una o dos veces", "Once or twice"),
        ("3", "answer", "Varias veces", "Several times"),
        ("9", "not_applicable", "No aplica", "Not applicable"),
        last=_NO_ANSWER,
    ),
    "work": _options(
        ("1", "answer", "Atención clínica, laboratorio o farmacia", "Clinical care, laboratory or pharmacy"),
        ("2", "answer", "Otra función", "Another job"),
        last=_NO_ANSWER,
    ),
    "training": _options(
        ("1", "answer", "Sí", "Yes"), ("2", "answer", "No", "No"), ("3", "answer", "No recuerdo", "I do not remember"),
        last=_NO_ANSWER,
    ),
}  # fmt: skip
TITLES = {
    "A": ("Indicador oficial", "Official indicator"),
    "B": ("Disposición", "Willingness"),
    "C": ("Creencias y culpa", "Beliefs and blame"),
    "D": ("Confidencialidad y consentimiento", "Confidentiality and consent"),
    "E": ("Confianza para actuar", "Confidence to act"),
    "F": ("Lo que he visto", "What I have seen"),
    "G": ("Nuestro centro", "Our centre"),
}
DIRECTIONS = {"A": "-", "B": "+-+-", "C": "-++-", "D": "--+-", "E": "++++", "F": "---+", "G": "++++"}
EVERY_WAVE = ["pre", "post", "seg"]


def contents(*, verified=False):
    blocks = [_block(name, verified) for name in TITLES]
    about = {"id": "Q", "title": {"es": "Sobre usted", "en": "About you"}, "scoring": "background", "scale": "work"}
    about |= {
        "waves": EVERY_WAVE,
        "items": [
            _item("F1", "Mi trabajo es", "My work is"),
            _item("F2", "¿Ha recibido antes capacitación sobre estigma?", "Have you been trained about stigma before?")
            | {"scale": "training"},
        ],
    }
    return {"languages": ["es", "en"], "scales": copy.deepcopy(SCALES), "blocks": [about, *blocks]}


def _block(name, verified):
    es, en = TITLES[name]
    first = 3 if name == "F" else 1
    items = [
        _item(f"{name}{number}", f"Frase {name}{number}.", f"Statement {name}{number}.", direction)
        for number, direction in enumerate(DIRECTIONS[name], start=first)
    ]
    scoring = {"A": "agreement", "F": "seen"}.get(name, "mean")
    if name == "A":
        items[0] |= {"official": True, "verified": verified}
        items[0]["text"] = {
            "es": "Preferiría no brindar servicios a personas trabajadoras sexuales.",
            "en": "I would prefer not to provide services to sex workers.",
        }
    return {
        "id": name,
        "title": {"es": es, "en": en},
        "scoring": scoring,
        "scale": "seen" if name == "F" else "agreement",
        "waves": ["pre", "seg"] if name == "F" else EVERY_WAVE,
        "items": items,
    }


def _item(name, es, en, direction=""):
    return {
        "id": name,
        "text": {"es": es, "en": en},
        "direction": direction,
        "official": False,
        "verified": False,
    }


def make_wording(digest="a" * 64, **fields):
    return SurveyWording.objects.get_or_create(digest=digest, defaults={"contents": contents(**fields)})[0]


def make_sheets(chance, people, wave="pre", *, better=0.0, wording=None):
    wording = wording or contents()
    return [_sheet(chance, wording, wave, better) for _person in range(people)]


def _sheet(chance, wording, wave, better):
    sheet = {}
    for block in wording["blocks"]:
        for item in block["items"] if wave in block["waves"] else ():
            codes = [one["code"] for one in wording["scales"][item.get("scale") or block["scale"]]]
            scored = [code for code in codes if code not in "09"]
            if block["scoring"] == "background" or chance.random() < 0.03:
                sheet[item["id"]] = chance.choice(codes)
                continue
            # The last is the best of a statement with which one should not agree, and of what should not be seen.
            place = min(int(chance.betavariate(2 + 3 * better, 2) * len(scored)), len(scored) - 1)
            sheet[item["id"]] = scored[-1 - place if (item["direction"] == "+") != (block["id"] == "F") else place]
    return sheet


def make_lot(wave="pre", people=30, *, chance, edition=None, wording=None, better=0.0, **fields):
    wording = wording or make_wording()
    sheets = make_sheets(chance, people, wave, better=better, wording=wording.contents)
    clinic = fields.get("clinic")
    fields.setdefault("area", clinic.area if clinic else None)
    fields.setdefault("figures", tally(wording.contents, wave, sheets))
    return SurveyLot.objects.create(
        wave=wave,
        people=people,
        edition=edition or some_edition(),
        wording=wording,
        closed_on=fields.pop("closed_on", CLOSED),
        **fields,
    )


def some_edition():
    first = {"course_key": "6f0d2f7e-58b1-4b5e-8f0e-1d3c0a7b9e11", "number": 1, "contents": []}
    return Edition.objects.order_by("number").last() or Edition.objects.create(**first)
