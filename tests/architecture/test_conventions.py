import ast
import re

from .test_layout import APPS, FILES, ROOT, SCREENS, first_folder, imports_of, where

# What a view logs of itself: it handed something out, and changed nothing.
HANDED_OUT = re.compile(r".*_(exported|printed|fetched)")


def test_course_has_no_wagtail_page():
    imported = {target for name in FILES if name.startswith("course.models") for target, _line in imports_of(name)}
    assert imported
    text = "".join(path.read_text() for name, path in FILES.items() if name.startswith("course.models"))
    assert re.findall(r"^(?:from|import) (?:wagtail|modelcluster|modules)\b", text, re.MULTILINE) == []


def test_templates_hold_no_inline_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=|<style", re.IGNORECASE)
    found = [
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app / "templates").rglob("*.html")
        if "pdf" not in path.parts and inline.search(path.read_text())
    ]
    assert found == []


def test_locks_and_settings_name_no_package_registry():
    names = ["py" + "pi.org", "pythonhosted" + ".org", "npmjs" + ".org"]
    locks = [ROOT / "benchmarks/lighthouse/package-lock.json", ROOT / "tests/interop/package-lock.json"]
    paths = [*ROOT.glob("requirements*"), *ROOT.glob("*.toml"), *(ROOT / "script").glob("*"), *locks]
    assert [path.name for path in paths for name in names if name in path.read_text()] == []
    assert [path for path in locks if '"resolved"' in path.read_text()] == []


def test_a_view_logs_only_what_it_hands_out():
    logged = {
        (name, call.args[0].value)
        for name, path in FILES.items()
        if first_folder(name) in SCREENS
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and "audit_log" in getattr(call.func, "id", "")
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    assert {(name, action) for name, action in logged if not HANDED_OUT.fullmatch(action)} == set()
    assert "group_exported" in {action for _name, action in logged}


def test_an_inline_import_of_own_code_says_why():
    inline = []
    for name, path in FILES.items():
        tree, lines = ast.parse(path.read_text()), path.read_text().splitlines()
        top = {node.lineno for node in tree.body}
        inline += [(where(name, line), lines[line - 1]) for _target, line in imports_of(name) if line not in top]
    assert [place for place, text in inline if not re.search(r"# noqa: (F401, )?PLC0415 - \w+", text)] == []
    assert len({place for place, _text in inline}) <= 12
