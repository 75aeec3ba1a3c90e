import json

import pytest
from playwright.sync_api import expect

from quizzes.kinds import KINDS

from .device import deliver, expect_copy, until, wait_until_kept, wait_until_sent
from .learner import press
from .line import DOWN, UP

pytestmark = pytest.mark.nightly


MAKE = """
import json, random
from django.utils import timezone
from course.demo.practice import IMAGE_TEXT, make_room_image
from course.models import User
from quizzes.attempts.taking import start_attempt
from quizzes.models import Question
from tests.factories import make_case, make_quiz
from tests.quizzes.factories import make_kind
person, now, room, begun = User.objects.get(username={code!r}), timezone.now(), make_room_image(), {{}}
for layout in ("one", "all"):
    name = "sin-linea-" + layout
    asked = [make_kind(kind, f"{{name}}-{{kind}}", unit="horas" if kind == "number" else "") for kind in {kinds!r}]
    Question.objects.filter(kind="places").update(image=room, image_text=IMAGE_TEXT)
    case = make_case(f"{{name}}-caso", 2)
    quiz = make_quiz(name, [*asked, case.questions.first()], layout=layout, asks_certainty=True)
    attempt = start_attempt(person, quiz, language="es", now=now, chance=random.Random(1))
    begun[layout] = [str(attempt.pk), [item["key"] for item in attempt.snapshot["questions"]]]
print(json.dumps(begun))
"""
# What stands, as the forms that people would have posted for it, and how the site counts it.
STANDING = """
import json
from django.http import QueryDict
from quizzes.question_forms.feedback import get_item_states
from quizzes.kinds import get_kind
from quizzes.models import Attempt
attempt, forms = Attempt.objects.get(pk={attempt!r}), json.loads({forms!r})
stands = {{str(answer.question_key): [answer.response, answer.certainty] for answer in attempt.answers.all()}}
given = {{}}
for item in attempt.snapshot["questions"]:
    form = QueryDict(forms[item["key"]])
    response = get_kind(item).read_form(item, form)
    if item["marks"] and response != get_kind(item).empty_response:
        given[item["key"]] = [response, int(form["certainty"])]
states = get_item_states(attempt.snapshot, {{key: response for key, (response, _sure) in stands.items()}})
print(json.dumps({{
    "stands": stands, "given": given, "states": {{state.item["key"]: state.state for state in states}},
    "writes": attempt.writes.count(), "held": attempt.late_answers.count(), "open": attempt.submitted_at is None,
}}))
"""
# Fills the fields of each question on the page: wholly, in part where that can be, or not at all.
FILL = """(how) => {
  const say = (field) => ["input", "change"].forEach((kind) => field.dispatchEvent(new Event(kind, { bubbles: true })));
  for (const block of document.querySelectorAll("[data-question]")) {
    const { [block.dataset.question]: wish } = how, all = (selector) => [...block.querySelectorAll(selector)];
    if (wish === "none") continue;
    all("[name$=choice]").slice(0, 2).forEach((field) => say(Object.assign(field, { checked: true })));
    const selects = all("select[name]"), isOrder = selects[0]?.name.includes("place-");
    selects.slice(0, wish === "part" ? 1 : 99).forEach((field, at) => say(
      Object.assign(field, { selectedIndex: isOrder ? at + 1 : 1 + at % (field.options.length - 1) })));
    const typed = all("textarea[name], [type=text][name]").slice(0, wish === "part" && selects.length ? 0 : 99);
    for (const field of typed) {
      const text = !field.inputMode ? "Sin «etiquetas»\\nni ñ" : wish === "part" ? "muchas" : "72 horas";
      say(Object.assign(field, { value: text }));
    }
    const sure = all("[name$=certainty]")[1];
    if (sure) say(Object.assign(sure, { checked: true }));
  }
}"""
READ = """() => Object.fromEntries([...document.querySelectorAll("[data-question]")].map((block) => {
  const { question, prefix } = block.dataset, fields = [...new FormData(document.querySelector("#question"))];
  const mine = fields.filter(([name]) => block.querySelector(`[name="${name}"]`));
  const said = mine.map(([name, value]) => [name.slice(prefix.length), value]);
  const given = said.filter(([name]) => !/^(question|shown|client|number|seen)$/.test(name));
  return [question, new URLSearchParams(given).toString()];
}))"""
COUNTED = """() => Object.fromEntries([...document.querySelectorAll("li[data-item]")].map((row) => [
  row.dataset.item, row.querySelector(".state, button > :last-child").textContent.replace(",", "").trim()]))"""
