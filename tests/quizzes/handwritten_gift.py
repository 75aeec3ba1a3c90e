"""GIFT as teachers write it by hand: what they mean, and the many ways in which they write it down."""

import re
from dataclasses import dataclass, field

from hypothesis import strategies as st

from quizzes.importing.parts.gift_text import escape

WORDS = [
    *("niñez", "señal", "cigüeña", "¿cuándo?", "«dignidad»", "respeto", "corazón", "África", "vergüenza", "día/noche"),
    *("a=b", "{llaves}", "c~d", "n.º", "#2", "hora:", "7:30", "1\\2", "R&D", "O'Higgins", "50", "½", "(así)", "5-3"),
    *("https://x.gt/a_b", "*aquí*", "snake_case", "2*3*4"),
]
# What windows-1252 can't write.
BEYOND = ["🙂", "2→3", "K'iche'ʼ"]


@dataclass
class Meant:
    """A question as its author means it. `choices` are (text, per cent or None, feedback, match or tolerance)."""

    kind: str
    text: str
    choices: list = field(default_factory=list)
    name: str = ""
    feedback: str = ""
    tags: tuple = ()
    warned: str = ""  # a piece of what has to be said about it


@dataclass
class Block:
    """What stands between two blank lines: its text, and what it means, or what it says of itself when it is bad."""

    text: str
    meant: Meant | None = None
    problem: str = ""


def phrases(most=4):
    return st.builds(
        lambda first, rest: " ".join([first, *rest]),
        st.sampled_from(["Qué", "Según", "Número", "Ñandú"]),
        st.lists(st.sampled_from(WORDS + BEYOND), max_size=most),
    )


def gaps():
    return st.sampled_from(["", "", " ", "  ", "\t"])


def ends():
    return st.sampled_from([" ", "\n", "\n    ", "\n\t", ""])


@st.composite
def option(draw, sign, text, *, weight="", feedback=""):
    remark = f"{draw(gaps())}#{draw(gaps())}{escape(feedback)}" if feedback else draw(st.sampled_from(["", "", "#"]))
    return f"{sign}{draw(gaps())}{weight}{draw(gaps())}{escape(text)}{remark}{draw(ends())}"


@st.composite
def choice_question(draw):
    texts = draw(st.lists(phrases(3), min_size=2, max_size=4, unique=True))
    parts = {"33.333": 33.33333, "50": 50, "66.6667": 66.66667, "-25": 0, "0": 0}
    said, warned = [], ""
    for place, text in enumerate(texts):
        remark = draw(st.sampled_from(["", "Así es.", "Lea otra vez: la 2"]))
        sign = "~" if place else draw(st.sampled_from(["=", "=", "~="]))
        part = draw(st.sampled_from([None, None, *parts])) if place else None
        warned = warned or ("resta puntos" if part == "-25" else "")
        written = draw(option(sign, text, weight=f"%{part}%" if part else "", feedback=remark))
        said.append((written, (text, parts.get(part, 0) if place else 100, remark, "")))
    said += [(draw(st.sampled_from(["~ ", "~\n", "~"])), None) for _n in range(draw(st.integers(0, 2)))]
    said = draw(st.permutations(said))
    return Meant("single", "", [choice for _text, choice in said if choice], warned=warned), "".join(
        text for text, _choice in said
    )


@st.composite
def several_question(draw):
    count = draw(st.integers(2, 3))
    third = draw(st.sampled_from(["33.333", "33.3333", "33.33333", "33.3333333"])) if count == 3 else "50"
    texts = draw(st.lists(phrases(3), min_size=count + 1, max_size=count + 2, unique=True))
    choices = [(text, 100 / count if n < count else -100 / 3, "", "") for n, text in enumerate(texts)]
    written = [
        draw(option("~", text, weight=f"%{third}%" if n < count else "%-33.333%")) for n, text in enumerate(texts)
    ]
    return Meant("multiple", "", choices), "".join(written)


