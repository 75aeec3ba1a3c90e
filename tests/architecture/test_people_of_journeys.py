import re
from collections import defaultdict
from pathlib import Path

from course.demo.people import LEARNERS

ROOT = Path(__file__).resolve().parents[2]

CODE = re.compile(r'"([A-Z]{3}\d{3})"')


def test_no_two_files_of_journeys_make_the_same_person():
    made = defaultdict(set)
    for path in (ROOT / "tests/journeys").glob("test_*.py"):
        text = path.read_text()
        # A site whose clock goes on is nobody else's.
        if "open_later" not in text:
            for code in CODE.findall(text):
                made[code].add(path.name)
    for learner in LEARNERS:
        made.pop(learner.code, None)
    assert len(made) > 40
    assert {code: files for code, files in made.items() if len(files) > 1} == {}
