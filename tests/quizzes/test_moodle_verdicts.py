import re
from pathlib import Path

from .moodle_verdicts import VERDICTS, find_differences, read_case

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "moodle-exchange.md").read_text(encoding="utf-8")
CASE = re.compile(r"`([gx]-[\w-]+)` ([a-z][a-z +]*)")


def differences_on_the_page():
    said = {}
    for case, words in CASE.findall(PAGE.partition("## Where it differs")[2]):
        said.setdefault(case, []).extend(word.strip() for word in words.split("+"))
    return {case: sorted(words) for case, words in said.items()}


def test_what_differs_from_moodle_is_what_the_reference_says_and_nothing_else():
    said = differences_on_the_page()
    found = {name: differences for name, case in VERDICTS.items() if (differences := find_differences(case))}

    assert {name: words for name, words in found.items() if said.get(name) != words} == {}, "not on the page"
    assert said.keys() - found.keys() == set(), "on the page, and true no more"
    agreed = len(VERDICTS) - len(found)
    figures = f"**{agreed} of the {len(VERDICTS)} are read just as Moodle stored them; {len(found)} differ.**"
    assert figures in PAGE, figures


def test_whatever_is_not_read_is_named_and_so_is_what_is_read_otherwise():
    for name, case in VERDICTS.items():
        questions, problems, warnings = read_case(case)
        if case["questions"] and not questions:
            assert problems or warnings, name
        if case["verdict"] == "accepted" and {"weights", "mark"} & set(find_differences(case)):
            assert warnings, name
