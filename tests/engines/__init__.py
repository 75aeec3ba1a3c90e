"""The main ways without a line in other engines than Chromium: `script/test --all` runs them."""

from .firefox import Firefox
from .webkit import WebKit


def engines_here():
    """Start each engine to ask for its version, and return {engine: version} of those that answer.

    For whoever runs them, and not when this is only imported: under a clock that is set, Firefox never answers.
    """
    return {engine: version for engine in (Firefox, WebKit) if (version := engine.version_here())}
