"""The short way to a page of the course: no more than one query before its view."""

import re
from collections import defaultdict
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from wagtail.url_routing import RouteResult
from wagtail.views import serve

from modules.blocks.base import ROLES
from modules.blocks.lessons import tips_for
from modules.models import CoursePage, LanguageEntry, LessonPage, ModulePage
from modules.models.reviews import reviews_of
from modules.progress.deriving import has_read, progress_in_module, progress_of, step_after
from modules.progress.events import mark_lesson_read
from modules.progress.outline import (
    course_outline,
    course_page,
    course_structure,
    lessons_written,
    module_outline,
    other_languages_of,
    page_path,
)
from modules.rendering.lessons import lay_out_sheet, lesson_text, module_copy_address, render_lesson
from modules.rendering.references import Directory, all_sources, references_of, terms_by_letter
from modules.search import QUERY_LENGTH, find, lessons_to_search, sheets_to_search, words_to_search
from modules.search.search import keep_words, words_asked
from modules.weave import MOTIFS
from modules.wording import NEEDS, language_mark, rows_in
from quizzes.attempts.results import counting_attempt
from quizzes.attempts.rules import counting_since
from quizzes.base.languages import other_than_readers
from quizzes.base.offline_copies import is_copy, keeps_pages
from quizzes.base.view_registry import shows
from quizzes.models import Competency


def serve_page(request, path):
    """Let Wagtail serve the page at `path`, found among the published pages that this process remembers.

    Wagtail keeps the route of a request on it, and asks the database only when there is none yet. A page that is not
    in the structure (another site's, a redirect) goes the usual way.
    """
    page = course_structure().page_at(get_language() or settings.LANGUAGE_CODE, path.strip("/"))
    if page is not None:
        request._wagtail_route_for_request = RouteResult(page)
    return serve(request, path)


def for_learners(view):
    """Show a page of the course to who may study it; an editor's preview and a copy to be kept ask nobody."""

    @wraps(view)
    def guarded(request, *page, **names):
        if getattr(request, "is_preview", False) or is_copy(request):
            return view(request, *page, **names)
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        if not request.user.has_perm("modules.study_course"):
            return render(request, "modules/closed.html", status=403)
        return view(request, *page, **names)

    return guarded


def role_of(request):
    """Return the role whose tips and scenes come first: the reader's, or the one that an editor previews."""
    return getattr(request, "preview_role", None) or getattr(request.user, "role", "")


def copy_for(request, module):
    """Return where the device of a reader gets the copy of a module to keep; nothing in a preview and in a copy."""
    reads = keeps_pages() and request.user.is_authenticated and not getattr(request, "is_preview", False)
    return module_copy_address(module, role=role_of(request)) if reads else ""


@shows(CoursePage)
def show_welcome(request, course):
    """What a visitor reads before signing in."""
    if request.user.is_authenticated and not getattr(request, "is_preview", False):
        return redirect("my_course")
    language, written = course.locale.language_code, lessons_written()
    references = references_of(course.intro, language=language)
    context = {
        "course": course,
        # The whole weave, as an ornament: all the modules that the eight motifs stand for.
        "band": range(1, len(MOTIFS) + 1),
        "lang": language_mark(language),
        "text_language": "" if any(one.is_own for one in written) else other_than_readers(language),
        "written": written,
        "terms": references.names,
        "references": references,
    }
    return render(request, "modules/course_page.html", context)


@shows(ModulePage)
@for_learners
def show_module(request, module):
    """A module: what it is about, its lessons and its quiz, and how far the reader is."""
    language = module.locale.language_code
    references = references_of(
        module.objectives, module.key_messages, module.role_tips, module.notice, language=language
    )
    outline = module_outline(module, module.lessons)
    progress = progress_in_module(request.user, outline) if request.user.is_authenticated else None
    written = lessons_written(lesson.translation_key for lesson in module.lessons)
    context = {
        "module": module,
        "outline": outline,
        "progress": progress,
        "reviews": reviews_of(module),
        "tips": tips_for([tip.value for tip in module.role_tips], role_of(request)),
        "lang": language_mark(language),
        "text_language": "" if any(one.is_own for one in written) else other_than_readers(language),
        "written": written,
        "terms": references.names,
        "references": references,
        "keep": copy_for(request, module),
    }
    return render(request, "modules/module_page.html", context)


