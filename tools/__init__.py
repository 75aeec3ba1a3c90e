"""Checks of the course's text in `content/`, for its authors. Nothing in the apps imports them."""

import os

import django

# Whatever is run or tested here reads the text with the code of the apps.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings.dev")
django.setup()
