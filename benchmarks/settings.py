"""The development settings with a template for a bare Wagtail page: the other side of every ratio."""

from pathlib import Path

from course.settings.dev import *  # noqa: F403
from course.settings.dev import TEMPLATES

TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates"]
# Wagtail's own addresses for the bare page, without the short way that pages of the course have.
ROOT_URLCONF = "benchmarks.urls"
