"""Pages of the course, directory, glossary, search and the weave."""

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
from modules.blocks.lessons import split_tips
from modules.labels import NEEDS, lang_attribute, rows_in_language
from modules.models import CoursePage, LanguageEntry, LessonPage, ModulePage
from modules.models.reviews import reviews_of
from modules.progress.deriving import get_step_after, progress_in_module, progress_of
from modules.progress.events import mark_lesson_read
from modules.progress.outline import (
    build_module_outline,
    course_outline,
    course_page,
    get_course_structure,
    get_language_coverage,
    page_path,
)
from modules.rendering.lessons import Scenes, build_lesson_sheet, get_lesson_html, module_copy_url, render_lesson
from modules.rendering.references import Directory, find_references, get_sources, get_terms_by_letter
from modules.rendering.road import get_road
from modules.search.search import (
    MAX_QUERY_LENGTH,
    get_lesson_entries,
    get_reference_entries,
    get_saved_query,
    get_worksheet_entries,
    save_query,
    search_entries,
)
from modules.signals import page_after_lesson_requested
from modules.weave import MOTIFS
from quizzes.attempts.results import counting_attempt
from quizzes.attempts.rules import restart_times
from quizzes.base.languages import foreign_language
from quizzes.base.offline_copies import is_offline_copy, is_offline_enabled
from quizzes.base.view_registry import serves
from quizzes.models import Competency


def serve_page(request, path):
    """Serve the page at `path` with a cached Wagtail route, without a query; other paths go to Wagtail."""
    page = get_course_structure().page_at(get_language() or settings.LANGUAGE_CODE, path.strip("/"))
    if page is not None:
        request._wagtail_route_for_request = RouteResult(page)
    return serve(request, path)


def learner_required(view):
    @wraps(view)
    def guarded(request, *page, **names):
        if getattr(request, "is_preview", False) or is_offline_copy(request):
            return view(request, *page, **names)
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        if not request.user.has_perm("modules.study_course"):
            return render(request, "modules/course/closed.html", status=403)
        return view(request, *page, **names)

    return guarded


def get_role(request):
    """Return the role whose tips come first: the user's, or the one of an editor's preview."""
    return getattr(request, "preview_role", None) or getattr(request.user, "role", "")


def _copy_url(request, module):
    reads = is_offline_enabled() and request.user.is_authenticated and not getattr(request, "is_preview", False)
    return module_copy_url(module, role=get_role(request)) if reads else ""


@serves(CoursePage)
def show_welcome(request, course):
    if request.user.is_authenticated and not getattr(request, "is_preview", False):
        return redirect("my_course")
    language, written = course.locale.language_code, get_language_coverage()
    references = find_references(course.intro, language=language)
    context = {
        "course": course,
        "band": range(1, len(MOTIFS) + 1),
        "lang": lang_attribute(language),
        "text_language": "" if any(coverage.is_own for coverage in written) else foreign_language(language),
        "written": written,
        "terms": references.names,
        "references": references,
    }
    return render(request, "modules/course/welcome.html", context)


@serves(ModulePage)
@learner_required
def show_module(request, module):
    language = module.locale.language_code
    references = find_references(
        module.objectives, module.key_messages, module.role_tips, module.notice, language=language
    )
    outline = build_module_outline(module, module.lessons)
    progress = progress_in_module(request.user, outline) if request.user.is_authenticated else None
    written = get_language_coverage(lesson.translation_key for lesson in module.lessons)
    road = get_road(module, role=get_role(request), today=timezone.localdate())
    part, position = road.next_part(progress) if progress else (1, 0)
    context = {
        "module": module,
        "outline": outline,
        "progress": progress,
        "road": road,
        "lessons": [(lesson, road.places[lesson.key]) for lesson in outline.lessons],
        "part": part,
        "position": position,
        "reviews": reviews_of(module),
        "tips": split_tips([tip.value for tip in module.role_tips], get_role(request)),
        "lang": lang_attribute(language),
        "text_language": "" if any(coverage.is_own for coverage in written) else foreign_language(language),
        "written": written,
        "terms": references.names,
        "references": references,
        "keep": _copy_url(request, module),
    }
    return render(request, "modules/course/module.html", context)


