import ast

import pytest

from .test_layout import APPS, ROOT

OWN = (*APPS, "tests", "benchmarks", "tools")


def modules_named_in(path):
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])]), node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] in OWN:
            yield node.module, node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if alias.name.partition(".")[0] in OWN)


def leads_somewhere(name):
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


@pytest.mark.parametrize("folder", OWN)
def test_every_import_of_own_code_leads_to_a_file(folder):
    files = sorted((ROOT / folder).rglob("*.py"))
    lost = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in files
        for name, line in modules_named_in(path)
        if not leads_somewhere(name)
    ]
    assert files
    assert lost == []
