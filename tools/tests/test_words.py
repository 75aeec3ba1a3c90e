"""The words of the course: its language guides are obeyed, spelling holds, people of all kinds stand in its scenes."""

import re
import subprocess
from functools import cache

import pytest

from quizzes.base.markup import strip_markup

from .the_course import FOLDER, LANGUAGES, course_in, in_each_language, scenes_in

# Names of files, of sources and of other works, and keys; titles in other languages.
_NOT_PROSE = {
    *("id", "address", "website", "phone", "lesson", "act", "next", "name", "kind", "topic", "role", "roles", "rating"),
    *("ending", "place", "needs", "drawing", "case", "publisher", "image", "image_digest", "year", "printable", "quiz"),
    *("scoring", "scale", "direction", "waves", "code", "source", "english"),
    *("orientation", "width", "sources", "same_as", "pool", "avoid", "reviews", "feedback_time"),
}
# Words that somebody may say in a scene, and the course does not: pattern, and which entry of the guide it stands for.
AVOIDED = {
    "es": {
        "diga-01": r"prostitut\w*|mujer(es)? de la vida|sexoservidor\w*|ramera",
        "diga-02": r"la del bar\b|\blas? TS\b",
        "diga-03": r"prostitución infantil|menor trabajadora sexual",
        "diga-04": r"sidos[oa]s?|infectad[oa]s?|portador[ae]?s?",
        "diga-05": r"relaciones irresponsables|promiscu\w*",
        "diga-06": r"abusador\w*",
        "diga-07": r"no coopera|se negó a (la|las|hacerse)",
        "diga-08": r"pleito con (el |un )?cliente|la pasaron mal",
        "diga-09": r"\bla revisé\b",
        "diga-10": r"«?el señor»? a una mujer trans",
        "diga-11": r"\brescatar(la|las|los)?\b|rehabilitar(la|las)?|sacar(la|las)? de la calle",
        "diga-12": r"población flotante|grupos? de riesgo|\bfocos? de (infección|contagio)\b",
        "diga-13": r"\bilegales\b|indocumentad[oa]s?",
        "diga-14": r"por qué no deja (eso|ese|esa)",
        "diga-15": r"qué hizo usted",
    },
    "en": {
        "diga-01": r"prostitut\w*|\bhookers?\b|\bwhores?\b|mujer de la vida|sexoservidor\w*",
        "diga-02": r"\bthe SWs?\b|the one from the bar",
        "diga-03": r"child prostitution|underage sex work\w*",
        "diga-04": r"\bAIDS (case|patient)s?\b|\binfected\b|\bcarriers?\b",
        "diga-05": r"irresponsible sex|promiscu\w*",
        "diga-06": r"\babusers?\b",
        "diga-07": r"she won’t cooperate|uncooperative|refused (the|to have|a) (test|exam)\w*",
        "diga-08": r"a row with (a|the) client|gave her a bad time",
        "diga-09": r"\bI checked her\b(?! (name|number|chart|card))",
        "diga-10": r"“sir” to a trans woman",
        "diga-11": r"\brescu(e|ed|ing)\b|rehabilitat\w*|off the streets?",
        "diga-12": r"floating population|risk groups?|(?<!no one is a )(source|focus)\w* of infection",
        "diga-13": r"\billegals?\b|undocumented",
        "diga-14": r"why don’t you (give|leave|stop|get out)\b",
        "diga-15": r"what did you do\b",
    },
}
# Words that learners met and did not understand, or in which not everybody finds herself or himself; in English also
# what only a machine says, and Spanish words for which English has its own.
MET_BY_LEARNERS = {
    "es": (
        r"\bfulan[oa]s?\b|\bbotes?\b|^Todavía no\.|^Una cada\b|\bescenarios?\b|\bel (alumno|participante)\b"
        r"|\bbienvenido\b|vectores|\bintentos?\b|\bpadrote\w*"
    ),
    "en": (
        r"\bscenarios?\b|\bthe (student|participant)\b|\bvectors\b|\bpimp\w*|important to note"
        r"|\bensur\w+|\butili[sz]\w+"
        r"|\bindividuals\b|\bdelv\w+|\bleverag\w+|\bempower\w*"
    ),
}
# In the mouth of nobody either: the course says *usted*; among friends people in a scene may say *vos*.
FAMILIAR = r"\btú\b|\btienes\b|\bpuedes\b|\bquieres\b|\bdebes\b|\btus\b|\bti\b"
QUOTES = {"es": "«»", "en": "“”"}
OTHER_QUOTES = {"es": r"[\"]", "en": r"[\"'«»]"}
# Of whom one must not say this, what, and what denies it in the same text.
YOUNG = {
    "es": (
        r"\b(niñ[oa]s?|adolescentes?|menor(es)?|1[0-7] años)\b",
        r"(trabajador\w+ sexual\w*|trabajo sexual)",
        r"\b(niñas?|1[0-7] años)\b",
        r"nunca|jamás|\bno\b|\bni\b",
    ),
    "en": (
        r"\b(girls?|boys?|child(ren)?|teenagers?|adolescents?|minors?|under[- ]18s?|1[0-7](-year-old| years old))\b",
        r"(sex work(er)?s?)",
        r"\b(girls?|1[0-7](-year-old| years old))\b",
        r"\bnever\b|\bnot?\b|n’t\b|\bnor\b|\bneither\b",
    ),
}
PEOPLE = {
    "es": {
        r"\btrans\b": 5,
        r"nicaragüense|hondureñ[oa]|salvadoreñ[oa]|venezolan[oa]|migrante": 4,
        r"(?i)kaqchikel|k[’']iche[’']|q[’']eqchi[’']|\bmam\b|tz[’']utujil": 4,
        r"\b(5\d|6\d|7\d|8\d)( años|\b)|\b[Dd]oña \w+": 4,
        r"\b(Byron|Selvin|Kevin|Edwin|Mynor|Eusebio|Nicolás|Edgar)\b": 4,
    },
    "en": {
        r"\btrans\b": 5,
        r"Nicaraguan|Honduran|Salvador[ie]an|Venezuelan|migrant": 4,
        r"Kaqchikel|K’iche’|Q’eqchi’|\bMam\b|Tz’utujil": 4,
        r"\b(5\d|6\d|7\d|8\d)\b|\b[Dd]oña \w+": 4,
        r"\b(Byron|Selvin|Kevin|Edwin|Mynor|Eusebio|Nicolás|Edgar)\b": 4,
    },
}
# What hunspell is asked for.
DICTIONARIES = {"es": "es_GT", "en": "en_GB"}