NUMBERS = [
    *(
        "72",
        "72 horas",
        "72horas",
        "horas 72",
        "72 hora",
        "72 HORAS",
        " 72 ",
        "7 2",
        "",
        " ",
        "muchas",
        "setenta y dos",
    ),
    *("1,5", "1.5", ",5", ".5", "5.", "5,", "1,500", "1,500.25", "1 500", "1 500,25", "1 500.25", "1.500", "1.500,5"),
    *(
        "1.234.567",
        "1.234.567,8",
        "1.234.567.8",
        "1,234,567",
        "1,234,56",
        "12,34,567",
        "0,500",
        "01,500",
        "1 50",
        "1  500",
    ),
    *("+5", "-5", "− 5", "+ 5", "--5", "+-5", "5-", "- 5 horas", "−5%", "5 %", "%5", "5%%", "% 5 %", "5 % horas"),
    *("1e3", "1E3", "1e-3", "1e100", "1e+10", "e3", "1e", "1.5e2", "1,5e2", "0x10", "1_000", "NaN", "Infinity", "inf"),
    *("½", "²", "٣", "７２", "72\u00a0horas", "1\u00a0500", "1\u202f500", "\t72\n", "7²", "①", "7/2", "72:00", "1'500"),
    *("1" * 30, "1" * 31, "0." + "1" * 30, "0." + "1" * 31, "1" * 60, "$5", "Q5", "5 Q", "5ñ", "hóras 5", "5 hóras"),
    *(
        "diez",
        "un 5",
        "5 a 6",
        "5-6",
        "<5",
        "≈5",
        "5!",
        "5?",
        "(5)",
        "«5»",
        "5;",
        "5..",
        "5,,",
        "1,2,3",
        "1.2.3",
        ".",
        ",",
    ),
]
CORPUS = """
import json, random
from django.http import QueryDict
from django.utils.http import urlencode
from quizzes.question_forms.feedback import get_item_states
from quizzes.exceptions import QuizError
from quizzes.kinds import get_kind
from quizzes.kinds.gaps import get_gaps
from quizzes.kinds.typed import parse_number
from quizzes.models import Attempt
attempt, chance, corpus = Attempt.objects.get(pk={attempt!r}), random.Random(3), []
for unit in ("", "horas", "%"):
    corpus += [["number", text, unit, parse_number(text, unit) is not None] for text in {numbers!r}]
def choices_of(gap):
    return [" ", "dolor"] if gap.is_typed else [option["key"] for option in gap.options]
for item in attempt.snapshot["questions"]:
    kind, keys = get_kind(item), [option["key"] for option in item.get("options", ())]
    fields = {{
        "matching": {{f"match-{{key}}": [match["key"] for match in item.get("matches", ())] for key in keys}},
        "ordering": {{f"place-{{key}}": item.get("places", ()) for key in keys}},
        "gaps": {{f"gap-{{gap.key}}": choices_of(gap) for gap in get_gaps(item)}} if kind.has_gaps else {{}},
    }}.get(item["kind"])
    for _ in range(9 * bool(item["marks"])):
        if fields is None:
            texts = ["", " ", "\\n", "Estigma", "72", "muchas"]
            given = {{"choice": chance.sample(keys, chance.randint(0, 1))}} if keys else {{}}
            if item["kind"] in ("short_text", "number", "open"):
                given = {{"text": chance.choice(texts)}}
        else:
            given = {{name: chance.choice(["", values[0], *values]) for name, values in fields.items()}}
        form = urlencode(given, doseq=True)
        try:
            response = kind.read_form(item, QueryDict(form))
        except QuizError:
            continue
        [told] = [state.state for state in get_item_states({{"questions": [item]}}, {{item["key"]: response}})]
        about = {{"kind": item["kind"], "parts": str(kind.count_parts(item)), "unit": item.get("unit", "")}}
        corpus.append(["form", form, about, told])
print(json.dumps(corpus))
"""
COUNTED_OTHERWISE = """async (corpus) => {
  const { isNumber, stateOf } = await import(document.querySelector("script[src*='quizzes/copied']").src);
  const told = { number: isNumber, form: (text, about) => stateOf(about, new URLSearchParams(text)) };
  return corpus.filter(([what, text, about, wanted]) => told[what](text, about) !== wanted);
}"""
WORDS = {"answered": "respondida", "partly": "incompleta", "open": "sin responder", "reflection": "no se califica"}


