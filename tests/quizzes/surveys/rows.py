"""Factories of the survey: a small one of three themes, in Spanish and English."""

from wagtail.models import Locale

from quizzes.base.identifiers import stable_key
from quizzes.models import SurveyBlock, SurveyOption, SurveyScale, SurveyStatement
from tests.factories import spanish

AGREEMENT = [
    ("1", "answer", "Muy de acuerdo", "Strongly agree"),
    ("2", "answer", "De acuerdo", "Agree"),
    ("3", "answer", "En desacuerdo", "Disagree"),
    ("4", "answer", "Muy en desacuerdo", "Strongly disagree"),
    ("0", "no_answer", "Prefiero no responder", "I prefer not to answer"),
]
WORK = [("1", "answer", "Clínica", "Clinical"), ("2", "answer", "Otra", "Other")]
ALWAYS = ["pre", "post", "seg"]
THEMES = [
    # identifier, titles, scoring, waves, [(identifier, direction, texts)]
    (
        "A",
        ("Servicios", "Services"),
        "agreement",
        ALWAYS,
        [("A1", "-", ("Preferiría no atender.", "I would prefer not to."))],
    ),
    (
        "B",
        ("Disposición", "Willingness"),
        "mean",
        ["pre", "seg"],
        [
            ("B1", "+", ("Me siento tranquila.", "I feel at ease.")),
            ("B2", "-", ("Busco a otra persona.", "I look for someone else.")),
        ],
    ),
    ("Q", ("Sobre usted", "About you"), "background", ALWAYS, [("F1", "", ("Mi trabajo es:", "My work is:"))]),
]


def make_scale(identifier, options, *, locale=None):
    locale = locale or spanish()
    scale = SurveyScale.objects.create(
        identifier=identifier, name=identifier, locale=locale, translation_key=stable_key(f"scale:{identifier}")
    )
    for place, option in enumerate(options):
        SurveyOption.objects.create(
            scale=scale,
            locale=locale,
            translation_key=stable_key(f"scale:{identifier}/{option['code']}"),
            sort_order=place,
            **option,
        )
    return scale


def make_block(identifier, title, scale, *, locale=None, scoring="mean", waves=ALWAYS, sort_order=0):
    return SurveyBlock.objects.create(
        identifier=identifier,
        title=title,
        scale=scale,
        scoring=scoring,
        waves=waves,
        sort_order=sort_order,
        locale=locale or scale.locale,
        translation_key=stable_key(f"theme:{identifier}"),
    )


def make_statement(identifier, text, block, *, locale=None, **fields):
    return SurveyStatement.objects.create(
        identifier=identifier,
        text=text,
        block=block,
        locale=locale or block.locale,
        translation_key=stable_key(f"statement:{identifier}"),
        **fields,
    )


def make_survey():
    for place, language in enumerate(("es", "en")):
        locale = Locale.objects.get_or_create(language_code=language)[0]
        scales = {
            name: make_scale(
                name, [{"code": one[0], "kind": one[1], "label": one[2 + place]} for one in options], locale=locale
            )
            for name, options in {"agreement": AGREEMENT, "work": WORK}.items()
        }
        for order, (identifier, titles, scoring, waves, statements) in enumerate(THEMES):
            block = make_block(
                identifier, titles[place], scales["agreement"], scoring=scoring, waves=waves, sort_order=order
            )
            for number, (name, direction, texts) in enumerate(statements):
                own = scales["work"] if name == "F1" else None
                make_statement(name, texts[place], block, direction=direction, scale=own, sort_order=number)
