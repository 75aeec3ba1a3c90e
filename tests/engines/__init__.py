"""The main ways without a line in other engines than Chromium: `script/test --all` runs them."""

from .firefox import Firefox
from .webkit import WebKit


def engines_here():
    return {engine: version for engine in (Firefox, WebKit) if (version := engine.version_here())}