@shows(LessonPage)
@for_learners
def show_lesson(request, lesson):
    """A lesson with its neighbours; the part that is the same for everyone of a role comes from a cache."""
    module = lesson.module
    outline = module_outline(module, module.lessons)
    place = next((index for index, other in enumerate(outline.lessons) if other.key == lesson.translation_key), None)
    # A draft has the revision of what is published, so a preview must not meet the cache.
    show = render_lesson if getattr(request, "is_preview", False) else lesson_text
    context = {
        "lesson": lesson,
        "module": module,
        "outline": outline,
        "number": None if place is None else place + 1,
        "previous": outline.lessons[place - 1] if place else None,
        "is_read": has_read(request.user, lesson),
        "warning": module.warning_on(lesson),
        # Whole where it is met first, one line from then on: nobody keeps who has seen it.
        "warns_first": module.warns_first_on(lesson),
        "text": show(lesson, role=role_of(request), today=timezone.localdate()),
        "lang": language_mark(lesson.locale.language_code),
        "text_language": other_than_readers(lesson.locale.language_code),
        "languages": other_languages_of(lesson),
        "keep": copy_for(request, module),
    }
    return render(request, "modules/lesson_page.html", context)


def print_lesson(request, module, lesson):
    """The address of a lesson's sheet: beside the pages, because a lesson has no pages below it."""
    course = course_page()
    if course is None:
        raise Http404
    return show_printed_lesson(request, course.route(request, [module, lesson])[0])


@shows(LessonPage, "printed")
@for_learners
def show_printed_lesson(request, lesson):
    """A lesson laid out on paper: everything open, the sources and the words at the foot."""
    module = lesson.module
    keys = [other.translation_key for other in module.lessons]
    sheet = lay_out_sheet(lesson, today=timezone.localdate())
    context = {
        "lesson": lesson,
        "module": module,
        "number": keys.index(lesson.translation_key) + 1 if lesson.translation_key in keys else None,
        "total": len(keys),
        "sheet": sheet,
        "reviews": reviews_of(lesson),
        "warning": module.warning_on(lesson),
        "lang": language_mark(lesson.locale.language_code),
        "terms": sheet.references.names,
        "on_paper": True,
    }
    return render(request, "modules/printed_lesson.html", context)


def read_lesson(request, lesson_key):
    """Keep the fact that the lesson was read, or skipped, and lead on; doing it twice is doing it once.

    Whoever opens the address itself, as after changing the language of a form that came back, gets the lesson.
    """
    lesson = course_structure().lesson_of(get_language(), lesson_key)
    if lesson is not None and request.method != "POST":
        return redirect(page_path(lesson))
    if lesson is None:
        messages.warning(request, gettext("That lesson is no longer part of the course. What you have done is kept."))
        return redirect("my_course")
    if not request.user.is_authenticated:
        return redirect_to_login(page_path(lesson))
    if not request.user.has_perm("modules.study_course"):
        return render(request, "modules/closed.html", status=403)
    mark_lesson_read(request.user, lesson, now=timezone.now())
    request.is_noted = True
    step = step_after(request.user, lesson, module_outline(lesson.module, lesson.module.lessons))
    return redirect(step.url) if step else redirect("woven", lesson.module.number)


def show_directory(request):
    """What people may need, with how many can help."""
    needs = Directory(get_language(), timezone.localdate()).needs()
    return render(request, "modules/directory.html", {"needs": needs})


def show_need(request, need):
    """Who helps with one need, and how to reach them."""
    if need not in dict(NEEDS):
        raise Http404
    language = get_language()
    entries = Directory(language, timezone.localdate()).helping_with(need)
    notes = (entry.organisation.note for entry in entries)
    listed = {source.identifier for entry in entries for source in entry.sources}
    references = references_of(*notes, language=language, also=listed)
    context = {
        "need_name": dict(NEEDS)[need],
        "entries": entries,
        "terms": references.names,
        "references": references,
    }
    return render(request, "modules/directory_need.html", context)


def show_glossary(request):
    """Every word that the course explains, in alphabetical order."""
    letters = terms_by_letter(get_language())
    definitions = (term.definition for _letter, terms in letters for term in terms)
    references = references_of(*definitions, language=get_language())
    context = {"letters": letters, "references": references._replace(terms=[])}
    return render(request, "modules/glossary.html", context)


def show_language_guide(request):
    """What to say, what to avoid, and why."""
    entries = rows_in(LanguageEntry.objects.order_by("sort_order", "pk"), get_language())
    entries.sort(key=lambda entry: (entry.sort_order, entry.pk))
    return render(request, "modules/language_guide.html", {"entries": entries})