@cache
def prose_in(language):
    """Return (file, key, text without marks) of everything that the course says, except titles of other works."""

    def walk(value, key, name):
        if isinstance(value, dict):
            for inner, part in value.items():
                if inner not in _NOT_PROSE:
                    yield from walk(part, inner, name)
        elif isinstance(value, list):
            for part in value:
                yield from walk(part, key, name)
        elif isinstance(value, str):
            # The address of a link is not read.
            yield name, key, strip_markup(re.sub(r"\]\([^)]*\)", "]", value))

    course = course_in(language)
    files = {"course.yaml": course.course, **course.lists, "acts.yaml": course.acts, "cases.yaml": course.cases}
    files |= {"questions.yaml": course.questions, "quizzes.yaml": course.quizzes, "survey.yaml": course.survey}
    for module in course.modules:
        files |= {f"{module.module['id']}/module": module.module, f"{module.module['id']}/quiz": module.quiz}
        files |= {lesson["id"]: lesson for lesson in module.lessons}
    return [found for name, value in files.items() if name != "sources.yaml" for found in walk(value, "", name)]


def spoken_left_out(text, language):
    """Return the text without what stands between quotation marks: what people say."""
    opens, closes = QUOTES[language]
    return re.sub(f"{opens}[^{opens}{closes}]*{closes}?", f"{opens}{closes}", text)


def found(pattern, language, *, spoken=True, flags=re.IGNORECASE):
    prose = prose_in(language)
    texts = ((name, text if spoken else spoken_left_out(text, language)) for name, _key, text in prose)
    return [(name, text) for name, text in texts if re.search(pattern, text, flags)]


@in_each_language
def test_each_entry_of_the_language_guide_is_looked_for(language):
    assert [entry["id"] for entry in course_in(language).lists["language.yaml"]] == list(AVOIDED[language])


@pytest.mark.parametrize("language, entry", [(code, entry) for code in LANGUAGES for entry in AVOIDED[code]])
def test_the_course_itself_says_nothing_that_its_guide_avoids(language, entry):
    assert found(AVOIDED[language][entry], language, spoken=False) == []


@in_each_language
def test_the_course_says_no_word_that_learners_stumbled_over(language):
    assert found(MET_BY_LEARNERS[language], language) == []


def test_the_course_says_usted():
    assert found(FAMILIAR, "es") == []


@in_each_language
def test_quotes_are_those_of_the_language(language):
    assert found(OTHER_QUOTES[language], language) == []
    opens, closes = QUOTES[language]
    assert [(name, text) for name, _key, text in prose_in(language) if text.count(opens) != text.count(closes)] == []


@in_each_language
def test_nobody_under_18_is_called_a_sex_worker(language):
    young, work, after, denies = YOUNG[language]
    said = found(rf"{young}[^.]*\b{work}|{work}[^.]*{after}", language)
    assert [(name, text) for name, text in said if not re.search(denies, text, re.IGNORECASE)] == []


@in_each_language
def test_people_of_all_kinds_stand_in_the_scenes(language):
    scenes = scenes_in(language)
    texts = [" ".join(_texts_of(scene)) for scene in scenes]
    counts = {kind: sum(bool(re.search(kind, text)) for text in texts) for kind in PEOPLE[language]}
    assert len(scenes) == 40
    assert {kind: count for kind, count in counts.items() if count < PEOPLE[language][kind]} == {}
    assert sum("violen" in scene.get("warning", "").lower() for scene in scenes) <= 10


def _texts_of(scene):
    for step in scene["steps"]:
        yield strip_markup(step["text"])
        for choice in step["choices"]:
            for key in ("text", "consequence", "feedback", "their_side"):
                yield strip_markup(choice.get(key, ""))


@in_each_language
def test_every_word_is_in_the_dictionary_of_the_country_or_in_the_list_that_was_read(language):
    """`content/spelling.es.txt` holds names and words of here, one a line, read one by one by a person."""
    listed = (FOLDER / f"spelling.{language}.txt").read_text(encoding="utf-8").split()
    text = "\n".join(text for _name, _key, text in prose_in(language)).replace("’", "'")
    if language == "en":
        # Whose it is says nothing about how it is spelt.
        text = re.sub(r"'s\b", "", text)
    unknown = subprocess.run(
        ["hunspell", "-i", "utf-8", "-d", DICTIONARIES[language], "-l"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.split()
    assert sorted(set(unknown) - set(listed)) == []
    assert listed == sorted(set(listed)), "the list stands in its order, each word once"
    assert sorted(set(listed) - set(unknown)) == [], "no word is kept that the course does not say"
