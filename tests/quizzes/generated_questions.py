"""Questions by the hundred, always the same: every kind, every accent, signs that formats use for themselves."""

import random
from decimal import Decimal
from io import BytesIO

from PIL import Image as Picture

from quizzes.importing.parts.reading import ReadChoice, ReadImage, ReadQuestion

_WORDS = """niñez señal cigüeña pingüino ¿cuándo? «dignidad» **respeto** *trato* corazón África vergüenza ñandú 50% a=b
    {llaves} c~d #2 e:f 1\\n \\ <b>no</b> &amp; R&D [S42] [VL] 2→3 “comillas” … días/noches ::doble:: -> =inicio ~fin
    // https://x.gt/a_b_ %50% O'Higgins ½ º ª € 🙂 [html] ____"""
WORDS = _WORDS.split()
# Signs that GIFT has no way to write where they would mean something.
NO_ARROWS = [word for word in WORDS if word != "->"]


def make_questions(count=200):
    chance = random.Random(20261125)
    makers = list(_MAKERS.items())
    return [_make(n, *makers[n % len(makers)], chance) for n in range(count)]


def phrase(chance, words=WORDS, most=6):
    return " ".join([chance.choice(["Qué", "Según", "Número", "Ñ"]), *chance.choices(words, k=chance.randint(1, most))])


def maybe(chance, text):
    return text if chance.random() < 0.6 else ""


def paragraphs(chance):
    return chance.choice(["\n\n", "\n", "\n- "]).join(phrase(chance) for _n in range(chance.randint(1, 3)))


def _make(n, kind, make_choices, chance):
    question = ReadQuestion(
        place="",
        kind=kind,
        text=f"{paragraphs(chance)} {n}",
        name=f"G-{n:03}",
        identifier=f"G-{n:03}",
        feedback=maybe(chance, paragraphs(chance)),
        topic=[(), ("Trato",), ("Trato", "Niñez / señales"), ("Salud", "VIH", "Año 2")][n // 7 % 4],
        tags=tuple(sorted(chance.sample(["saludo", "año", "v]h", "c\\d", "dos palabras"], k=chance.randint(0, 3)))),
        difficulty=chance.choice(["", "easy", "medium", "hard"]),
        marks=chance.choice([1, 1, 2, 5]),
        forgives_case=kind != "short_text" or chance.random() < 0.5,
        unit="mm Hg" if kind == "number" and chance.random() < 0.5 else "",
        marking_guide=maybe(chance, paragraphs(chance)) if kind == "open" else "",
        published=chance.random() < 0.9,
    )
    question.choices = make_choices(chance)
    if n % 25 == 0:
        question.image, question.image_text = ReadImage(f"portón {n}.png", picture(n)), f"Un portón «{n}» & más"
    return question


def make_placed_questions():
    here = {"x": Decimal("12.5"), "y": Decimal(0), "radius": Decimal("3.125")}
    gaps = [
        ReadChoice("niñez", True, gap=1, feedback="**Así** [S42]."),
        ReadChoice("50% {b}", fraction=Decimal("33.33333"), gap=1),
        ReadChoice("~c", gap=1),
        ReadChoice("más*", True, gap=2),
        ReadChoice("*", True, Decimal(0), gap=2),
    ]
    places = [
        ReadChoice("Aquí", True, Decimal(100), "Sí.", **here),
        ReadChoice("Allá", fraction=Decimal(-50), x=Decimal("0.125"), y=Decimal(100)),
    ]
    pairs = [ReadChoice("Uno", match="1"), ReadChoice("Dos", match="2"), ReadChoice("", match="**3**")]
    image = ReadImage("sala.png", picture(7))
    return [
        ReadQuestion("", "gaps", "Diga:\nla **[[1]]** y [[2]].", "H-1", "H-1", gaps, forgives_accents=False),
        ReadQuestion("", "places", "¿Dónde?", "H-2", "H-2", places, image=image, image_text="Una sala"),
        ReadQuestion("", "matching", "Una cada cual.", "H-3", "H-3", pairs),
    ]


def picture(n):
    stream = BytesIO()
    Picture.new("RGB", (20 + n, 30), (n % 256, 90, 40)).save(stream, "PNG")
    return stream.getvalue()


def _options(chance, count):
    return [ReadChoice(f"{phrase(chance)} {n}", feedback=maybe(chance, phrase(chance))) for n in range(count)]


def _single(chance):
    choices = _options(chance, chance.randint(2, 5))
    choices[0].is_correct = True
    for choice in choices[1:]:
        choice.fraction = chance.choice([None, None, Decimal(50), Decimal("33.33333"), Decimal(25)])
    chance.shuffle(choices)
    return choices


def _multiple(chance):
    choices = _options(chance, chance.randint(4, 6))
    rights = chance.choice([2, 3])
    own = chance.random() < 0.5
    for place, choice in enumerate(choices):
        choice.is_correct = place < rights
        if own:
            parts = {2: [Decimal(60), Decimal(40)], 3: [Decimal("33.33333")] * 3}[rights]
            choice.fraction = parts[place] if choice.is_correct else chance.choice([Decimal(0), Decimal("-12.5")])
    chance.shuffle(choices)
    return choices


def _true_false(chance):
    truth = chance.random() < 0.5
    comments = [maybe(chance, phrase(chance)) for _n in range(2)]
    return [
        ReadChoice("Verdadero", is_correct=truth, feedback=comments[0]),
        ReadChoice("Falso", is_correct=not truth, feedback=comments[1]),
    ]


def _short_text(chance):
    choices = [
        ReadChoice(f"{phrase(chance, NO_ARROWS, 2)} {n}", feedback=maybe(chance, phrase(chance))) for n in range(3)
    ]
    choices[1].fraction, choices[2].fraction = Decimal("66.66667"), Decimal(50)
    choices[2].text += chance.choice(["*", "\\*"])
    if chance.random() < 0.5:
        choices.append(ReadChoice("*", fraction=Decimal(0), feedback=phrase(chance)))
    return choices


def _number(chance):
    choices = [
        ReadChoice(chance.choice(["72", "-3.5", "0.00125", "12345"]), feedback=maybe(chance, phrase(chance))),
        ReadChoice("70", fraction=Decimal(50), tolerance=Decimal("2.5"), feedback=maybe(chance, phrase(chance))),
    ]
    choices[0].tolerance = chance.choice([None, Decimal("0.5"), Decimal("0.00001")])
    if chance.random() < 0.5:
        choices.append(ReadChoice("*", fraction=Decimal(0), feedback=phrase(chance)))
    return choices


def _matching(chance):
    return [
        ReadChoice(
            f"{phrase(chance, NO_ARROWS)} {n}",
            match=f"{phrase(chance, NO_ARROWS)} {n}",
            feedback=maybe(chance, phrase(chance)),
        )
        for n in range(chance.randint(3, 5))
    ]


_MAKERS = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "short_text": _short_text,
    "number": _number,
    "matching": _matching,
    "ordering": lambda chance: _options(chance, 4),
    "open": lambda chance: [],
    "reflection": lambda chance: [],
}
