"""Where what a question asks is taught: quizzes name a lesson and perhaps a place in it, here are the pages."""

from quizzes.base.identifiers import stable_key

from .outline import course_outline


def lessons_named(references, quiz_key, **kwargs):
    """Return {reference: (title, address, language)} of the lessons named, and under "" the module of the quiz."""
    outline = course_outline()
    lessons = {lesson.key: lesson for module in outline for lesson in module.lessons}
    found = {}
    if module := next((one for one in outline if quiz_key in (one.quiz_key, one.former_quiz_key)), None):
        found[""] = (f"{module.number}. {module.title}", module.url, module.language)
    for reference in references:
        identifier, _mark, place = reference.partition("#")
        if lesson := lessons.get(stable_key(identifier)):
            found[reference] = (lesson.title, f"{lesson.url}#{place}" if place else lesson.url, lesson.language)
    return found
