"""The main ways without a line in other engines than Chromium: `script/other-browsers` runs them."""

from .firefox import Firefox
from .webkit import WebKit

ENGINES = {engine: version for engine in (Firefox, WebKit) if (version := engine.version_here())}