@never_cache
def search(request):
    """Look through the course."""
    if request.method == "POST":
        response = redirect("search")
        keep_words(request, response, request.POST.get("q", "").strip()[:QUERY_LENGTH], purpose="course")
        return response
    query = words_asked(request, purpose="course")
    reads_lessons = request.user.is_authenticated and request.user.has_perm("modules.study_course")
    of_the_course = [*lessons_to_search(), *sheets_to_search()] if query and reads_lessons else []
    entries = of_the_course + words_to_search() if query else []
    context = {"query": query, "results": find(query, entries), "reads_lessons": reads_lessons, "most": QUERY_LENGTH}
    return render(request, "modules/search.html", context)


def show_sources(request):
    """Every publication that the course rests on, by number."""
    return render(request, "modules/sources.html", {"sources": all_sources(get_language())})


# Where each job meets people, as in «Para mañana, en la ventanilla».
TOMORROW = {
    "clinica": _("For tomorrow, in the consulting room"),
    "labfar": _("For tomorrow, in the laboratory or the pharmacy"),
    "recepcion": _("For tomorrow, at the window"),
    "apoyo": _("For tomorrow, at the gate and in the corridors"),
    "jefatura": _("For tomorrow, in the office"),
}
_MODULE_OF_ACT = re.compile(r"M(\d+)-")


@for_learners
def show_woven(request, number):
    """A module that was just finished: its motif, one thing to try tomorrow, and the way on."""
    progress = progress_of(request.user, now=timezone.now())
    done = next((one for one in progress.modules if one.outline.number == number), None)
    if done is None:
        # One that the person's edition of the course does not ask: there to be read, and no thread of the weave.
        if any(outline.number == number for outline in course_outline()):
            return redirect("my_course")
        raise Http404
    if not done.is_finished:
        return redirect(done.outline.url)
    numbers, role = [one.outline.number for one in progress.modules], role_of(request)
    module, place = _page_of(done.outline), numbers.index(number)
    attempt = _attempt_that_counts(request.user, done)
    following = progress.next_module
    context = {
        "done": done,
        "progress": progress,
        "numbers": numbers,
        "woven": [one.outline.number for one in progress.modules if one.is_finished],
        "beside": [numbers[place - 1], numbers[(place + 1) % len(numbers)]],
        "attempt": attempt,
        "tip": _tip_for(module, role),
        "where": TOMORROW.get(role) or _("For tomorrow"),
        "following": following and following.outline,
        "begins": following is not None and not following.has_begun,
    }
    return render(request, "modules/woven.html", context)


@for_learners
def show_whole_weave(request):
    """The whole cloth of whoever finished the course, and what the person can do now, by job."""
    progress = progress_of(request.user, now=timezone.now())
    if not progress.finished:
        return redirect("my_course")
    role, language = role_of(request), get_language()
    own, core = acts_of(role, language)
    outlines = [one.outline for one in progress.modules]
    tips = {one.number: [tip] for one in outlines if (tip := _tip_for(_page_of(one), role))}
    context = {
        "progress": progress,
        "role_name": dict(ROLES).get(role, ""),
        # Without a competency map the tips say what one does.
        "able": [(one, own.get(one.number) or tips.get(one.number, [])) for one in outlines],
        # Every module has a card; one is enough to begin with, and the last is the freshest.
        "practised": next((one for one in reversed(outlines) if one.practice_url), None),
        "core": [(one, core[one.number]) for one in outlines if core.get(one.number)],
    }
    return render(request, "modules/whole_weave.html", context)


def acts_of(role, language):
    """Return the acts of a job and those of everyone as {number of the module: [text]}, in one query."""
    own, core = defaultdict(list), defaultdict(list)
    for act in sorted(rows_in(Competency.objects.all(), language), key=lambda act: act.identifier):
        module = _MODULE_OF_ACT.match(act.identifier)
        if module and act.is_core:
            core[int(module[1])].append(act.text)
        elif module and role and role in act.identifier.split("-"):
            own[int(module[1])].append(act.text)
    return own, core


def _page_of(outline):
    """Return the page of a module in the language of the reader, as this process remembers it."""
    modules = course_structure().modules_in(get_language())
    return next(module for module in modules if module.translation_key == outline.key)


def _tip_for(module, role):
    """Return the module's tip for a job, else its first key message, else ""."""
    tips = (tip.value["tip"] for tip in module.role_tips if tip.value["role"] == role)
    messages = (message.value for message in module.key_messages)
    return next(tips, None) or next(messages, "")


def _attempt_that_counts(learner, done):
    """Return the attempt with which a module's quiz is passed; of whoever began anew, one of since then."""
    if not done.quiz_passed:
        return None
    since = counting_since(learner.pk).get(done.outline.quiz_key)
    return counting_attempt(learner, done.outline.quiz_key, since=since)[0]
