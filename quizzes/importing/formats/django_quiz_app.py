"""django-quiz-app: the JSON of its site's `manage.py dumpdata`, with its questions, quizzes and people's sittings."""

from django.utils.translation import gettext_lazy

from quizzes.importing.old_site.dump import looks_like_dump, read_dump
from quizzes.importing.old_site.site import read_site

name = "django-quiz-app"
label = gettext_lazy("django-quiz-app (JSON of dumpdata)")
suffixes = (".json",)


def sniff(content):
    """It is a list of rows, some of them of the apps of django-quiz-app."""
    return looks_like_dump(content)


def read(content):
    """Return an OldSite, which is a Reading with the quizzes and with what the sittings need."""
    return read_site(read_dump(content))
