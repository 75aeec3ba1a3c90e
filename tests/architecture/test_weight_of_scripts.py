"""The scripts of a lesson stay small: an old telephone reads and runs every byte, however well they compress."""

from django.conf import settings

# A third of them says whose page it is, and is the same on all pages.
MOST = 16 * 1024
OF_A_LESSON = ["course/static/person.js", "course/static/site.js", "modules/static/modules/lesson.js"]


def test_the_scripts_of_a_lesson_hold_no_more_than_sixteen_kib():
    assert sum((settings.BASE_DIR / script).stat().st_size for script in OF_A_LESSON) <= MOST
