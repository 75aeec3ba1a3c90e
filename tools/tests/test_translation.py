"""A translation in files beside its original: what is missing, and what is not alike of what must be."""

import pytest

from tests.modules.content import make_content
from tools.translation.files import compare_language
from tools.translation.texts import compare_texts


def faults_of(tmp_path, *, without=(), module=None, is_part=False, **replaced):
    """Return {file: faults} of the small course beside a copy with these replacements."""
    content = make_content(tmp_path)
    make_content(tmp_path, "cak", without, **replaced)
    files = compare_language(content, "cak", module=module, is_part=is_part)
    return {file.name: [str(one) for one in file.faults] for file in files if file.faults}


def said_of(original, translation, language="en", **options):
    """Return the faults of a text, then what is only worth a look."""
    found = list(compare_texts(original, translation, language, **options))
    return [one.sentence for one in found if one.is_fault], [one.sentence for one in found if not one.is_fault]


def test_a_copy_lacks_nothing_and_some_things_are_its_own(tmp_path):
    assert faults_of(tmp_path) == {}
    own = {"glossary": [("  english: Stigma\n", "")], "m1_quiz": [("  - S7\n  - S42", "  - S42\n  - S7")]}
    assert faults_of(tmp_path, **own, m1_lesson_1=[("minutes: 2", "minutes: 2\nplain_language_reason: x")]) == {}


@pytest.mark.parametrize(
    ("replaced", "name", "fault"),
    [
        (
            {"m1_quiz": [("text: Callar\n    correct: true\n", "text: Callar\n")]},
            "m1/quiz.yaml",
            "questions › M1-Q3 › choices › b › correct: this is missing",
        ),
        (
            {"m1_quiz": [("  text: Ordene", "  indispensable: true\n  act: M1-C1\n  text: Ordene")]},
            "m1/quiz.yaml",
            "questions › M1-Q4 › indispensable: the original has none of this",
        ),
        (
            {"m1_quiz": [("pass_mark: 80", "pass_mark: 70")]},
            "m1/quiz.yaml",
            "pass_mark: the original has “80”, here stands “70”",
        ),
        (
            {"m1_quiz": [("  - S7\n  - S42", "  - S42")]},
            "m1/quiz.yaml",
            "questions › M1-Q1 › sources: the original has “S7, S42”, here stands “S42”",
        ),
        (
            {"m1_quiz": [("es estigma [S42]", "es estigma")]},
            "m1/quiz.yaml",
            "questions › M1-Q1 › choices › a › feedback: marks missing: [S42]",
        ),
        (
            {"m1_lesson_1": [("[[estigma]]", "[[autoestigma|estigma]]")]},
            "m1/lesson-1.yaml",
            "body › 1 text: words of the glossary and gaps missing: estigma",
        ),
        (
            {"m1_lesson_1": [("(M1-L2)", "(M1-L1)")]},
            "m1/lesson-1.yaml",
            "body › 1 text: links missing: M1-L2",
        ),
        (
            {"m1_lesson_1": [("drawing: porton", "drawing: puerta")]},
            "m1/lesson-1.yaml",
            "body › 5 figure › drawing: the original has “porton”, here stands “puerta”",
        ),
        (
            {"m1_lesson_1": [("    - Callé los nombres\n", "")]},
            "m1/lesson-1.yaml",
            "body › 6 checklist › items: missing: 2",
        ),
        (
            {"m1_lesson_2": [("rating: partial", "rating: harmful")]},
            "m1/lesson-2.yaml",
            "body › 1 scenario › steps › inicio › choices › 2 › rating: the original has “partial”, "
            "here stands “harmful”",
        ),
        (
            {"m1_lesson_2": [("next: paso-2", "next: step-2"), ("name: paso-2", "name: step-2")]},
            "m1/lesson-2.yaml",
            "body › 1 scenario › steps: missing: paso-2",
        ),
        (
            {"directory": [("phone: '1572'", "phone: '1573'")]},
            "directory.yaml",
            "omes › phone: the original has “1572”, here stands “1573”",
        ),
        (
            {
                "course": [
                    ("- id: estigma\n  name: Estigma y discriminación\n", ""),
                    ("deberes\n", "deberes\n- id: estigma\n  name: x\n"),
                ]
            },
            "course.yaml",
            "topics: in another order: ley, estigma; the original has estigma, ley",
        ),
        (
            {"m1_module": [("title: Cuando", "titel: Cuando")]},
            "m1/module.yaml",
            "cak/m1/module.yaml, línea 1: Falta la clave «title». Agréguela.",
        ),
    ],
)
def test_what_is_not_alike_is_named_where_it_stands(tmp_path, replaced, name, fault):
    found = faults_of(tmp_path, **replaced)
    assert list(found) == [name]
    assert fault in found[name]


@pytest.mark.parametrize(
    ("order", "faults"),
    [
        (["M1-L2", "M1-L1"], []),
        (["M1-L2"], []),
        ([], []),
        (["M1-L1", "M1-L2"], ["lessons: the original has “M1-L2, M1-L1”, here stands “M1-L1, M1-L2”"]),
    ],
)
def test_lessons_come_in_the_order_of_the_original_as_far_as_they_are_translated(tmp_path, order, faults):
    content = make_content(tmp_path, m1_module=ordered("M1-L2", "M1-L1"))
    make_content(tmp_path, "cak", m1_module=ordered(*order) if order else [])
    (module,) = [file for file in compare_language(content, "cak") if file.name == "m1/module.yaml"]
    assert [str(fault) for fault in module.faults] == faults


