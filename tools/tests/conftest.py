"""Checks as an author runs them."""

import pytest

from tools.check import main


@pytest.fixture
def check(capsys):
    """Run a check of a folder, and return what it printed. Where it fails it raises SystemExit with the sentence."""

    def run(name, directory, *arguments):
        capsys.readouterr()
        main([name, "--directory", str(directory), *arguments])
        return capsys.readouterr().out

    return run