@serves(LessonPage)
@learner_required
def show_lesson(request, lesson):
    module = lesson.module
    outline = build_module_outline(module, module.lessons)
    place = next((index for index, other in enumerate(outline.lessons) if other.key == lesson.translation_key), None)
    # A preview of a draft has the cache key of the published lesson.
    get_html = render_lesson if getattr(request, "is_preview", False) else get_lesson_html
    context = {
        "lesson": lesson,
        "module": module,
        "outline": outline,
        "number": None if place is None else place + 1,
        "warning": module.warning_on(lesson),
        "text": get_html(lesson, role=get_role(request), today=timezone.localdate(), scenes=_scenes_of(request)),
        "lang": lang_attribute(lesson.locale.language_code),
        "text_language": foreign_language(lesson.locale.language_code),
        "keep": _copy_url(request, module),
    }
    return render(request, "modules/course/lesson.html", context)


def _scenes_of(request):
    if is_offline_copy(request):
        return Scenes.FOLDED
    return Scenes.ALL if "todas" in request.GET else Scenes.OWN


def show_lesson_sheet(request, module, lesson):
    course = course_page()
    if course is None:
        raise Http404
    return show_printed_lesson(request, course.route(request, [module, lesson])[0])


@serves(LessonPage, "printed")
@learner_required
def show_printed_lesson(request, lesson):
    module = lesson.module
    keys = [other.translation_key for other in module.lessons]
    sheet = build_lesson_sheet(lesson, today=timezone.localdate())
    context = {
        "lesson": lesson,
        "module": module,
        "number": keys.index(lesson.translation_key) + 1 if lesson.translation_key in keys else None,
        "total": len(keys) + (module.quiz is not None),
        "sheet": sheet,
        "reviews": reviews_of(lesson),
        "warning": module.warning_on(lesson),
        "lang": lang_attribute(lesson.locale.language_code),
        "terms": sheet.references.names,
        "on_paper": True,
    }
    return render(request, "modules/course/printed_lesson.html", context)


def read_lesson(request, lesson_key):
    """Mark the lesson as read or skipped, and go on; a GET, as after a change of language, shows the lesson."""
    lesson = get_course_structure().lesson_of(get_language(), lesson_key)
    if lesson is not None and request.method != "POST":
        return redirect(page_path(lesson))
    if lesson is None:
        messages.warning(request, gettext("This lesson is no longer part of the course. Your results are saved."))
        return redirect("my_course")
    if not request.user.is_authenticated:
        return redirect_to_login(page_path(lesson))
    if not request.user.has_perm("modules.study_course"):
        return render(request, "modules/course/closed.html", status=403)
    mark_lesson_read(request.user, lesson, now=timezone.now())
    request.is_noted = True
    answers = page_after_lesson_requested.send(None, learner=request.user, lesson=lesson)
    if address := next((address for _receiver, address in answers if address), None):
        return redirect(address)
    step = get_step_after(request.user, lesson, build_module_outline(lesson.module, lesson.module.lessons))
    return redirect(step.url) if step else redirect("woven", lesson.module.number)


def show_directory(request):
    needs = Directory(get_language(), timezone.localdate()).needs()
    return render(request, "modules/course/directory.html", {"needs": needs})


def show_need(request, need):
    if need not in dict(NEEDS):
        raise Http404
    language = get_language()
    entries = Directory(language, timezone.localdate()).helping_with(need)
    notes = (entry.organisation.note for entry in entries)
    listed = {source.identifier for entry in entries for source in entry.sources}
    references = find_references(*notes, language=language, also=listed)
    context = {
        "need_name": dict(NEEDS)[need],
        "entries": entries,
        "terms": references.names,
        "references": references,
    }
    return render(request, "modules/course/need.html", context)


def show_glossary(request):
    letters = get_terms_by_letter(get_language())
    definitions = (term.definition for _letter, terms in letters for term in terms)
    references = find_references(*definitions, language=get_language())
    context = {"letters": letters, "references": references._replace(terms=[])}
    return render(request, "modules/course/glossary.html", context)


def show_language_guide(request):
    entries = rows_in_language(LanguageEntry.objects.order_by("sort_order", "pk"), get_language())
    entries.sort(key=lambda entry: (entry.sort_order, entry.pk))
    return render(request, "modules/course/language_guide.html", {"entries": entries})


