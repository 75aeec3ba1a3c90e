"""The formats that questions are written in. A new one is a module here, and nothing else: it is found by being here.

A module has `name` (of the option --format), `label`, `suffix`, `content_type`, `with_images`, and `write(questions)`:
it takes ReadQuestions and returns the bytes of the file and a list of Problems: what it could not hold.
"""

import pkgutil
from importlib import import_module


def _find_formats():
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {module.name: module for module in modules}


FORMATS = _find_formats()
