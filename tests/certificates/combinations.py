"""Eleven sample certificates, from minimal to full."""

import math

from PIL import Image, ImageDraw

from certificates.images import ImageUse

from .pictures import as_file, store
from .test_rendering import printed

LONGEST_NAME = "María de los Ángeles Guadalupe Xicará Ñáñez de la Cruz y Paz"
LONG_CLINIC = "Centro de Atención Permanente de San Miguel Ixtahuacán y Santa Cruz Barillas, Huehuetenango"
LONG_POST = "Directora de la Dirección de Área de Salud de San Marcos y coordinadora de la red de servicios"
# As long as its column, of 120 characters.
LONGEST_REGISTERED = (
    "Coordinadora de la Unidad de Atención a Víctimas de Violencia Sexual"
    " y enlace de la red de derivación de Huehuetenango I"
)
MINISTRY = "Ministerio de Salud Pública y Asistencia Social · Dirección de Área de Salud de San Marcos"
FIVE_LINES = [
    "ocho módulos, dos horas de estudio, con lecciones, escenas y cuestionarios",
    "Finalizado el 2 de marzo de 2026",
    "Emitido el 14 de marzo de 2026",
    "Nota: 87/100",
    "Válido hasta el 2 de marzo de 2028",
]


def signature(number):
    picture = Image.new("RGB", (900, 260), "white")
    points = [
        (60 + x * 7.8, 130 + 80 * math.sin(x / (5 + number)) * math.cos(x / (9 - number)) - x / 3) for x in range(100)
    ]
    ImageDraw.Draw(picture).line(points, fill="#14286E", width=9, joint="curve")
    return picture


def wide_logo():
    picture = Image.new("RGB", (960, 240), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse([10, 10, 230, 230], fill="#1D5FA8")
    pen.rectangle([270, 60, 950, 110], fill="#1D5FA8")
    pen.rectangle([270, 140, 780, 170], fill="#555555")
    return picture


def tall_logo():
    picture = Image.new("RGB", (300, 600), "white")
    pen = ImageDraw.Draw(picture)
    pen.polygon([(10, 10), (290, 10), (290, 280), (150, 430), (10, 280)], fill="#8A1C3C")
    pen.rectangle([30, 480, 270, 510], fill="#333333")
    pen.rectangle([70, 540, 230, 570], fill="#333333")
    return picture


def square_logo():
    picture = Image.new("RGB", (400, 400), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse([10, 10, 390, 390], outline="#0F6B63", width=40)
    pen.rectangle([180, 90, 220, 310], fill="#0F6B63")
    pen.rectangle([90, 180, 310, 220], fill="#0F6B63")
    return picture


LOGOS = {"wide": wide_logo, "tall": tall_logo, "square": square_logo}


def signs(name, post="", image=None):
    return {"name": name, "post": post, "image": store(as_file(signature(image)), ImageUse.SIGNATURE) if image else ""}


def logos(*kinds):
    return [
        {"image": store(as_file(LOGOS[kind]()), ImageUse.LOGO) if kind in LOGOS else "", "institution": kind}
        for kind in kinds
    ]


def combinations():
    tzoc = ("Dra. Julia Tzoc", "Directora")
    coj = ("Lic. Mario Coj Ixmatá", "Coordinador de promoción y educación en salud")
    longest = (f"Dra. {LONGEST_NAME}", LONG_POST)
    everything = {
        "name": LONGEST_NAME,
        "role": "Medicina, enfermería, psicología y trabajo social",
        "clinic": LONG_CLINIC,
        "issuer": MINISTRY,
        "text": FIVE_LINES,
    }
    in_english = {
        "language": "en",
        "role": "Reception",
        "hours": "two hours of study",
        "modules_count": "eight modules",
    }
    in_english |= {"date_in_words": "14 March 2026"}
    return {
        "built in": printed(),
        "three sign, four logos": printed(
            paper_size="A4",
            palette="jade",
            name=LONGEST_NAME,
            issuer=MINISTRY,
            logos=logos(*LOGOS, "wide"),
            signatories=[signs(*tzoc, 1), signs(*coj, 2), signs("Licda. Ana Pop", "Facilitadora", 3)],
        ),
        "long posts by hand": printed(
            **in_english,
            paper_size="A4",
            palette="cochineal",
            border="3",
            signatories=[signs(*longest), signs(*tzoc), signs("", LONG_POST)],
            text=["eight modules, two hours of study", "14 March 2026", "Grade: 87/100", "Valid until 14 March 2028"],
        ),
        "corrected": printed(
            palette="jade",
            border="5",
            logos=logos("tall", "square"),
            signatories=[signs(*tzoc, 1), signs(*coj, 2)],
            corrected="2026-05-02",
            corrected_in_words="2 de mayo de 2026",
        ),
        "hardly anything": printed(
            paper_size="A4",
            name="Eva Coj",
            role="",
            clinic="",
            issuer="DAS",
            heading="Constancia",
            subject="",
            statement="terminó el curso",
            text=["14 de marzo de 2026"],
            signatories=[signs("Dra. Tzoc")],
        ),
        "two long ones, four squares": printed(
            **in_english | everything | {"text": ["eight modules, two hours of study", "14 March 2026"]},
            palette="indigo",
            logos=logos(*["square"] * 4),
            signatories=[signs(*longest, 1), signs(*longest)],
        ),
        "nobody signs, one tall logo": printed(logos=logos("tall"), signatories=[], palette="cochineal"),
        "institutions in words": printed(
            paper_size="A4",
            palette="cochineal",
            border="8",
            signatories=[signs("", "Dirección"), signs(*coj, 3)],
            logos=logos("Asociación de Comadronas y Promotoras de Salud del Altiplano Occidental", "square", "MSPAS"),
        ),
        "all of it": printed(
            **everything,
            heading="Constancia de finalización y aprovechamiento del curso de atención con respeto",
            statement="terminó con dedicación y provecho el curso de atención respetuosa y confidencial",
            subject="sobre la atención respetuosa y confidencial de todas las personas que llegan al centro de salud",
            corrected="2026-05-02",
            corrected_in_words="2 de mayo de 2026",
            logos=logos(*["wide"] * 4),
            signatories=[signs(*longest, 1), signs(*longest, 2), signs(*longest, 3)],
        ),
        "the longest post that is registered": printed(
            name=LONGEST_NAME,
            role=LONGEST_REGISTERED,
            clinic=LONG_CLINIC,
            issuer=MINISTRY,
            signatories=[signs(*longest, 1), signs(*tzoc, 2)],
            logos=logos("wide", "tall"),
        ),
        "one long post": printed(
            **in_english,
            paper_size="A4",
            palette="indigo",
            name="Juan José Núñez Chávez",
            issuer=MINISTRY,
            signatories=[signs(*longest, 2)],
            logos=logos("wide", "square"),
        ),
    }
