"""Registry of export formats, discovered in the modules of this package.
A module has `name`, `label`, `suffix`, `content_type`, `with_images`, and `write(ReadQuestions)`, which returns the
bytes of the file and Problems: what the format cannot hold.
"""

import pkgutil
from importlib import import_module

_modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
FORMATS = {module.name: module for module in _modules}