@st.composite
def short_question(draw):
    texts = draw(st.lists(phrases(2), min_size=1, max_size=3, unique=True))
    first = draw(st.sampled_from(["=", ""]))
    half = draw(st.sampled_from([None, "50", "66.667"])) if len(texts) > 1 else None
    part = {None: 100, "50": 50, "66.667": 66.66667}[half]
    choices = [(text, part if n else 100, "", "") for n, text in enumerate(texts)]
    written = [
        draw(option("=" if n else first, text, weight=f"%{half}%" if n and half else ""))
        for n, text in enumerate(texts)
    ]
    return Meant("short_text", "", choices), "".join(written)


@st.composite
def truth_question(draw):
    word = draw(st.sampled_from(["T", "F", "TRUE", "FALSE", "true", " F ", "Verdadero", "FALSO", "V"]))
    truth = word.strip().upper()[0] in "TV"
    wrong, right = draw(st.sampled_from([("", ""), ("No: lea la 2.", ""), ("No.", "Así es."), ("", "Así es.")]))
    remarks = f"#{escape(wrong)}#{escape(right)}" if right else f"#{escape(wrong)}" if wrong else ""
    choices = [
        ("Verdadero", 100 * truth, right if truth else wrong, ""),
        ("Falso", 100 * (not truth), wrong if truth else right, ""),
    ]
    warned = "" if word.strip().upper() in ("T", "F", "TRUE", "FALSE") else "se lee como verdadero o falso"
    return Meant("true_false", "", choices, warned=warned), word + remarks


@st.composite
def number_question(draw):
    choices = [("12.5", 100, "", draw(st.sampled_from([0, 0.5])))]
    tolerance = f":{choices[0][3]}" if choices[0][3] else draw(st.sampled_from(["", ":0"]))
    number = draw(st.sampled_from(["12.5", "12,5", "+12.50"]))
    text = f"#{draw(gaps())}{draw(st.sampled_from(['', '=']))}{number}{tolerance}"
    if draw(st.booleans()):
        text, choices = f"{text}{draw(ends()) or ' '}=%50%10..14", [*choices, ("12", 50, "", 2)]
    if draw(st.booleans()):
        text, choices = f"{text} ~#Mire otra vez.", [*choices, ("*", 0, "Mire otra vez.", 0)]
    return Meant("number", "", choices), text


@st.composite
def pairs_question(draw):
    lefts = draw(st.lists(phrases(2), min_size=2, max_size=4, unique=True))
    rights = [f"{draw(phrases(2))} {n}" for n, _left in enumerate(lefts)]
    pairs = list(zip(lefts, rights, strict=True)) + draw(st.sampled_from([[], [("", "de más")]]))
    arrow = st.sampled_from(["->", " -> ", " ->"])
    text = "".join(f"={draw(gaps())}{escape(left)}{draw(arrow)}{escape(right)}{draw(ends())}" for left, right in pairs)
    return Meant("matching", "", [(left, None, "", right) for left, right in pairs]), text


@st.composite
def open_question(draw):
    return Meant("open", ""), draw(st.sampled_from(["", " ", "\n"]))


@st.composite
def several_right_question(draw):
    texts = draw(st.lists(phrases(3), min_size=3, max_size=4, unique=True))
    said = [("=" if place < 2 else "~", text) for place, text in enumerate(texts)]
    said = draw(st.permutations(said))
    wrong = sum(sign == "~" for sign, _text in said)
    choices = [(text, 50 if sign == "=" else -100 / wrong, "", "") for sign, text in said]
    answers = "".join(draw(option(sign, text)) for sign, text in said)
    return Meant("multiple", "", choices, warned="correctas cada una por sí sola"), answers


@st.composite
def order_question(draw):
    steps = draw(st.lists(phrases(2), min_size=3, max_size=5, unique=True))
    grading = draw(st.sampled_from(["ABSOLUTE_POSITION", "RELATIVE_NEXT_EXCLUDE_LAST", "ALL_OR_NOTHING"]))
    lines = "\n".join(draw(gaps()) + escape(step) for step in steps)
    warned = "" if grading == "ABSOLUTE_POSITION" else "En Moodle el orden se califica"
    meant = Meant("ordering", "", [(step, None, "", "") for step in steps], warned=warned)
    return meant, f">{len(steps)} ALL VERTICAL {grading} SHOW none\n{lines}\n"


