"""The settings of a server, with people to measure with."""

from course.settings.production import *  # noqa: F403

DEMO_PEOPLE_ALLOWED = True