def address(attempt, part):
    return f"/es/cuestionario/intento/{attempt}/{part}/"


def test_every_kind_is_answered_without_a_line_and_counted_as_the_site_counts(site, device):
    page = device.sign_in(site, "ULB234")
    begun = json.loads(site.shell(MAKE.format(code="ULB234", kinds=[*KINDS])))
    for attempt, _keys in begun.values():
        page.goto(address(attempt, 1))
        wait_until_kept(page, attempt)
    device.line.set(DOWN)
    given = {attempt: fill(page, attempt, keys, layout) for layout, (attempt, keys) in begun.items()}
    assert "otra persona" not in page.inner_text("main")

    device.kill()
    device.start()
    page, told = device.page, {}
    for layout, (attempt, keys) in begun.items():
        page.goto(address(attempt, "resumen"))
        counted = until(lambda: page.evaluate(COUNTED), lambda now: "respondida" in now.values())
        told[attempt] = counted
        answered = [*told[attempt].values()].count("respondida")
        expect(page.locator(".lead")).to_have_text(f"{answered} de {len(keys) - 1} preguntas respondidas.")
        for number in numbers(layout, keys):
            page.goto(address(attempt, number))
            until_holds(page, READ, given[attempt], *([keys[number - 1]] if layout == "one" else keys))
            until_holds(page, COUNTED, counted, *(keys[: number - 1] if layout == "one" else ()))
    page.goto(address(begun["one"][0], "resumen"))
    corpus = json.loads(site.shell(CORPUS.format(attempt=begun["one"][0], numbers=NUMBERS)))
    assert len(corpus) > 300
    assert page.evaluate(COUNTED_OTHERWISE, corpus) == []

    device.line.set(UP)
    deliver(page)
    wait_until_sent(page)
    for attempt, forms in given.items():
        arrived = json.loads(site.shell(STANDING.format(attempt=attempt, forms=json.dumps(forms))))
        assert arrived["stands"] == arrived["given"]
        assert {key: WORDS[state] for key, state in arrived["states"].items()} == told[attempt]
        assert {*told[attempt].values()} == {*WORDS.values()}
        assert (arrived["held"], arrived["open"]) == (0, True)


def until_holds(page, script, wanted, *keys):
    until(lambda: page.evaluate(script), lambda now: [now[key] for key in keys] == [wanted[key] for key in keys])


def numbers(layout, keys):
    return range(1, len(keys) + 1 if layout == "one" else 2)


def fill(page, attempt, keys, layout):
    part = layout == "all"
    how = {key: "none" if at > 10 else "part" if at % 2 == part else "whole" for at, key in enumerate(keys)}
    page.goto(address(attempt, 1))
    expect_copy(page)
    given = {}
    for number in numbers(layout, keys):
        page.evaluate(FILL, how)
        given |= page.evaluate(READ)
        press(page, "Siguiente" if layout == "one" and number < len(keys) else "Revisar y enviar")
    return given