def ordered(*identifiers):
    listed = "".join(f"- {identifier}\n" for identifier in identifiers)
    return [("minutes: 15\n", f"minutes: 15\nlessons:\n{listed}")]


def test_marks_links_addresses_and_telephones_stand_in_the_translation_too():
    original = "Llame al 1572 o al 2250-1235 [S42] [VL]. [[estigma|Duele]]. Vea https://a.test/x o ana@a.test."
    same = "Call 1572 or 2250 1235 [S42] [VL]. [[estigma|It hurts]]. See https://a.test/x or ana@a.test."
    assert said_of(original, same) == ([], [])
    assert said_of(original, "Call us. It hurts. See our page.")[0] == [
        "marks missing: [S42], [VL]",
        "words of the glossary and gaps missing: estigma",
        "addresses missing: https://a.test/x, ana@a.test",
        "telephone numbers missing: 1572, 22501235",
    ]
    assert said_of("Salen 100, a las 11:30, con el 80 % y Q1,500.", "100 go out, at 11:30, with 80% and Q1,500.") == (
        [],
        [],
    )
    assert said_of("Son tres.", "There are 3.") == ([], ["numbers that the original has not: 3"])
    assert said_of("Complete [[1]].", "Fill in.")[0] == ["words of the glossary and gaps missing: 1"]


def test_english_is_quoted_in_english():
    straight = "a straight quotation mark or apostrophe stands here; curly ones are used: “ ” ’"
    assert said_of("Dice: «Pase».", "He says: “Come in. Don’t wait.”") == ([], [])
    assert said_of("Dice: «Pase».", "He says: «Come in.»")[0] == ["« » stand here; in this language it is “ ”"]
    assert said_of("Dice: «Pase».", 'He says: "Come in."')[0] == [straight]
    assert said_of("No espera.", "She doesn't wait.")[0] == [straight]
    assert said_of("Dice: «Pase».", "He says: “Come in.")[0] == [
        "a quotation that opens with “ is not closed with ”, or the other way round"
    ]
    # In Mayan languages ' is a letter, and quotation marks are as in Spanish.
    assert said_of("Dice: «Pase».", "Xub'ij: «Katok».", "cak") == ([], [])


def test_paragraphs_are_counted_and_what_was_not_translated_is_named():
    original = "Uno.\n\n- Dos\n- Tres"
    assert said_of(original, "One.\n\nTwo.\n\n- Three", has_paragraphs=True) == (
        [],
        ["paragraphs: 1 in the original, 2 here", "items of lists: 2 in the original, 1 here"],
    )
    assert said_of("Doña Toña dice algo", "Doña Toña dice algo")[1] == ["it says word for word what the original says"]
    assert said_of("Doña Toña, vecina", "Doña Toña, vecina") == ([], [])
    assert said_of("Doña Toña dice algo", "Doña Toña dice algo", may_repeat=True) == ([], [])


def test_what_is_missing_is_a_fault_of_a_whole_language_only(tmp_path, check):
    content = make_content(tmp_path)
    make_content(tmp_path, "cak", without=("m1/quiz.yaml", "survey.yaml", "printables.yaml"))
    cak = ("translation", content, "--language", "cak")
    with pytest.raises(SystemExit, match="Faults: 2"):
        check(*cak)
    assert "Not there yet: m1/quiz.yaml, printables.yaml" in check(*cak, "--part")
    assert "Not there yet: m1/quiz.yaml" in check(*cak, "--module", "M1")
    with pytest.raises(SystemExit, match="Faults: 1"):
        check(*cak, "--module", "m1", "--strict")


def test_a_part_of_a_language_may_have_a_part_of_a_list(tmp_path):
    short = {
        "glossary": [("- id: autoestigma\n  term: Autoestigma\n  definition: Creer que uno merece ese trato.\n", "")]
    }
    assert faults_of(tmp_path, **short) == {"glossary.yaml": ["missing: autoestigma"]}
    assert faults_of(tmp_path / "part", is_part=True, **short) == {}


def test_the_check_says_what_it_found_and_fails_on_faults_alone(tmp_path, check):
    content = make_content(tmp_path)
    make_content(tmp_path, "cak", m1_module=[("minutes: 15", "minutes: 16")])
    (content / "cak/m1/lesson-3.yaml").write_text("id: M1-L3\n", encoding="utf-8")
    cak = ("translation", content, "--language", "cak")
    with pytest.raises(SystemExit, match=r"Faults: 2\. Worth a look: \d+\."):
        check(*cak)
    (content / "cak/m1/lesson-3.yaml").unlink()
    make_content(tmp_path, "cak")
    said = check(*cak)
    assert "  · title: it says word for word what the original says" in said
    assert "Files that say the same as the original: 11. " in said
    assert "·" not in check(*cak, "--quiet")
    with pytest.raises(SystemExit, match="with itself"):
        check("translation", content)
    with pytest.raises(SystemExit, match="no folder"):
        check("translation", content, "--language", "quc")
    with pytest.raises(SystemExit, match="nothing to compare"):
        check(*cak, "--module", "m9")
