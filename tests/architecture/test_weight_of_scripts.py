import gzip

from django.conf import settings

from course.offline.encryption import worker_script

MOST = 16 * 1024
OF_A_LESSON = ["course/static/person.js", "course/static/site.js", "modules/static/modules/lesson.js"]


def test_the_scripts_of_a_lesson_hold_no_more_than_sixteen_kib():
    assert sum((settings.BASE_DIR / script).stat().st_size for script in OF_A_LESSON) <= MOST


def test_what_keeps_pages_on_a_device_is_light_as_it_goes_over_the_line():
    assert len(gzip.compress(worker_script().encode(), 9)) <= 4.5 * 1024
    page_part = (settings.BASE_DIR / "course/static/keeping.js").read_bytes()
    assert len(gzip.compress(page_part, 9)) <= 2 * 1024