KINDS = (
    choice_question,
    several_right_question,
    order_question,
    several_question,
    short_question,
    truth_question,
    number_question,
    pairs_question,
    open_question,
)


@st.composite
def good_blocks(draw):
    meant, answer = draw(st.one_of(*(kind() for kind in KINDS)))
    meant.text = draw(phrases())
    meant.name = draw(st.sampled_from(["", "", "P: hora 7"]))
    html = f'[html]<p class="x">{_html(meant.text)}</p>\n'
    shown = draw(st.sampled_from([escape(meant.text), escape(meant.text).replace("\\:", ":"), html]))
    after = draw(st.sampled_from(["", "", " y punto.", "."]))
    if shown == html or meant.kind == "open":
        after = ""
    if meant.name and draw(st.booleans()):
        meant.text, shown, after = meant.name, "", ""
    meant.text += f" _____{after}" if after else ""
    meant.feedback = draw(st.sampled_from(["", "Siempre: así"]))
    if "\n" in answer and draw(st.booleans()):
        answer = answer.replace("\n", "\n// nota {=no ~sí}\n", 1)
    general = f"{' ' * answer.endswith('#')}####{meant.feedback}" if meant.feedback else ""
    note = draw(st.sampled_from(["", "// una nota {=a}\n", "// [tag:saludo] [tag:año]\n", "// [id:X-1]\n"]))
    meant.tags = ("saludo", "año") if "tag" in note else ()
    title = f"::{escape(meant.name)}::" if meant.name else ""
    space = draw(st.sampled_from(["", " ", "\n"]))
    text = f"{note}{title}{shown}{space}{{{answer}{general}}}{after}"
    return Block(re.sub(r"\n\s*\n", "\n", text), meant)


def _html(text):
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(" ", "&nbsp;", 1)
    return text.replace("{", "\\{").replace("}", "\\}")


BAD = [
    Block("¿Rota? {=a ~b", problem="no tiene «}»"),
    Block("::Mala::¿Rota? {#ocho}", problem="no es un número"),
    Block("¿Rota? {#5:10%}", problem="tolerancia es un número"),
    Block("¿Rota? {~%33,3%a ~%66,7%b ~c}", problem="no es un porcentaje de GIFT"),
    Block("¿Rota? {=a} o {=b}", problem="varias respuestas"),
    Block("¿Rota? {=a -> b =c}", problem="no lleva la flecha"),
    Block("¿Rota? {x ~b}", problem="Antes del primer"),
    Block("¿Rota? {1:SHORTANSWER:=b}", problem="hueco propio de Moodle"),
    Block("¿Rota? {~a ~b}", problem="al menos una opción como correcta"),
    Block("¿Rota? {=a}\n{=b}", problem="varias respuestas"),
    Block("¿Rota? {~%40%a ~%40%b ~c}", problem="deben sumar 100"),
    Block("¿Rota? {=*}", problem="acepta cualquier cosa"),
]


@dataclass
class File:
    """A file as bytes; `blocks` are (first line, topic, block)."""

    content: bytes
    blocks: list


@st.composite
def files(draw):
    blocks = draw(st.lists(st.one_of(good_blocks(), good_blocks(), st.sampled_from(BAD)), min_size=1, max_size=4))
    lines, topic, laid = [], (), []
    for block in blocks:
        if draw(st.booleans()):
            topic = draw(st.sampled_from([("Trato",), ("Trato", "En la puerta / y más"), ()]))
            path = "/".join(["$course$/top", *(name.replace("/", "//") for name in topic)])
            lines += [f"$CATEGORY: {path}", *[""] * draw(st.integers(0, 2))]
        of_block = block.text.split("\n")
        begin = next(n for n, line in enumerate(of_block) if line.strip() and not line.startswith("//"))
        laid.append((len(lines) + begin + 1, topic, block))
        lines += [*of_block, *draw(st.sampled_from([[""], ["", ""], [" \t", ""]]))]
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines)
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
    # Windows-1252 stands twice: it is what old files have.
    encodings += [] if any(sign in text for sign in "🙂→ʼ") else ["cp1252", "cp1252"]
    return File(text.encode(draw(st.sampled_from(encodings))), laid)
