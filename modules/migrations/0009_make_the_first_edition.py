"""The course as it is published becomes its first edition, with the number that certificates hold.

Where it is not published on that day the edition holds nothing yet, and keeps the number until it is.
"""

from django.conf import settings
from django.db import migrations
from django.utils import timezone

STEP = 4  # the length of a page's own part of its path


def make_first_edition(apps, schema_editor):
    CoursePage, ModulePage, LessonPage, Edition = (
        apps.get_model("modules", name) for name in ("CoursePage", "ModulePage", "LessonPage", "Edition")
    )
    courses = {}
    is_published = CoursePage.objects.filter(live=True).exists()
    for course in CoursePage.objects.filter(live=is_published).select_related("locale").order_by("-path"):
        courses[course.locale.language_code] = course
    course = courses.get(settings.LANGUAGE_CODE) or next(iter(courses.values()), None)
    if course is None:
        return
    lessons = {}
    published = LessonPage.objects.filter(live=True, path__startswith=course.path).order_by("path")
    for path, key in published.values_list("path", "translation_key"):
        lessons.setdefault(path[:-STEP], []).append(str(key))
    modules = ModulePage.objects.filter(live=True, path__startswith=course.path, depth=course.depth + 1)
    contents = [
        {
            "key": str(module.translation_key),
            "number": module.number,
            "title": module.title,
            "lessons": lessons.get(module.path, []),
            "quiz": str(module.quiz.translation_key) if module.quiz else None,
            "pass_mark": module.quiz.pass_mark if module.quiz else None,
            "counting_attempt": module.quiz.counting_attempt if module.quiz else None,
            "attendance_counts": module.attendance_counts,
        }
        for module in modules.select_related("quiz").order_by("path")
    ]
    Edition.objects.create(
        course_key=course.translation_key,
        number=course.edition,
        contents=contents if is_published else [],
        in_force_from=course.first_published_at or timezone.now(),
    )


def say_number_again(apps, schema_editor):
    """Going back: the course says the number of the edition in force, and a lesson is read once."""
    CoursePage, Edition, LessonRead = (
        apps.get_model("modules", name) for name in ("CoursePage", "Edition", "LessonRead")
    )
    for edition in Edition.objects.order_by("number"):
        CoursePage.objects.filter(translation_key=edition.course_key).update(edition=edition.number)
    LessonRead.objects.exclude(again_for=None).delete()


class Migration(migrations.Migration):

    dependencies = [("modules", "0008_hold_editions_and_records")]

    operations = [migrations.RunPython(make_first_edition, say_number_again)]
