"""The words of the course: its language guide is obeyed, spelling holds, people of all kinds stand in its scenes."""

import re
import subprocess

import pytest
import yaml
from django.conf import settings

from quizzes.wording.marks import plain

FILES = settings.BASE_DIR / "content"
# Names of files, of sources and of other works, and keys; titles in other languages.
_NOT_PROSE = {
    *("id", "address", "website", "phone", "lesson", "act", "next", "name", "kind", "topic", "role", "roles", "rating"),
    *("ending", "place", "needs", "drawing", "case", "publisher", "image", "year", "printable", "quiz", "english"),
    *("scoring", "scale", "direction", "waves", "code", "source"),
    *("orientation", "width", "sources", "same_as", "pool", "avoid", "reviews", "feedback_time"),
}
# Words that somebody may say in a scene, and the course does not: pattern, and which entry of the guide it stands for.
AVOIDED = {
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
}
# Words that learners met and did not understand, or in which not everybody finds herself or himself.
MET_BY_LEARNERS = (
    r"\bfulan[oa]s?\b|\bbotes?\b|^Todavía no\.|^Una cada\b|\bescenarios?\b|\bel (alumno|participante)\b|\bbienvenido\b"
    r"|vectores|\bintentos?\b|\bpadrote\w*"
)
# In the mouth of nobody either: the course says *usted*; among friends people in a scene may say *vos*.
FAMILIAR = r"\btú\b|\btienes\b|\bpuedes\b|\bquieres\b|\bdebes\b|\btus\b|\bti\b"


def prose():
    """Yield (file, key, text without marks) of everything that the course says, in Spanish."""

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
            yield name, key, plain(re.sub(r"\]\([^)]*\)", "]", value))

    for path in sorted((FILES / "es").rglob("*.yaml")):
        if path.name != "sources.yaml":
            yield from walk(yaml.safe_load(path.read_text(encoding="utf-8")), "", str(path.relative_to(FILES)))


PROSE = list(prose())


def spoken_left_out(text):
    """Return the text without what stands between «»: what people say."""
    return re.sub(r"«[^«»]*»?", "«»", text)


def found(pattern, *, spoken=True, flags=re.IGNORECASE):
    texts = ((name, text if spoken else spoken_left_out(text)) for name, _key, text in PROSE)
    return [(name, text) for name, text in texts if re.search(pattern, text, flags)]


def test_each_entry_of_the_language_guide_is_looked_for():
    guide = yaml.safe_load((FILES / "es/language.yaml").read_text(encoding="utf-8"))
    assert [entry["id"] for entry in guide] == list(AVOIDED)


@pytest.mark.parametrize("entry", AVOIDED)
def test_the_course_itself_says_nothing_that_its_guide_avoids(entry):
    assert found(AVOIDED[entry], spoken=False) == []


def test_the_course_says_no_word_that_learners_stumbled_over():
    assert found(MET_BY_LEARNERS) == []


def test_the_course_says_usted():
    assert found(FAMILIAR) == []


def test_quotes_are_those_of_spanish():
    assert found('"') == []
    for name, _key, text in PROSE:
        assert text.count("«") == text.count("»"), (name, text)


def test_nobody_under_18_is_called_a_sex_worker():
    young = r"(trabajador\w+ sexual\w*|trabajo sexual)"
    said = found(
        rf"\b(niñ[oa]s?|adolescentes?|menor(es)?|1[0-7] años)\b[^.]*\b{young}|{young}[^.]*\b(niñas?|1[0-7] años)\b"
    )
    denied = re.compile(r"nunca|jamás|\bno\b|\bni\b", re.IGNORECASE)
    assert [(name, text) for name, text in said if not denied.search(text)] == []


def test_people_of_all_kinds_stand_in_the_scenes():
    scenes = [
        block["scenario"]
        for path in sorted((FILES / "es").glob("m*/lesson-*.yaml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["body"]
        if "scenario" in block
    ]
    texts = [" ".join(text for _name, _key, text in _texts_of(scene)) for scene in scenes]

    def count(pattern):
        return sum(bool(re.search(pattern, text)) for text in texts)

    assert len(scenes) == 40
    assert count(r"\btrans\b") >= 5
    assert count(r"nicaragüense|hondureñ[oa]|salvadoreñ[oa]|venezolan[oa]|migrante") >= 4
    assert count(r"(?i)kaqchikel|k[’']iche[’']|q[’']eqchi[’']|\bmam\b|tz[’']utujil") >= 4
    assert count(r"\b(5\d|6\d|7\d|8\d)( años|\b)|\b[Dd]oña \w+") >= 4
    assert count(r"\b(Byron|Selvin|Kevin|Edwin|Mynor|Eusebio|Nicolás|Edgar)\b") >= 4
    assert sum("violen" in scene.get("warning", "").lower() for scene in scenes) <= 10


def _texts_of(scene):
    for step in scene["steps"]:
        yield "", "text", plain(step["text"])
        for choice in step["choices"]:
            for key in ("text", "consequence", "feedback", "their_side"):
                yield "", key, plain(choice.get(key, ""))


def test_every_word_is_in_the_dictionary_of_guatemala_or_in_the_list_that_was_read():
    """`content/spelling.es.txt` holds names and words of here, one a line, read one by one by a person."""
    listed = (FILES / "spelling.es.txt").read_text(encoding="utf-8").split()
    text = "\n".join(text for _name, _key, text in PROSE).replace("’", "'")
    unknown = subprocess.run(
        ["hunspell", "-i", "utf-8", "-d", "es_GT", "-l"], input=text, capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    assert sorted(set(unknown) - set(listed)) == []
    assert listed == sorted(set(listed)), "the list stands in its order, each word once"
    assert sorted(set(listed) - set(unknown)) == [], "no word is kept that the course does not say"
