import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
_EXCEPTION = re.compile(r"# noqa:[^#\n]*\bS\d{3}\b(.*)")


def own_files():
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).is_file()]


def test_the_rules_are_on_but_for_what_never_runs_on_a_site():
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert not [rule for rule in lint["ignore"] if rule.startswith("S")]
    left_out = {
        where: [rule for rule in rules if re.fullmatch(r"S\d*", rule)]
        for where, rules in lint["per-file-ignores"].items()
    }
    assert {where for where, rules in left_out.items() if rules} == {"tests/**", "tools/tests/**", "benchmarks/**"}


def test_each_exception_says_why():
    found = [
        (path.relative_to(ROOT), match[1])
        for path in own_files()
        if path != Path(__file__)
        for match in _EXCEPTION.finditer(path.read_text())
    ]
    assert found
    assert not [where for where, why in found if not re.match(r" - \w", why)]