@never_cache
def search(request):
    if request.method == "POST":
        response = redirect("search")
        save_query(request, response, request.POST.get("q", "").strip()[:MAX_QUERY_LENGTH], purpose="course")
        return response
    query = get_saved_query(request, purpose="course")
    reads_lessons = request.user.is_authenticated and request.user.has_perm("modules.study_course")
    course_entries = [*get_lesson_entries(), *get_worksheet_entries()] if query and reads_lessons else []
    entries = course_entries + get_reference_entries() if query else []
    context = {
        "query": query,
        "results": search_entries(query, entries),
        "reads_lessons": reads_lessons,
        "most": MAX_QUERY_LENGTH,
    }
    return render(request, "modules/search/search.html", context)


def show_sources(request):
    return render(request, "modules/course/sources.html", {"sources": get_sources(get_language())})


TOMORROW_BY_ROLE = {
    "clinica": _("For tomorrow, in the consulting room"),
    "labfar": _("For tomorrow, in the laboratory or the pharmacy"),
    "recepcion": _("For tomorrow, at the window"),
    "apoyo": _("For tomorrow, at the gate and in the corridors"),
    "jefatura": _("For tomorrow, in the office"),
}
_MODULE_OF_COMPETENCY = re.compile(r"M(\d+)-")


@learner_required
def show_woven(request, number):
    progress = progress_of(request.user, now=timezone.now())
    done = next((module for module in progress.modules if module.outline.number == number), None)
    if done is None:
        # Not in the learner's edition: it may be read, but is no part of the weave.
        if any(outline.number == number for outline in course_outline()):
            return redirect("my_course")
        raise Http404
    if not done.is_finished:
        return redirect(done.outline.url)
    numbers, role = [module.outline.number for module in progress.modules], get_role(request)
    module, index = _module_page(done.outline), numbers.index(number)
    attempt = _counting_attempt(request.user, done)
    following = progress.next_module
    context = {
        "done": done,
        "progress": progress,
        "numbers": numbers,
        "woven": [own.outline.number for own in progress.modules if own.is_finished],
        "beside": [numbers[index - 1], numbers[(index + 1) % len(numbers)]],
        "attempt": attempt,
        "tip": _tip_for(module, role),
        "where": TOMORROW_BY_ROLE.get(role) or _("For tomorrow"),
        "following": following and following.outline,
        "begins": following is not None and not following.has_started,
    }
    return render(request, "modules/course/woven.html", context)


@learner_required
def show_whole_weave(request):
    progress = progress_of(request.user, now=timezone.now())
    if not progress.finished:
        return redirect("my_course")
    role, language = get_role(request), get_language()
    own, core = _competencies_by_module(role, language)
    outlines = [module.outline for module in progress.modules]
    tips = {outline.number: [tip] for outline in outlines if (tip := _tip_for(_module_page(outline), role))}
    context = {
        "progress": progress,
        "role_name": dict(ROLES).get(role, ""),
        # Without a competency map: the tips.
        "able": [(outline, own.get(outline.number) or tips.get(outline.number, [])) for outline in outlines],
        "practised": next((outline for outline in reversed(outlines) if outline.practice_url), None),
        "core": [(outline, core[outline.number]) for outline in outlines if core.get(outline.number)],
    }
    return render(request, "modules/course/whole_weave.html", context)


def _competencies_by_module(role, language):
    own, core = defaultdict(list), defaultdict(list)
    for competency in sorted(
        rows_in_language(Competency.objects.all(), language), key=lambda competency: competency.identifier
    ):
        match = _MODULE_OF_COMPETENCY.match(competency.identifier)
        if match and competency.is_core:
            core[int(match[1])].append(competency.text)
        elif match and role and role in competency.identifier.split("-"):
            own[int(match[1])].append(competency.text)
    return own, core


def _module_page(outline):
    modules = get_course_structure().modules_in(get_language())
    return next(module for module in modules if module.translation_key == outline.key)


def _tip_for(module, role):
    tips = (tip.value["tip"] for tip in module.role_tips if tip.value["role"] == role)
    messages = (message.value for message in module.key_messages)
    return next(tips, None) or next(messages, "")


def _counting_attempt(learner, done):
    if not done.quiz_passed:
        return None
    since = restart_times(learner.pk).get(done.outline.quiz_key)
    return counting_attempt(learner, done.outline.quiz_key, restarted_at=since)[0]
