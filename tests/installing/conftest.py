import shutil

import pytest

from .scratch import OPT, another_root, bring_environment, script_install

CLINIC = ("--for", "clinic", "--address", "trato.lan", "--admin", "JEFA21", "--yes")


@pytest.fixture(scope="session")
def clinic(tmp_path_factory):
    root = tmp_path_factory.mktemp("clinic")
    bring_environment(root)
    script_install("--root", root, *CLINIC)
    return root


@pytest.fixture
def fresh(clinic, tmp_path):
    return another_root(clinic, tmp_path / "machine")


@pytest.fixture
def installed(clinic, tmp_path):
    root = another_root(clinic, tmp_path / "installed")
    code = {clinic / OPT / "releases", clinic / OPT / "environments"}

    def left_out(folder, names):
        return [name for name in names if clinic.joinpath(folder, name) in code]

    shutil.copytree(clinic, root, symlinks=True, ignore=left_out, dirs_exist_ok=True)
    return root
